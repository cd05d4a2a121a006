//! The host that a request names, and the hosts that requests may name.
//!
//! A page of another site can make the browser send requests here, by DNS rebinding even under that site's own name. It cannot
//! choose the value of `Host`, though, so a request that names a foreign host is refused (RFC 9110 §7.2).

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use http::header::HOST;
use http::request::Parts;
use http::{HeaderValue, Version};

/// A host and the port after it, parsed strictly (RFC 3986 §3.2.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Host {
    name: Name,
    port: Option<u16>,
}

/// A host without its port.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Name {
    Address(IpAddr),
    /// In lower case, without the final dot.
    Registered(String),
}

/// The flaw of a request that does not name one valid host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BadHost {
    Missing,
    Doubled,
    Malformed,
}

impl Host {
    /// Returns the host of a request: that of its target if it has one, else that of `Host` (RFC 9112 §3.2.2).
    ///
    /// An HTTP/1.0 request need not name a host. It is for `local`, the address that it came to.
    pub(crate) fn of(head: &Parts, local: IpAddr) -> Result<Host, BadHost> {
        let mut fields = head.headers.get_all(HOST).iter();
        let named = match (fields.next(), fields.next()) {
            (Some(field), None) => Some(Host::from_field(field)?),
            (None, _) => None,
            (Some(_), Some(_)) => return Err(BadHost::Doubled),
        };
        match (head.uri.authority(), named) {
            (Some(authority), _) => Host::parse(authority.as_str()).ok_or(BadHost::Malformed),
            (None, Some(host)) => Ok(host),
            (None, None) if head.version == Version::HTTP_10 => Ok(Host {
                name: Name::Address(local),
                port: None,
            }),
            (None, None) => Err(BadHost::Missing),
        }
    }

    fn from_field(field: &HeaderValue) -> Result<Host, BadHost> {
        let text = field.to_str().map_err(|_| BadHost::Malformed)?;
        Host::parse(text).ok_or(BadHost::Malformed)
    }

    /// Parses `localhost`, `127.0.0.1:3000`, `[::1]:3000`.
    pub(crate) fn parse(text: &str) -> Option<Host> {
        let (name, port) = if let Some(rest) = text.strip_prefix('[') {
            let (address, port) = rest.split_once(']')?;
            let address: Ipv6Addr = address.parse().ok()?;
            (Name::Address(address.into()), port)
        } else {
            let (name, port) = text.split_at(text.find(':').unwrap_or(text.len()));
            (Name::parse(name)?, port)
        };
        let port = match (port, port.strip_prefix(':')) {
            ("" | ":", _) => None,
            (_, Some(digits)) if digits.bytes().all(|digit| digit.is_ascii_digit()) => {
                Some(digits.parse().ok()?)
            }
            _ => return None,
        };
        Some(Host { name, port })
    }

    /// Returns the port, or the default port of the scheme.
    pub(crate) fn port_or(&self, default: u16) -> u16 {
        self.port.unwrap_or(default)
    }

    /// Returns the same host without its port.
    pub(crate) fn without_port(&self) -> Host {
        Host {
            name: self.name.clone(),
            port: None,
        }
    }

    /// Returns the same host, with this port if it has none.
    pub(crate) fn or_port(self, port: Option<u16>) -> Host {
        Host {
            port: self.port.or(port),
            ..self
        }
    }

    /// Returns `true` if only this machine can resolve it to this machine.
    pub(crate) fn is_local(&self) -> bool {
        match &self.name {
            Name::Address(address) => address.to_canonical().is_loopback(),
            Name::Registered(name) => name == "localhost" || name.ends_with(".localhost"),
        }
    }

    /// Returns `true` if both have the same name, whatever their ports.
    pub(crate) fn has_name_of(&self, other: &Host) -> bool {
        self.name == other.name
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Name::Address(IpAddr::V6(address)) => write!(f, "[{address}]")?,
            Name::Address(address) => write!(f, "{address}")?,
            Name::Registered(name) => f.write_str(name)?,
        }
        match self.port {
            Some(port) => write!(f, ":{port}"),
            None => Ok(()),
        }
    }
}

impl Name {
    fn parse(text: &str) -> Option<Name> {
        let name = text.strip_suffix('.').unwrap_or(text);
        if let Ok(address) = name.parse::<Ipv4Addr>() {
            return Some(Name::Address(address.into()));
        }
        let is_label = |label: &str| {
            (1..=63).contains(&label.len())
                && label
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        };
        (name.len() <= 253 && name.split('.').all(is_label))
            .then(|| Name::Registered(name.to_ascii_lowercase()))
    }
}

/// The hosts that requests may name, besides the local ones.
#[derive(Clone, Debug, Default)]
pub(crate) struct AllowedHosts(Vec<Allowed>);

#[derive(Clone, Debug)]
enum Allowed {
    Exactly(Name),
    /// Every subdomain of this name, which begins with a dot: `*.example.com`.
    Below(String),
}

impl AllowedHosts {
    /// Parses the values of `--allowed-host`: `app.test`, `192.168.1.5`, or `*.app.test` for every subdomain.
    ///
    /// # Errors
    ///
    /// Returns the first value that is not a host.
    pub(crate) fn parse(hosts: &[String]) -> Result<AllowedHosts, &str> {
        let allow = |host| Allowed::parse(host).ok_or(host);
        let hosts = hosts.iter().map(String::as_str);
        Ok(AllowedHosts(hosts.map(allow).collect::<Result<_, _>>()?))
    }

    /// Allows these hosts as well. Text that is not a host is left out.
    pub(crate) fn extend(&mut self, hosts: &[String]) {
        let hosts = hosts.iter().filter_map(|host| Allowed::parse(host));
        self.0.extend(hosts);
    }

    /// Returns the names, as `app.test` or `*.app.test`.
    pub(crate) fn names(&self) -> impl Iterator<Item = String> {
        self.0.iter().filter_map(|allowed| match allowed {
            Allowed::Exactly(Name::Registered(name)) => Some(name.clone()),
            Allowed::Exactly(Name::Address(_)) => None,
            Allowed::Below(parent) => Some(format!("*{parent}")),
        })
    }

    /// Returns `true` if a request that came to the address `local` may name this host.
    pub(crate) fn allow(&self, host: &Host, local: IpAddr) -> bool {
        match &host.name {
            _ if host.is_local() => true,
            // The owner of a name can make it point here. Nobody can do that with an address.
            Name::Address(address) if address.to_canonical() == local.to_canonical() => true,
            name => self.0.iter().any(|allowed| allowed.is(name)),
        }
    }
}

impl Allowed {
    fn parse(text: &str) -> Option<Allowed> {
        if let Some(parent) = text.strip_prefix("*.").or_else(|| text.strip_prefix('.')) {
            return match Name::parse(parent)? {
                Name::Registered(parent) => Some(Allowed::Below(format!(".{parent}"))),
                Name::Address(_) => None,
            };
        }
        let bare = text.parse::<Ipv6Addr>();
        let name = bare.map_or_else(
            |_| Host::parse(text).map(|host| host.name),
            |address| Some(Name::Address(address.into())),
        );
        name.map(Allowed::Exactly)
    }

    fn is(&self, name: &Name) -> bool {
        match (self, name) {
            (Allowed::Exactly(allowed), name) => allowed == name,
            (Allowed::Below(parent), Name::Registered(name)) => name.ends_with(parent.as_str()),
            (Allowed::Below(_), Name::Address(_)) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCAL: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 168, 1, 5));

    #[test]
    fn a_host_is_parsed_strictly() {
        for text in [
            "",
            ":",
            ":3000",
            "localhost:http",
            "localhost:+80",
            "localhost:65536",
            "localhost:80:80",
            "local host",
            "user@localhost",
            "localhost/path",
            "localhost?query",
            "localhost#fragment",
            "localhost,evil.test",
            "localhost\\evil.test",
            "localhost%00",
            "localhost\t",
            ".localhost",
            "a..localhost",
            "localhost..",
            "::1",
            "[::1",
            "[::1]3000",
            "[::1%25eth0]",
            "[127.0.0.1]",
            "[localhost]",
            "lócalhost",
        ] {
            assert_eq!(Host::parse(text), None, "{text:?}");
        }
        let long = "a".repeat(64);
        assert!(Host::parse(&long).is_none(), "a label of 64 bytes");
    }

    #[test]
    fn a_request_may_name_local_and_allowed_hosts() {
        let named = ["App.test", "*.dev.test", "10.0.0.7", "fe80::7"].map(str::to_owned);
        let hosts = AllowedHosts::parse(&named).unwrap();
        for (host, expected) in [
            ("localhost", true),
            ("localhost:", true),
            ("LOCALHOST:3000", true),
            ("localhost.:3000", true),
            ("blog.localhost", true),
            ("a.b.localhost:1", true),
            ("127.0.0.1:3000", true),
            ("127.9.9.9", true),
            ("127.0.0.1.:3000", true),
            ("192.168.1.6.", false),
            ("[::1]:3000", true),
            ("[::ffff:127.0.0.1]", true),
            ("192.168.1.5:3000", true),
            ("[::ffff:192.168.1.5]", true),
            ("app.test", true),
            ("APP.TEST:8080", true),
            ("x.dev.test", true),
            ("x.y.dev.test", true),
            ("10.0.0.7", true),
            ("[fe80::7]:3000", true),
            ("dev.test", false),
            ("xdev.test", false),
            ("evil.test", false),
            ("localhost.evil.test", false),
            ("evillocalhost", false),
            ("app.test.evil.test", false),
            ("192.168.1.6", false),
            ("0.0.0.0", false),
            ("[::]", false),
            ("127.0.0.1.nip.io", false),
            ("2130706433", false),
            ("0x7f.1", false),
            ("[fe80::8]", false),
        ] {
            let parsed = Host::parse(host).unwrap();
            assert_eq!(hosts.allow(&parsed, LOCAL), expected, "{host}");
        }
    }

    #[test]
    fn an_invalid_allowed_host_is_returned() {
        for bad in ["", "*.", "*", "http://app.test", "a b", "*.10.0.0.7"] {
            let hosts = ["app.test".to_owned(), bad.to_owned()];
            assert_eq!(AllowedHosts::parse(&hosts).unwrap_err(), bad);
        }
    }

    #[test]
    fn the_target_wins_over_the_host_header() {
        for (version, target, fields, expected) in [
            (Version::HTTP_11, "/", &["a.test"][..], Ok("a.test")),
            (
                Version::HTTP_11,
                "http://b.test/",
                &["a.test"],
                Ok("b.test"),
            ),
            (Version::HTTP_2, "http://b.test/", &[], Ok("b.test")),
            (Version::HTTP_10, "/", &[], Ok("192.168.1.5")),
            (Version::HTTP_11, "/", &[], Err(BadHost::Missing)),
            (
                Version::HTTP_11,
                "/",
                &["a.test", "a.test"],
                Err(BadHost::Doubled),
            ),
            (Version::HTTP_11, "/", &["a.test/"], Err(BadHost::Malformed)),
            (
                Version::HTTP_11,
                "http://u@b.test/",
                &["a.test"],
                Err(BadHost::Malformed),
            ),
            (
                Version::HTTP_11,
                "http://b.test/",
                &["a b"],
                Err(BadHost::Malformed),
            ),
        ] {
            let mut request = http::Request::builder().version(version).uri(target);
            for field in fields {
                request = request.header(HOST, *field);
            }
            let (head, ()) = request.body(()).unwrap().into_parts();
            let host = Host::of(&head, LOCAL).map(|host| host.to_string());
            assert_eq!(host, expected.map(str::to_owned), "{target} {fields:?}");
        }
    }
}
