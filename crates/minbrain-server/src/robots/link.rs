//! A connection in the hands of a thread, with TLS or without.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};

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

    /// Ends the connection, in good order where that is possible.
    pub(crate) fn close(&mut self) {
        let socket = match self {
            Self::Plain(stream) => stream,
            Self::Tls(stream) => {
                stream.conn.send_close_notify();
                let _ = stream.flush();
                stream.get_mut()
            }
        };
        let _ = socket.shutdown(Shutdown::Both);
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
