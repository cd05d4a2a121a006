//! The networks that this machine is connected to.

use std::net::{IpAddr, Ipv4Addr, UdpSocket};

/// Returns the addresses at which other machines may reach a listener on `unspecified`, the likeliest first.
pub(crate) fn addresses(unspecified: IpAddr) -> Vec<IpAddr> {
    let interfaces = if_addrs::get_if_addrs().unwrap_or_default();
    let interfaces = interfaces.into_iter();
    let mut addresses: Vec<_> = interfaces
        .filter(if_addrs::Interface::is_oper_up)
        .map(|interface| interface.ip())
        .filter(|address| is_reachable(*address) && (unspecified.is_ipv6() || address.is_ipv4()))
        .collect();
    let outward = outward();
    addresses.sort_by_key(|address| (Some(*address) != outward, address.is_ipv6()));
    addresses.dedup();
    addresses
}

/// A URL cannot name the interface that a link-local address needs.
fn is_reachable(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !address.is_loopback() && !address.is_link_local(),
        IpAddr::V6(address) => !address.is_loopback() && !address.is_unicast_link_local(),
    }
}

/// Returns the address that this machine uses towards the internet. Connecting a UDP socket sends nothing.
fn outward() -> Option<IpAddr> {
    // An address of TEST-NET-1 (RFC 5737), which the default route leads to.
    let elsewhere = (Ipv4Addr::new(192, 0, 2, 1), 9);
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    socket.connect(elsewhere).ok()?;
    socket.local_addr().map(|address| address.ip()).ok()
}
