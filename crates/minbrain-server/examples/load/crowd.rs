//! Peers that mean no good: those that never finish their handshake, and a flood.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::runtime::{Builder, Runtime};

/// Slow peers at once.
pub(crate) const PEERS: u64 = 500;
/// Addresses that they come from: 127.0.0.2 and on, so that not all count as one.
const ADDRESSES: u64 = 5;
/// Tasks of the flood, each with one connection after the other.
const FLOOD: u64 = 20;
/// The beginning of a handshake that never goes on.
const BEGINNING: [u8; 6] = [0, 0, 0, 21, 2, 0];

/// The crowd, until it is ended.
pub(crate) struct Crowd {
    runtime: Runtime,
    slow: Arc<AtomicU64>,
    flood: Arc<AtomicU64>,
}

impl Crowd {
    pub(crate) fn gather(address: SocketAddr) -> io::Result<Self> {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let (slow, flood) = (Arc::<AtomicU64>::default(), Arc::<AtomicU64>::default());
        for number in 0..PEERS {
            let slow = Arc::clone(&slow);
            runtime.spawn(async move {
                loop {
                    if dawdle(address, number).await.is_ok() {
                        slow.fetch_add(1, Ordering::Relaxed);
                    }
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
            });
        }
        for number in 0..FLOOD {
            let flood = Arc::clone(&flood);
            runtime.spawn(async move {
                loop {
                    if let Ok(mut stream) = connect(address, number).await {
                        let _ = stream.write_all(&[0xff; 64]).await;
                        flood.fetch_add(1, Ordering::Relaxed);
                    }
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
            });
        }
        Ok(Self { runtime, slow, flood })
    }

    /// Sends them home, and says how many connections there were.
    pub(crate) fn end(self) -> (u64, u64) {
        self.runtime.shutdown_background();
        (self.slow.load(Ordering::Relaxed), self.flood.load(Ordering::Relaxed))
    }
}

async fn connect(address: SocketAddr, number: u64) -> io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::from(([127, 0, 0, 2 + (number % ADDRESSES) as u8], 0)))?;
    socket.connect(address).await
}

/// Begins a handshake, and waits until the server has had enough.
async fn dawdle(address: SocketAddr, number: u64) -> io::Result<()> {
    let mut stream = connect(address, number).await?;
    stream.write_all(&BEGINNING).await?;
    while stream.read(&mut [0; 16]).await? > 0 {}
    Ok(())
}

/// What this program takes of the machine's memory now.
pub(crate) fn resident_bytes() -> io::Result<u64> {
    const PAGE: u64 = 4_096;
    let text = std::fs::read_to_string("/proc/self/statm")?;
    let pages = text.split_whitespace().nth(1).and_then(|pages| pages.parse::<u64>().ok());
    pages.map(|pages| pages * PAGE).ok_or_else(|| io::Error::from(io::ErrorKind::InvalidData))
}
