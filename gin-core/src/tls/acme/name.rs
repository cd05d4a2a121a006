//! The check of a host name that a certificate is requested for.

use std::net::IpAddr;

/// The most bytes of a name in the DNS.
const MAX_NAME: usize = 253;
const MAX_LABEL: usize = 63;

/// Returns the remedy for a name that no certificate can be requested for, or `None` for a good one, which is in lower case.
pub(crate) fn remedy(name: &str) -> Option<&'static str> {
    if name.starts_with("*.") {
        return Some(
            "a wildcard needs a challenge in the DNS (DNS-01), which a server cannot meet; name each host, or give a certificate in files by `Certificates::pem`",
        );
    }
    let is_ip = name.trim_matches(['[', ']']).parse::<IpAddr>().is_ok();
    if is_ip {
        return Some("an IP address is not a host name; give the name that clients use");
    }
    if name.contains("://") || name.contains('/') || name.contains(':') {
        return Some(
            "give the host name alone, such as `example.com`, without a scheme, port or path",
        );
    }
    if !name.is_ascii() {
        return Some("give the name as the DNS has it (Punycode), such as `xn--bcher-kva.example`");
    }
    let is_name = name.len() <= MAX_NAME && name.split('.').all(is_label);
    if !is_name {
        return Some("it is not a host name; give one such as `example.com`");
    }
    None
}

fn is_label(label: &str) -> bool {
    let is_known = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    (1..=MAX_LABEL).contains(&label.len())
        && label.bytes().all(is_known)
        && !label.starts_with('-')
        && !label.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_host_names_have_no_remedy() {
        let cases = [
            ("example.com", None),
            ("a-1.xn--bcher-kva.example", None),
            ("localhost", None),
            ("*.example.com", Some("DNS-01")),
            ("192.0.2.1", Some("IP address")),
            ("[::1]", Some("IP address")),
            ("https://example.com", Some("without a scheme")),
            ("example.com:443", Some("without a scheme")),
            ("bücher.example", Some("Punycode")),
            ("", Some("not a host name")),
            ("a..b", Some("not a host name")),
            ("-a.example", Some("not a host name")),
            ("a_b.example", Some("not a host name")),
        ];
        for (name, expected) in cases {
            let found = remedy(name);
            let is_expected = match (found, expected) {
                (Some(found), Some(part)) => found.contains(part),
                (found, expected) => found == expected,
            };
            assert!(is_expected, "{name}: {found:?}");
        }
    }
}
