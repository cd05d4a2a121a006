//! Ranges of addresses.

use std::net::IpAddr;
use std::str::FromStr;

/// The address of a proxy that is trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TrustedProxy {
    /// None: the switch is off.
    None,
    /// Any on this machine.
    Loopback,
    /// Those whose addresses begin with the first `bits` bits of this one.
    Network { address: IpAddr, bits: u32 },
}

impl TrustedProxy {
    /// Returns `true` if the proxy may have the address `peer`.
    pub(crate) fn includes(self, peer: IpAddr) -> bool {
        match (self, peer.to_canonical()) {
            (TrustedProxy::None, _) => false,
            (TrustedProxy::Loopback, peer) => peer.is_loopback(),
            (TrustedProxy::Network { address, bits }, peer) => match (address, peer) {
                (IpAddr::V4(own), IpAddr::V4(peer)) => {
                    let differing = own.to_bits() ^ peer.to_bits();
                    differing.leading_zeros() >= bits
                }
                (IpAddr::V6(own), IpAddr::V6(peer)) => {
                    let differing = own.to_bits() ^ peer.to_bits();
                    differing.leading_zeros() >= bits
                }
                _ => false,
            },
        }
    }
}

impl FromStr for TrustedProxy {
    type Err = &'static str;

    /// Parses `loopback`, `172.17.0.1`, `10.0.0.0/8`, and what a variable has for a switch.
    fn from_str(text: &str) -> Result<TrustedProxy, &'static str> {
        const EXPECTED: &str =
            "expected `loopback`, an address such as 172.17.0.1, or a network such as 10.0.0.0/8";
        match text.to_ascii_lowercase().as_str() {
            "loopback" | "1" | "true" | "t" | "yes" | "y" | "on" => {
                return Ok(TrustedProxy::Loopback);
            }
            "0" | "false" | "f" | "no" | "n" | "off" => return Ok(TrustedProxy::None),
            _ => {}
        }
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| EXPECTED)?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(most), str::parse).map_err(|_| EXPECTED)?;
        match bits {
            // All of the internet is not a proxy.
            1.. if bits <= most => Ok(TrustedProxy::Network { address, bits }),
            _ => Err(EXPECTED),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_has_an_address_of_its_network() {
        for (network, peer, expected) in [
            ("loopback", "127.0.0.1", true),
            ("loopback", "127.3.2.1", true),
            ("loopback", "::1", true),
            ("loopback", "::ffff:127.0.0.1", true),
            ("loopback", "10.0.0.1", false),
            ("true", "::1", true),
            ("0", "127.0.0.1", false),
            ("10.0.0.0/8", "10.255.0.1", true),
            ("10.0.0.0/8", "::ffff:10.1.2.3", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("10.0.0.0/8", "127.0.0.1", false),
            ("172.17.0.1", "172.17.0.1", true),
            ("172.17.0.1", "172.17.0.2", false),
            ("fd00::/8", "fd12::1", true),
            ("fd00::/8", "fe80::1", false),
            ("fd00::/8", "10.0.0.1", false),
        ] {
            let network: TrustedProxy = network.parse().unwrap();
            let found = network.includes(peer.parse().unwrap());
            assert_eq!(found, expected, "{network:?} {peer}");
        }
        for bad in [
            "",
            "nginx",
            "10.0.0.0/0",
            "10.0.0.0/33",
            "10.0.0.0/x",
            "fd00::/129",
            "10.0.0",
        ] {
            assert!(bad.parse::<TrustedProxy>().is_err(), "{bad}");
        }
    }
}
