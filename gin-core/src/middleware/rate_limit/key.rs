//! The keys that requests are counted by.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;

use crate::request::Context;

/// The way to find the key of a request.
#[derive(Clone)]
pub(super) enum KeySource {
    ClientIp,
    Function(KeyFunction),
}

type KeyFunction = Arc<dyn Fn(&Context) -> Option<String> + Send + Sync>;

/// A key. All requests of the same one share a quota.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Key {
    Client(IpAddr),
    /// A client without an address, such as one of a Unix socket.
    Unknown,
    Own(String),
}

impl KeySource {
    pub(super) fn key(&self, cx: &Context) -> Key {
        if let KeySource::Function(key) = self
            && let Some(key) = key(cx)
        {
            return Key::Own(key);
        }
        cx.client_ip().map_or(Key::Unknown, Key::of)
    }
}

impl Key {
    /// Returns the key of an address. An IPv6 client has a /64 network at least, and could use each of its addresses once.
    fn of(address: IpAddr) -> Key {
        match address.to_canonical() {
            IpAddr::V4(address) => Key::Client(IpAddr::V4(address)),
            IpAddr::V6(address) => {
                let network = address.to_bits() & !u128::from(u64::MAX);
                Key::Client(IpAddr::V6(Ipv6Addr::from_bits(network)))
            }
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Key::Client(address) => write!(f, "ip:{address}"),
            Key::Unknown => f.write_str("ip:"),
            Key::Own(key) => write!(f, "key:{key}"),
        }
    }
}

impl fmt::Debug for KeySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            KeySource::ClientIp => "ClientIp",
            KeySource::Function(_) => "Function",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Key;

    #[test]
    fn addresses_of_one_client_are_one_key() {
        let key = |address: &str| Key::of(address.parse().expect("it is an address")).to_string();
        assert_eq!(key("203.0.113.7"), "ip:203.0.113.7");
        assert_eq!(key("::ffff:203.0.113.7"), "ip:203.0.113.7");
        assert_eq!(key("2001:db8:1:2:3:4:5:6"), "ip:2001:db8:1:2::");
        assert_eq!(key("2001:db8:1:2::1"), "ip:2001:db8:1:2::");
        assert_ne!(key("2001:db8:1:3::1"), key("2001:db8:1:2::1"));
    }
}
