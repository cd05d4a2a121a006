//! Safe names for files that clients name.

use crate::extract::names::{is_device, is_invisible};

/// In bytes. File systems take 255, and a name may get a suffix.
const LONGEST: usize = 200;

/// Returns the last component of `sent` without anything that is special to a file system, a shell's `*` or a reader's eye, or
/// `None` if nothing is left.
pub(super) fn safe(sent: &str) -> Option<String> {
    let last = sent.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = last.chars().filter_map(keep).collect();
    // Leading dots hide a file, and Windows drops dots and spaces at the end.
    let name = kept.trim_matches(|c: char| c == '.' || c.is_whitespace());
    let name = shorten(name);
    match name.as_str() {
        "" => None,
        device if is_device(device.as_bytes()) => Some(format!("_{device}")),
        _ => Some(name),
    }
}

/// Drops what cannot be seen, and replaces what Windows does not allow in names.
fn keep(c: char) -> Option<char> {
    match c {
        c if c.is_control() || is_invisible(c) => None,
        '<' | '>' | ':' | '"' | '|' | '?' | '*' | '\u{fffd}' => Some('_'),
        c => Some(c),
    }
}

/// Cuts a long name before its extension.
fn shorten(name: &str) -> String {
    if name.len() <= LONGEST {
        return name.to_owned();
    }
    let (stem, extension) = split(name);
    let extension = if extension.len() <= 16 { extension } else { "" };
    let stem = name.get(..stem.len()).unwrap_or(name);
    let most = LONGEST - extension.len();
    let ends = stem.char_indices().map(|(start, c)| start + c.len_utf8());
    let end = ends.take_while(|end| *end <= most).last();
    let stem = stem.get(..end.unwrap_or(0)).unwrap_or_default();
    let stem = stem.trim_end_matches(|c: char| c == '.' || c.is_whitespace());
    format!("{stem}{extension}")
}

/// Splits a name into its stem and its extension with the dot.
pub(super) fn split(name: &str) -> (&str, &str) {
    match name.rfind('.') {
        Some(dot) if dot > 0 => name.split_at(dot),
        _ => (name, ""),
    }
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, safe};

    #[test]
    fn only_a_safe_last_component_is_left() {
        for (sent, name) in [
            ("photo.jpg", "photo.jpg"),
            ("../../x", "x"),
            ("/etc/passwd", "passwd"),
            (r"C:\temp\x.txt", "x.txt"),
            ("C:x", "C_x"),
            (r"..\..\x", "x"),
            ("a\0b", "ab"),
            ("a\r\nb", "ab"),
            (".bashrc", "bashrc"),
            ("...x", "x"),
            ("x. . .", "x"),
            (" x ", "x"),
            ("CON", "_CON"),
            ("con.txt", "_con.txt"),
            ("nul .tar.gz", "_nul .tar.gz"),
            ("COM1", "_COM1"),
            ("lpt³.txt", "_lpt³.txt"),
            ("COM10", "COM10"),
            ("console", "console"),
            ("x.txt:stream", "x.txt_stream"),
            ("a<b>c|d?e*f\"g", "a_b_c_d_e_f_g"),
            ("photo\u{202e}gpj.exe", "photogpj.exe"),
            ("\u{fffd}t\u{fffd}", "_t_"),
            ("Füße 写真.jpg", "Füße 写真.jpg"),
        ] {
            assert_eq!(safe(sent).as_deref(), Some(name), "{sent:?}");
        }
        for sent in [
            "",
            ".",
            "..",
            "../",
            "a/",
            "...",
            " . ",
            "\0",
            "\u{202e}",
            "a\\..\\..",
        ] {
            assert_eq!(safe(sent), None, "{sent:?}");
        }
    }

    #[test]
    fn a_long_name_keeps_its_extension() {
        let name = safe(&format!("{}.jpg", "ü".repeat(2_000))).expect("it is a name");
        assert!(name.len() <= LONGEST && name.ends_with("ü.jpg"), "{name}");
        let name = safe(&format!("a.{}", "b".repeat(4_096))).expect("it is a name");
        assert!(!name.is_empty() && name.len() <= LONGEST, "{name}");
        let name = safe(&"x".repeat(4_096)).expect("it is a name");
        assert_eq!(name.len(), LONGEST);
    }
}
