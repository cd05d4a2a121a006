//! Trusted proxies, and the client that they report.

use std::fmt;
use std::net::IpAddr;

use http::HeaderMap;

/// The trusted proxies, whose `X-Forwarded-…` headers are believed. By default there are none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Proxies(Vec<Network>);

/// A range of addresses that share their first bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Network {
    address: IpAddr,
    bits: u8,
}

/// The error of a text that is neither an address nor a network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NotANetwork(String);

impl Proxies {
    /// Parses networks (`10.0.0.0/8`) and single addresses.
    pub(crate) fn parse<'a>(
        networks: impl IntoIterator<Item = &'a str>,
    ) -> Result<Proxies, NotANetwork> {
        let networks = networks.into_iter().map(Network::parse);
        Ok(Proxies(networks.collect::<Result<_, _>>()?))
    }

    /// Returns `true` if the connection's other end is trusted. On a Unix socket it is trusted if any proxy is.
    fn trust(&self, remote: Option<IpAddr>) -> bool {
        match remote {
            Some(remote) => self.0.iter().any(|network| network.holds(remote)),
            None => !self.0.is_empty(),
        }
    }

    /// Returns the client's address: the last one in `X-Forwarded-For` that is not a trusted proxy.
    ///
    /// Every proxy appends the address of its own client. So everything before an address that is not trusted was written by a
    /// stranger, and is ignored.
    pub(crate) fn client(&self, remote: Option<IpAddr>, headers: &HeaderMap) -> Option<IpAddr> {
        if !self.trust(remote) {
            return remote;
        }
        let mut client = remote;
        for hop in last_first(headers, "x-forwarded-for") {
            let Some(address) = address(hop) else { break };
            client = Some(address);
            if !self.trust(client) {
                break;
            }
        }
        client
    }

    /// Returns the scheme, `http` or `https`, that the nearest proxy reports, if it is trusted.
    pub(crate) fn scheme(
        &self,
        remote: Option<IpAddr>,
        headers: &HeaderMap,
    ) -> Option<&'static str> {
        if !self.trust(remote) {
            return None;
        }
        match last_first(headers, "x-forwarded-proto").next()? {
            "https" => Some("https"),
            "http" => Some("http"),
            _ => None,
        }
    }
}

/// Returns the items of a list header from the last to the first, over all lines of that name.
fn last_first<'a>(headers: &'a HeaderMap, name: &str) -> impl Iterator<Item = &'a str> {
    let fields: Vec<_> = headers.get_all(name).iter().collect();
    let texts = fields
        .into_iter()
        .rev()
        .filter_map(|field| field.to_str().ok());
    texts.flat_map(|text| text.rsplit(',')).map(str::trim)
}

/// Parses an address as proxies write it: with or without brackets and a port.
fn address(hop: &str) -> Option<IpAddr> {
    if let Ok(address) = hop.parse::<IpAddr>() {
        return Some(address.to_canonical());
    }
    if let Ok(socket) = hop.parse::<std::net::SocketAddr>() {
        return Some(socket.ip().to_canonical());
    }
    let inner = hop.strip_prefix('[')?.strip_suffix(']')?;
    inner.parse::<IpAddr>().ok()
}

impl Network {
    fn parse(text: &str) -> Result<Network, NotANetwork> {
        let error = || NotANetwork(text.to_owned());
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse::<u8>().map_err(|_| error())?)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| error())?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.unwrap_or(most);
        if bits > most {
            return Err(error());
        }
        Ok(Network { address, bits })
    }

    fn holds(&self, address: IpAddr) -> bool {
        let differ = match (self.address, address.to_canonical()) {
            (IpAddr::V4(ours), IpAddr::V4(theirs)) => {
                (ours.to_bits() ^ theirs.to_bits()).leading_zeros()
            }
            (IpAddr::V6(ours), IpAddr::V6(theirs)) => {
                (ours.to_bits() ^ theirs.to_bits()).leading_zeros()
            }
            _ => return false,
        };
        differ >= u32::from(self.bits)
    }
}

impl fmt::Display for NotANetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is neither an address nor a network like 10.0.0.0/8",
            self.0
        )
    }
}

impl std::error::Error for NotANetwork {}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(forwarded_for: &str) -> HeaderMap {
        let value = forwarded_for.parse().expect("it is visible text");
        HeaderMap::from_iter([("x-forwarded-for".parse().expect("it is a token"), value)])
    }

    #[test]
    fn only_what_trusted_proxies_added_is_believed() {
        let ours = ["10.0.0.0/8", "::1", "192.168.1.7"];
        let cases = [
            ("9.9.9.9", "1.1.1.1", "9.9.9.9"),
            ("10.1.2.3", "1.1.1.1", "1.1.1.1"),
            ("10.1.2.3", "6.6.6.6, 1.1.1.1", "1.1.1.1"),
            ("10.1.2.3", "6.6.6.6, 1.1.1.1, 192.168.1.7", "1.1.1.1"),
            ("10.1.2.3", "10.0.0.1, 10.0.0.2", "10.0.0.1"),
            ("10.1.2.3", "1.1.1.1:5000", "1.1.1.1"),
            ("10.1.2.3", "[2001:db8::1]:5000", "2001:db8::1"),
            ("10.1.2.3", "<script>, 10.0.0.9", "10.0.0.9"),
            ("::ffff:10.1.2.3", "1.1.1.1", "1.1.1.1"),
            ("192.168.1.8", "1.1.1.1", "192.168.1.8"),
        ];
        let proxies = Proxies::parse(ours).expect("they are networks");
        for (remote, forwarded_for, client) in cases {
            let remote = remote.parse().ok();
            let found = proxies.client(remote, &headers(forwarded_for));
            assert_eq!(
                found,
                client.parse().ok(),
                "{forwarded_for} from {remote:?}"
            );
        }
        let nobody = Proxies::default();
        let remote = "127.0.0.1".parse().ok();
        assert_eq!(nobody.client(remote, &headers("1.1.1.1")), remote);
        assert_eq!(nobody.client(None, &headers("1.1.1.1")), None);
    }

    #[test]
    fn a_text_that_is_not_a_network_is_an_error() {
        for text in ["", "x", "10.0.0.0/33", "::/129", "10.0.0.0/-1", "10.0.0/8"] {
            assert!(Proxies::parse([text]).is_err(), "{text}");
        }
    }
}
