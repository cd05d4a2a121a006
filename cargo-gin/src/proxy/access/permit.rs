//! Who may have our pages do something on this machine.

use crate::proxy::access::host::Host;
use crate::proxy::access::refusal::Refusal;

/// Who may edit files and open the editor by our pages, and see what was asked of the app: `--actions`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Permit {
    /// Whoever can see the pages.
    Everyone,
    /// Whoever asks by a local name. One that `--allowed-host` added may lead here from anywhere, by a tunnel.
    Local,
    /// Nobody while the network can reach us.
    Unexposed,
    /// Nobody.
    Nobody,
}

impl Permit {
    /// Is a request to this host permitted?
    pub(crate) fn allows(self, host: &Host) -> Result<(), Refusal> {
        match self.forbids(host) {
            None => Ok(()),
            Some(reason) => Err(Refusal::Forbidden(reason)),
        }
    }

    /// Why a request to this host is not permitted, if it is not.
    pub(crate) fn forbids(self, host: &Host) -> Option<&'static str> {
        Some(match self {
            Permit::Everyone => return None,
            Permit::Local if host.is_local() => return None,
            Permit::Local => {
                "This can only be done by way of localhost. To allow it by other names, start cargo gin dev with --actions everyone."
            }
            Permit::Unexposed => {
                "This can't be done while the network can reach the dev server. To allow it to everyone who can, start cargo gin dev with --actions everyone."
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
            assert_eq!(Permit::Local.allows(&host).is_ok(), expected, "{host}");
            assert!(Permit::Everyone.allows(&host).is_ok());
            assert!(Permit::Unexposed.allows(&host).is_err());
            assert!(Permit::Nobody.allows(&host).is_err());
        }
    }
}
