//! The client for a robot with a loop of its own.

use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

use super::ClientError;
use super::session::Session;
use crate::hello::Hello;
use crate::message::{Decided, Phase, Predicted, Request, Statistics};

/// A brain is given up if it says nothing for so long.
const SILENCE: Duration = Duration::from_secs(5);

/// A connection to a brain. After an error it is of no use: connect again.
#[derive(Debug)]
pub struct Client<S> {
    stream: S,
    session: Session,
}

impl Client<TcpStream> {
    /// Connects without TLS: on this machine, or where the network itself is trusted. Elsewhere, give a
    /// stream of TLS to [`over`](Self::over). Nothing heard for 5 s is an error from then on.
    ///
    /// # Errors
    /// [`ClientError`], also where the brain refuses.
    pub fn connect(
        address: impl ToSocketAddrs,
        hello: &Hello,
        token: Option<&[u8]>,
    ) -> Result<Self, ClientError> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(SILENCE))?;
        stream.set_write_timeout(Some(SILENCE))?;
        Self::over(stream, hello, token)
    }
}

impl<S: Read + Write> Client<S> {
    /// Introduces the robot over a stream that is already connected.
    ///
    /// # Errors
    /// [`ClientError`], also where the brain refuses.
    pub fn over(stream: S, hello: &Hello, token: Option<&[u8]>) -> Result<Self, ClientError> {
        let mut client = Self { stream, session: Session::begin(hello, token) };
        client.send()?;
        loop {
            client.receive()?;
            if client.session.take_welcome()? {
                return Ok(client);
            }
        }
    }

    /// What both sides agreed upon.
    pub fn agreed(&self) -> &Hello {
        &self.session.agreed
    }

    /// What to do, given what is sensed: it is the outcome of the last action.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn sense(&mut self, observation: &[f32]) -> Result<&[f32], ClientError> {
        self.session.ask(Request::Sensed(observation));
        self.exchange()?;
        Ok(self.session.decided()?.action)
    }

    /// The same with the reward of the last action, and how the observation follows. A brain that
    /// did not agree to it gets the observation only.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn observe(
        &mut self,
        phase: Phase,
        reward: f32,
        observation: &[f32],
    ) -> Result<Decided<'_>, ClientError> {
        self.session.observe(phase, reward, observation);
        self.exchange()?;
        self.session.decided()
    }

    /// What `action` would lead to. Nothing is decided or learned.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn ask(
        &mut self,
        action: &[f32],
        observation: &[f32],
    ) -> Result<Predicted<'_>, ClientError> {
        self.session.ask(Request::Asked { action, observation });
        self.exchange()?;
        self.session.predicted()
    }

    /// Shows the brain what was done instead of what it decided last, by somebody who knows better:
    /// where its confidence is under 0.5, say. It learns from the outcome as from a demonstration.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn show(&mut self, action: &[f32]) -> Result<Decided<'_>, ClientError> {
        self.session.ask(Request::Shown { action });
        self.exchange()?;
        self.session.decided()
    }

    /// How the brain is doing.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn statistics(&mut self) -> Result<Statistics, ClientError> {
        self.session.ask(Request::Statistics);
        self.exchange()?;
        self.session.statistics()
    }

    fn exchange(&mut self) -> Result<(), ClientError> {
        self.send()?;
        self.receive()
    }

    fn send(&mut self) -> Result<(), ClientError> {
        self.stream.write_all(&self.session.out)?;
        Ok(self.stream.flush()?)
    }

    fn receive(&mut self) -> Result<(), ClientError> {
        let decoder = &mut self.session.decoder;
        while !decoder.is_whole()? {
            let got = self.stream.read(decoder.space())?;
            if got == 0 {
                return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
            }
            decoder.filled(got);
        }
        Ok(())
    }
}
