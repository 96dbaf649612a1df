//! Who may do what: tokens, and the role that each gives.

use std::fmt;
use std::fs;
use std::path::Path;

use minbrain_wire::TOKEN_BYTES;
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};

use crate::error::ServeError;

/// What somebody may do. A greater role may do what a lesser one may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// What anybody may: see that the server is up, load the page.
    Public,
    /// Look at brains and change nothing.
    Read,
    /// Everything: drive a robot, take a snapshot.
    Control,
}

impl Role {
    /// Its number on the wire; see `docs/wire.md`.
    pub fn number(self) -> u8 {
        self as u8
    }
}

/// Most tokens in a file.
const MAX_TOKENS: usize = 64;
/// Room for the longest token.
const PADDED: usize = *TOKEN_BYTES.end();

/// A secret, in room that does not tell its length. It is never shown.
#[derive(Clone)]
struct Token {
    bytes: [u8; PADDED],
    length: u64,
}

impl Token {
    /// `None` for what is too short or too long for a token.
    fn new(secret: &[u8]) -> Option<Self> {
        let mut bytes = [0; PADDED];
        bytes.get_mut(..secret.len())?.copy_from_slice(secret);
        TOKEN_BYTES.contains(&secret.len()).then_some(Self { bytes, length: secret.len() as u64 })
    }

    /// In a time that depends on neither.
    fn is(&self, other: &Self) -> Choice {
        self.bytes.ct_eq(&other.bytes) & self.length.ct_eq(&other.length)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a token")
    }
}

/// The tokens that are known. Without any, whoever can connect may do everything: that is for
/// loopback only, and [`Settings::check`](crate::Settings::check) sees to it.
#[derive(Clone, Debug, Default)]
pub struct Tokens(Vec<(Role, Token)>);

impl Tokens {
    /// Reads a file with one token to a line, behind its role: `read TOKEN` or `control TOKEN`. Empty
    /// lines, and those that begin with `#`, are left out.
    ///
    /// # Errors
    /// [`ServeError::File`] if it cannot be read, if others than its owner can read it, or if a line
    /// is not of this form. The error names the line and never what stands in it.
    pub fn read(path: &Path) -> Result<Self, ServeError> {
        let unreadable = |problem: String| ServeError::file(path, "a file of tokens", problem);
        let text = fs::read_to_string(path).map_err(|error| unreadable(error.to_string()))?;
        check_privacy(path)?;
        Self::parse(&text).map_err(|line| {
            let expected =
                "`read TOKEN` or `control TOKEN`, with 16 to 128 bytes, and up to 64 lines";
            ServeError::file(path, expected, format!("line {line} is not"))
        })
    }

    /// Reads the lines of such a file; the number of the first one that is wrong if there is one.
    ///
    /// # Errors
    /// That number, counted from 1.
    pub fn parse(text: &str) -> Result<Self, usize> {
        let mut tokens = Vec::new();
        for (at, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let token = parse_line(line).filter(|_| tokens.len() < MAX_TOKENS);
            tokens.push(token.ok_or(at + 1)?);
        }
        if tokens.is_empty() { Err(text.lines().count() + 1) } else { Ok(Self(tokens)) }
    }

    /// Whether there are none, and nobody is asked for one.
    pub fn are_absent(&self) -> bool {
        self.0.is_empty()
    }

    /// The role that `secret` gives; `Public` if it is no token. Takes the same time for every secret
    /// of the same length.
    pub fn role_of(&self, secret: &[u8]) -> Role {
        let Some(offered) = Token::new(secret) else { return Role::Public };
        let mut role = 0;
        for (gives, token) in &self.0 {
            role.conditional_assign(&gives.number(), token.is(&offered));
        }
        match role {
            1 => Role::Read,
            2 => Role::Control,
            _ => Role::Public,
        }
    }

    /// The role of somebody who showed nothing.
    pub fn role_without(&self) -> Role {
        if self.are_absent() { Role::Control } else { Role::Public }
    }
}

fn parse_line(line: &str) -> Option<(Role, Token)> {
    let (role, secret) = line.split_once(char::is_whitespace)?;
    let role = match role {
        "read" => Role::Read,
        "control" => Role::Control,
        _ => return None,
    };
    Some((role, Token::new(secret.trim().as_bytes())?))
}

#[cfg(unix)]
fn check_privacy(path: &Path) -> Result<(), ServeError> {
    use std::os::unix::fs::PermissionsExt;
    /// Anything for anybody but the owner.
    const OTHERS: u32 = 0o077;
    let expected = "a file that only its owner can read (chmod 600)";
    let metadata = fs::metadata(path).map_err(|error| ServeError::file(path, expected, error))?;
    if metadata.permissions().mode() & OTHERS != 0 {
        return Err(ServeError::file(path, expected, "others can"));
    }
    Ok(())
}

#[cfg(not(unix))]
fn check_privacy(_: &Path) -> Result<(), ServeError> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const READ: &str = "read-0123456789abcdef";
    const CONTROL: &str = "control-0123456789abcdef";

    fn tokens() -> Tokens {
        Tokens::parse(&format!("# two\n\nread {READ}\n control  {CONTROL} \n")).unwrap()
    }

    #[test]
    fn a_token_gives_its_role_and_nothing_else_does() {
        let tokens = tokens();
        assert_eq!(tokens.role_of(READ.as_bytes()), Role::Read);
        assert_eq!(tokens.role_of(CONTROL.as_bytes()), Role::Control);
        let longer = format!("{CONTROL}\0");
        for wrong in ["", "read", &CONTROL[1..], &longer, &CONTROL.to_uppercase(), &"x".repeat(200)]
        {
            assert_eq!(tokens.role_of(wrong.as_bytes()), Role::Public, "{wrong}");
        }
        assert_eq!(tokens.role_without(), Role::Public);
        assert_eq!(Tokens::default().role_without(), Role::Control);
    }

    #[test]
    fn a_wrong_line_is_named_and_not_shown() {
        for (text, line) in [
            ("", 1),
            ("# nothing\n", 2),
            ("read short", 1),
            ("read 0123456789abcdef\nwrite 0123456789abcdef", 2),
            ("0123456789abcdef", 1),
        ] {
            assert_eq!(Tokens::parse(text).unwrap_err(), line, "{text}");
        }
        assert!(!format!("{:?}", tokens()).contains("0123"));
    }
}
