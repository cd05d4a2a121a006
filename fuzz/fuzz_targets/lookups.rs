//! Look-ups: the tree finds the pattern that trying each of them in turn finds.
//!
//! The lines before an empty one are patterns, those after it paths.

#![no_main]

use std::cmp::Reverse;

use gin_router::{Params, Pattern, Piece, Router, path, same_shape};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let (patterns, paths) = text.split_once("\n\n").unwrap_or((text, "/"));
    let (router, patterns) = build(patterns);
    for path in paths
        .split('\n')
        .filter_map(|path| path::canonicalize(path).ok())
    {
        check_lookup(&router, &patterns, &path, |_| true);
        // A method accepts some of the patterns only.
        check_lookup(&router, &patterns, &path, |leaf| leaf % 2 == 1);
        check_case(&router, &path);
    }
});

fn build(lines: &str) -> (Router, Vec<Pattern>) {
    let mut router = Router::default();
    let mut patterns: Vec<Pattern> = Vec::new();
    for pattern in lines
        .split('\n')
        .filter_map(|line| Pattern::parse(line).ok())
    {
        let is_same = |other: &Pattern| same_shape(other.as_str(), pattern.as_str());
        let taken = patterns.iter().position(is_same);
        let leaf = patterns.len();
        let inserted = router.insert(&pattern, u32::try_from(leaf).expect("few patterns fit"));
        assert_eq!(inserted.err().map(|leaf| leaf as usize), taken, "{pattern}");
        if taken.is_none() {
            patterns.push(pattern);
        }
    }
    (router, patterns)
}

fn check_lookup(router: &Router, patterns: &[Pattern], path: &str, accepts: fn(usize) -> bool) {
    let mut params = Params::default();
    let leaf = router.find_with(path, &mut params, |leaf, _| accepts(leaf as usize));
    let found = leaf.map(|leaf| (leaf as usize, params.values(path).collect()));
    let accepted = patterns
        .iter()
        .enumerate()
        .filter(|(leaf, _)| accepts(*leaf));
    let matches = accepted.filter_map(|(leaf, pattern)| Some((leaf, matched(pattern, path)?)));
    let expected = matches.min_by(|a, b| a.1.0.cmp(&b.1.0));
    let expected = expected.map(|(leaf, (_, values))| (leaf, values));
    assert_eq!(found, expected, "{path:?} in {patterns:?}");
}

/// Checks that a path found with the right case is also found without, and that a corrected path is found.
fn check_case(router: &Router, path: &str) {
    let find = |path: &str| router.find(path, &mut Params::default());
    match router.fix_case(path, |_| true) {
        Some(fixed) => assert!(find(&fixed).is_some(), "{fixed:?} for {path:?}"),
        None => assert_eq!(find(path), None, "{path:?}"),
    }
}

/// The strength of a segment's match, the best first.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Strength {
    Static,
    Prefix(Reverse<usize>),
    Param,
    Rest,
}

/// Matches `path` segment by segment. Returns the strength of each, and the values.
fn matched<'p>(pattern: &Pattern, path: &'p str) -> Option<(Vec<Strength>, Vec<&'p str>)> {
    let (mut strengths, mut values) = (Vec::new(), Vec::new());
    let mut unmatched = Some(path.strip_prefix('/')?);
    for (prefix, end) in segments(pattern) {
        let left = unmatched?;
        let (value, after) = match left.split_once('/') {
            Some((value, after)) => (value, Some(after)),
            None => (left, None),
        };
        match end {
            End::Rest => {
                strengths.push(Strength::Rest);
                values.push(&path[path.len() - left.len() - 1..]);
                return Some((strengths, values));
            }
            End::Nothing if prefix == value => strengths.push(Strength::Static),
            End::Nothing => return None,
            End::Param => {
                values.push(
                    value
                        .strip_prefix(&*prefix)
                        .filter(|value| !value.is_empty())?,
                );
                strengths.push(match prefix.len() {
                    0 => Strength::Param,
                    length => Strength::Prefix(Reverse(length)),
                });
            }
        }
        unmatched = after;
    }
    unmatched.is_none().then_some((strengths, values))
}

/// The end of a segment, after its static text.
#[derive(Clone, Copy)]
enum End {
    Nothing,
    Param,
    Rest,
}

/// The segments of a pattern: static text as a canonical path has it, and its end.
fn segments(pattern: &Pattern) -> Vec<(String, End)> {
    let mut segments = Vec::new();
    for piece in pattern.pieces() {
        match piece {
            Piece::Static(text) => {
                for (at, part) in text.replace('%', "%25").split('/').enumerate() {
                    match segments.last_mut() {
                        Some((text, _)) if at == 0 => String::push_str(text, part),
                        _ => segments.push((part.to_owned(), End::Nothing)),
                    }
                }
            }
            Piece::Param(_) => segments.last_mut().expect("a slash comes first").1 = End::Param,
            Piece::CatchAll(_) => segments.last_mut().expect("a slash comes first").1 = End::Rest,
        }
    }
    // The first piece begins with a slash.
    segments.remove(0);
    segments
}
