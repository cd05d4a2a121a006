//! The number of bytes that a client has not acknowledged, from the kernel's list of sockets.
//!
//! Linux has it as the ioctl `SIOCOUTQ`, for which there is only unsafe code. `sock_diag(7)` reports the same number.

use std::net::SocketAddr;

/// The addresses of a TCP connection.
#[derive(Debug)]
#[cfg_attr(
    not(target_os = "linux"),
    expect(dead_code, reason = "only the kernel of Linux reports by them")
)]
pub(crate) struct Addresses {
    pub(crate) local: SocketAddr,
    pub(crate) remote: SocketAddr,
}

/// Returns the bytes that the socket has taken and the client has not acknowledged, if the kernel reports it.
#[cfg(target_os = "linux")]
pub(crate) fn unsent(addresses: &Addresses) -> Option<u32> {
    use std::os::fd::AsRawFd;

    use nix::sys::socket::{
        AddressFamily, MsgFlags, SockFlag, SockProtocol, SockType, recv, send, socket,
    };

    let flags = SockFlag::SOCK_CLOEXEC | SockFlag::SOCK_NONBLOCK;
    let protocol = SockProtocol::NetlinkSockDiag;
    let kernel = socket(AddressFamily::Netlink, SockType::Raw, flags, protocol).ok()?;
    send(kernel.as_raw_fd(), &request(addresses), MsgFlags::empty()).ok()?;
    // The kernel has responded when the request was sent.
    let mut response = [0; 512];
    let length = recv(kernel.as_raw_fd(), &mut response, MsgFlags::empty()).ok()?;
    write_queue(response.get(..length)?)
}

/// Returns `None`: there is no safe interface for it.
#[cfg(not(target_os = "linux"))]
pub(crate) fn unsent(_: &Addresses) -> Option<u32> {
    None
}

/// The type of the messages both ways, `SOCK_DIAG_BY_FAMILY`.
#[cfg(target_os = "linux")]
const BY_FAMILY: u16 = 20;

/// Returns an `inet_diag_req_v2` after its `nlmsghdr`.
#[cfg(target_os = "linux")]
fn request(addresses: &Addresses) -> Vec<u8> {
    const LENGTH: u32 = 72;
    const IS_REQUEST: u16 = 1;
    const TCP: u8 = 6;
    const ANY_STATE: u32 = u32::MAX;
    const NO_COOKIE: [u8; 8] = [0xff; 8];
    let family: u8 = match addresses.local {
        SocketAddr::V4(_) => 2,
        SocketAddr::V6(_) => 10,
    };
    let mut request = Vec::with_capacity(LENGTH as usize);
    request.extend(LENGTH.to_ne_bytes());
    request.extend(BY_FAMILY.to_ne_bytes());
    request.extend(IS_REQUEST.to_ne_bytes());
    // A sequence number and the sender, which the kernel knows.
    request.extend([0; 8]);
    request.extend([family, TCP, 0, 0]);
    request.extend(ANY_STATE.to_ne_bytes());
    request.extend(addresses.local.port().to_be_bytes());
    request.extend(addresses.remote.port().to_be_bytes());
    request.extend(ip(&addresses.local));
    request.extend(ip(&addresses.remote));
    // The network interface.
    request.extend([0; 4]);
    request.extend(NO_COOKIE);
    request
}

/// Returns the address in the 16 bytes that both kinds have there.
#[cfg(target_os = "linux")]
fn ip(address: &SocketAddr) -> [u8; 16] {
    match address {
        SocketAddr::V4(address) => {
            let [a, b, c, d] = address.ip().to_bits().to_be_bytes();
            [a, b, c, d, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
        }
        SocketAddr::V6(address) => address.ip().to_bits().to_be_bytes(),
    }
}

/// Returns `idiag_wqueue` of the `inet_diag_msg` in `response`.
#[cfg(target_os = "linux")]
fn write_queue(response: &[u8]) -> Option<u32> {
    const TYPE: usize = 4;
    const WRITE_QUEUE: usize = 76;
    let kind = response.get(TYPE..)?.first_chunk()?;
    // An error has another type: the socket may be closed by now.
    if u16::from_ne_bytes(*kind) != BY_FAMILY {
        return None;
    }
    let queue = response.get(WRITE_QUEUE..)?.first_chunk()?;
    Some(u32::from_ne_bytes(*queue))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::io::{Read, Write};
    use std::net::{TcpListener, TcpStream};

    use super::{Addresses, unsent};

    #[test]
    fn it_is_what_the_other_end_has_not_read() {
        for address in ["127.0.0.1:0", "[::1]:0"] {
            let listener = TcpListener::bind(address).expect("there is a free port");
            let local = listener.local_addr().expect("it is bound");
            let mut client = TcpStream::connect(local).expect("it listens");
            let (mut server, remote) = listener.accept().expect("there is a client");
            let addresses = Addresses { local, remote };
            assert_eq!(unsent(&addresses), Some(0));
            server.set_nonblocking(true).expect("it is open");
            let bytes = vec![0; 1 << 16];
            while server.write(&bytes).is_ok() {}
            let before = unsent(&addresses).expect("the kernel reports it");
            assert!(before > 0);
            let mut part = vec![0; 1 << 20];
            client.read_exact(&mut part).expect("there is as much");
            assert!(unsent(&addresses).expect("the kernel reports it") < before);
            drop(client);
            drop(server);
            drop(listener);
        }
    }
}
