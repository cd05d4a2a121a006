//! Paths of requests: one spelling for each, and the same bytes behind it.

#![no_main]

use gin_router::path::{
    Malformed, canonicalize, clean, decode, encode, join, toggle_trailing_slash,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|path: &str| {
    match (canonicalize(path), decoded(path)) {
        (Err(Malformed), None) => {}
        (Ok(spelled), Some(bytes)) => {
            assert_eq!(&*decode(&spelled), bytes);
            assert_eq!(canonicalize(&spelled).as_deref(), Ok(&*spelled));
            let slashes = |path: &str| path.matches('/').count();
            assert_eq!(
                slashes(&spelled),
                slashes(path),
                "an encoded slash does not separate"
            );
            let encoded = encode(&spelled);
            assert!(encoded.bytes().all(|byte| byte.is_ascii_graphic()));
            assert_eq!(canonicalize(&encoded).as_deref(), Ok(&*spelled));
        }
        (spelled, bytes) => panic!("{spelled:?} for {bytes:?}"),
    }
    let cleaned = clean(path);
    assert!(cleaned.starts_with('/') && !cleaned.contains("//"));
    assert!(
        !cleaned
            .split('/')
            .any(|segment| segment == "." || segment == "..")
    );
    assert_eq!(clean(&cleaned), cleaned);
    assert!(join(&cleaned, path).starts_with('/'));
    if let Some(other) = toggle_trailing_slash(&cleaned) {
        assert_eq!(toggle_trailing_slash(&other).as_ref(), Some(&cleaned));
    }
});

/// RFC 3986 §2.1: the bytes behind a percent-encoded text.
fn decoded(text: &str) -> Option<Vec<u8>> {
    let mut parts = text.as_bytes().split(|byte| *byte == b'%');
    let mut bytes = parts.next().unwrap_or_default().to_vec();
    for part in parts {
        let (digits, rest) = part.split_at_checked(2)?;
        let is_hex = digits.iter().all(u8::is_ascii_hexdigit);
        let digits = str::from_utf8(digits).ok().filter(|_| is_hex)?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        bytes.extend(rest);
    }
    Some(bytes)
}
