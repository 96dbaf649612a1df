//! The protocol between robots and brains, as bytes. No I/O.
//!
//! The messages 0, 1, 2 and 255 are those of the Python brain that minbrain starts from, so that its
//! robots connect unchanged. Those from 16 on are ours, and are agreed upon in the handshake.
//! `docs/wire.md` has all of them byte by byte.
//!
//! ```
//! use minbrain_wire::{Answer, Decoder, Hello, Request};
//!
//! let hello = Hello::original(3, 2);
//! let mut bytes = Vec::new();
//! Request::Sensed(&[0.5, -1.0, 2.0]).encode(&mut bytes);
//!
//! let mut decoder = Decoder::new(minbrain_wire::MAX_VALUES);
//! decoder.push(&bytes);
//! let frame = decoder.next()?.expect("the message is whole");
//! assert_eq!(Request::read(frame, &hello), Ok(Request::Sensed(&[0.5, -1.0, 2.0])));
//! # Ok::<(), minbrain_wire::WireError>(())
//! ```

#[cfg(feature = "client")]
pub mod client;
mod error;
mod frame;
mod hello;
mod limits;
mod message;

pub use error::{ErrorCode, WireError};
pub use frame::{Decoder, Frame, encode, encode_parts, kind};
pub use hello::{Actions, Extensions, Hello, ORIGINAL_VERSION, VERSION};
pub use limits::{HEADER_BYTES, MAX_MESSAGE_BYTES, MAX_VALUES, TOKEN_BYTES, message_bytes};
pub use message::{
    Answer, Decided, Origin, Phase, Predicted, Request, Statistics, encode_token, read_token,
};
