//! Where a process group listens for TCP connections: Linux tells in `/proc`, other systems do not.

use std::collections::BTreeSet;
use std::fs;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::os::procfs::{self, Stat};

/// Where the group of this process listens. Empty where the system does not tell.
pub(crate) fn opened_by(group: u32) -> Vec<SocketAddr> {
    let members = procfs::ids().filter_map(Stat::read);
    let inodes: BTreeSet<String> = members
        .filter(|process| process.group == group)
        .flat_map(|process| sockets(process.id))
        .collect();
    tables(&group.to_string())
        .flat_map(|table| listening(&table, &inodes))
        .collect()
}

/// Does the group of this process listen on this port? Where the system does not tell, it is taken to.
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

fn has_port(addresses: &[SocketAddr], port: u16) -> bool {
    addresses.iter().any(|address| address.port() == port)
}

/// Which process listens on this port, and its name. Unknown where the system does not tell, or not us.
fn holder(port: u16) -> Option<(u32, String)> {
    let process = procfs::ids().find(|process| {
        let inodes = sockets(*process).into_iter().collect();
        tables("self").any(|table| has_port(&listening(&table, &inodes), port))
    })?;
    Some((process, procfs::name(process)?))
}

/// Who listens on this port, to be said: "nginx (pid 812) listens there".
pub(crate) fn said_holder(port: u16) -> String {
    match holder(port) {
        Some((pid, name)) => format!("{name} (pid {pid}) listens there"),
        None => "another program listens there".to_owned(),
    }
}

/// What the kernel tells of the TCP sockets that a process can see.
fn tables(process: &str) -> impl Iterator<Item = String> {
    ["tcp", "tcp6"]
        .into_iter()
        .filter_map(move |table| fs::read_to_string(format!("/proc/{process}/net/{table}")).ok())
}

/// The inodes of a process's sockets.
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

/// The addresses of a table's lines that are in state LISTEN (`0A`) and have one of these inodes.
fn listening(table: &str, inodes: &BTreeSet<String>) -> Vec<SocketAddr> {
    table
        .lines()
        .skip(1)
        .filter_map(|line| {
            let fields: Vec<&str> = line.split_ascii_whitespace().collect();
            let is_ours = *fields.get(3)? == "0A" && inodes.contains(*fields.get(9)?);
            is_ours.then(|| address(fields[1])).flatten()
        })
        .collect()
}

/// proc(5): the port is a number, the address is words of 32 bits as they are in memory, all in hexadecimal.
fn address(text: &str) -> Option<SocketAddr> {
    let (words, port) = text.split_once(':')?;
    let octets: Vec<u8> = (0..words.len())
        .step_by(8)
        .map(|at| u32::from_str_radix(words.get(at..at + 8)?, 16).ok())
        .collect::<Option<Vec<u32>>>()?
        .into_iter()
        .flat_map(u32::to_ne_bytes)
        .collect();
    let ip = match octets.len() {
        4 => IpAddr::from(Ipv4Addr::from(<[u8; 4]>::try_from(octets).ok()?)),
        _ => IpAddr::from(Ipv6Addr::from(<[u8; 16]>::try_from(octets).ok()?)),
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
    fn addresses_are_words_as_they_are_in_memory() {
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
