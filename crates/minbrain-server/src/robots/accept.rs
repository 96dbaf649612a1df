//! The door for robots: takes connections in, and hands each robot to a thread of its own.

use std::net::SocketAddr;
use std::sync::Arc;
use std::thread;
use std::time::Instant;

use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tracing::{debug, info, warn};

use super::gate::{Pass, Turnstile};
use super::link::Link;
use super::service::Service;
use super::welcome::{Dismissed, Introduced, welcome};
use crate::limits::WELCOME_TIMEOUT;
use crate::runtime::Shared;

/// What strangers come through.
#[derive(Clone)]
pub(crate) struct Doors {
    pub(crate) shared: Arc<Shared>,
    pub(crate) tls: Option<TlsAcceptor>,
}

/// Takes in strangers until it is cancelled.
pub(crate) async fn accept(listener: TcpListener, doors: Doors) {
    let mut turnstile = Turnstile::new(Instant::now());
    loop {
        match listener.accept().await {
            Ok((stream, address)) => take_in(stream, address, &doors),
            Err(error) => warn!(%error, "a connection could not be taken in"),
        }
        let wait = turnstile.turn(Instant::now());
        if !wait.is_zero() {
            sleep(wait).await;
        }
    }
}

fn take_in(stream: TcpStream, address: SocketAddr, doors: &Doors) {
    let Some(pass) = doors.shared.gate.enter(address.ip()) else {
        return; // Dropping the stream closes it.
    };
    let doors = doors.clone();
    tokio::spawn(async move {
        match timeout(WELCOME_TIMEOUT, meet(stream, &doors)).await {
            Ok(Ok((link, introduced))) => serve(link, introduced, (address, pass), &doors),
            Ok(Err(reason)) => debug!(%address, %reason, "a stranger went or was sent away"),
            Err(_) => debug!(%address, "a stranger did not introduce itself in time"),
        }
    });
}

async fn meet(mut stream: TcpStream, doors: &Doors) -> Result<(Link, Introduced), Dismissed> {
    let settings = &doors.shared.settings;
    stream.set_nodelay(true)?;
    let rules = (&settings.tokens, settings.sharing);
    match &doors.tls {
        None => {
            let introduced = welcome(&mut stream, rules).await?;
            Ok((Link::plain(stream)?, introduced))
        }
        Some(tls) => {
            let mut stream = tls.accept(stream).await?;
            let introduced = welcome(&mut stream, rules).await?;
            Ok((Link::tls(stream)?, introduced))
        }
    }
}

/// Gives a robot its thread.
fn serve(link: Link, introduced: Introduced, (address, pass): (SocketAddr, Pass), doors: &Doors) {
    let shared = Arc::clone(&doors.shared);
    let work = move || {
        let admitted = Service::begin(link, introduced, (address, shared));
        drop(pass);
        if let Some(mut service) = admitted {
            let reason = service.run();
            info!(%address, robot = service.robot(), %reason, "a robot left");
        }
    };
    if let Err(error) = thread::Builder::new().name("robot".to_owned()).spawn(work) {
        warn!(%error, %address, "no thread for a robot");
    }
}
