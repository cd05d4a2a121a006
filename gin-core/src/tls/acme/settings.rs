//! The settings of certificates that the server requests by itself.

use std::panic::Location;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::tls::acme::cache::Cache;
use crate::tls::acme::name::remedy;

/// Let's Encrypt, for certificates that browsers trust.
const PRODUCTION: &str = "https://acme-v02.api.letsencrypt.org/directory";
/// Let's Encrypt, for trying it out.
const STAGING: &str = "https://acme-staging-v02.api.letsencrypt.org/directory";

/// Certificates that the server requests of an authority by itself, and renews (ACME), for [`Server::tls`](crate::Server::tls).
///
/// ```
/// use gin::tls::Acme;
///
/// let certificates = Acme::new(["example.com", "www.example.com"], "/var/lib/blog/certificates")
///     .contact("admin@example.com")
///     .agree_to_terms();
/// ```
///
/// Each name gets a certificate of its own. The authority connects to port 443 of the name to see that it is this server's
/// (TLS-ALPN-01), so that the name must lead to this server, and no proxy may end TLS before it. No other port is needed.
///
/// Names, terms and cache are checked when the server starts. The [module](crate::tls#certificates-on-request) describes the rest.
#[derive(Debug, Clone)]
#[must_use = "certificates are requested once a server has them"]
pub struct Acme {
    pub(crate) at: &'static Location<'static>,
    /// In lower case.
    pub(crate) names: Arc<[String]>,
    cache: PathBuf,
    pub(crate) contacts: Vec<String>,
    pub(crate) terms: Terms,
    pub(crate) directory: String,
    pub(crate) root: Option<PathBuf>,
}

/// The state of the authority's terms of service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Terms {
    Open,
    Agreed,
}

impl Acme {
    /// Requests certificates for the host names `names`, and keeps them in the directory `cache`, with the key of the account.
    ///
    /// A start needs no network while the cache has certificates. Without it, each start would request new ones, which authorities
    /// limit to a few a week. The directory is created, and its files are readable for their owner alone. Several servers may share it.
    #[track_caller]
    pub fn new<N>(names: impl IntoIterator<Item = N>, cache: impl Into<PathBuf>) -> Acme
    where
        N: Into<String>,
    {
        let names = names.into_iter().map(|name| {
            let name: String = name.into();
            name.to_ascii_lowercase()
        });
        Acme {
            at: Location::caller(),
            names: names.collect(),
            cache: cache.into(),
            contacts: Vec::new(),
            terms: Terms::Open,
            directory: PRODUCTION.to_owned(),
            root: None,
        }
    }

    /// Gives the authority an email address for warnings, when the account is created. Default: none.
    #[doc(alias = "email")]
    pub fn contact(mut self, email: impl Into<String>) -> Acme {
        let email: String = email.into();
        let email = email.trim_start_matches("mailto:");
        self.contacts.push(format!("mailto:{email}"));
        self
    }

    /// Agrees to the authority's terms of service, such as [those of Let's Encrypt](https://letsencrypt.org/repository/). Without it,
    /// [`Server::run`](crate::Server::run) fails.
    #[doc(alias("AcceptTOS", "tos"))]
    pub fn agree_to_terms(mut self) -> Acme {
        self.terms = Terms::Agreed;
        self
    }

    /// Requests certificates of Let's Encrypt's staging, which has high limits, and which browsers do not trust. Default: of its
    /// production.
    pub fn staging(self) -> Acme {
        self.directory(STAGING)
    }

    /// Sets the URL of the authority's directory, such as that of a step-ca of your own. Default: Let's Encrypt's.
    #[doc(alias("step-ca", "directory_url"))]
    pub fn directory(mut self, url: impl Into<String>) -> Acme {
        self.directory = url.into();
        self
    }

    /// Trusts the certificates in `root` (PEM), and no others, for connections to the authority. Default: those of the system.
    #[doc(alias = "ca")]
    pub fn directory_root(mut self, root: impl Into<PathBuf>) -> Acme {
        self.root = Some(root.into());
        self
    }

    /// Returns the settings that no server can have, each with its remedy.
    pub(crate) fn flaws(&self) -> Vec<(String, &'static str)> {
        let mut flaws = Vec::new();
        if self.names.is_empty() {
            let remedy = "there is no name to request a certificate for; give at least one";
            flaws.push(("Acme::new([])".to_owned(), remedy));
        }
        for (index, name) in self.names.iter().enumerate() {
            let setting = format!("Acme::new([{name:?}])");
            if let Some(remedy) = remedy(name) {
                flaws.push((setting, remedy));
            } else if self.names.iter().take(index).any(|other| other == name) {
                flaws.push((setting, "the name is there twice; remove one"));
            }
        }
        if self.terms == Terms::Open {
            let remedy = "an authority certifies only those who agree to its terms of service; read them, and add `.agree_to_terms()`";
            flaws.push(("Acme::new(…)".to_owned(), remedy));
        }
        if !self.directory.starts_with("https://") {
            let remedy = "the directory of an authority has a URL with https://; give that";
            flaws.push((format!("directory({:?})", self.directory), remedy));
        }
        flaws
    }

    /// Returns the files of this authority. Those of another are elsewhere, so that no certificate of a staging is served later.
    pub(crate) fn cache(&self) -> Cache {
        Cache::new(&self.cache, &self.directory)
    }

    /// Returns the files of the certificates, which need not exist.
    pub(crate) fn files(&self) -> impl Iterator<Item = PathBuf> {
        let cache = self.cache();
        self.names.iter().map(move |name| cache.certificate(name))
    }

    pub(crate) fn cache_path(&self) -> &Path {
        &self.cache
    }
}
