//! Networks, and addresses as proxies write them.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// A range of addresses that share their first bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Network {
    address: IpAddr,
    bits: u8,
}

impl Network {
    pub(super) fn parse(text: &str) -> Option<Network> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse::<u8>().ok()?)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.unwrap_or(most);
        (bits <= most).then_some(Network { address, bits })
    }

    pub(super) fn holds(&self, address: IpAddr) -> bool {
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

/// Parses an address as proxies write it: with or without brackets, a port, and a zone.
pub(super) fn address(hop: &str) -> Option<IpAddr> {
    if let Ok(address) = hop.parse::<IpAddr>() {
        return Some(address.to_canonical());
    }
    if let Ok(socket) = hop.parse::<SocketAddr>() {
        return Some(socket.ip().to_canonical());
    }
    let inner = match hop.strip_prefix('[') {
        Some(rest) => rest.split_once(']').filter(|(_, port)| is_port(port))?.0,
        None => hop,
    };
    let address = inner.split_once('%').map_or(inner, |(address, _)| address);
    let address: Ipv6Addr = address.parse().ok()?;
    Some(IpAddr::V6(address).to_canonical())
}

fn is_port(text: &str) -> bool {
    let port = text.strip_prefix(':');
    text.is_empty() || port.is_some_and(|port| port.parse::<u16>().is_ok())
}
