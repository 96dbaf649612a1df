//! A connection in the hands of a thread, with TLS or without.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use tokio_rustls::rustls::{ServerConnection, StreamOwned};

use crate::limits::{LOOK_UP, WRITE_TIMEOUT};

/// A stream that waits: a read ends empty-handed after a while, a write gives up.
#[derive(Debug)]
pub(crate) enum Link {
    Plain(TcpStream),
    Tls(Box<StreamOwned<ServerConnection, TcpStream>>),
}

impl Link {
    /// Takes over a connection from the async runtime.
    pub(crate) fn plain(stream: tokio::net::TcpStream) -> io::Result<Self> {
        Ok(Self::Plain(waiting(stream)?))
    }

    /// The same with TLS, which has shaken hands.
    pub(crate) fn tls(
        stream: tokio_rustls::server::TlsStream<tokio::net::TcpStream>,
    ) -> io::Result<Self> {
        let (stream, connection) = stream.into_inner();
        Ok(Self::Tls(Box::new(StreamOwned::new(connection, waiting(stream)?))))
    }

    /// Reads what comes within `patience`, without going to sleep: waking up costs more than a cycle on a
    /// machine that is idle otherwise. Nothing by then is [`io::ErrorKind::WouldBlock`].
    pub(crate) fn read_soon(&mut self, into: &mut [u8], patience: Duration) -> io::Result<usize> {
        self.socket().set_nonblocking(true)?;
        let began = Instant::now();
        let read = loop {
            match self.read(into) {
                Err(error)
                    if error.kind() == io::ErrorKind::WouldBlock && began.elapsed() < patience =>
                {
                    // Whoever else wants this core gets it.
                    thread::yield_now();
                }
                read => break read,
            }
        };
        self.socket().set_nonblocking(false)?;
        read
    }

    fn socket(&self) -> &TcpStream {
        match self {
            Self::Plain(stream) => stream,
            Self::Tls(stream) => stream.get_ref(),
        }
    }

    /// Ends the connection, in good order where that is possible.
    pub(crate) fn close(&mut self) {
        if let Self::Tls(stream) = self {
            stream.conn.send_close_notify();
            let _ = stream.flush();
        }
        let _ = self.socket().shutdown(Shutdown::Both);
    }
}

fn waiting(stream: tokio::net::TcpStream) -> io::Result<TcpStream> {
    let stream = stream.into_std()?;
    stream.set_nonblocking(false)?;
    stream.set_read_timeout(Some(LOOK_UP))?;
    stream.set_write_timeout(Some(WRITE_TIMEOUT))?;
    Ok(stream)
}

impl Read for Link {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.read(into),
            Self::Tls(stream) => stream.read(into),
        }
    }
}

impl Write for Link {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.write(bytes),
            Self::Tls(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(stream) => stream.flush(),
            Self::Tls(stream) => stream.flush(),
        }
    }
}
