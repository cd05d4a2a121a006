//! The comparison of secrets.

use subtle::{Choice, ConstantTimeEq};

/// Returns `true` if `given` is `secret`, in a time that depends on the length of `given` only.
pub(in crate::middleware) fn is_equal(given: &[u8], secret: &[u8]) -> bool {
    compare(given, secret).into()
}

/// Compares every byte of `given`, whichever differ.
pub(super) fn compare(given: &[u8], secret: &[u8]) -> Choice {
    // A secret that is too short is repeated, so that its length does not show.
    let padded = secret.iter().chain([&0]).cycle();
    let differences = given.iter().zip(padded);
    let difference = differences.fold(0, |all, (one, other)| all | (one ^ other));
    difference.ct_eq(&0) & given.len().ct_eq(&secret.len())
}

#[cfg(test)]
mod tests {
    use super::is_equal;

    #[test]
    fn only_the_same_bytes_are_equal() {
        for (one, other, expected) in [
            ("", "", true),
            ("a", "a", true),
            ("a", "", false),
            ("", "a", false),
            ("aa", "a", false),
            ("a\0a", "a", false),
            ("a\0", "a", false),
            ("secret", "secreT", false),
            ("secret", "secret", true),
        ] {
            assert_eq!(is_equal(one.as_bytes(), other.as_bytes()), expected);
        }
    }
}
