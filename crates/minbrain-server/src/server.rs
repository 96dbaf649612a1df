//! A running server, as the program holds it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use tokio::net::{TcpListener, TcpSocket};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tracing::info;

use crate::error::ServeError;
use crate::http;
use crate::limits::{BACKLOG, FAREWELL, SOCKET_BUFFER_BYTES};
use crate::robots::{self, Doors};
use crate::runtime::Shared;
use crate::settings::Settings;
use crate::tls;

/// Threads of the async runtime. One: strangers and visitors together never take more than one core
/// from the robots.
const RUNTIME_THREADS: usize = 1;
/// Threads on which questions of visitors wait for a brain.
const QUESTION_THREADS: usize = 4;
/// How often a farewell looks whether everybody is gone.
const LOOK: Duration = Duration::from_millis(10);

/// A running server. Dropping it ends it as [`stop`](Self::stop) does.
pub struct Server {
    pub(crate) shared: Arc<Shared>,
    runtime: Option<Runtime>,
    accepting: Option<JoinHandle<()>>,
    receiving: Option<JoinHandle<()>>,
    stop: watch::Sender<bool>,
    robots: Option<SocketAddr>,
    http: SocketAddr,
}

impl Server {
    /// Opens both doors. Returns once they are open.
    ///
    /// # Errors
    /// [`ServeError`]; nothing is open then.
    pub fn start(settings: Settings) -> Result<Self, ServeError> {
        settings.check()?;
        let bind = settings.bind;
        let mut server = Self::start_http(settings)?;
        let tls = server.tls()?;
        let Some(runtime) = &server.runtime else { return Ok(server) };
        let listener = runtime.block_on(listen("--bind", bind))?;
        server.robots = Some(address("--bind", bind, &listener)?);
        let doors = Doors { shared: Arc::clone(&server.shared), tls };
        server.accepting = Some(runtime.spawn(robots::accept(listener, doors)));
        info!(robots = ?server.robots, http = %server.http, "the server is up");
        Ok(server)
    }

    /// Opens the door for people only.
    pub(crate) fn start_http(settings: Settings) -> Result<Self, ServeError> {
        let http = settings.http;
        let shared = Arc::new(Shared::new(settings)?);
        let runtime = Builder::new_multi_thread()
            .worker_threads(RUNTIME_THREADS)
            .max_blocking_threads(QUESTION_THREADS)
            .thread_name("server")
            .enable_all()
            .build()?;
        let listener = runtime.block_on(listen("--http", http))?;
        let (stop, stopped) = watch::channel(false);
        let bound = address("--http", http, &listener)?;
        let mut server = Self {
            shared,
            runtime: None,
            accepting: None,
            receiving: None,
            stop,
            robots: None,
            http: bound,
        };
        let routes = (http::router(&server.shared), server.tls()?);
        server.receiving = Some(runtime.spawn(http::receive(listener, routes, stopped)));
        server.runtime = Some(runtime);
        Ok(server)
    }

    fn tls(&self) -> Result<Option<TlsAcceptor>, ServeError> {
        let files = self.shared.settings.tls.as_ref();
        files.map(|(certificate, key)| tls::acceptor(certificate, key)).transpose()
    }

    /// Where robots connect; none where only a view was opened.
    pub fn robots(&self) -> Option<SocketAddr> {
        self.robots
    }

    /// Where people connect.
    pub fn http(&self) -> SocketAddr {
        self.http
    }

    /// Ends in good order: nobody new is taken in, robots hear that the server goes down, visitors are
    /// answered to the end. Takes up to ten seconds where somebody does not go.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        let Some(runtime) = self.runtime.take() else { return };
        self.shared.close();
        if let Some(accepting) = self.accepting.take() {
            accepting.abort();
        }
        let began = Instant::now();
        while !self.shared.roster.robots().is_empty() && began.elapsed() < FAREWELL {
            thread::sleep(LOOK);
        }
        self.shared.roster.settle();
        self.stop.send_replace(true);
        if let Some(receiving) = self.receiving.take() {
            let _ = runtime.block_on(async { tokio::time::timeout(FAREWELL, receiving).await });
        }
        runtime.shutdown_timeout(LOOK);
        info!("the server is down");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end();
    }
}

/// Opens a door. What the system buffers for a peer is bounded before anybody comes.
async fn listen(door: &'static str, address: SocketAddr) -> Result<TcpListener, ServeError> {
    let open = || {
        let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
        socket.set_reuseaddr(true)?;
        socket.set_recv_buffer_size(SOCKET_BUFFER_BYTES)?;
        socket.set_send_buffer_size(SOCKET_BUFFER_BYTES)?;
        socket.bind(address)?;
        socket.listen(BACKLOG)
    };
    open().map_err(|source| ServeError::Bind { door, address, source })
}

fn address(
    door: &'static str,
    address: SocketAddr,
    listener: &TcpListener,
) -> Result<SocketAddr, ServeError> {
    listener.local_addr().map_err(|source| ServeError::Bind { door, address, source })
}
