//! Values that cannot be guessed.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

/// Returns random bytes of the system's generator.
pub(super) fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the system has a random generator");
    bytes
}

/// Returns bytes as text for headers, cookies and forms.
pub(super) fn text(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

/// Returns the bytes that [`text`] made the text of.
#[cfg(feature = "cookies")]
pub(super) fn parse<const N: usize>(text: &str) -> Option<[u8; N]> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
    bytes.try_into().ok()
}
