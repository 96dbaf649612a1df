//! TLS 1.3, for robots and for people.
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod support;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use minbrain_server::{Server, Settings};
use minbrain_wire::client::Client;
use minbrain_wire::{Actions, Hello, Phase};
use support::{CONTROL, guarded};
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned, crypto};

/// A server with a certificate of its own, and what its clients trust.
struct Secured {
    server: Server,
    trust: Arc<ClientConfig>,
    directory: PathBuf,
}

impl Secured {
    fn start() -> Self {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let directory = std::env::temp_dir().join(format!("minbrain-tls-{}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        let (certificate, key) = (directory.join("chain.pem"), directory.join("key.pem"));
        std::fs::write(&certificate, made.cert.pem()).unwrap();
        std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
        let tls = Some((certificate, key));
        let server = Server::start(Settings { tls, ..guarded() }).unwrap();
        Self { server, trust: trusting(made.cert.der()), directory }
    }

    fn connect(&self, address: SocketAddr) -> StreamOwned<ClientConnection, TcpStream> {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        let connection = ClientConnection::new(Arc::clone(&self.trust), name).unwrap();
        StreamOwned::new(connection, stream)
    }
}

impl Drop for Secured {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.directory);
    }
}

fn trusting(certificate: &CertificateDer<'static>) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add(certificate.clone()).unwrap();
    let provider = Arc::new(crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider);
    let builder = builder.with_safe_default_protocol_versions().unwrap();
    Arc::new(builder.with_root_certificates(roots).with_no_client_auth())
}

#[test]
fn robots_and_people_are_served_over_tls_and_nobody_without() {
    let secured = Secured::start();
    let robots = secured.server.robots().unwrap();
    let hello = Hello::new(2, 3, Actions::Discrete);
    let stream = secured.connect(robots);
    let mut client = Client::over(stream, &hello, Some(CONTROL.as_bytes())).unwrap();
    for cycle in 0..50 {
        let decided = client.observe(Phase::GoesOn, 0.0, &[cycle as f32, 0.5]).unwrap();
        assert_eq!(decided.action.len(), 1);
    }

    let mut visitor = secured.connect(secured.server.http());
    visitor
        .write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        .unwrap();
    let mut answer = Vec::new();
    // The end may come without a goodbye.
    let _ = visitor.read_to_end(&mut answer);
    assert!(answer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&answer));

    assert!(Client::connect(robots, &hello, Some(CONTROL.as_bytes())).is_err());
    let mut plain = TcpStream::connect(secured.server.http()).unwrap();
    plain.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    let _ = plain.read_to_end(&mut answer);
    assert!(!answer.starts_with(b"HTTP"));
}
