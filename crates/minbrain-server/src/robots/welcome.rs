//! Strangers introduce themselves: a token where one is asked for, then the handshake.

use std::io;

use minbrain_wire::{Answer, Decoder, ErrorCode, Hello, WireError, encode, kind, read_token};
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use crate::access::{Role, Tokens};
use crate::limits::STRANGER_VALUES;
use crate::settings::Sharing;

/// Actions of an original robot that senses without a handshake.
const ORIGINAL_ACTIONS: usize = 4;

/// A robot that introduced itself.
#[derive(Debug)]
pub(crate) struct Introduced {
    pub(crate) hello: Hello,
    pub(crate) role: Role,
    /// What it sent after that.
    pub(crate) decoder: Decoder,
    /// What it sensed, if it began with that.
    pub(crate) first: Option<Vec<f32>>,
}

/// Why a stranger was sent away.
#[derive(Debug, Error)]
pub(crate) enum Dismissed {
    /// It went by itself, or the connection failed.
    #[error("{0}")]
    Gone(#[from] io::Error),
    /// It was told so.
    #[error("{}", .0.name())]
    Refused(ErrorCode),
}

/// Takes a stranger through token and handshake. The handshake is answered later, by the thread that
/// has a brain for it.
pub(crate) async fn welcome<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    (tokens, sharing): (&Tokens, Sharing),
) -> Result<Introduced, Dismissed> {
    match introduce(stream, (tokens, sharing)).await {
        Err(Dismissed::Refused(code)) => {
            let mut out = Vec::new();
            Answer::Error(code).encode(&mut out);
            stream.write_all(&out).await?;
            stream.shutdown().await?;
            Err(Dismissed::Refused(code))
        }
        other => other,
    }
}

async fn introduce<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    (tokens, sharing): (&Tokens, Sharing),
) -> Result<Introduced, Dismissed> {
    let mut decoder = Decoder::new(STRANGER_VALUES);
    let mut role = tokens.role_without();
    if role == Role::Public {
        receive(stream, &mut decoder).await?;
        role = show(&mut decoder, tokens)?;
        let mut out = Vec::new();
        encode(kind::TOKEN, &[f32::from(role.number())], &mut out);
        stream.write_all(&out).await?;
    }
    receive(stream, &mut decoder).await?;
    let (hello, first) = read_hello(&mut decoder)?;
    // Without a brain that others drive there is nothing to look at.
    if role == Role::Read && sharing == Sharing::Own {
        return Err(Dismissed::Refused(ErrorCode::NotAllowed));
    }
    Ok(Introduced { hello, role, decoder, first })
}

/// The role that the token gives which must come now.
fn show(decoder: &mut Decoder, tokens: &Tokens) -> Result<Role, Dismissed> {
    let not_allowed = || Dismissed::Refused(ErrorCode::NotAllowed);
    let frame = decoder.next().map_err(refused)?.ok_or_else(not_allowed)?;
    if frame.kind != kind::TOKEN {
        return Err(not_allowed());
    }
    let secret = read_token(frame.values).map_err(|_| not_allowed())?;
    match tokens.role_of(&secret) {
        Role::Public => Err(not_allowed()),
        role => Ok(role),
    }
}

fn read_hello(decoder: &mut Decoder) -> Result<(Hello, Option<Vec<f32>>), Dismissed> {
    let protocol = || Dismissed::Refused(ErrorCode::Protocol);
    let frame = decoder.next().map_err(refused)?.ok_or_else(protocol)?;
    match frame.kind {
        kind::HANDSHAKE => Ok((Hello::read(frame.values).map_err(refused)?, None)),
        kind::SENSED if frame.values.is_empty() => Err(Dismissed::Refused(ErrorCode::Empty)),
        kind::SENSED => {
            let hello = Hello::original(frame.values.len(), ORIGINAL_ACTIONS);
            Ok((hello, Some(frame.values.to_vec())))
        }
        kind::TOKEN => Err(protocol()),
        _ => Err(Dismissed::Refused(ErrorCode::UnknownKind)),
    }
}

async fn receive<S: AsyncRead + Unpin>(
    stream: &mut S,
    decoder: &mut Decoder,
) -> Result<(), Dismissed> {
    while !decoder.is_whole().map_err(refused)? {
        let got = stream.read(decoder.space()).await?;
        if got == 0 {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
        }
        decoder.filled(got);
    }
    Ok(())
}

fn refused(error: WireError) -> Dismissed {
    Dismissed::Refused(error.code())
}
