//! What a connection knows, whichever way its bytes travel.

use super::ClientError;
use crate::error::WireError;
use crate::frame::{Decoder, Frame, encode, kind};
use crate::hello::{Extensions, Hello};
use crate::limits::MAX_VALUES;
use crate::message::{Answer, Decided, Phase, Predicted, Request, Statistics, encode_token};

#[derive(Clone, Debug)]
pub(super) struct Session {
    pub(super) decoder: Decoder,
    /// What is to be sent.
    pub(super) out: Vec<u8>,
    /// What the brain agreed to.
    pub(super) agreed: Hello,
}

impl Session {
    /// Begins with the token, if there is one, and the handshake in `out`.
    pub(super) fn begin(hello: &Hello, token: Option<&[u8]>) -> Self {
        let mut out = Vec::new();
        if let Some(token) = token {
            encode_token(token, &mut out);
        }
        encode(kind::HANDSHAKE, &hello.values(), &mut out);
        Self { decoder: Decoder::new(MAX_VALUES), out, agreed: *hello }
    }

    /// Puts a question into `out`.
    pub(super) fn ask(&mut self, request: Request<'_>) {
        self.out.clear();
        request.encode(&mut self.out);
    }

    /// The question that the agreement allows: an original brain is not told of rewards.
    pub(super) fn observe(&mut self, phase: Phase, reward: f32, observation: &[f32]) {
        let knows = self.agreed.extensions.has(Extensions::OUTCOME);
        self.ask(match knows {
            true => Request::Observed { phase, reward, observation },
            false => Request::Sensed(observation),
        });
    }

    fn frame(&mut self) -> Result<Frame<'_>, ClientError> {
        let expected = "a whole message";
        self.decoder.next()?.ok_or(ClientError::Unexpected { expected })
    }

    /// Takes an answer of the time before the agreement: true once it is agreed upon.
    pub(super) fn take_welcome(&mut self) -> Result<bool, ClientError> {
        let frame = self.frame()?;
        match frame.kind {
            kind::TOKEN => Ok(false),
            kind::HANDSHAKE => {
                let values = frame.values;
                self.agreed = Hello::read(values)?;
                Ok(true)
            }
            kind::ERROR => match Answer::read(frame)? {
                Answer::Error(code) => Err(ClientError::Refused(code)),
                _ => Err(unexpected("a handshake")),
            },
            _ => Err(unexpected("a handshake")),
        }
    }

    pub(super) fn decided(&mut self) -> Result<Decided<'_>, ClientError> {
        match self.answer()? {
            Answer::Action(action) => Ok(Decided { action, ..Decided::default() }),
            Answer::Decided(decided) => Ok(decided),
            _ => Err(unexpected("an action")),
        }
    }

    pub(super) fn predicted(&mut self) -> Result<Predicted<'_>, ClientError> {
        match self.answer()? {
            Answer::Predicted(predicted) => Ok(predicted),
            _ => Err(unexpected("a prediction")),
        }
    }

    pub(super) fn statistics(&mut self) -> Result<Statistics, ClientError> {
        match self.answer()? {
            Answer::Statistics(statistics) => Ok(statistics),
            _ => Err(unexpected("statistics")),
        }
    }

    fn answer(&mut self) -> Result<Answer<'_>, ClientError> {
        let answer: Result<Answer<'_>, WireError> = Answer::read(self.frame()?);
        match answer? {
            Answer::Error(code) => Err(ClientError::Refused(code)),
            answer => Ok(answer),
        }
    }
}

fn unexpected(expected: &'static str) -> ClientError {
    ClientError::Unexpected { expected }
}
