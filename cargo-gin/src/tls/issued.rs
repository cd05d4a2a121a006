//! The certificates of `--https`, one for each name or address that clients connect to.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use rustls::ServerConfig;

use crate::tls::authority::{Authority, Subject};
use crate::tls::server::configure;

/// The most certificates that are kept. There are as many names below `localhost` as a client likes.
const MAX_KEPT: usize = 100;

/// An authority, and the certificates that it has issued.
pub(super) struct Issued {
    pub(super) authority: Authority,
    configs: Mutex<HashMap<Subject, Arc<ServerConfig>>>,
}

impl Issued {
    /// Returns the certificates of an authority. An authority that cannot issue any is an error.
    pub(super) fn new(authority: Authority) -> anyhow::Result<Issued> {
        let issued = Issued {
            authority,
            configs: Mutex::default(),
        };
        issued.config(&Subject::Name("localhost".to_owned()))?;
        Ok(issued)
    }

    /// Returns the configuration for connections to `subject`.
    pub(super) fn config(&self, subject: &Subject) -> anyhow::Result<Arc<ServerConfig>> {
        let mut configs = self.configs.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(config) = configs.get(subject) {
            return Ok(config.clone());
        }
        let config = configure(self.authority.issue(subject)?)?;
        if configs.len() >= MAX_KEPT {
            configs.clear();
        }
        configs.insert(subject.clone(), config.clone());
        Ok(config)
    }
}

impl fmt::Debug for Issued {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Issued")
    }
}
