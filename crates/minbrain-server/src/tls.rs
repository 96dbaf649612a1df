//! TLS 1.3, and nothing older.

use std::path::Path;
use std::sync::Arc;

use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{ServerConfig, crypto, version};

use crate::error::ServeError;

/// Reads a certificate chain and its key.
pub(crate) fn acceptor(certificate: &Path, key: &Path) -> Result<TlsAcceptor, ServeError> {
    let chain = "a certificate chain in PEM";
    let bad_chain = |problem: String| ServeError::file(certificate, chain, problem);
    let certificates = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| bad_chain(error.to_string()))?;
    let bad_key = |problem: String| ServeError::file(key, "its private key in PEM", problem);
    let secret = PrivateKeyDer::from_pem_file(key).map_err(|_| bad_key("found none".to_owned()))?;
    let provider = Arc::new(crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&version::TLS13])
        .map_err(|error| bad_chain(error.to_string()))?
        .with_no_client_auth()
        .with_single_cert(certificates, secret)
        .map_err(|error| bad_key(error.to_string()))?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}
