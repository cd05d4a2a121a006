//! The `Host` of a request that has an `:authority` as well.
//!
//! h3 refuses a request in which they differ in a single byte. But `A.example` is the host `a.example` (RFC 3986 §3.2.2). So h3 gets
//! the `Host` under another name, and the engine, which compares them for HTTP/2 too, gets it under its own again.

use std::borrow::Cow;
use std::sync::LazyLock;

use bytes::BufMut;
use http::header::HOST;
use http::{HeaderMap, HeaderName};

use crate::server::http3::qpack::{self, Field, Name, PREFIX};

/// The name for h3, which hands on nothing but fields. No client can send a field of this name, because it is random and never sent.
static ASIDE: LazyLock<HeaderName> = LazyLock::new(|| {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).expect("the system has a random generator");
    let name = format!("{:032x}", u128::from_ne_bytes(bytes));
    HeaderName::try_from(name).expect("digits are a name")
});

/// Returns the fields of a request's head, in which a `Host` beside an `:authority` is set aside.
pub(super) fn set_aside(section: &[u8]) -> Cow<'_, [u8]> {
    let fields = qpack::fields(section).unwrap_or_default();
    let has_both = fields.iter().any(is_authority) && fields.iter().any(is_host);
    if !has_both {
        return Cow::Borrowed(section);
    }
    let mut changed = PREFIX.to_vec();
    for field in &fields {
        if is_host(field) {
            qpack::put_name(&mut changed, ASIDE.as_str().as_bytes());
            changed.put_slice(field.value);
        } else {
            changed.put_slice(field.bytes);
        }
    }
    Cow::Owned(changed)
}

fn is_authority(field: &Field<'_>) -> bool {
    const PLACE: usize = 0;
    const HUFFMAN: &[u8] = b"\xb8\x3b\x53\x39\xec\x32\x7d\x7f";
    match field.name {
        Name::Static(place) => place == PLACE,
        Name::Plain(name) => name == b":authority",
        Name::Huffman(name) => name == HUFFMAN,
        Name::Dynamic => false,
    }
}

/// The static table has no `host`.
fn is_host(field: &Field<'_>) -> bool {
    const HUFFMAN: &[u8] = b"\x9c\xe8\x4f";
    match field.name {
        Name::Plain(name) => name == b"host",
        Name::Huffman(name) => name == HUFFMAN,
        Name::Static(_) | Name::Dynamic => false,
    }
}

/// Gives the `Host` its name again.
pub(super) fn put_back(headers: &mut HeaderMap) {
    if !headers.contains_key(&*ASIDE) {
        return;
    }
    let hosts: Vec<_> = headers.get_all(&*ASIDE).iter().cloned().collect();
    headers.remove(&*ASIDE);
    for host in hosts {
        headers.append(HOST, host);
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::set_aside;

    const AUTHORITY: &[u8] = &[0x50, 1, b'a'];
    const SPELLED_AUTHORITY: &[u8] = b"\x27\x03:authority\x01a";
    const ENCODED_AUTHORITY: &[u8] = b"\x2f\x01\xb8\x3b\x53\x39\xec\x32\x7d\x7f\x01a";
    const HOST: &[u8] = b"\x24host\x01A";
    const ENCODED_HOST: &[u8] = b"\x2b\x9c\xe8\x4f\x81\x87";

    #[test]
    fn a_host_is_set_aside_beside_an_authority_only() {
        for (fields, is_changed) in [
            ([AUTHORITY, HOST], true),
            ([SPELLED_AUTHORITY, HOST], true),
            ([ENCODED_AUTHORITY, HOST], true),
            ([AUTHORITY, ENCODED_HOST], true),
            ([HOST, AUTHORITY], true),
            ([HOST, b""], false),
            ([AUTHORITY, b""], false),
            ([AUTHORITY, b"\x24hose\x01A"], false),
        ] {
            let section = [&[0, 0], fields.concat().as_slice()].concat();
            let is_owned = matches!(set_aside(&section), Cow::Owned(_));
            assert_eq!(is_owned, is_changed, "{fields:?}");
        }
    }
}
