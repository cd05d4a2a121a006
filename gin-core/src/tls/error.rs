//! The error of certificates that cannot be used.

use std::error::Error;
use std::path::PathBuf;
use std::{fmt, io};

/// The error of certificates that cannot be used. Its message names the file and the remedy.
///
/// ```
/// use gin::tls::{Certificates, TlsError};
///
/// let error = Certificates::pem("/no/such/cert.pem", "/no/such/key.pem").reload().unwrap_err();
/// assert!(matches!(error, TlsError::Unreadable { .. }));
/// assert!(error.to_string().starts_with("cannot read /no/such/cert.pem: "));
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum TlsError {
    /// A file cannot be read.
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The reason.
        error: io::Error,
    },
    /// The directory of requested certificates cannot be written.
    #[cfg(feature = "acme")]
    #[cfg_attr(docsrs, doc(cfg(feature = "acme")))]
    Unwritable {
        /// The directory.
        path: PathBuf,
        /// The reason.
        error: io::Error,
    },
    /// A file has no certificate in PEM.
    NoCertificate(PathBuf),
    /// A file has no private key in PEM.
    NoKey(PathBuf),
    /// A private key is encrypted.
    EncryptedKey(PathBuf),
    /// A file has a certificate or key that is malformed or not supported.
    Unusable {
        /// The file.
        path: PathBuf,
        /// The reason.
        reason: String,
    },
    /// A certificate is valid no more.
    Expired {
        /// The file.
        path: PathBuf,
        /// The subject of the certificate, or its names if it has none.
        subject: String,
        /// The end of its validity.
        until: String,
    },
    /// A private key is that of another certificate.
    OtherKey {
        /// The file of the certificate.
        certificate: PathBuf,
        /// The file of the key.
        key: PathBuf,
    },
}

impl fmt::Display for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TlsError::Unreadable { path, error } => {
                write!(
                    f,
                    "cannot read {}: {error}; give the path of a PEM file that this user can read",
                    path.display()
                )
            }
            #[cfg(feature = "acme")]
            TlsError::Unwritable { path, error } => write!(
                f,
                "cannot write to {}: {error}; certificates are kept there, so that each start need not request new ones: give a directory \
                 that this user can write to",
                path.display()
            ),
            TlsError::NoCertificate(path) => write!(
                f,
                "{} has no certificate: it must have `-----BEGIN CERTIFICATE-----` (PEM)",
                path.display()
            ),
            TlsError::NoKey(path) => write!(
                f,
                "{} has no private key: it must have `-----BEGIN PRIVATE KEY-----` (PEM)",
                path.display()
            ),
            TlsError::EncryptedKey(path) => write!(
                f,
                "the private key in {} is encrypted; decrypt it with `openssl pkey -in {} -out plain.pem`",
                path.display(),
                path.display()
            ),
            TlsError::Unusable { path, reason } => {
                write!(f, "cannot use {}: {reason}", path.display())
            }
            TlsError::Expired {
                path,
                subject,
                until,
            } => write!(
                f,
                "the certificate in {}, of {subject}, expired on {until}; renew it, or check the clock of this machine",
                path.display()
            ),
            TlsError::OtherKey { certificate, key } => write!(
                f,
                "the private key in {} is not the key of the certificate in {}; give the pair that was issued together",
                key.display(),
                certificate.display()
            ),
        }
    }
}

impl Error for TlsError {}
