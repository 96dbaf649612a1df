//! The door for people and programs: takes HTTP connections in, so many and so large.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tracing::{debug, warn};

use crate::limits::{FAREWELL, HEAD_TIMEOUT, HTTP_BUFFER_BYTES, MAX_VISITORS, WELCOME_TIMEOUT};

/// A pause after a connection could not be taken, where the system has no room say.
const BREATH: Duration = Duration::from_millis(50);

/// Takes in visitors until `stop` says so, and then waits for those who are being answered.
pub(crate) async fn receive(
    listener: TcpListener,
    (router, tls): (Router, Option<TlsAcceptor>),
    mut stop: watch::Receiver<bool>,
) {
    let graceful = Arc::new(GracefulShutdown::new());
    let places = Arc::new(Semaphore::new(MAX_VISITORS));
    loop {
        let taken = tokio::select! {
            taken = listener.accept() => taken,
            _ = stop.wait_for(|stop| *stop) => break,
        };
        let Ok((stream, _)) = taken else {
            warn!("an HTTP connection could not be taken in");
            sleep(BREATH).await;
            continue;
        };
        let Ok(place) = Arc::clone(&places).try_acquire_owned() else { continue };
        let (router, tls, graceful) = (router.clone(), tls.clone(), Arc::clone(&graceful));
        tokio::spawn(async move {
            meet(stream, tls, (router, &graceful)).await;
            drop(place);
        });
    }
    if let Ok(graceful) = Arc::try_unwrap(graceful) {
        let _ = timeout(FAREWELL, graceful.shutdown()).await;
    }
}

async fn meet(stream: TcpStream, tls: Option<TlsAcceptor>, served: (Router, &GracefulShutdown)) {
    let _ = stream.set_nodelay(true);
    match tls {
        None => serve(stream, served).await,
        Some(tls) => match timeout(WELCOME_TIMEOUT, tls.accept(stream)).await {
            Ok(Ok(stream)) => serve(stream, served).await,
            Ok(Err(error)) => debug!(%error, "TLS failed"),
            Err(_) => debug!("TLS took too long"),
        },
    }
}

async fn serve<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
    stream: S,
    (router, graceful): (Router, &GracefulShutdown),
) {
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(HTTP_BUFFER_BYTES)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    if let Err(error) = graceful.watch(connection).await {
        debug!(%error, "an HTTP connection ended early");
    }
}
