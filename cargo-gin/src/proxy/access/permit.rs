//! The clients that may act on this machine through the proxy's pages.

use crate::proxy::access::refusal::Refusal;
use crate::proxy::access::visitor::Visitor;

/// The clients that may edit files and open the editor through the proxy's pages, and see recorded requests: `--actions`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Permit {
    /// Every client that can see the pages.
    Everyone,
    /// Clients on this machine that use a local name. Other names may lead here from anywhere, through a tunnel.
    Local,
    /// Nobody while the network can reach the dev server.
    Unexposed,
    /// Nobody.
    Nobody,
}

impl Permit {
    /// Returns a refusal if a request of this visitor is not permitted.
    pub(crate) fn check(self, visitor: &Visitor) -> Result<(), Refusal> {
        match self.forbids(visitor) {
            None => Ok(()),
            Some(reason) => Err(Refusal::Forbidden(reason)),
        }
    }

    /// Returns the reason why a request of this visitor is not permitted, if it is not.
    pub(crate) fn forbids(self, visitor: &Visitor) -> Option<&'static str> {
        Some(match self {
            Permit::Everyone => return None,
            Permit::Local if visitor.is_local() => return None,
            Permit::Local => {
                "This is only allowed through localhost, on this machine. To allow it to everyone who can reach these pages, start cargo gin dev with --actions everyone."
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
    use crate::proxy::access::arrival::Arrival;
    use crate::proxy::access::host::Host;
    use crate::proxy::access::origin::Scheme;

    #[test]
    fn only_local_names_are_local() {
        let loopback = "127.0.0.1".parse().unwrap();
        let arrival = Arrival {
            peer: loopback,
            local: loopback,
            scheme: Scheme::Http,
        };
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
            let visitor = Visitor::direct(Host::parse(host).unwrap(), arrival);
            assert_eq!(Permit::Local.check(&visitor).is_ok(), expected, "{host}");
            assert!(Permit::Everyone.check(&visitor).is_ok());
            assert!(Permit::Unexposed.check(&visitor).is_err());
            assert!(Permit::Nobody.check(&visitor).is_err());
        }
    }
}
