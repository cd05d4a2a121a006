//! Hosts, as requests name them.

use std::cell::RefCell;
use std::net::Ipv6Addr;

thread_local! {
    /// The last host that was well-formed. Most requests name the same one, and a comparison is cheaper than the check.
    static LAST: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// The length in bytes of the longest host that is kept. That of a longest name and a port is less.
const LONGEST: usize = 512;

/// Returns `true` if `host` is well-formed: `uri-host [ ":" port ]` (RFC 9110 §7.2).
pub(crate) fn is_host(host: &[u8]) -> bool {
    // It fails only on a thread that ends.
    let is_kept = LAST.try_with(|last| last.borrow().as_slice() == host);
    is_kept.unwrap_or_default() || is_new_host(host)
}

/// Checks a host that is not the last one, and keeps it if it is well-formed.
fn is_new_host(host: &[u8]) -> bool {
    let is_host = check(host);
    if is_host && host.len() <= LONGEST {
        let _ = LAST.try_with(|last| {
            let mut last = last.borrow_mut();
            last.clear();
            last.extend_from_slice(host);
        });
    }
    is_host
}

/// Checks a name, an IPv4 address, or an IPv6 address in brackets.
///
/// An empty host is that of a client whose target has none; it has no port either.
fn check(host: &[u8]) -> bool {
    if let [b'[', rest @ ..] = host {
        return is_bracketed(rest);
    }
    match host.iter().position(|&byte| !IN_NAME[usize::from(byte)]) {
        None => true,
        Some(0) if host.starts_with(b":") => false,
        Some(end) => is_rest(&host[end..]),
    }
}

/// Checks the text after the plain start of a name: more of the name with percent-encoding, and possibly a port.
fn is_rest(mut rest: &[u8]) -> bool {
    while let [byte, after @ ..] = rest {
        rest = match (byte, after) {
            (b'%', [high, low, after @ ..])
                if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() =>
            {
                after
            }
            (&byte, after) if IN_NAME[usize::from(byte)] => after,
            _ => return is_port(rest),
        };
    }
    true
}

/// RFC 3986 §3.2.2: unreserved characters and those that separate nothing in a host, but no comma, which would join two hosts.
static IN_NAME: [bool; 256] = {
    let mut table = [false; 256];
    let allowed = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~!$&'()*+;=";
    let mut index = 0;
    while index < allowed.len() {
        table[allowed[index] as usize] = true;
        index += 1;
    }
    table
};

/// Checks the text after a `[`: an address, a `]`, and possibly a port.
fn is_bracketed(rest: &[u8]) -> bool {
    let Some(end) = rest.iter().position(|&byte| byte == b']') else {
        return false;
    };
    let (address, port) = (&rest[..end], &rest[end + 1..]);
    let address = str::from_utf8(address).ok();
    let is_address = address.is_some_and(|address| address.parse::<Ipv6Addr>().is_ok());
    is_address && (port.is_empty() || is_port(port))
}

/// A colon, and a number of 16 bits or nothing.
fn is_port(text: &[u8]) -> bool {
    const TOO_LARGE: u32 = 1 << 16;
    let [b':', digits @ ..] = text else {
        return false;
    };
    let mut value = 0;
    for byte in digits {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return false;
        }
        value = (value * 10 + u32::from(digit)).min(TOO_LARGE);
    }
    value < TOO_LARGE
}

#[cfg(test)]
mod tests {
    use super::is_host;

    #[test]
    fn a_host_is_a_name_or_an_address_with_an_optional_port() {
        let good = [
            "",
            "a",
            "a.example",
            "a.example:80",
            "127.0.0.1:8080",
            "[::1]",
            "[::1]:80",
            "a:",
            "xn--a_b~c",
            "a!b",
            "a$&'()*+;=b:80",
            "a%2Fb",
            "%41:8080",
            "[::ffff:1.2.3.4]:80",
            "[2001:db8::1]",
        ];
        for host in good {
            assert!(is_host(host.as_bytes()), "{host}");
        }
        let bad = [
            "a b",
            "a@b",
            "a/b",
            "a,b",
            "a:b",
            "a:99999",
            "a:80:80",
            "[::1",
            "[]",
            "[::1]x",
            "[::1]:x",
            "a?b",
            "é",
            "a\0",
            "a:+80",
            "a%zz",
            "a%2",
            "%",
            "a%",
            "a%41/",
            ":80",
            ":",
            "[:::::]",
            "[1]",
            "[::1.2]",
            "[v1.a]",
            "[::1%25a]",
        ];
        for host in bad {
            assert!(!is_host(host.as_bytes()), "{host}");
        }
    }

    #[test]
    fn the_last_host_vouches_for_no_other() {
        for host in [
            "a.example:80",
            "a.example:8x",
            "a.example:80",
            "a.example:80/",
        ] {
            assert_eq!(is_host(host.as_bytes()), host == "a.example:80", "{host}");
        }
    }
}
