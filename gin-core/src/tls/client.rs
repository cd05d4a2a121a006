//! The identity of a client that has sent a certificate.

use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use x509_parser::prelude::{FromDer, X509Certificate};

use crate::tls::pair::names;

/// The certificate of a client, which was verified, from [`Context::client_certificate`](crate::Context::client_certificate).
///
/// ```
/// use gin::prelude::*;
///
/// async fn whoami(cx: &mut Context) -> gin::Result<String> {
///     match cx.client_certificate() {
///         Some(certificate) => Ok(certificate.subject().to_owned()),
///         None => Err(gin::Error::new(403, "a client certificate is required")),
///     }
/// }
/// # let _ = Group::new("").get("/", whoami);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientCertificate(Arc<Identity>);

#[derive(Debug, PartialEq, Eq)]
struct Identity {
    der: Vec<u8>,
    subject: String,
    names: Vec<String>,
}

impl ClientCertificate {
    /// Returns the identity of `der`, or `None` if it cannot be parsed.
    pub(crate) fn parse(der: &CertificateDer<'_>) -> Option<ClientCertificate> {
        let (_, certificate) = X509Certificate::from_der(der).ok()?;
        Some(ClientCertificate(Arc::new(Identity {
            der: der.to_vec(),
            subject: certificate.subject().to_string(),
            names: names(&certificate),
        })))
    }

    /// Returns the distinguished name of the subject, such as `CN=alice, O=Example`.
    pub fn subject(&self) -> &str {
        &self.0.subject
    }

    /// Returns the DNS names and IP addresses of the subject (SAN), in lower case.
    pub fn names(&self) -> &[String] {
        &self.0.names
    }

    /// Returns the whole certificate in DER.
    pub fn der(&self) -> &[u8] {
        &self.0.der
    }
}
