//! The certificates of a server, and the settings that clients see of them.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

#[cfg(feature = "acme")]
use rustls::crypto::CryptoProvider;
use rustls::crypto::ring::{self, Ticketer};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use rustls::version::{TLS12, TLS13};
use rustls::{RootCertStore, ServerConfig};

#[cfg(feature = "acme")]
use crate::tls::acme::Acme;
use crate::tls::error::TlsError;
use crate::tls::pair::{PairFiles, certificates, unusable};
use crate::tls::resolver::Resolver;
use crate::tls::stamp::Stamp;

/// The most bytes of a response that wait, encrypted, for a client that reads slowly.
pub(crate) const MAX_WAITING: usize = 16 << 10;

/// The certificates of a server, for [`Server::tls`](crate::Server::tls).
///
/// They are read when the server starts. A clone shares them, so that it can [`reload`](Certificates::reload) them by hand.
///
/// ```
/// use gin::tls::Certificates;
///
/// let certificates = Certificates::pem("example.com.pem", "example.com.key")
///     .and_pem("example.org.pem", "example.org.key")
///     .accept_clients("clients-ca.pem");
/// ```
#[derive(Debug, Clone)]
#[must_use = "certificates are used once a server has them"]
pub struct Certificates {
    pairs: Vec<PairFiles>,
    clients: Clients,
    current: Arc<RwLock<Option<Loaded>>>,
    #[cfg(feature = "acme")]
    pub(crate) acme: Vec<Acme>,
}

/// The content of the files.
#[derive(Debug)]
struct Loaded {
    config: Arc<ServerConfig>,
    /// The stamps of the files just before they were read.
    stamps: Vec<Stamp>,
}

/// The clients that must or may send a certificate, and the file of the authorities that issue them.
#[derive(Debug, Clone)]
enum Clients {
    Unverified,
    Optional(PathBuf),
    Required(PathBuf),
}

impl Certificates {
    /// Returns the certificate in `certificate`, followed by those of its issuers, with the private key in `key`: two files in PEM.
    pub fn pem(certificate: impl Into<PathBuf>, key: impl Into<PathBuf>) -> Certificates {
        Certificates::none().and_pem(certificate, key)
    }

    fn none() -> Certificates {
        Certificates {
            pairs: Vec::new(),
            clients: Clients::Unverified,
            current: Arc::default(),
            #[cfg(feature = "acme")]
            acme: Vec::new(),
        }
    }

    /// Adds a certificate for other names. The client's server name (SNI) chooses; the first certificate is for all other clients.
    pub fn and_pem(
        mut self,
        certificate: impl Into<PathBuf>,
        key: impl Into<PathBuf>,
    ) -> Certificates {
        self.pairs.push(PairFiles {
            certificate: certificate.into(),
            key: key.into(),
        });
        self
    }

    /// Adds certificates that the server requests by itself. For names that files have as well, the files count.
    ///
    /// ```
    /// use gin::tls::{Acme, Certificates};
    ///
    /// let requested = Acme::new(["example.org"], "/var/lib/blog/certificates").agree_to_terms();
    /// let certificates = Certificates::pem("example.com.pem", "example.com.key").and_acme(requested);
    /// ```
    #[cfg(feature = "acme")]
    #[cfg_attr(docsrs, doc(cfg(feature = "acme")))]
    pub fn and_acme(mut self, acme: Acme) -> Certificates {
        self.acme.push(acme);
        self
    }

    /// Requires a certificate of every client, issued by one of the authorities in `authorities` (PEM). Default: clients need none.
    #[doc(alias = "mtls")]
    pub fn require_clients(mut self, authorities: impl Into<PathBuf>) -> Certificates {
        self.clients = Clients::Required(authorities.into());
        self
    }

    /// Verifies the certificate of clients that send one, by the authorities in `authorities` (PEM). Default: no certificate is
    /// requested.
    #[doc(alias = "mtls")]
    pub fn accept_clients(mut self, authorities: impl Into<PathBuf>) -> Certificates {
        self.clients = Clients::Optional(authorities.into());
        self
    }

    /// Loads the files now, which blocks the thread. New connections get what they hold; open ones go on.
    ///
    /// # Errors
    ///
    /// Fails if a file cannot be used. Then everything stays as it was.
    pub fn reload(&self) -> Result<(), TlsError> {
        let stamps = self.stamps();
        let config = Arc::new(self.load()?);
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        *current = Some(Loaded { config, stamps });
        Ok(())
    }

    /// Returns the settings of the next connection, once they are loaded.
    pub(crate) fn current(&self) -> Option<Arc<ServerConfig>> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        current.as_ref().map(|loaded| loaded.config.clone())
    }

    /// Returns the stamps that the loaded files had, or none if nothing is loaded.
    pub(crate) fn loaded_stamps(&self) -> Vec<Stamp> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        let loaded = current.as_ref();
        loaded.map_or_else(Vec::new, |loaded| loaded.stamps.clone())
    }

    /// Returns the stamps that the files have now, which blocks the thread.
    pub(crate) fn stamps(&self) -> Vec<Stamp> {
        self.files().iter().map(|path| Stamp::of(path)).collect()
    }

    fn files(&self) -> Vec<PathBuf> {
        let pairs = self.pairs.iter();
        let pairs = pairs.flat_map(|pair| [pair.certificate.clone(), pair.key.clone()]);
        let authorities = match &self.clients {
            Clients::Unverified => None,
            Clients::Optional(path) | Clients::Required(path) => Some(path.clone()),
        };
        let files = pairs.chain(authorities);
        #[cfg(feature = "acme")]
        let files = files.chain(self.acme.iter().flat_map(Acme::files));
        files.collect()
    }

    /// Creates the directories of the certificates that the server requests by itself, and checks that they can be written.
    #[cfg(feature = "acme")]
    pub(crate) fn create_caches(&self) -> Result<(), TlsError> {
        for acme in &self.acme {
            let created = acme.cache().create();
            created.map_err(|error| TlsError::Unwritable {
                path: acme.cache_path().to_owned(),
                error,
            })?;
        }
        Ok(())
    }

    /// Adds the certificates that have been requested, and the names of those that have not.
    #[cfg(feature = "acme")]
    fn add_requested(&self, resolver: &mut Resolver, provider: &CryptoProvider) {
        for acme in &self.acme {
            let cache = acme.cache();
            for name in &*acme.names {
                if resolver.pairs.iter().any(|pair| pair.is_for(name)) {
                    continue;
                }
                let path = cache.certificate(name);
                // Whatever is wrong with a file is mended by the next one, which is requested at once.
                match PairFiles::both_in(path).load(provider) {
                    Ok(pair) if pair.is_for(name) => resolver.pairs.push(pair),
                    _ => resolver.pending.push(name.clone()),
                }
            }
        }
    }

    fn load(&self) -> Result<ServerConfig, TlsError> {
        let provider = Arc::new(ring::default_provider());
        let pairs = self.pairs.iter().map(|files| files.load(&provider));
        #[cfg_attr(not(feature = "acme"), expect(unused_mut))]
        let mut resolver = Resolver::new(pairs.collect::<Result<_, _>>()?);
        #[cfg(feature = "acme")]
        self.add_requested(&mut resolver, &provider);
        let builder = ServerConfig::builder_with_provider(provider);
        let builder = builder
            .with_protocol_versions(&[&TLS13, &TLS12])
            .expect("ring has cipher suites for both versions");
        let builder = match self.verifier()? {
            Some(verifier) => builder.with_client_cert_verifier(verifier),
            None => builder.with_no_client_auth(),
        };
        let mut config = builder.with_cert_resolver(Arc::new(resolver));
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        // Its keys are new at every reload, so that a ticket does not outlive the authorities that its client was verified by. It
        // fails if the system has no randomness, and then sessions are resumed by their ids.
        if let Ok(ticketer) = Ticketer::new() {
            config.ticketer = ticketer;
        }
        Ok(config)
    }

    fn verifier(&self) -> Result<Option<Arc<dyn ClientCertVerifier>>, TlsError> {
        let (path, is_optional) = match &self.clients {
            Clients::Unverified => return Ok(None),
            Clients::Optional(path) => (path, true),
            Clients::Required(path) => (path, false),
        };
        let mut roots = RootCertStore::empty();
        for certificate in certificates(path)? {
            roots
                .add(certificate)
                .map_err(|error| unusable(path, &error))?;
        }
        let provider = Arc::new(ring::default_provider());
        let mut builder = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
        if is_optional {
            builder = builder.allow_unauthenticated();
        }
        let verifier = builder.build().map_err(|error| unusable(path, &error))?;
        Ok(Some(verifier))
    }
}

#[cfg(feature = "acme")]
#[cfg_attr(docsrs, doc(cfg(feature = "acme")))]
impl From<Acme> for Certificates {
    fn from(acme: Acme) -> Certificates {
        Certificates::none().and_acme(acme)
    }
}
