//! The configuration of TLS for each connection.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};

use anyhow::Context as _;
use rustls::crypto::{CryptoProvider, ring};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{AlertDescription, Error, ServerConfig};
use tokio::sync::mpsc;

use crate::tls::authority::Subject;
use crate::tls::files::Files;
use crate::tls::issued::Issued;
use crate::tls::material::Material;
use crate::tls::trust;

/// The protocols that a client can choose, the best first.
const PROTOCOLS: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// TLS on the dev server's port.
#[derive(Debug)]
pub(crate) struct Tls {
    source: Source,
    /// `true` once the user knows how browsers learn to trust the certificate.
    is_explained: AtomicBool,
    notices: mpsc::UnboundedSender<String>,
}

#[derive(Debug)]
enum Source {
    Files(Box<Files>),
    Issued(Box<Issued>),
}

impl Tls {
    /// Starts with this certificate. Remarks for the user go to `notices`.
    pub(crate) fn new(
        material: Material,
        notices: &mpsc::UnboundedSender<String>,
    ) -> anyhow::Result<Tls> {
        let (source, notice) = match material {
            Material::Files(files, pair) => {
                let flaw = pair.flaw.clone();
                let files = Files::new(files, pair, notices.clone())?;
                (Source::Files(Box::new(files)), flaw)
            }
            Material::Issued(authority) => {
                let notice = trust::made(&authority);
                (Source::Issued(Box::new(Issued::new(*authority)?)), notice)
            }
        };
        let tls = Tls {
            source,
            is_explained: AtomicBool::new(notice.is_some()),
            notices: notices.clone(),
        };
        if let Some(notice) = notice {
            tls.note(notice);
        }
        Ok(tls)
    }

    /// Returns the configuration for a client that connects to `subject`.
    pub(crate) async fn config(&self, subject: &Subject) -> anyhow::Result<Arc<ServerConfig>> {
        match &self.source {
            Source::Files(files) => Ok(files.config().await),
            Source::Issued(issued) => issued.config(subject),
        }
    }

    /// Notes once that a client does not trust the certificate, with the remedy.
    pub(crate) fn refused(&self, error: &Error) {
        let Source::Issued(issued) = &self.source else {
            return;
        };
        let is_distrust = matches!(
            error,
            Error::AlertReceived(
                AlertDescription::UnknownCA
                    | AlertDescription::CertificateUnknown
                    | AlertDescription::BadCertificate
            )
        );
        if is_distrust && !self.is_explained.swap(true, Ordering::Relaxed) {
            let remedy = trust::remedy(&issued.authority);
            self.note(format!("a client does not trust the certificate. {remedy}"));
        }
    }

    fn note(&self, notice: String) {
        // Without a terminal the dev server is ending.
        let _ = self.notices.send(notice);
    }
}

/// Returns the configuration of a server with this certificate.
pub(super) fn configure(key: Arc<CertifiedKey>) -> anyhow::Result<Arc<ServerConfig>> {
    let mut config = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .context("cannot configure TLS")?
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(SingleCertAndKey::from(key)));
    config.alpn_protocols = PROTOCOLS.map(<[u8]>::to_vec).to_vec();
    Ok(Arc::new(config))
}

/// Returns the cryptography that TLS uses.
pub(super) fn provider() -> Arc<CryptoProvider> {
    static PROVIDER: LazyLock<Arc<CryptoProvider>> =
        LazyLock::new(|| Arc::new(ring::default_provider()));
    PROVIDER.clone()
}
