//! A fleet behind TLS: each node has a door in front of it that speaks nothing else.

use std::sync::Arc;
use std::time::Duration;

use minbrain_fleet::{Address, FleetError};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::place::Place;
use crate::robot::Robot;

const PATIENCE: Duration = Duration::from_secs(20);
/// The doors' ports lie so much higher than the nodes'.
const OFFSET: u16 = 50;

/// Opens a door in front of each of the nodes, and returns the certificate to trust.
fn open_doors(ports: Vec<u16>) -> String {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let doors = ports.into_iter().map(|port| door(port, acceptor.clone()));
            futures_util::future::join_all(doors).await;
        });
    });
    cert.pem()
}

async fn door(port: u16, acceptor: TlsAcceptor) {
    let listener = TcpListener::bind(("127.0.0.1", port + OFFSET)).await.unwrap();
    loop {
        let (outside, _) = listener.accept().await.unwrap();
        let acceptor = acceptor.clone();
        tokio::spawn(async move {
            // Whoever does not speak TLS is shown out.
            let Ok(mut outside) = acceptor.accept(outside).await else { return };
            let Ok(mut inside) = TcpStream::connect(("127.0.0.1", port)).await else { return };
            let _ = copy_bidirectional(&mut outside, &mut inside).await;
        });
    }
}

#[test]
fn tls_is_spoken_where_it_is_demanded_and_named_where_it_is_not() {
    // Nodes would follow each other through the doors, too, and cannot speak TLS: no replicas here.
    let place = Place::new("secure", |settings| {
        (settings.announced, settings.replicas) = (Some(OFFSET), 0);
    });
    let url = place.fleet.url();
    let ports = url.split(',').map(|node| {
        let port: u16 = node.rsplit(':').next().unwrap().parse().unwrap();
        port - OFFSET
    });
    let certificate = place.directory.join("ca.pem");
    std::fs::write(&certificate, open_doors(ports.collect())).unwrap();
    std::thread::sleep(Duration::from_millis(200));
    let secure = place.fleet.url().replace("redis://", "rediss://");

    let trusted = format!("{secure}?replicas=0&ca={}", certificate.display());
    let mut robot = Robot::new(Address::parse(&trusted).unwrap(), 1.0);
    robot.live(100);
    robot.await_status(|status| status.acknowledged == 100);

    for (url, what) in [(place.fleet.url(), "in the clear"), (secure, "unknown authority")] {
        let mut robot = Robot::new(Address::parse(&url).unwrap(), 1.0);
        let told = robot.fleet.join(&mut robot.brain, PATIENCE).unwrap_err();
        assert!(matches!(told, FleetError::Tls { .. }), "{what}: {told:?}");
        assert!(!told.may_pass(), "{what}");
    }
}
