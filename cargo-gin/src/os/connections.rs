//! The far end of a connection of ours, as Linux shows it: whether a program has accepted it.
//!
//! The kernel looks one connection up in microseconds if it is requested by `sock_diag(7)`. The tables of all connections in
//! `/proc` take it milliseconds, since it walks a hash table that is large and nearly empty.

use std::net::SocketAddr;

use crate::os::ports;

/// Returns `true` if the program that listens at `to` has accepted our connection, which comes from `from`, or if the system
/// does not show it.
pub(crate) fn is_accepted(from: SocketAddr, to: SocketAddr) -> bool {
    #[cfg(target_os = "linux")]
    if let Ok(is_queued) = diagnosis::is_queued(from, to) {
        return !is_queued;
    }
    !ports::is_queued(from, to)
}

#[cfg(target_os = "linux")]
mod diagnosis {
    //! Requests by `sock_diag(7)`.

    use std::io;
    use std::net::{IpAddr, SocketAddr};

    use rustix::net::netlink::{SOCK_DIAG, SocketAddrNetlink};
    use rustix::net::{
        AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, recv, sendto, socket_with,
    };

    use crate::os::ports::is_unaccepted;

    /// `SOCK_DIAG_BY_FAMILY`, as a type of message.
    const BY_FAMILY: u16 = 20;
    /// `NLMSG_ERROR`, as a type of message.
    const ERROR: u16 = 2;
    /// `NLM_F_REQUEST`, as a flag of a message.
    const REQUEST: u16 = 1;
    /// `AF_INET`, `AF_INET6` and `IPPROTO_TCP`.
    const INET: u8 = 2;
    const INET6: u8 = 10;
    const TCP: u8 = 6;

    /// The length of the headers of a message.
    const HEADER: usize = 16;
    /// The length of a request, with its headers.
    const LENGTH: u32 = 72;

    /// Returns `true` if the kernel has the far end of a connection in a queue of a listener.
    pub(super) fn is_queued(from: SocketAddr, to: SocketAddr) -> io::Result<bool> {
        let socket = socket_with(
            AddressFamily::NETLINK,
            SocketType::DGRAM,
            SocketFlags::CLOEXEC,
            Some(SOCK_DIAG),
        )?;
        let kernel = SocketAddrNetlink::new(0, 0);
        sendto(&socket, &request(from, to), SendFlags::empty(), &kernel)?;
        let mut reply = [0; 1024];
        // The kernel has replied once the request is sent.
        let (length, _) = recv(&socket, &mut reply, RecvFlags::DONTWAIT)?;
        let reply = reply.get(..length).unwrap_or_default();
        read(reply).ok_or_else(|| io::ErrorKind::InvalidData.into())
    }

    /// Writes `struct nlmsghdr` and `struct inet_diag_req_v2`. The far end is the source.
    fn request(from: SocketAddr, to: SocketAddr) -> Vec<u8> {
        let mut bytes = Vec::new();
        bytes.extend(LENGTH.to_ne_bytes());
        bytes.extend(BY_FAMILY.to_ne_bytes());
        bytes.extend(REQUEST.to_ne_bytes());
        bytes.extend([0; 8]);
        let family = if to.is_ipv4() { INET } else { INET6 };
        bytes.extend([family, TCP, 0, 0]);
        // All states.
        bytes.extend(u32::MAX.to_ne_bytes());
        bytes.extend(to.port().to_be_bytes());
        bytes.extend(from.port().to_be_bytes());
        bytes.extend(address(to.ip()));
        bytes.extend(address(from.ip()));
        // Any interface, and `INET_DIAG_NOCOOKIE`.
        bytes.extend([0; 4]);
        bytes.extend([0xff; 8]);
        bytes
    }

    fn address(ip: IpAddr) -> [u8; 16] {
        let ip = match ip {
            IpAddr::V4(ip) => ip.to_bits().to_be_bytes().to_vec(),
            IpAddr::V6(ip) => ip.to_bits().to_be_bytes().to_vec(),
        };
        let mut bytes = [0; 16];
        for (byte, value) in bytes.iter_mut().zip(ip) {
            *byte = value;
        }
        bytes
    }

    /// Reads `struct nlmsghdr` and `struct inet_diag_msg`, or `struct nlmsgerr`.
    fn read(reply: &[u8]) -> Option<bool> {
        const ENOENT: i32 = -2;
        let number = |at: usize| Some(*reply.get(at..at + 4)?.first_chunk::<4>()?);
        let kind = u16::from_ne_bytes(*reply.get(4..6)?.first_chunk()?);
        match kind {
            BY_FAMILY => {
                let state = *reply.get(HEADER + 1)?;
                let inode = u32::from_ne_bytes(number(HEADER + 68)?);
                Some(inode == 0 && is_unaccepted(state))
            }
            // The far end is gone: a program had accepted it.
            ERROR if i32::from_ne_bytes(number(HEADER)?) == ENOENT => Some(false),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::{TcpListener, TcpStream};

    use super::*;

    /// Our end of a connection.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    enum Ours {
        Open,
        Closed,
    }

    #[test]
    fn a_connection_is_queued_until_it_is_accepted() {
        for (bound, ip) in [
            ("127.0.0.1:0", "127.0.0.1"),
            ("[::]:0", "127.0.0.1"),
            ("[::]:0", "::1"),
        ] {
            let Ok(listener) = TcpListener::bind(bound) else {
                eprintln!("skipped: there is no IPv6 here");
                continue;
            };
            let port = listener.local_addr().unwrap().port();
            let to = SocketAddr::new(ip.parse().unwrap(), port);
            for ours in [Ours::Open, Ours::Closed] {
                let stream = TcpStream::connect(to).unwrap();
                let from = stream.local_addr().unwrap();
                let kept = (ours == Ours::Open).then_some(stream);
                let is_shown = cfg!(target_os = "linux");
                assert_eq!(is_accepted(from, to), !is_shown, "{bound} {ours:?}");
                assert_eq!(ports::is_queued(from, to), is_shown, "{bound} {ours:?}");
                let (theirs, _) = listener.accept().unwrap();
                assert!(is_accepted(from, to), "{bound} {ours:?}");
                assert!(!ports::is_queued(from, to), "{bound} {ours:?}");
                drop(theirs);
                assert!(is_accepted(from, to), "{bound} {ours:?}");
                drop(kept);
            }
        }
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn the_kernel_looks_one_connection_up() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let to = listener.local_addr().unwrap();
        let from = TcpStream::connect(to).unwrap().local_addr().unwrap();
        assert!(diagnosis::is_queued(from, to).unwrap());
        listener.accept().unwrap();
        assert!(!diagnosis::is_queued(from, to).unwrap());
    }
}
