//! The options of TLS, in the dev server and in front of it.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::network::TrustedProxy;

/// TLS, in the dev server and in front of it.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "TLS and proxies")]
pub(crate) struct TlsOptions {
    /// Serve https and HTTP/2, with a certificate of mkcert's authority if you have one, else of an authority made for you
    #[arg(long, env = "GIN_HTTPS", conflicts_with_all = ["cert_file", "key_file"])]
    https: bool,
    /// Serve https and HTTP/2 with this certificate and its chain (PEM), read again when the file changes
    #[arg(long, env = "GIN_CERT_FILE", value_name = "FILE")]
    pub(crate) cert_file: Option<PathBuf>,
    /// Use this private key (PEM) with --cert-file
    #[arg(long, env = "GIN_KEY_FILE", value_name = "FILE")]
    pub(crate) key_file: Option<PathBuf>,
    /// Believe the scheme, host and client that a proxy or tunnel in front reports: one on this machine, or one with these
    /// addresses, as in 172.17.0.0/16; its host needs --allowed-host
    #[arg(
        long,
        env = "GIN_BEHIND_PROXY",
        value_name = "ADDRESSES",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "loopback",
        value_delimiter = ','
    )]
    pub(crate) behind_proxy: Vec<TrustedProxy>,
}

/// The certificate that the dev server shows to browsers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Certificate<'a> {
    /// None: it serves http.
    None,
    /// One that it issues by itself.
    Issued,
    /// The one in these files.
    Files {
        certificate: &'a Path,
        key: &'a Path,
    },
}

impl TlsOptions {
    /// Returns the certificate that the options name.
    pub(crate) fn certificate(&self) -> Certificate<'_> {
        match (&self.cert_file, &self.key_file) {
            (Some(certificate), Some(key)) => Certificate::Files { certificate, key },
            _ if self.https => Certificate::Issued,
            _ => Certificate::None,
        }
    }
}
