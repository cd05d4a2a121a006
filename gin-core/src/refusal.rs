//! What is refused before any route is looked for: hyper leaves these to its users.

use http::{HeaderValue, Method, Uri, Version, header, request::Parts};

use crate::{limits::Limits, problem::Problem};

/// Longer methods are not worth an answer that names them.
const LONGEST_METHOD: usize = 32;

/// Why a request is refused, if it is: its method, its target, its host.
pub(crate) fn refusal(head: &Parts, limits: &Limits) -> Option<Problem> {
    if head.method == Method::CONNECT || head.method.as_str().len() > LONGEST_METHOD {
        return Some(Problem::new(501).detail("the method is not one of this server's"));
    }
    let target = &head.uri;
    if target.path().len() + target.query().map_or(0, str::len) > limits.target_size {
        return Some(Problem::new(414));
    }
    if !is_path(&head.method, target) {
        return Some(bad_request("the target must be a path in ASCII"));
    }
    host_fault(head).map(bad_request)
}

/// A request that no one can make sense of ends its connection: what follows might be a part of it.
fn bad_request(detail: &'static str) -> Problem {
    Problem::new(400)
        .detail(detail)
        .header(header::CONNECTION, HeaderValue::from_static("close"))
}

/// RFC 9112 §3.2: a path, alone or after a scheme and an authority; `*` is for `OPTIONS`.
fn is_path(method: &Method, target: &Uri) -> bool {
    let path = target.path();
    if path == "*" {
        return *method == Method::OPTIONS;
    }
    path.starts_with('/') && path.is_ascii() && target.query().is_none_or(str::is_ascii)
}

/// RFC 9112 §3.2: exactly one `Host`, and well-formed. HTTP/2 has an authority in its place, HTTP/1.0 may have neither.
fn host_fault(head: &Parts) -> Option<&'static str> {
    let mut hosts = head.headers.get_all(header::HOST).iter();
    match (hosts.next(), hosts.next()) {
        (Some(_), Some(_)) => Some("there is more than one Host"),
        (Some(host), None) => (!is_host(host.as_bytes())).then_some("the Host is malformed"),
        (None, _) if head.version == Version::HTTP_11 => Some("there is no Host"),
        (None, _) if head.version >= Version::HTTP_2 && head.uri.authority().is_none() => {
            Some("there is no authority")
        }
        (None, _) => None,
    }
}

/// `uri-host [ ":" port ]` (RFC 9110 §7.2): a name, an IPv4 address, or an IPv6 address in brackets.
fn is_host(host: &[u8]) -> bool {
    let end = match host.first() {
        Some(b'[') => host
            .iter()
            .position(|&octet| octet == b']')
            .map(|end| end + 1),
        _ => Some(
            host.iter()
                .position(|&octet| octet == b':')
                .unwrap_or(host.len()),
        ),
    };
    let Some((name, port)) = end.map(|end| host.split_at(end)) else {
        return false;
    };
    is_name(name) && is_port(port)
}

/// RFC 3986 §3.2.2: unreserved and percent-encoding; no comma, which would join two hosts.
static IN_NAME: [bool; 256] = {
    let mut table = [false; 256];
    let allowed = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~%";
    let mut index = 0;
    while index < allowed.len() {
        table[allowed[index] as usize] = true;
        index += 1;
    }
    table
};

fn is_name(name: &[u8]) -> bool {
    match name {
        [b'[', address @ .., b']'] => {
            !address.is_empty()
                && address
                    .iter()
                    .all(|octet| octet.is_ascii_hexdigit() || matches!(octet, b':' | b'.'))
        }
        name => name.iter().all(|&octet| IN_NAME[usize::from(octet)]),
    }
}

fn is_port(port: &[u8]) -> bool {
    match port {
        [] | [b':'] => true,
        [b':', digits @ ..] => {
            let text = std::str::from_utf8(digits).unwrap_or_default();
            digits.iter().all(u8::is_ascii_digit) && text.parse::<u16>().is_ok()
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_host;

    #[test]
    fn a_host_is_a_name_or_an_address_and_perhaps_a_port() {
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
        ];
        for host in good {
            assert!(is_host(host.as_bytes()), "{host}");
        }
        let bad = [
            "a b", "a@b", "a/b", "a,b", "a:b", "a:99999", "a:80:80", "[::1", "[]", "[::1]x",
            "[::1]:x", "a?b", "é", "a\0", "a:+80",
        ];
        for host in bad {
            assert!(!is_host(host.as_bytes()), "{host}");
        }
    }
}
