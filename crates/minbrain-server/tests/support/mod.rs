//! A server for a test, and the plainest HTTP client that there is.
#![allow(dead_code, reason = "not every test uses all of it")]
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use minbrain_server::access::Tokens;
use minbrain_server::{Server, Settings};

/// Tokens that tests know.
pub(crate) const READ: &str = "read-0123456789abcdef";
/// One that may do everything.
pub(crate) const CONTROL: &str = "control-0123456789abcdef";

/// Settings on ports that the system chooses.
pub(crate) fn settings() -> Settings {
    let any: SocketAddr = "127.0.0.1:0".parse().unwrap();
    let mut settings = Settings::on(any, any);
    // Tests do not judge how fast a busy machine is, unless they say so.
    settings.deadline = Duration::from_secs(10);
    settings
}

/// The same, with both tokens.
pub(crate) fn guarded() -> Settings {
    let tokens = Tokens::parse(&format!("read {READ}\ncontrol {CONTROL}")).unwrap();
    Settings { tokens, ..settings() }
}

/// Starts it.
pub(crate) fn start(settings: Settings) -> Server {
    Server::start(settings).unwrap()
}

/// What came back: status, head, body.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Reply {
    /// The body as JSON.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.body))
    }
}

/// Asks; `lines` are further lines of the head.
pub(crate) fn ask(
    server: &Server,
    (method, path): (&str, &str),
    lines: &[&str],
    body: &str,
) -> Reply {
    let mut stream = TcpStream::connect(server.http()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let lines: String = lines.iter().map(|line| format!("{line}\r\n")).collect();
    let host = if lines.to_lowercase().contains("host:") { "" } else { "Host: localhost\r\n" };
    let length = body.len();
    let head = format!("{method} {path} HTTP/1.1\r\n{host}{lines}Content-Length: {length}\r\n");
    stream.write_all(format!("{head}Connection: close\r\n\r\n{body}").as_bytes()).unwrap();
    let mut text = Vec::new();
    // A body that goes on is read for as long as its head takes.
    let mut piece = [0; 4096];
    loop {
        let got = stream.read(&mut piece).unwrap();
        text.extend_from_slice(&piece[..got]);
        let so_far = String::from_utf8_lossy(&text);
        let head = so_far.split_once("\r\n\r\n").map_or("", |(head, _)| head);
        if got == 0 || head.contains("text/event-stream") {
            break;
        }
    }
    let text = String::from_utf8(text).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Reply { status, head: head.to_owned(), body: body.to_owned() }
}

/// Gets a page without a token.
pub(crate) fn get(server: &Server, path: &str) -> Reply {
    ask(server, ("GET", path), &[], "")
}
