//! The certificate of the servers, and the settings of rustls.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Result;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::client::Resumption;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use tempfile::TempDir;

/// The name that the certificate is valid for.
pub(crate) const HOST: &str = "localhost";

/// A certificate and its key, in a directory that is removed in the end.
pub(crate) struct Identity {
    directory: TempDir,
}

impl Identity {
    pub(crate) fn create() -> Result<Identity> {
        let directory = TempDir::new()?;
        let CertifiedKey { cert, signing_key } = generate_simple_self_signed([HOST.to_owned()])?;
        fs::write(certificate(directory.path()), cert.pem())?;
        fs::write(key(directory.path()), signing_key.serialize_pem())?;
        Ok(Identity { directory })
    }

    pub(crate) fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// The settings of a client that trusts the certificate and speaks the one protocol (ALPN).
    pub(crate) fn client(&self, protocol: &str, resumption: Resumption) -> Result<ClientConfig> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(certificate(
            self.directory(),
        ))?)?;
        let mut client = ClientConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        client.alpn_protocols = vec![protocol.as_bytes().to_vec()];
        client.resumption = resumption;
        Ok(client)
    }
}

pub(crate) fn certificate(directory: &Path) -> PathBuf {
    directory.join("certificate.pem")
}

pub(crate) fn key(directory: &Path) -> PathBuf {
    directory.join("key.pem")
}

/// The settings of a server that leaves all else to rustls.
pub(crate) fn server(directory: &Path) -> Result<ServerConfig> {
    let chain = vec![CertificateDer::from_pem_file(certificate(directory))?];
    let key = PrivateKeyDer::from_pem_file(key(directory))?;
    let mut server = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    server.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(server)
}
