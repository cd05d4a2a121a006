//! The clients that may act on this machine through the proxy's pages.

use crate::proxy::access::host::Host;
use crate::proxy::access::refusal::Refusal;

/// The clients that may edit files and open the editor through the proxy's pages, and see recorded requests: `--actions`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Permit {
    /// Every client that can see the pages.
    Everyone,
    /// Clients that use a local name. A name of `--allowed-host` may lead here from anywhere, through a tunnel.
    Local,
    /// Nobody while the network can reach the dev server.
    Unexposed,
    /// Nobody.
    Nobody,
}

impl Permit {
    /// Returns a refusal if a request to this host is not permitted.
    pub(crate) fn check(self, host: &Host) -> Result<(), Refusal> {
        match self.forbids(host) {
            None => Ok(()),
            Some(reason) => Err(Refusal::Forbidden(reason)),
        }
    }

    /// Returns the reason why a request to this host is not permitted, if it is not.
    pub(crate) fn forbids(self, host: &Host) -> Option<&'static str> {
        Some(match self {
            Permit::Everyone => return None,
            Permit::Local if host.is_local() => return None,
            Permit::Local => {
                "This is only allowed through localhost. To allow it through other names, start cargo gin dev with --actions everyone."
            }
            Permit::Unexposed => {
                "This is not allowed while the network can reach the dev server. To allow it to everyone, start cargo gin dev with --actions everyone."
            }
            Permit::Nobody => "This was turned off by --actions nobody.",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_local_names_are_local() {
        for (host, expected) in [
            ("localhost:3000", true),
            ("blog.localhost", true),
            ("127.0.0.1:3000", true),
            ("[::1]:3000", true),
            ("[::ffff:127.0.0.1]", true),
            ("app.test", false),
            ("192.168.1.5:3000", false),
            ("localhost.evil.test", false),
        ] {
            let host = Host::parse(host).unwrap();
            assert_eq!(Permit::Local.check(&host).is_ok(), expected, "{host}");
            assert!(Permit::Everyone.check(&host).is_ok());
            assert!(Permit::Unexposed.check(&host).is_err());
            assert!(Permit::Nobody.check(&host).is_err());
        }
    }
}
