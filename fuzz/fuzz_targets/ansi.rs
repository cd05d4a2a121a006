//! Escape sequences of terminals: none survives, and the HTML is inert.

#![no_main]

use cargo_gin::fuzzing::{ansi_to_html, strip_ansi};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let stripped = strip_ansi(text);
    assert!(!stripped.contains(['\x1b', '\u{9b}', '\u{9d}', '\u{90}']));
    assert_eq!(strip_ansi(&stripped), stripped);
    assert!(is_subsequence(&stripped, text));
    // No sequence reaches into the next line, so that none can hide what follows it.
    if let Some((_, last)) = text.rsplit_once('\n') {
        assert!(
            stripped.ends_with(&strip_ansi(last)),
            "{stripped:?} lost {last:?}"
        );
    }
    check_html(&ansi_to_html(text));
});

/// Checks that the only tags are balanced `span`s, and that nothing else has a meaning in HTML or on a terminal.
fn check_html(html: &str) {
    let mut open = 0_u32;
    for (count, piece) in html.split('<').enumerate() {
        let text = if count == 0 {
            piece
        } else if let Some(text) = piece.strip_prefix("/span>") {
            open = open.checked_sub(1).expect("a span is closed once");
            text
        } else {
            let tag = piece
                .strip_prefix("span class=\"")
                .expect("the tag is a span");
            let (classes, text) = tag.split_once("\">").expect("the tag ends");
            assert!(classes.split(' ').all(is_class), "{classes}");
            open += 1;
            text
        };
        assert!(!text.contains(['>', '"', '\'']), "{text}");
        assert!(
            text.chars()
                .all(|c| c == '\n' || c == '\t' || !c.is_control()),
            "{text:?}"
        );
        for reference in text.split('&').skip(1) {
            let known = ["amp;", "lt;", "gt;", "quot;", "#39;"];
            assert!(
                known.iter().any(|known| reference.starts_with(known)),
                "{text}"
            );
        }
    }
    assert_eq!(open, 0, "{html}");
}

fn is_class(class: &str) -> bool {
    match class.strip_prefix('c') {
        Some(color) => color.parse::<u8>().is_ok_and(|color| color < 16),
        None => matches!(class, "" | "b" | "d" | "i" | "u"),
    }
}

fn is_subsequence(part: &str, text: &str) -> bool {
    let mut rest = text.chars();
    part.chars().all(|c| rest.any(|other| other == c))
}
