//! The choice of a certificate by the server name that the client sends.

use std::sync::Arc;

use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use crate::tls::pair::Pair;

/// Certificates that are chosen by name. The first is that of clients which send no known name.
#[derive(Debug)]
pub(crate) struct Resolver {
    pub(crate) pairs: Vec<Pair>,
    /// The names that will have a certificate, in lower case. Until then, their clients get an alert, not the certificate of another
    /// name.
    pub(crate) pending: Vec<String>,
}

impl Resolver {
    pub(crate) fn new(pairs: Vec<Pair>) -> Resolver {
        Resolver {
            pairs,
            pending: Vec::new(),
        }
    }
}

impl ResolvesServerCert for Resolver {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let name = hello.server_name().map(str::to_ascii_lowercase);
        let pair = match name {
            Some(name) if self.pending.contains(&name) => None,
            Some(name) => {
                let named = self.pairs.iter().find(|pair| pair.is_for(&name));
                named.or(self.pairs.first())
            }
            None => self.pairs.first(),
        };
        pair.map(|pair| pair.key.clone())
    }
}

impl Pair {
    /// Returns `true` if the certificate is valid for `name`, which is in lower case.
    pub(crate) fn is_for(&self, name: &str) -> bool {
        self.names.iter().any(|pattern| covers(pattern, name))
    }
}

/// Returns `true` if `pattern` is `name`, or has a wildcard for its first label (RFC 6125 §6.4.3).
fn covers(pattern: &str, name: &str) -> bool {
    match pattern.strip_prefix("*.") {
        Some(parent) => name
            .split_once('.')
            .is_some_and(|(label, rest)| !label.is_empty() && rest == parent),
        None => pattern == name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wildcard_stands_for_one_label() {
        let cases = [
            ("a.example", "a.example", true),
            ("*.example", "a.example", true),
            ("*.example", "example", false),
            ("*.example", ".example", false),
            ("*.example", "b.a.example", false),
            ("a.example", "b.example", false),
        ];
        for (pattern, name, expected) in cases {
            assert_eq!(covers(pattern, name), expected, "{name} by {pattern}");
        }
    }
}
