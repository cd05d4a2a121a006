//! The process that listens on a port or a Unix socket, where `/proc` shows it.

use std::fs;
use std::net::SocketAddr;
#[cfg(unix)]
use std::path::Path;

/// Returns the process that listens on the port of `address`, or `None` if the system does not show it (proc(5)).
pub(crate) fn of_port(address: SocketAddr) -> Option<u32> {
    let inode = ["/proc/net/tcp", "/proc/net/tcp6"]
        .iter()
        .find_map(|table| {
            inode_of_port(&fs::read_to_string(table).ok()?, address.port(), LISTENING)
        })?;
    of_socket(&inode)
}

/// Returns the process that has the UDP port of `address`, or `None` if the system does not show it (proc(5)).
#[cfg(feature = "http3")]
pub(crate) fn of_udp_port(address: SocketAddr) -> Option<u32> {
    let inode = ["/proc/net/udp", "/proc/net/udp6"]
        .iter()
        .find_map(|table| {
            inode_of_port(
                &fs::read_to_string(table).ok()?,
                address.port(),
                UNCONNECTED,
            )
        })?;
    of_socket(&inode)
}

/// The states of the sockets that are looked for, as the tables name them.
const LISTENING: &str = "0A";
#[cfg(feature = "http3")]
const UNCONNECTED: &str = "07";

/// Returns the process that listens on the Unix socket at `path`, or `None` if the system does not show it (proc(5)).
#[cfg(unix)]
pub(crate) fn of_file(path: &Path) -> Option<u32> {
    let inode = inode_of_file(&fs::read_to_string("/proc/net/unix").ok()?, path.to_str()?)?;
    of_socket(&inode)
}

fn of_socket(inode: &str) -> Option<u32> {
    let socket = format!("socket:[{inode}]");
    let processes = fs::read_dir("/proc").ok()?;
    processes
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .find(|process| has_open(*process, &socket))
}

/// Returns the inode of the socket in `state` that has `port`, from a table of TCP or UDP sockets.
fn inode_of_port(table: &str, port: u16, state: &str) -> Option<String> {
    let local = format!(":{port:04X}");
    table.lines().find_map(|line| {
        let columns: Vec<_> = line.split_whitespace().collect();
        let is_it = columns.get(1)?.ends_with(&local) && *columns.get(3)? == state;
        is_it.then(|| columns.get(9).map(ToString::to_string))?
    })
}

/// Returns the inode of the socket that listens at `path`, from the table of Unix sockets.
#[cfg(unix)]
fn inode_of_file(table: &str, path: &str) -> Option<String> {
    const LISTENING: &str = "00010000";
    let suffix = format!(" {path}");
    table.lines().find_map(|line| {
        let columns: Vec<_> = line.split_whitespace().collect();
        let is_it = line.ends_with(&suffix) && *columns.get(3)? == LISTENING;
        is_it.then(|| columns.get(6).map(ToString::to_string))?
    })
}

fn has_open(process: u32, socket: &str) -> bool {
    let Ok(files) = fs::read_dir(format!("/proc/{process}/fd")) else {
        return false;
    };
    files
        .filter_map(|file| fs::read_link(file.ok()?.path()).ok())
        .any(|target| target.as_os_str() == socket)
}
