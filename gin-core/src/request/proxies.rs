//! Trusted proxies, and the client that they report.

use std::fmt;
use std::net::IpAddr;

use http::{HeaderMap, HeaderName};

use crate::request::forwarded::{self, Element};
use crate::request::host::is_host;
use crate::request::network::{Network, address};

/// The proxies in front of an app that are trusted to report about its clients, and how they report.
///
/// By default there are none, because any client can send the headers that proxies send. A proxy that is trusted must set these
/// headers or remove them, which proxies do not do by themselves: see the examples of your proxy's documentation.
///
/// | report | headers |
/// |---|---|
/// | default | `X-Forwarded-For`, `-Proto`, `-Host` and `-Prefix` |
/// | [`forwarded`](Proxies::forwarded) | `Forwarded` (RFC 7239) |
/// | [`header`](Proxies::header) | the client's address in one header, and `X-Forwarded-Proto`, `-Host` and `-Prefix` |
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// use gin::routing::Proxies;
///
/// let nginx = Proxies::trusted(["10.0.0.0/8", "::1"]);
/// let load_balancer_and_nginx = Proxies::hops(2);
/// let cloudflare = Proxies::trusted(["173.245.48.0/20"]).header("cf-connecting-ip");
/// let app = Group::new("").proxies(nginx);
/// # assert!(app.build().is_ok());
/// # assert!(Group::new("").proxies(load_balancer_and_nginx).build().is_ok());
/// # assert!(Group::new("").proxies(cloudflare).build().is_ok());
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proxies {
    trust: Trust,
    report: Report,
    fault: Option<BadProxies>,
}

/// The connections and hops that are trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Trust {
    Networks(Vec<Network>),
    Hops(u8),
}

impl Default for Trust {
    fn default() -> Trust {
        Trust::Networks(Vec::new())
    }
}

/// The headers in which proxies report.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
enum Report {
    #[default]
    XForwarded,
    Forwarded,
    Header(HeaderName),
}

/// The error of settings that cannot be meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum BadProxies {
    Network(String),
    Header(String),
    NoHops,
}

/// The client, and its distance: the number of trusted proxies between it and the app.
struct Origin {
    address: Option<IpAddr>,
    distance: usize,
}

impl Proxies {
    /// Trusts the proxies with these addresses: networks such as `10.0.0.0/8`, or single addresses.
    ///
    /// On a Unix socket, the other end is trusted if the list is not empty. Text that is not a network is an error of
    /// [`Engine::new`](crate::Engine::new).
    pub fn trusted<'a>(networks: impl IntoIterator<Item = &'a str>) -> Proxies {
        let (mut parsed, mut fault) = (Vec::new(), None);
        for network in networks {
            match Network::parse(network) {
                Some(network) => parsed.push(network),
                None => fault = Some(BadProxies::Network(network.to_owned())),
            }
        }
        Proxies {
            trust: Trust::Networks(parsed),
            fault,
            ..Proxies::default()
        }
    }

    /// Trusts this number of proxies, whatever their addresses: for an app that only they can reach.
    ///
    /// A client that connects directly could claim any address. Zero is an error of [`Engine::new`](crate::Engine::new).
    pub fn hops(count: u8) -> Proxies {
        Proxies {
            trust: Trust::Hops(count),
            fault: (count == 0).then_some(BadProxies::NoHops),
            ..Proxies::default()
        }
    }

    /// Reads `Forwarded` (RFC 7239) in place of the `X-Forwarded-…` headers.
    #[must_use]
    pub fn forwarded(mut self) -> Proxies {
        self.report = Report::Forwarded;
        self
    }

    /// Reads the client's address from this header, which holds only that: `x-real-ip`, `cf-connecting-ip`, `fly-client-ip`.
    ///
    /// A name that is not a header's is an error of [`Engine::new`](crate::Engine::new).
    #[doc(alias(
        "RemoteIPHeaders",
        "TrustedPlatform",
        "AppEngine",
        "PlatformCloudflare",
        "PlatformFlyIO",
        "PlatformGoogleAppEngine"
    ))]
    #[must_use]
    pub fn header(mut self, name: &str) -> Proxies {
        match HeaderName::try_from(name) {
            Ok(name) => self.report = Report::Header(name),
            Err(_) => self.fault = Some(BadProxies::Header(name.to_owned())),
        }
        self
    }

    pub(crate) fn fault(&self) -> Option<&BadProxies> {
        self.fault.as_ref()
    }

    /// Returns `true` if the connection's other end is trusted.
    pub(crate) fn trust(&self, remote: Option<IpAddr>) -> bool {
        match (&self.trust, remote) {
            (Trust::Hops(count), _) => *count > 0,
            (Trust::Networks(networks), Some(remote)) => {
                networks.iter().any(|network| network.holds(remote))
            }
            (Trust::Networks(networks), None) => !networks.is_empty(),
        }
    }

    /// Returns the client's address.
    pub(crate) fn client(&self, remote: Option<IpAddr>, headers: &HeaderMap) -> Option<IpAddr> {
        if !self.trust(remote) {
            return remote;
        }
        match &self.report {
            Report::Header(name) => {
                let mut values = headers.get_all(name).iter();
                let value = values.next().filter(|_| values.next().is_none());
                let value = value.and_then(|value| value.to_str().ok());
                value.and_then(address).or(remote)
            }
            Report::XForwarded | Report::Forwarded => self.origin(remote, headers).address,
        }
    }

    /// Follows the reports from the connection's other end towards the client, as far as they are trusted.
    ///
    /// Every proxy adds the address of its own client at the end. So everything before an address that is not trusted was written
    /// by a stranger, and is ignored. So is everything before a text that is not an address.
    fn origin(&self, remote: Option<IpAddr>, headers: &HeaderMap) -> Origin {
        let mut origin = Origin {
            address: remote,
            distance: 0,
        };
        for hop in self.hops_of(headers) {
            if !self.goes_on(&origin) {
                break;
            }
            let Some(address) = hop.and_then(address) else {
                break;
            };
            origin.address = Some(address);
            origin.distance += 1;
        }
        origin
    }

    /// Returns `true` if what has been reached is a proxy that is trusted to report about its own client.
    fn goes_on(&self, origin: &Origin) -> bool {
        match self.trust {
            Trust::Hops(count) => origin.distance < usize::from(count),
            Trust::Networks(_) => self.trust(origin.address),
        }
    }

    fn hops_of<'a>(&self, headers: &'a HeaderMap) -> Vec<Option<&'a str>> {
        match self.report {
            Report::Forwarded => {
                let elements = forwarded::last_first(headers).into_iter();
                elements.map(|element| element.r#for).collect()
            }
            _ => last_first(headers, "x-forwarded-for").map(Some).collect(),
        }
    }

    /// Returns the scheme, `http` or `https`, that trusted proxies report for the client's request.
    pub(crate) fn scheme(
        &self,
        remote: Option<IpAddr>,
        headers: &HeaderMap,
    ) -> Option<&'static str> {
        let reported = self.reported(remote, headers, "x-forwarded-proto", |element| {
            element.proto
        })?;
        ["https", "http"]
            .into_iter()
            .find(|scheme| reported.eq_ignore_ascii_case(scheme))
    }

    /// Returns the host, with the port if there is one, that trusted proxies report for the client's request.
    pub(crate) fn host<'a>(
        &self,
        remote: Option<IpAddr>,
        headers: &'a HeaderMap,
    ) -> Option<&'a str> {
        let reported = self.reported(remote, headers, "x-forwarded-host", |element| element.host);
        reported.filter(|host| !host.is_empty() && is_host(host.as_bytes()))
    }

    /// Returns what the proxy nearest to the client reports, of those that are trusted.
    fn reported<'a>(
        &self,
        remote: Option<IpAddr>,
        headers: &'a HeaderMap,
        name: &str,
        parameter: fn(&Element<'a>) -> Option<&'a str>,
    ) -> Option<&'a str> {
        if !self.trust(remote) {
            return None;
        }
        let values: Vec<_> = match self.report {
            Report::Forwarded => {
                let elements = forwarded::last_first(headers);
                elements.iter().map(parameter).collect()
            }
            _ => last_first(headers, name).map(Some).collect(),
        };
        // Some proxies keep what an outer one has reported, and add nothing. The first of fewer values is the outer one's.
        let distance = self.origin(remote, headers).distance.max(1);
        let index = distance.min(values.len()).checked_sub(1)?;
        values.get(index).copied().flatten()
    }

    /// Returns the path below which the outermost proxy serves the app, such as `/blog`, if a trusted proxy reports a plain one.
    pub(crate) fn prefix<'a>(
        &self,
        remote: Option<IpAddr>,
        headers: &'a HeaderMap,
    ) -> Option<&'a str> {
        if !self.trust(remote) {
            return None;
        }
        let reported = last_first(headers, "x-forwarded-prefix").last()?;
        let prefix = reported.trim_end_matches('/');
        let mut segments = prefix.strip_prefix('/')?.split('/');
        segments.all(is_plain).then_some(prefix)
    }
}

/// Returns `true` for a segment that is the same in every URL, encoded or not (RFC 3986 §2.3).
fn is_plain(segment: &str) -> bool {
    let is_unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    !matches!(segment, "" | "." | "..") && segment.bytes().all(is_unreserved)
}

/// Returns the items of a list header from the last to the first, over all lines of that name.
fn last_first<'a>(headers: &'a HeaderMap, name: &str) -> impl Iterator<Item = &'a str> {
    let fields: Vec<_> = headers.get_all(name).iter().collect();
    let texts = fields.into_iter().rev();
    let texts = texts.map(|field| field.to_str().unwrap_or_default());
    texts.flat_map(|text| text.rsplit(',')).map(str::trim)
}

impl fmt::Display for BadProxies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BadProxies::Network(text) => {
                write!(
                    f,
                    "`{text}` is neither an address nor a network like 10.0.0.0/8"
                )
            }
            BadProxies::Header(text) => write!(f, "`{text}` is not the name of a header"),
            BadProxies::NoHops => {
                f.write_str("0 hops are none; leave `proxies` out to trust nobody")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
        let line = |(name, value): &(&'static str, &str)| {
            let value = value.parse().expect("it is visible text");
            (HeaderName::from_static(name), value)
        };
        lines.iter().map(line).collect()
    }

    fn ip(text: &str) -> Option<IpAddr> {
        text.parse().ok()
    }

    #[test]
    fn only_what_trusted_proxies_added_is_believed() {
        let cases = [
            ("9.9.9.9", "1.1.1.1", "9.9.9.9"),
            ("10.1.2.3", "1.1.1.1", "1.1.1.1"),
            ("10.1.2.3", "6.6.6.6, 1.1.1.1", "1.1.1.1"),
            ("10.1.2.3", "6.6.6.6, 1.1.1.1, 192.168.1.7", "1.1.1.1"),
            ("10.1.2.3", "10.0.0.1, 10.0.0.2", "10.0.0.1"),
            ("10.1.2.3", "1.1.1.1:5000", "1.1.1.1"),
            ("10.1.2.3", "[2001:db8::1]:5000", "2001:db8::1"),
            ("10.1.2.3", "[2001:db8::1]", "2001:db8::1"),
            ("10.1.2.3", "fe80::1%eth0", "fe80::1"),
            ("10.1.2.3", "[fe80::1%25eth0]:80", "fe80::1"),
            ("10.1.2.3", "[2001:db8::1]x", "10.1.2.3"),
            ("10.1.2.3", "<script>, 10.0.0.9", "10.0.0.9"),
            ("10.1.2.3", "1.1.1.1, unknown", "10.1.2.3"),
            ("10.1.2.3", "1.1.1.1, , 10.0.0.9", "10.0.0.9"),
            ("10.1.2.3", "", "10.1.2.3"),
            ("::ffff:10.1.2.3", "1.1.1.1", "1.1.1.1"),
            ("10.1.2.3", "::ffff:1.1.1.1", "1.1.1.1"),
            ("192.168.1.8", "1.1.1.1", "192.168.1.8"),
        ];
        let proxies = Proxies::trusted(["10.0.0.0/8", "::1", "192.168.1.7"]);
        for (remote, forwarded_for, client) in cases {
            let headers = headers(&[("x-forwarded-for", forwarded_for)]);
            let found = proxies.client(ip(remote), &headers);
            assert_eq!(found, ip(client), "{forwarded_for:?} from {remote}");
        }
        let many = vec!["10.0.0.1"; 100].join(",");
        let many = headers(&[("x-forwarded-for", &format!("1.1.1.1,{many}"))]);
        assert_eq!(proxies.client(ip("10.0.0.1"), &many), ip("1.1.1.1"));
        let nobody = Proxies::default();
        assert_eq!(nobody.client(ip("127.0.0.1"), &many), ip("127.0.0.1"));
        assert_eq!(nobody.client(None, &many), None);
    }

    #[test]
    fn several_lines_are_one_list() {
        let proxies = Proxies::trusted(["10.0.0.0/8"]);
        let lines = headers(&[
            ("x-forwarded-for", "6.6.6.6, 1.1.1.1"),
            ("x-forwarded-for", "10.0.0.2"),
        ]);
        assert_eq!(proxies.client(ip("10.0.0.1"), &lines), ip("1.1.1.1"));
    }

    #[test]
    fn a_number_of_hops_is_counted_from_the_end() {
        let lines = headers(&[("x-forwarded-for", "6.6.6.6, 1.1.1.1, 2.2.2.2")]);
        let cases = [
            (1, "2.2.2.2"),
            (2, "1.1.1.1"),
            (3, "6.6.6.6"),
            (9, "6.6.6.6"),
        ];
        for (count, client) in cases {
            assert_eq!(
                Proxies::hops(count).client(ip("9.9.9.9"), &lines),
                ip(client)
            );
            assert_eq!(Proxies::hops(count).client(None, &lines), ip(client));
        }
        assert!(Proxies::hops(0).fault().is_some());
    }

    #[test]
    fn each_kind_of_report_ignores_the_headers_of_the_others() {
        let lines = headers(&[
            ("x-forwarded-for", "1.1.1.1"),
            ("forwarded", "for=2.2.2.2;proto=https;host=two.example"),
            ("x-real-ip", "3.3.3.3"),
            ("x-forwarded-proto", "http"),
            ("x-forwarded-host", "one.example"),
        ]);
        let ours = Proxies::trusted(["10.0.0.0/8"]);
        let remote = ip("10.0.0.1");
        let cases = [
            (ours.clone(), "1.1.1.1", "http", "one.example"),
            (ours.clone().forwarded(), "2.2.2.2", "https", "two.example"),
            (
                ours.clone().header("x-real-ip"),
                "3.3.3.3",
                "http",
                "one.example",
            ),
        ];
        for (proxies, client, scheme, host) in cases {
            assert_eq!(proxies.client(remote, &lines), ip(client));
            assert_eq!(proxies.scheme(remote, &lines), Some(scheme));
            assert_eq!(proxies.host(remote, &lines), Some(host));
            let stranger = ip("9.9.9.9");
            assert_eq!(proxies.client(stranger, &lines), stranger);
            assert_eq!(proxies.scheme(stranger, &lines), None);
            assert_eq!(proxies.host(stranger, &lines), None);
        }
        let twice = headers(&[("x-real-ip", "3.3.3.3"), ("x-real-ip", "4.4.4.4")]);
        assert_eq!(
            ours.clone().header("x-real-ip").client(remote, &twice),
            remote
        );
        assert!(ours.header("a b").fault().is_some());
    }

    #[test]
    fn the_proxy_nearest_to_the_client_reports_the_scheme_and_the_host() {
        let proxies = Proxies::trusted(["10.0.0.0/8"]);
        let cases = [
            ("1.1.1.1", "https", Some("https")),
            ("1.1.1.1, 10.0.0.2", "https, http", Some("https")),
            ("1.1.1.1, 10.0.0.2", "https", Some("https")),
            ("6.6.6.6, 1.1.1.1", "http, https", Some("https")),
            ("1.1.1.1", "HTTPS", Some("https")),
            ("1.1.1.1", "ftp", None),
            ("1.1.1.1", "", None),
        ];
        for (forwarded_for, proto, expected) in cases {
            let lines = headers(&[
                ("x-forwarded-for", forwarded_for),
                ("x-forwarded-proto", proto),
            ]);
            assert_eq!(proxies.scheme(ip("10.0.0.1"), &lines), expected, "{proto}");
        }
        for bad in ["a b", "a/b", "user@a", "a,b c", ""] {
            let lines = headers(&[("x-forwarded-host", bad)]);
            assert_eq!(proxies.host(ip("10.0.0.1"), &lines), None, "{bad}");
        }
    }

    #[test]
    fn only_a_plain_prefix_is_believed() {
        let proxies = Proxies::trusted(["10.0.0.0/8"]);
        let cases = [
            ("/blog", Some("/blog")),
            ("/a/b-c/", Some("/a/b-c")),
            ("/", None),
            ("//evil.example", None),
            ("/\\evil.example", None),
            ("/a/../b", None),
            ("https://evil.example", None),
            ("/a?b", None),
            ("/a%2f", None),
            ("a", None),
        ];
        for (prefix, expected) in cases {
            let lines = headers(&[("x-forwarded-prefix", prefix)]);
            assert_eq!(proxies.prefix(ip("10.0.0.1"), &lines), expected, "{prefix}");
            assert_eq!(proxies.prefix(ip("9.9.9.9"), &lines), None);
        }
    }

    #[test]
    fn a_text_that_is_not_a_network_is_a_fault() {
        for text in ["", "x", "10.0.0.0/33", "::/129", "10.0.0.0/-1", "10.0.0/8"] {
            assert!(Proxies::trusted([text]).fault().is_some(), "{text}");
        }
    }
}
