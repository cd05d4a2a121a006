//! The TCP addresses that a process group listens on. Linux lists them in `/proc`, other systems do not.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::os::procfs::{self, Stat};

/// More generations mean that ids were used again while they were read.
const GENERATIONS: usize = 100;

/// Returns the addresses that the process group listens on, or a process that descends from its leader and has left it. Empty
/// where the system does not list them.
pub(crate) fn opened_by(group: u32) -> Vec<SocketAddr> {
    let processes = procfs::ids().filter_map(Stat::read);
    let processes: BTreeMap<u32, Stat> = processes.map(|process| (process.id, process)).collect();
    let inodes: BTreeSet<String> = processes
        .values()
        .filter(|process| belongs(process, group, &processes))
        .flat_map(|process| sockets(process.id))
        .collect();
    tables(&group.to_string())
        .flat_map(|table| listening(&table, &inodes))
        .collect()
}

/// Returns `true` if a process is in the group, or descends from one that is.
fn belongs(process: &Stat, group: u32, processes: &BTreeMap<u32, Stat>) -> bool {
    let parent = |process: &&Stat| processes.get(&process.parent);
    let mut ancestors = std::iter::successors(Some(process), parent).take(GENERATIONS);
    ancestors.any(|ancestor| ancestor.group == group)
}

/// Returns `true` if the process group listens on this port, or if the system does not show it.
pub(crate) fn is_opened_by(group: u32, port: u16) -> bool {
    let leader = group.to_string();
    let mut tables = tables(&leader).peekable();
    if tables.peek().is_none() {
        return true;
    }
    let inodes = sockets(group).into_iter().collect();
    tables.any(|table| has_port(&listening(&table, &inodes), port))
        || has_port(&opened_by(group), port)
}

/// Returns `true` if any process listens on this port, or if the system does not show it.
pub(crate) fn is_open(port: u16) -> bool {
    let mut tables = tables("self").peekable();
    tables.peek().is_none() || tables.any(|table| has_port(&listed(&table, |_| true), port))
}

fn has_port(addresses: &[SocketAddr], port: u16) -> bool {
    addresses.iter().any(|address| address.port() == port)
}

/// A process that listens on a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Holder {
    pub(crate) id: u32,
    pub(crate) name: String,
}

impl Holder {
    /// Returns `true` if the process is this one, or one that this one descends from.
    pub(crate) fn is_ancestor(&self) -> bool {
        let parent = |id: &u32| Stat::read(*id).map(|process| process.parent);
        let own = Some(std::process::id());
        let mut ancestors = std::iter::successors(own, parent).take(GENERATIONS);
        ancestors.any(|ancestor| ancestor == self.id)
    }
}

/// Finds the process that listens on this port. The system shows us only processes of the same user.
pub(crate) fn holder(port: u16) -> Option<Holder> {
    let process = procfs::ids().find(|process| {
        let inodes = sockets(*process).into_iter().collect();
        tables("self").any(|table| has_port(&listening(&table, &inodes), port))
    })?;
    Some(Holder {
        id: process,
        name: procfs::name(process)?,
    })
}

/// Describes the process that listens on this port: "nginx (pid 812) listens there".
pub(crate) fn describe_holder(port: u16) -> String {
    match holder(port) {
        Some(Holder { id, name }) => format!("{name} (pid {id}) listens there"),
        None => "another program listens there".to_owned(),
    }
}

/// Returns `true` if the far end of our connection, which comes from `from`, is in a queue of the listener at `to`.
pub(super) fn is_queued(from: SocketAddr, to: SocketAddr) -> bool {
    tables("self").any(|table| has_queued(&table, from, to))
}

/// Returns `true` if a table has the far end of a connection in a queue.
fn has_queued(table: &str, from: SocketAddr, to: SocketAddr) -> bool {
    table.lines().skip(1).any(|line| {
        let fields: Vec<&str> = line.split_ascii_whitespace().collect();
        let [_, local, remote, state, _, _, _, _, _, inode, ..] = fields.as_slice() else {
            return false;
        };
        let state = u8::from_str_radix(state, 16);
        *inode == "0"
            && state.is_ok_and(is_unaccepted)
            && address(remote) == Some(from)
            && address(local) == Some(to)
    })
}

/// Returns `true` for the states in which a connection that has no inode was not accepted: ESTABLISHED (1), SYN-RECEIVED (3)
/// and, after its other end was closed, CLOSE-WAIT (8).
///
/// A connection has no inode before a program accepts it, and none once that has closed it. The states are others then.
pub(super) fn is_unaccepted(state: u8) -> bool {
    matches!(state, 1 | 3 | 8)
}

/// Returns the kernel's tables of the TCP sockets in the network namespace of a process.
fn tables(process: &str) -> impl Iterator<Item = String> {
    ["tcp", "tcp6"]
        .into_iter()
        .filter_map(move |table| fs::read_to_string(format!("/proc/{process}/net/{table}")).ok())
}

/// Returns the inodes of a process's sockets.
fn sockets(process: u32) -> Vec<String> {
    let Ok(files) = fs::read_dir(format!("/proc/{process}/fd")) else {
        return Vec::new();
    };
    files
        .filter_map(|file| fs::read_link(file.ok()?.path()).ok())
        .filter_map(|link| {
            let link = link.to_str()?;
            Some(link.strip_prefix("socket:[")?.strip_suffix(']')?.to_owned())
        })
        .collect()
}

/// Returns the addresses in a table that are in state LISTEN and have one of these inodes.
fn listening(table: &str, inodes: &BTreeSet<String>) -> Vec<SocketAddr> {
    listed(table, |inode| inodes.contains(inode))
}

/// Returns the addresses in a table that are in state LISTEN (`0A`) and have an inode that fits.
fn listed(table: &str, fits: impl Fn(&str) -> bool) -> Vec<SocketAddr> {
    table
        .lines()
        .skip(1)
        .filter_map(|line| {
            let fields: Vec<&str> = line.split_ascii_whitespace().collect();
            let is_ours = *fields.get(3)? == "0A" && fits(fields.get(9)?);
            is_ours.then(|| address(fields[1])).flatten()
        })
        .collect()
}

/// Parses an address of the table.
///
/// proc(5): the port is a number, the address is words of 32 bits in the machine's byte order, all in hexadecimal.
fn address(text: &str) -> Option<SocketAddr> {
    let (words, port) = text.split_once(':')?;
    let bytes: Vec<u8> = (0..words.len())
        .step_by(8)
        .map(|at| u32::from_str_radix(words.get(at..at + 8)?, 16).ok())
        .collect::<Option<Vec<u32>>>()?
        .into_iter()
        .flat_map(u32::to_ne_bytes)
        .collect();
    let ip = match bytes.len() {
        4 => IpAddr::from(Ipv4Addr::from(<[u8; 4]>::try_from(bytes).ok()?)),
        _ => IpAddr::from(Ipv6Addr::from(<[u8; 16]>::try_from(bytes).ok()?)),
    };
    Some(SocketAddr::new(
        ip.to_canonical(),
        u16::from_str_radix(port, 16).ok()?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_endian = "little")]
    fn addresses_are_words_in_the_byte_order_of_the_machine() {
        let cases = [
            ("0200007F:1F90", Some("127.0.0.2:8080")),
            ("00000000:0BB8", Some("0.0.0.0:3000")),
            ("00000000000000000000000001000000:0BB8", Some("[::1]:3000")),
            (
                "0000000000000000FFFF00000200007F:0BB8",
                Some("127.0.0.2:3000"),
            ),
            ("0200007F", None),
            ("02:1F90", None),
        ];
        for (text, expected) in cases {
            assert_eq!(
                address(text),
                expected.map(|it| it.parse().unwrap()),
                "{text}"
            );
        }
    }

    #[test]
    #[cfg(target_endian = "little")]
    fn only_listening_sockets_of_the_process_count() {
        let table = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n\
            0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 11 1 0 100 0 0 10 0\n\
            1: 0100007F:1F91 0100007F:C000 01 00000000:00000000 00:00000000 00000000 0 0 11 1 0 100 0 0 10 0\n\
            2: 0100007F:1F92 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 99 1 0 100 0 0 10 0\n";
        let inodes = BTreeSet::from(["11".to_owned()]);
        assert_eq!(
            listening(table, &inodes),
            ["127.0.0.1:8080".parse().unwrap()]
        );
    }
}
