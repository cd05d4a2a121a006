//! The rest of a path, which a catch-all takes.

/// Returns `true` if the decoded rest of a path names something below the place that it is relative to.
///
/// Both slashes separate, as an encoded one may get into a path of the file system.
pub(crate) fn stays_below(rest: &[u8]) -> bool {
    if cfg!(windows) && rest.iter().any(|byte| matches!(byte, b'\\' | b':')) {
        return false;
    }
    let mut components = rest.split(|byte| matches!(byte, b'/' | b'\\'));
    components.all(|component| !matches!(component, b"." | b".."))
}

/// Returns the rest as text that is relative: it never starts with a slash, not even with an encoded one.
pub(crate) fn relative(rest: &str) -> &str {
    rest.trim_start_matches('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rest_stays_below_unless_a_component_leads_elsewhere() {
        let below = [
            "/",
            "/a",
            "/a/b.txt",
            "/...",
            "/a..b/.hidden",
            "//a//b/",
            "/a\0b",
        ];
        for rest in below {
            assert!(stays_below(rest.as_bytes()), "{rest}");
        }
        let elsewhere = [
            "/..",
            "/.",
            "/../a",
            "/a/..",
            "/a/../b",
            "/a/./b",
            "/..\\a",
            "/a\\..\\b",
        ];
        for rest in elsewhere {
            assert!(!stays_below(rest.as_bytes()), "{rest}");
        }
    }

    #[test]
    fn the_text_of_a_rest_is_relative() {
        let cases = [("/a/b", "a/b"), ("//etc/passwd", "etc/passwd"), ("/", "")];
        for (rest, expected) in cases {
            assert_eq!(relative(rest), expected);
        }
    }
}
