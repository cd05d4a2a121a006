//! The path of a request as a path below a directory.

use std::borrow::Cow;
use std::ffi::OsString;
use std::path::PathBuf;

use gin_router::path;

use crate::extract::names::is_plain_on_windows;

/// A path that cannot leave the directory that it is joined to: it consists of checked names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Relative {
    pub(super) path: PathBuf,
    /// The path of the request ended with a slash.
    pub(super) is_directory: bool,
}

impl Relative {
    /// Checks the segments of `below`, a part of a canonical path with its leading slash. Returns `None` if one is not a name.
    pub(super) fn parse(below: &str, hidden: Hidden) -> Option<Relative> {
        Relative::of(below, hidden, path::decode)
    }

    /// Checks the segments of a path that is decoded already.
    pub(super) fn decoded(below: &str, hidden: Hidden) -> Option<Relative> {
        Relative::of(below, hidden, |segment| segment.as_bytes().into())
    }

    fn of(below: &str, hidden: Hidden, decode: impl Fn(&str) -> Cow<'_, [u8]>) -> Option<Relative> {
        let mut path = PathBuf::new();
        let names = below.strip_prefix('/').unwrap_or(below);
        let (names, is_directory) = match names.strip_suffix('/') {
            Some(names) => (names, true),
            None => (names, below == "/"),
        };
        if matches!(below, "" | "/") {
            return Some(Relative { path, is_directory });
        }
        for (index, segment) in names.split('/').enumerate() {
            let bytes = decode(segment);
            if !is_name(&bytes) || !hidden.allows(&bytes, index) {
                return None;
            }
            path.push(os_string(bytes.into_owned())?);
        }
        Some(Relative { path, is_directory })
    }

    /// Returns the name of the last segment, or an empty one.
    pub(super) fn name(&self) -> &str {
        let name = self.path.file_name();
        name.and_then(|name| name.to_str()).unwrap_or_default()
    }
}

/// The rule for names that start with a dot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hidden {
    /// None of them, except for `.well-known` at the start of a path (RFC 8615).
    Refused,
    Served,
}

impl Hidden {
    pub(super) fn allows(self, name: &[u8], index: usize) -> bool {
        let is_known = index == 0 && name == b".well-known";
        self == Hidden::Served || is_known || !name.starts_with(b".")
    }
}

/// Returns `true` if `segment` names an entry of a directory on every platform, and nothing else.
fn is_name(segment: &[u8]) -> bool {
    let is_plain = |byte: &u8| !matches!(byte, b'/' | b'\\' | 0);
    !matches!(segment, b"" | b"." | b"..")
        && segment.iter().all(is_plain)
        && (!cfg!(windows) || is_plain_on_windows(segment))
}

/// Names on Unix are bytes. Elsewhere a path of the web names a file by UTF-8.
#[cfg(unix)]
#[expect(
    clippy::unnecessary_wraps,
    reason = "not all platforms have names of bytes"
)]
fn os_string(bytes: Vec<u8>) -> Option<OsString> {
    use std::os::unix::ffi::OsStringExt;
    Some(OsString::from_vec(bytes))
}

#[cfg(not(unix))]
fn os_string(bytes: Vec<u8>) -> Option<OsString> {
    String::from_utf8(bytes).ok().map(OsString::from)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use gin_router::path::canonicalize;

    use super::{Hidden, Relative};

    fn parse(path: &str, hidden: Hidden) -> Option<Relative> {
        Relative::parse(&canonicalize(path).ok()?, hidden)
    }

    #[test]
    fn names_are_joined_and_a_slash_at_the_end_means_a_directory() {
        for (path, joined, is_directory) in [
            ("", "", false),
            ("/", "", true),
            ("/a.css", "a.css", false),
            ("/a/b/", "a/b", true),
            ("/caf%C3%A9/a%20b", "café/a b", false),
            ("/100%25", "100%", false),
            ("/...", "...", false),
            ("/.well-known/x", ".well-known/x", false),
        ] {
            let hidden = match path {
                "/..." => Hidden::Served,
                _ => Hidden::Refused,
            };
            let found = parse(path, hidden).expect(path);
            assert_eq!(found.path, Path::new(joined), "{path}");
            assert_eq!(found.is_directory, is_directory, "{path}");
        }
    }

    #[test]
    fn everything_that_is_more_than_a_name_is_refused() {
        for path in [
            "//",
            "/a//b",
            "/.",
            "/..",
            "/../x",
            "/a/../b",
            "/%2e%2e/x",
            "/.%2e/x",
            "/%2e%2e%2fx",
            "/..%2fx",
            "/..%5cx",
            "/..\\x",
            "/a%00.css",
            "/a%2fb",
            "/%2f",
            "/a//",
        ] {
            assert_eq!(parse(path, Hidden::Served), None, "{path}");
        }
        for path in ["/.git/config", "/a/.env", "/a/.well-known"] {
            assert_eq!(parse(path, Hidden::Refused), None, "{path}");
            assert!(parse(path, Hidden::Served).is_some(), "{path}");
        }
    }
}
