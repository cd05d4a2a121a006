//! Hosts, as requests name them.

/// `uri-host [ ":" port ]` (RFC 9110 §7.2): a name, an IPv4 address, or an IPv6 address in brackets.
pub(crate) fn is_host(host: &[u8]) -> bool {
    if let [b'[', rest @ ..] = host {
        return is_bracketed(rest);
    }
    let end = host.iter().position(|&byte| !IN_NAME[usize::from(byte)]);
    end.is_none_or(|end| is_port(&host[end..]))
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

/// Checks the text after a `[`: an address, a `]`, and possibly a port.
fn is_bracketed(rest: &[u8]) -> bool {
    let Some(end) = rest.iter().position(|&byte| byte == b']') else {
        return false;
    };
    let is_in_address = |byte: &u8| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.');
    let (address, port) = (&rest[..end], &rest[end + 1..]);
    !address.is_empty() && address.iter().all(is_in_address) && (port.is_empty() || is_port(port))
}

/// A colon, and a number of 16 bits or nothing.
fn is_port(text: &[u8]) -> bool {
    const TOO_LARGE: u32 = 1 << 16;
    let [b':', digits @ ..] = text else {
        return false;
    };
    let value = digits.iter().try_fold(0_u32, |value, digit| {
        let digit = digit.is_ascii_digit().then(|| u32::from(digit - b'0'))?;
        Some((value * 10 + digit).min(TOO_LARGE))
    });
    value.is_some_and(|value| value < TOO_LARGE)
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
