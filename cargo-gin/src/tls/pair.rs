//! A certificate and its private key, read from two PEM files.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, anyhow, bail};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use rustls::{Error, InconsistentKeys};
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use crate::tls::server::provider;
use crate::tls::stamp::Stamp;

/// The files of a certificate, with the chain of its issuers, and of its private key.
#[derive(Clone, Debug)]
pub(crate) struct PairFiles {
    pub(super) certificate: PathBuf,
    pub(super) key: PathBuf,
}

/// A certificate with its key.
#[derive(Debug)]
pub(crate) struct Pair {
    pub(super) key: Arc<CertifiedKey>,
    /// The DNS names that it is valid for.
    pub(super) names: Vec<String>,
    /// The reason why clients will refuse it now, if they will.
    pub(super) flaw: Option<String>,
    /// The stamp of the files just before they were read.
    pub(super) stamp: Stamp,
}

impl PairFiles {
    /// Reads both files. Errors name the file and the cause.
    pub(super) fn load(&self) -> anyhow::Result<Pair> {
        let stamp = Stamp::of(self);
        let chain = self.chain()?;
        let key = self.private_key()?;
        let first = chain.first().context("the chain has a certificate")?;
        let (_, leaf) = X509Certificate::from_der(first)
            .map_err(|error| anyhow!("cannot use {}: {error}", self.certificate.display()))?;
        let (names, flaw) = (names(&leaf), self.flaw(&leaf));
        match CertifiedKey::from_der(chain, key, &provider()) {
            Ok(key) => Ok(Pair {
                key: Arc::new(key),
                names,
                flaw,
                stamp,
            }),
            Err(Error::InconsistentKeys(InconsistentKeys::KeyMismatch)) => bail!(
                "the private key in {} is not that of the certificate in {}; give the two that were issued together",
                self.key.display(),
                self.certificate.display()
            ),
            Err(error) => bail!("cannot use {}: {error}", self.key.display()),
        }
    }

    fn chain(&self) -> anyhow::Result<Vec<CertificateDer<'static>>> {
        let path = &self.certificate;
        let pem = read(path)?;
        let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
        match found {
            Ok(found) if !found.is_empty() => Ok(found),
            Ok(_) => bail!(
                "{} has no certificate; --cert-file takes one in PEM, with the line `-----BEGIN CERTIFICATE-----`",
                path.display()
            ),
            Err(error) => bail!("cannot use {}: {error}", path.display()),
        }
    }

    fn private_key(&self) -> anyhow::Result<PrivateKeyDer<'static>> {
        let path = self.key.display();
        let pem = read(&self.key)?;
        if let Ok(key) = PrivateKeyDer::from_pem_slice(&pem) {
            return Ok(key);
        }
        // Both `BEGIN ENCRYPTED PRIVATE KEY` (PKCS #8) and `Proc-Type: 4,ENCRYPTED` (older OpenSSL).
        if String::from_utf8_lossy(&pem).contains("ENCRYPTED") {
            bail!(
                "the private key in {path} is encrypted; decrypt it with `openssl pkey -in {path} -out plain.pem`"
            );
        }
        bail!(
            "{path} has no private key; --key-file takes one in PEM, with the line `-----BEGIN PRIVATE KEY-----`"
        )
    }

    fn flaw(&self, leaf: &X509Certificate<'_>) -> Option<String> {
        let validity = leaf.validity();
        let path = self.certificate.display();
        let (from, until) = (validity.not_before, validity.not_after);
        (!validity.is_valid()).then(|| {
            format!("browsers will refuse the certificate in {path}: it is valid from {from} until {until}")
        })
    }
}

/// Returns the DNS names of a certificate.
fn names(leaf: &X509Certificate<'_>) -> Vec<String> {
    let extension = leaf.subject_alternative_name().ok().flatten();
    let names = extension.map(|extension| extension.value.general_names.iter());
    let text = |name: &GeneralName<'_>| match name {
        GeneralName::DNSName(name) => Some(name.to_ascii_lowercase()),
        _ => None,
    };
    names.into_iter().flatten().filter_map(text).collect()
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}
