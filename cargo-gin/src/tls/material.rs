//! The certificate that the options name, as it is at the start.

use crate::cli::{Certificate, TlsOptions};
use crate::tls::authority::{Authority, Subject};
use crate::tls::pair::{Pair, PairFiles};

/// The certificate that the options name, as it is at the start.
pub(crate) enum Material {
    /// The one of `--cert-file`.
    Files(PairFiles, Pair),
    /// One for each host, by an authority.
    Issued(Box<Authority>),
}

impl Material {
    /// Reads the certificate that the options name, or makes an authority for it. Returns `None` without TLS.
    pub(crate) fn load(options: &TlsOptions) -> anyhow::Result<Option<Material>> {
        Ok(match options.certificate() {
            Certificate::None => None,
            Certificate::Issued => Some(Material::Issued(Box::new(Authority::open()?))),
            Certificate::Files { certificate, key } => {
                let files = PairFiles {
                    certificate: certificate.to_owned(),
                    key: key.to_owned(),
                };
                let pair = files.load()?;
                Some(Material::Files(files, pair))
            }
        })
    }

    /// Returns the names that only the owner of the certificate has. Patterns such as `*.app.test` are among them.
    ///
    /// A site that has rebound its own name to this machine cannot pass a handshake with it.
    pub(crate) fn names(&self) -> &[String] {
        match self {
            Material::Files(_, pair) => &pair.names,
            Material::Issued(_) => &[],
        }
    }

    /// Returns the name under which a browser on this machine accepts the certificate.
    pub(crate) fn host(&self) -> &str {
        let own = self.names();
        let localhost = own.iter().find(|name| *name == "localhost");
        let single = || own.iter().find(|name| !name.contains('*'));
        localhost
            .or_else(single)
            .map_or("localhost", String::as_str)
    }

    /// Returns `true` if clients find `subject` in the certificate that they get. Files are taken as they are.
    pub(crate) fn certifies(&self, subject: &Subject) -> bool {
        match self {
            Material::Files(..) => true,
            Material::Issued(authority) => authority.certifies(subject),
        }
    }
}
