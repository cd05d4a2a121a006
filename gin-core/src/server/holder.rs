//! Who holds a TCP port, as far as the system tells.

use std::{fs, net::SocketAddr, path::Path};

/// The process that listens on the port of `address`; `None` if the system does not tell (proc(5)).
pub(crate) fn holder(address: SocketAddr) -> Option<u32> {
    let inode = ["/proc/net/tcp", "/proc/net/tcp6"]
        .iter()
        .find_map(|table| listening_inode(&fs::read_to_string(table).ok()?, address.port()))?;
    let socket = format!("socket:[{inode}]");
    let processes = fs::read_dir("/proc").ok()?;
    processes
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .find(|process| has_open(*process, &socket))
}

/// The inode of the socket that listens on `port`, from a table of sockets.
fn listening_inode(table: &str, port: u16) -> Option<String> {
    const LISTENING: &str = "0A";
    let local = format!(":{port:04X}");
    table.lines().find_map(|line| {
        let columns: Vec<_> = line.split_whitespace().collect();
        let is_it = columns.get(1)?.ends_with(&local) && *columns.get(3)? == LISTENING;
        is_it.then(|| columns.get(9).map(ToString::to_string))?
    })
}

fn has_open(process: u32, socket: &str) -> bool {
    let Ok(files) = fs::read_dir(format!("/proc/{process}/fd")) else {
        return false;
    };
    files
        .filter_map(|file| fs::read_link(file.ok()?.path()).ok())
        .any(|target| target == Path::new(socket))
}
