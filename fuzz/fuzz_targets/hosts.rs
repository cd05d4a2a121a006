//! Hosts: only this machine's names, its address and the names that the user allowed are let in.
//!
//! The first line is the host of a request, the second its origin, and the others are allowed.

#![no_main]

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use cargo_gin::fuzzing::{host, is_host_allowed, is_own_origin};
use http::HeaderValue;
use libfuzzer_sys::fuzz_target;

const LOCAL: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 168, 1, 5));

fuzz_target!(|text: &str| {
    let mut lines = text.split('\n');
    let named = lines.next().expect("every text has a first line");
    let origin = lines.next().unwrap_or_default();
    let allowed: Vec<String> = lines.map(str::to_owned).collect();

    let understood = host(named);
    assert_eq!(understood.as_deref().map(split), parsed(named), "{named:?}");
    if let Some(understood) = &understood {
        assert_eq!(host(understood).as_ref(), Some(understood));
    }
    if let Some(is_allowed) = is_host_allowed(named, &allowed, LOCAL) {
        let (name, _) = parsed(named).expect("an allowed host is well-formed");
        let expected = is_local(&name) || allowed.iter().any(|pattern| matches(pattern, &name));
        assert_eq!(is_allowed, expected, "{named:?} {allowed:?}");
    }
    let Ok(origin_value) = HeaderValue::from_str(origin) else {
        return;
    };
    if is_own_origin(&origin_value, named) == Some(true) {
        let origin = origin.strip_prefix("http://").expect("our origin is HTTP");
        let (own, theirs) = (
            parsed(named).expect("it is a host"),
            parsed(origin).expect("it is a host"),
        );
        assert_eq!(
            (own.0, own.1.unwrap_or(80)),
            (theirs.0, theirs.1.unwrap_or(80))
        );
    }
});

/// A host without its port.
#[derive(Debug, PartialEq, Eq)]
enum Name {
    Address(IpAddr),
    Registered(String),
}

/// Splits what the parser wrote, which is well-formed.
fn split(host: &str) -> (Name, Option<u16>) {
    parsed(host).expect("what was understood is well-formed")
}

/// Reads RFC 3986 §3.2.2's host and port of a URL without a user, a zone or percent-encoding.
fn parsed(host: &str) -> Option<(Name, Option<u16>)> {
    let colon = host
        .rfind(':')
        .filter(|colon| !host[*colon..].contains(']'));
    let (name, port) = match colon {
        Some(colon) => (&host[..colon], &host[colon + 1..]),
        None => (host, ""),
    };
    let is_number = port.chars().all(|c| c.is_ascii_digit());
    let port = match port {
        "" => None,
        digits if is_number => Some(digits.parse().ok()?),
        _ => return None,
    };
    let bracketed = name
        .strip_prefix('[')
        .and_then(|name| name.strip_suffix(']'));
    if let Some(address) = bracketed {
        return Some((
            Name::Address(address.parse::<Ipv6Addr>().ok()?.into()),
            port,
        ));
    }
    // A final dot is the root of names, and names the same host.
    let absolute = name.strip_suffix('.').unwrap_or(name);
    if let Ok(address) = absolute.parse::<Ipv4Addr>() {
        return Some((Name::Address(address.into()), port));
    }
    Some((Name::Registered(registered(name)?), port))
}

fn registered(name: &str) -> Option<String> {
    let name = name.strip_suffix('.').unwrap_or(name);
    let is_known = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let is_label =
        |label: &str| !label.is_empty() && label.len() < 64 && label.chars().all(is_known);
    let is_name = name.len() < 254 && name.split('.').all(is_label);
    is_name.then(|| name.to_ascii_lowercase())
}

fn is_local(name: &Name) -> bool {
    match name {
        Name::Address(address) => {
            let address = address.to_canonical();
            address.is_loopback() || address == LOCAL
        }
        Name::Registered(name) => name.rsplit('.').next() == Some("localhost"),
    }
}

fn matches(allowed: &str, name: &Name) -> bool {
    let parent = allowed
        .strip_prefix("*.")
        .or_else(|| allowed.strip_prefix('.'));
    match (parent, name) {
        (Some(parent), Name::Registered(name)) => {
            let parent = registered(parent).expect("the list is well-formed");
            let child = name.strip_suffix(&parent);
            child.is_some_and(|child| child.len() > 1 && child.ends_with('.'))
        }
        (Some(_), Name::Address(_)) => false,
        (None, name) => match allowed.parse::<Ipv6Addr>() {
            Ok(address) => *name == Name::Address(address.into()),
            Err(_) => parsed(allowed).is_some_and(|(allowed, _)| allowed == *name),
        },
    }
}
