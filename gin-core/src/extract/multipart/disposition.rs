//! The `Content-Disposition` of a form's part (RFC 7578 §4.2).

/// The name of a field, and that of its file if it is one, as they were sent.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Disposition {
    pub(super) name: Option<String>,
    pub(super) file_name: Option<String>,
}

impl Disposition {
    /// Reads the parameters of a header's value. Of several with one name, the first one counts.
    pub(super) fn parse(value: &[u8]) -> Disposition {
        let mut disposition = Disposition::default();
        let mut rest = after(value, b';');
        while !rest.is_empty() {
            let (key, text, next) = parameter(rest);
            rest = next;
            let place = match key {
                key if key.eq_ignore_ascii_case(b"name") => &mut disposition.name,
                key if key.eq_ignore_ascii_case(b"filename") => &mut disposition.file_name,
                _ => continue,
            };
            place.get_or_insert_with(|| decode(&text));
        }
        disposition
    }
}

/// Splits the first parameter into its key and its value, and returns what comes after it.
fn parameter(text: &[u8]) -> (&[u8], Vec<u8>, &[u8]) {
    let end = text.iter().position(|byte| matches!(byte, b'=' | b';'));
    let (key, rest) = text.split_at(end.unwrap_or(text.len()));
    let key = key.trim_ascii();
    let Some(value) = rest.strip_prefix(b"=") else {
        return (key, Vec::new(), after(rest, b';'));
    };
    if let Some(quoted) = value.trim_ascii_start().strip_prefix(b"\"") {
        let (value, rest) = unquote(quoted);
        return (key, value, after(rest, b';'));
    }
    let end = value.iter().position(|byte| *byte == b';');
    let (value, rest) = value.split_at(end.unwrap_or(value.len()));
    (key, value.trim_ascii().to_vec(), after(rest, b';'))
}

/// Reads up to the closing quote. A backslash escapes a quote or another one, and stands for itself elsewhere: old browsers send
/// paths of Windows.
fn unquote(text: &[u8]) -> (Vec<u8>, &[u8]) {
    let mut value = Vec::new();
    let mut rest = text;
    loop {
        rest = match rest {
            [] => return (value, rest),
            [b'"', rest @ ..] => return (value, rest),
            [b'\\', escaped @ (b'"' | b'\\'), rest @ ..] => {
                value.push(*escaped);
                rest
            }
            [byte, rest @ ..] => {
                value.push(*byte);
                rest
            }
        };
    }
}

fn after(text: &[u8], end: u8) -> &[u8] {
    let end = text.iter().position(|byte| *byte == end);
    end.and_then(|end| text.get(end + 1..)).unwrap_or_default()
}

/// Decodes the three characters that browsers encode (WHATWG HTML, "multipart/form-data encoding algorithm").
fn decode(text: &[u8]) -> String {
    let mut text = String::from_utf8_lossy(text).into_owned();
    for (encoded, character) in [("%22", "\""), ("%0D", "\r"), ("%0A", "\n")] {
        if text.contains(encoded) {
            text = text.replace(encoded, character);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::Disposition;

    #[test]
    fn names_are_read_as_browsers_and_curl_send_them() {
        for (header, name, file_name) in [
            (r#"form-data; name="a""#, Some("a"), None),
            (
                r#"form-data; name="a"; filename="b.txt""#,
                Some("a"),
                Some("b.txt"),
            ),
            (
                r#"form-data; filename="b.txt"; name="a""#,
                Some("a"),
                Some("b.txt"),
            ),
            (r#"form-data; name="a"; filename="""#, Some("a"), Some("")),
            (
                r#"form-data; name="x; filename=b""#,
                Some("x; filename=b"),
                None,
            ),
            (
                r#"form-data; name="say %22hi%22%0D%0A""#,
                Some("say \"hi\"\r\n"),
                None,
            ),
            (r#"form-data; name="say \"hi\"""#, Some("say \"hi\""), None),
            (
                r#"form-data; name="a"; filename="C:\temp\x""#,
                Some("a"),
                Some(r"C:\temp\x"),
            ),
            (
                r#"form-data; name="a"; filename="a\\b""#,
                Some("a"),
                Some(r"a\b"),
            ),
            (r#"form-data; name="100%""#, Some("100%"), None),
            ("form-data; name=a; filename=b", Some("a"), Some("b")),
            (
                "form-data ;  NAME = a ;FileName= \"b\"",
                Some("a"),
                Some("b"),
            ),
            (r#"form-data; name="a"; name="b""#, Some("a"), None),
            (
                r#"form-data; name="a"; filename*=UTF-8''b"#,
                Some("a"),
                None,
            ),
            (r#"form-data; name="open"#, Some("open"), None),
            ("form-data; name", Some(""), None),
            ("form-data;;;=;", None, None),
            ("", None, None),
        ] {
            let read = Disposition::parse(header.as_bytes());
            let expected = Disposition {
                name: name.map(str::to_owned),
                file_name: file_name.map(str::to_owned),
            };
            assert_eq!(read, expected, "{header}");
        }
        let latin = Disposition::parse(b"form-data; name=a; filename=\"caf\xe9\"");
        assert_eq!(latin.file_name.as_deref(), Some("caf\u{fffd}"));
    }
}
