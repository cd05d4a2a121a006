//! Route patterns: which texts are patterns, what they are made of, and which have the same shape. Each line is one.

#![no_main]

use gin_router::{Pattern, Piece, same_shape, shape_hash};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let parsed = text.split('\n').filter_map(|line| {
        let segments = segments(line);
        match Pattern::parse(line) {
            Ok(pattern) => {
                let segments = segments.unwrap_or_else(|| panic!("{line:?} is not a pattern"));
                check(&pattern, &segments);
                Some((pattern, segments))
            }
            Err(error) => {
                assert!(segments.is_none(), "{line:?} is a pattern, not {error}");
                None
            }
        }
    });
    let parsed: Vec<_> = parsed.take(8).collect();
    for (a, of_a) in &parsed {
        for (b, of_b) in &parsed {
            let is_same = shape(of_a) == shape(of_b);
            assert_eq!(same_shape(a.as_str(), b.as_str()), is_same, "{a} {b}");
            let is_equal_hash = shape_hash(a.as_str()) == shape_hash(b.as_str());
            assert!(is_equal_hash || !is_same, "{a} {b}");
        }
    }
});

/// A segment: its static text, and the name of the param after it.
struct Segment {
    text: String,
    name: Option<(char, String)>,
}

/// Reads a pattern segment by segment. Returns `None` if it is none.
fn segments(pattern: &str) -> Option<Vec<Segment>> {
    let written: Vec<&str> = pattern.strip_prefix('/')?.split('/').collect();
    let last = written.len() - 1;
    let segments = written.into_iter().enumerate().map(|(at, written)| {
        let segment = segment(written)?;
        let is_rest = matches!(segment.name, Some(('*', _)));
        let is_misplaced = is_rest && (at != last || !segment.text.is_empty());
        let is_empty = written.is_empty() && at != last;
        (!is_misplaced && !is_empty).then_some(segment)
    });
    segments.collect()
}

fn segment(written: &str) -> Option<Segment> {
    let mut text = String::new();
    let mut rest = written.chars();
    while let Some(c) = rest.next() {
        match c {
            ':' | '*' => {
                let name = rest.as_str();
                let is_known =
                    |c: char| c.is_ascii_alphanumeric() || !c.is_ascii() || "_-".contains(c);
                let is_name = !name.is_empty() && name.chars().all(is_known);
                return is_name.then(|| Segment {
                    text,
                    name: Some((c, name.to_owned())),
                });
            }
            '\\' => text.push(rest.next().filter(|c| ":*".contains(*c))?),
            c => text.push(c),
        }
    }
    Some(Segment { text, name: None })
}

fn check(pattern: &Pattern, segments: &[Segment]) {
    let expected: Vec<&str> = segments
        .iter()
        .filter_map(|segment| Some(&*segment.name.as_ref()?.1))
        .collect();
    assert_eq!(pattern.names().collect::<Vec<_>>(), expected, "{pattern}");
    let (mut written, mut whole) = (String::new(), String::new());
    for piece in pattern.pieces() {
        match piece {
            Piece::Static(text) => written.push_str(text),
            Piece::Param(name) => written.push_str(&format!("\0:{name}")),
            Piece::CatchAll(name) => written.push_str(&format!("\0*{name}")),
        }
    }
    for Segment { text, name } in segments {
        whole.push_str(&format!("/{text}"));
        if let Some((kind, name)) = name {
            whole.push_str(&format!("\0{kind}{name}"));
        }
    }
    assert_eq!(written, whole, "{pattern}");
}

fn shape(segments: &[Segment]) -> Vec<(&str, Option<char>)> {
    let of = |segment: &Segment| segment.name.as_ref().map(|(kind, _)| *kind);
    segments
        .iter()
        .map(|segment| (&*segment.text, of(segment)))
        .collect()
}
