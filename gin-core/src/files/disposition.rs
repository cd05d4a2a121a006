//! The header `Content-Disposition`, with file names in any script (RFC 6266, RFC 8187).

use http::HeaderValue;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::extract::names::is_invisible;

/// The use that a client makes of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Disposition {
    Inline,
    Attachment,
}

/// RFC 8187 §3.2.1: everything else is percent-encoded.
const ATTRIBUTE: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');

impl Disposition {
    /// Returns the header for a file that the client is to call `name`. Without a usable name it has none.
    pub(super) fn header(self, name: &str) -> Option<HeaderValue> {
        let kind = match self {
            Disposition::Inline => "inline",
            Disposition::Attachment => "attachment",
        };
        let name = safe(name);
        let ascii: String = name.chars().map(ascii).collect();
        let value = if name.is_empty() {
            kind.to_owned()
        } else if ascii == name {
            format!("{kind}; filename=\"{name}\"")
        } else {
            let encoded = utf8_percent_encode(&name, ATTRIBUTE);
            format!("{kind}; filename=\"{ascii}\"; filename*=UTF-8''{encoded}")
        };
        HeaderValue::try_from(value).ok()
    }
}

/// Returns `name` without what no client may take for a part of a name: separators of directories, control characters, and
/// characters that cannot be seen.
fn safe(name: &str) -> String {
    let name = name.chars().map(|character| match character {
        '/' | '\\' => '_',
        character if character.is_control() || is_invisible(character) => '_',
        character => character,
    });
    let name: String = name.collect();
    match name.trim() {
        "." | ".." => String::new(),
        name => name.to_owned(),
    }
}

/// RFC 6266 §4.3: old clients misread quotes, backslashes and percent signs in the plain name.
fn ascii(character: char) -> char {
    match character {
        '"' | '\\' | '%' => '_',
        ' '..='~' => character,
        _ => '_',
    }
}

#[cfg(test)]
mod tests {
    use super::Disposition;

    #[test]
    fn a_name_is_sent_so_that_every_client_reads_it() {
        for (name, expected) in [
            ("report.csv", r#"attachment; filename="report.csv""#),
            ("a b;c.txt", r#"attachment; filename="a b;c.txt""#),
            (
                "résumé.pdf",
                "attachment; filename=\"r_sum_.pdf\"; filename*=UTF-8''r%C3%A9sum%C3%A9.pdf",
            ),
            (
                "a\"b.txt",
                "attachment; filename=\"a_b.txt\"; filename*=UTF-8''a%22b.txt",
            ),
            (
                "100%25.txt",
                "attachment; filename=\"100_25.txt\"; filename*=UTF-8''100%2525.txt",
            ),
            (
                "a\r\nset-cookie: x=1.txt",
                r#"attachment; filename="a__set-cookie: x=1.txt""#,
            ),
            ("a\0b", r#"attachment; filename="a_b""#),
            (
                "../../etc/passwd",
                r#"attachment; filename=".._.._etc_passwd""#,
            ),
            ("c:\\a", r#"attachment; filename="c:_a""#),
            ("gnp.\u{202e}exe", r#"attachment; filename="gnp._exe""#),
            ("gnp.\u{61c}exe", r#"attachment; filename="gnp._exe""#),
            ("..", "attachment"),
            ("  ", "attachment"),
        ] {
            let header = Disposition::Attachment.header(name);
            assert_eq!(header.expect(name), expected, "{name:?}");
        }
    }
}
