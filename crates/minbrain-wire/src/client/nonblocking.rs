//! The client for a program on tokio.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpStream, ToSocketAddrs};

use super::ClientError;
use super::session::Session;
use crate::hello::Hello;
use crate::message::{Decided, Phase, Predicted, Request, Statistics};

/// A connection to a brain. After an error, and after a call that was cancelled, it is of no use:
/// connect again. It waits as long as it takes; `tokio::time::timeout` bounds it.
#[derive(Debug)]
pub struct AsyncClient<S> {
    stream: S,
    session: Session,
}

impl AsyncClient<TcpStream> {
    /// As [`Client::connect`](super::Client::connect).
    ///
    /// # Errors
    /// [`ClientError`], also where the brain refuses.
    pub async fn connect(
        address: impl ToSocketAddrs,
        hello: &Hello,
        token: Option<&[u8]>,
    ) -> Result<Self, ClientError> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Self::over(stream, hello, token).await
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncClient<S> {
    /// Introduces the robot over a stream that is already connected.
    ///
    /// # Errors
    /// [`ClientError`], also where the brain refuses.
    pub async fn over(stream: S, hello: &Hello, token: Option<&[u8]>) -> Result<Self, ClientError> {
        let mut client = Self { stream, session: Session::begin(hello, token) };
        client.send().await?;
        loop {
            client.receive().await?;
            if client.session.take_welcome()? {
                return Ok(client);
            }
        }
    }

    /// What both sides agreed upon.
    pub fn agreed(&self) -> &Hello {
        &self.session.agreed
    }

    /// As [`Client::sense`](super::Client::sense).
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn sense(&mut self, observation: &[f32]) -> Result<&[f32], ClientError> {
        self.session.ask(Request::Sensed(observation));
        self.exchange().await?;
        Ok(self.session.decided()?.action)
    }

    /// As [`Client::observe`](super::Client::observe).
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn observe(
        &mut self,
        phase: Phase,
        reward: f32,
        observation: &[f32],
    ) -> Result<Decided<'_>, ClientError> {
        self.session.observe(phase, reward, observation);
        self.exchange().await?;
        self.session.decided()
    }

    /// As [`Client::ask`](super::Client::ask).
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn ask(
        &mut self,
        action: &[f32],
        observation: &[f32],
    ) -> Result<Predicted<'_>, ClientError> {
        self.session.ask(Request::Asked { action, observation });
        self.exchange().await?;
        self.session.predicted()
    }

    /// As [`Client::show`](super::Client::show).
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn show(&mut self, action: &[f32]) -> Result<Decided<'_>, ClientError> {
        self.session.ask(Request::Shown { action });
        self.exchange().await?;
        self.session.decided()
    }

    /// As [`Client::statistics`](super::Client::statistics).
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn statistics(&mut self) -> Result<Statistics, ClientError> {
        self.session.ask(Request::Statistics);
        self.exchange().await?;
        self.session.statistics()
    }

    async fn exchange(&mut self) -> Result<(), ClientError> {
        self.send().await?;
        self.receive().await
    }

    async fn send(&mut self) -> Result<(), ClientError> {
        self.stream.write_all(&self.session.out).await?;
        Ok(self.stream.flush().await?)
    }

    async fn receive(&mut self) -> Result<(), ClientError> {
        let decoder = &mut self.session.decoder;
        while !decoder.is_whole()? {
            let got = self.stream.read(decoder.space()).await?;
            if got == 0 {
                return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
            }
            decoder.filled(got);
        }
        Ok(())
    }
}
