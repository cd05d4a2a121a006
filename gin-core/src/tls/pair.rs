//! A certificate and its private key, as files and loaded.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use rustls::{Error, InconsistentKeys};
use tracing::warn;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer, X509Certificate};
use x509_parser::time::ASN1Time;

use crate::tls::error::TlsError;

/// The files of a certificate, with the chain of its issuers, and of its private key.
#[derive(Debug, Clone)]
pub(crate) struct PairFiles {
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
}

/// A certificate with its key, and the names that it is valid for.
#[derive(Debug)]
pub(crate) struct Pair {
    pub(crate) key: Arc<CertifiedKey>,
    /// In lower case.
    pub(crate) names: Vec<String>,
}

impl PairFiles {
    /// Returns the pair that is in one file.
    #[cfg(feature = "acme")]
    pub(crate) fn both_in(path: PathBuf) -> PairFiles {
        PairFiles {
            certificate: path.clone(),
            key: path,
        }
    }

    pub(crate) fn load(&self, provider: &CryptoProvider) -> Result<Pair, TlsError> {
        let chain = certificates(&self.certificate)?;
        let key = private_key(&self.key)?;
        let names = self.names(&chain)?;
        match CertifiedKey::from_der(chain, key, provider) {
            Ok(key) => Ok(Pair {
                key: Arc::new(key),
                names,
            }),
            Err(Error::InconsistentKeys(InconsistentKeys::KeyMismatch)) => {
                Err(TlsError::OtherKey {
                    certificate: self.certificate.clone(),
                    key: self.key.clone(),
                })
            }
            Err(error) => Err(unusable(&self.key, &error)),
        }
    }

    /// Returns the names of the chain's first certificate, unless it has expired.
    fn names(&self, chain: &[CertificateDer<'_>]) -> Result<Vec<String>, TlsError> {
        let Some(first) = chain.first() else {
            return Err(TlsError::NoCertificate(self.certificate.clone()));
        };
        let parsed = X509Certificate::from_der(first);
        let (_, certificate) = parsed.map_err(|error| unusable(&self.certificate, &error))?;
        let names = names(&certificate);
        let subject = match certificate.subject().to_string() {
            empty if empty.is_empty() => names.join(", "),
            subject => subject,
        };
        let (validity, now) = (certificate.validity(), ASN1Time::now());
        if now > validity.not_after {
            return Err(TlsError::Expired {
                path: self.certificate.clone(),
                subject,
                until: validity.not_after.to_string(),
            });
        }
        // It becomes valid by itself, soon where the clock of a machine that has just started is not set yet.
        if now < validity.not_before {
            let (path, from) = (self.certificate.display(), validity.not_before);
            warn!(
                "clients refuse the certificate in {path}, of {subject}: it is valid from {from} on; check the clock of this machine, or wait"
            );
        }
        Ok(names)
    }
}

/// Returns the DNS names and IP addresses of a certificate, in lower case.
pub(crate) fn names(certificate: &X509Certificate<'_>) -> Vec<String> {
    let extension = certificate.subject_alternative_name().ok().flatten();
    let names = extension.map(|extension| extension.value.general_names.iter());
    let text = |name: &GeneralName<'_>| match name {
        GeneralName::DNSName(name) => Some(name.to_ascii_lowercase()),
        GeneralName::IPAddress(bytes) => ip(bytes),
        _ => None,
    };
    names.into_iter().flatten().filter_map(text).collect()
}

fn ip(bytes: &[u8]) -> Option<String> {
    if let Ok(bytes) = <[u8; 4]>::try_from(bytes) {
        return Some(std::net::Ipv4Addr::from(bytes).to_string());
    }
    let bytes = <[u8; 16]>::try_from(bytes).ok()?;
    Some(std::net::Ipv6Addr::from(bytes).to_string())
}

/// Reads the certificates of a PEM file. There is at least one.
pub(crate) fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let pem = read(path)?;
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    match found {
        Ok(found) if found.is_empty() => Err(TlsError::NoCertificate(path.to_owned())),
        Ok(found) => Ok(found),
        Err(error) => Err(unusable(path, &error)),
    }
}

pub(crate) fn private_key(path: &Path) -> Result<PrivateKeyDer<'static>, TlsError> {
    let pem = read(path)?;
    if let Ok(key) = PrivateKeyDer::from_pem_slice(&pem) {
        return Ok(key);
    }
    // Both `BEGIN ENCRYPTED PRIVATE KEY` (PKCS #8) and `Proc-Type: 4,ENCRYPTED` (older OpenSSL).
    let is_encrypted = String::from_utf8_lossy(&pem).contains("ENCRYPTED");
    Err(if is_encrypted {
        TlsError::EncryptedKey(path.to_owned())
    } else {
        TlsError::NoKey(path.to_owned())
    })
}

fn read(path: &Path) -> Result<Vec<u8>, TlsError> {
    fs::read(path).map_err(|error| TlsError::Unreadable {
        path: path.to_owned(),
        error,
    })
}

pub(crate) fn unusable(path: &Path, error: &impl ToString) -> TlsError {
    TlsError::Unusable {
        path: path.to_owned(),
        reason: error.to_string(),
    }
}
