//! The header `Cache-Control` of files.

use std::time::Duration;

use http::HeaderValue;
use http::header::InvalidHeaderValue;

/// The rule by which files get a `Cache-Control`.
#[derive(Debug, Clone)]
pub(super) enum Caching {
    /// Names with a hash never change; everything else is revalidated.
    ByName,
    /// Everything has a hash in its name, except for pages.
    Immutable,
    /// Names with a hash never change; everything else has this value, except for pages.
    Other(HeaderValue),
    /// A value that a header cannot have.
    Invalid(String),
}

const IMMUTABLE: HeaderValue = HeaderValue::from_static("max-age=31536000, immutable");
/// The client keeps the file, and makes sure each time that it is the current one.
const NO_CACHE: HeaderValue = HeaderValue::from_static("no-cache");

impl Caching {
    pub(super) fn of(value: &str) -> Caching {
        let value: Result<_, InvalidHeaderValue> = value.parse();
        match value {
            Ok(value) => Caching::Other(value),
            Err(error) => Caching::Invalid(error.to_string()),
        }
    }

    pub(super) fn max_age(age: Duration) -> Caching {
        Caching::of(&format!("max-age={}", age.as_secs()))
    }

    /// Returns the value for the file `name`.
    pub(super) fn value(&self, name: &str) -> HeaderValue {
        // A page names the files that belong to it, so that an old one leads to files that are gone.
        let is_page = has_extension(name, &["html", "htm"]);
        match self {
            _ if is_page => NO_CACHE,
            Caching::Immutable => IMMUTABLE,
            _ if has_hash(name) => IMMUTABLE,
            Caching::Other(value) => value.clone(),
            Caching::ByName | Caching::Invalid(_) => NO_CACHE,
        }
    }
}

/// The extensions of files to which bundlers add hashes.
const BUNDLED: &[&str] = &[
    "avif", "css", "gif", "ico", "jpeg", "jpg", "js", "map", "mjs", "mp4", "otf", "png", "svg",
    "ttf", "wasm", "webm", "webp", "woff", "woff2",
];

fn has_extension(name: &str, extensions: &[&str]) -> bool {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension);
    let extension = extension.unwrap_or_default();
    extensions
        .iter()
        .any(|known| extension.eq_ignore_ascii_case(known))
}

/// Returns `true` if `name` has a hash as bundlers add it: `app-3f2a9c1b.js`, `app.3f2a9c1b4d5e.css`, `index-BKfT2bO1.js`.
///
/// A client keeps such a file for a year, so that a doubtful name counts as one without a hash.
fn has_hash(name: &str) -> bool {
    if !has_extension(name, BUNDLED) {
        return false;
    }
    let mut parts = name.split(['-', '.', '_']).skip(1);
    parts.any(is_hexadecimal) || is_base64(name)
}

/// Digits alone are a date or a number.
fn is_hexadecimal(part: &str) -> bool {
    let is_digit = |byte: u8| byte.is_ascii_digit();
    let is_letter = |byte: u8| matches!(byte, b'a'..=b'f');
    part.len() >= 8
        && part.bytes().all(|byte| is_digit(byte) || is_letter(byte))
        && part.bytes().any(is_digit)
        && part.bytes().any(is_letter)
}

/// Returns `true` for eight characters before the extension that mix digits and letters of both cases, as no word does.
fn is_base64(name: &str) -> bool {
    let stem = name.split_once('.').map_or("", |(stem, _)| stem).as_bytes();
    let Some((b'-', hash)) = stem
        .len()
        .checked_sub(9)
        .and_then(|at| stem.get(at..)?.split_first())
    else {
        return false;
    };
    let kind = |byte: &u8| match byte {
        b'0'..=b'9' => 0,
        b'a'..=b'z' => 1,
        b'A'..=b'Z' => 2,
        _ => 3,
    };
    let changes = hash.windows(2).filter(|pair| match pair {
        [one, other] => kind(one) != kind(other),
        _ => false,
    });
    let has = |wanted| hash.iter().any(|byte| kind(byte) == wanted);
    has(0) && has(1) && has(2) && changes.count() >= 4
}

#[cfg(test)]
mod tests {
    use super::has_hash;

    #[test]
    fn only_a_name_with_a_hash_is_immutable() {
        for name in [
            "app-3f2a9c1b.js",
            "app.3f2a9c1b4d5e6f70.css",
            "app-3f2a9c1b4d5e6f70_bg.wasm",
            "index-BKfT2bO1.js",
            "logo-D9f3_aX2.svg",
        ] {
            assert!(has_hash(name), "{name}");
        }
        for name in [
            "app.js",
            "jquery-20240101.js",
            "photo-12345678.jpg",
            "facade-deadbeef.js",
            "3f2a9c1b.js",
            "setup-Win10x64.exe",
            "Report-Version2.png",
            "chapter-Chapter1.svg",
            "data-3f2a9c1b.json",
            "app-3f2a9c1.js",
            "app-3f2a9c1b",
        ] {
            assert!(!has_hash(name), "{name}");
        }
    }
}
