//! Names of files, as Windows and readers take them.

/// Returns `true` for a name that Windows takes for that of a file and nothing else: not for a device, a drive or a stream, or for a
/// name that goes on with dots or spaces.
pub(crate) fn is_plain_on_windows(name: &[u8]) -> bool {
    let is_special = |byte: &u8| *byte < b' ' || b"<>:\"/\\|?*".contains(byte);
    let is_cut = name.ends_with(b".") || name.ends_with(b" ");
    !name.iter().any(is_special) && !is_cut && !is_device(name)
}

/// Returns `true` for a name that is a device in every directory of Windows, with any extension.
pub(crate) fn is_device(name: &[u8]) -> bool {
    let stem = name.split(|byte| *byte == b'.').next();
    let stem = stem.unwrap_or_default().trim_ascii_end();
    match &*stem.to_ascii_uppercase() {
        b"CON" | b"PRN" | b"AUX" | b"NUL" | b"CONIN$" | b"CONOUT$" => true,
        [b'C', b'O', b'M', number @ ..] | [b'L', b'P', b'T', number @ ..] => {
            // Windows also takes the superscript digits.
            matches!(number, [b'0'..=b'9'] | [0xc2, 0xb9 | 0xb2 | 0xb3])
        }
        _ => false,
    }
}

/// Returns `true` for marks and overrides of direction, which make `gpj.exe` look like `exe.jpg`, and for spaces and line ends that
/// cannot be seen.
#[cfg(any(feature = "files", feature = "multipart"))]
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{61c}'
            | '\u{200b}'
            | '\u{200e}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}'
            | '\u{feff}'
    )
}

#[cfg(test)]
mod tests {
    use super::is_plain_on_windows;

    #[test]
    fn names_that_windows_reads_differently_are_known() {
        for name in [
            "CON",
            "nul",
            "nul.txt",
            "com1",
            "LPT9.log",
            "aux .c",
            "COM¹",
            "C:",
            "a:b",
            "a.txt::$DATA",
            "..\\x",
            "a.",
            "a ",
            "a?",
            "a\u{1}",
            "a|b",
        ] {
            assert!(!is_plain_on_windows(name.as_bytes()), "{name}");
        }
        for name in [
            "a",
            "a.txt",
            "console",
            "com",
            "comb.txt",
            "common",
            "com10",
            "nullable.rs",
            ".gitignore",
            "é.txt",
        ] {
            assert!(is_plain_on_windows(name.as_bytes()), "{name}");
        }
    }
}
