//! The parts of a representation that a client wants (RFC 9110 §14).

use std::ops::Range;

use http::HeaderValue;

/// A client with more wishes than this gets the whole representation.
const MOST_RANGES: usize = 64;
/// In bytes: about the length of the text between two parts. A smaller gap is sent along.
const GAP: u64 = 128;

/// The parts of a representation that are sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Selection {
    Whole,
    Part(Range<u64>),
    /// Two parts or more that do not overlap.
    Parts(Vec<Range<u64>>),
    /// There is nothing where the client wants something.
    Unsatisfiable,
}

/// Returns the parts that `range` selects of `length` bytes. The whole representation is sent if the header is malformed or of
/// another unit, if it has too many ranges, or if the parts together are as long.
pub(super) fn select(range: &HeaderValue, length: u64) -> Selection {
    let Some(specs) = range.to_str().ok().and_then(parse) else {
        return Selection::Whole;
    };
    // RFC 9110 §14.1.2: any suffix can be taken of nothing, but the header `Content-Range` cannot express it.
    if length == 0 && specs.iter().any(|spec| matches!(spec, Spec::Last(1..))) {
        return Selection::Whole;
    }
    let parts: Vec<_> = specs.iter().filter_map(|spec| spec.of(length)).collect();
    match coalesced(parts).as_mut_slice() {
        [] => Selection::Unsatisfiable,
        [part] => Selection::Part(part.clone()),
        parts => {
            let sent = parts.iter().map(|part| part.end - part.start + GAP);
            if sent.sum::<u64>() < length {
                Selection::Parts(parts.to_vec())
            } else {
                Selection::Whole
            }
        }
    }
}

/// One range of a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Spec {
    From(u64),
    Between(u64, u64),
    Last(u64),
}

impl Spec {
    /// Returns the part of `length` bytes, or `None` if it is outside.
    fn of(self, length: u64) -> Option<Range<u64>> {
        let part = match self {
            Spec::From(first) => first..length,
            Spec::Between(first, last) => first..length.min(last.saturating_add(1)),
            Spec::Last(count) => length.saturating_sub(count)..length,
        };
        (part.start < part.end).then_some(part)
    }
}

/// Returns the ranges of `bytes=0-4, 10-, -5`, or `None` if the header does not count.
fn parse(text: &str) -> Option<Vec<Spec>> {
    let (unit, set) = text.split_once('=')?;
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return None;
    }
    let specs = set.split(',').map(str::trim);
    let specs = specs.filter(|spec| !spec.is_empty());
    let specs: Vec<_> = specs
        .take(MOST_RANGES + 1)
        .map(spec)
        .collect::<Option<_>>()?;
    (1..=MOST_RANGES).contains(&specs.len()).then_some(specs)
}

fn spec(text: &str) -> Option<Spec> {
    match text.split_once('-')? {
        ("", count) => Some(Spec::Last(number(count)?)),
        (first, "") => Some(Spec::From(number(first)?)),
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            (first <= last).then_some(Spec::Between(first, last))
        }
    }
}

/// Returns a number, or the largest one instead of a larger one.
fn number(digits: &str) -> Option<u64> {
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.parse().unwrap_or(u64::MAX))
}

/// Joins parts that overlap or nearly touch. Others stay in the order in which the client named them (RFC 9110 §15.3.7.2).
fn coalesced(parts: Vec<Range<u64>>) -> Vec<Range<u64>> {
    let mut sorted = parts.clone();
    sorted.sort_by_key(|part| part.start);
    let mut joined: Vec<Range<u64>> = Vec::with_capacity(sorted.len());
    for part in sorted {
        match joined.last_mut() {
            Some(last) if part.start <= last.end.saturating_add(GAP) => {
                last.end = last.end.max(part.end);
            }
            _ => joined.push(part),
        }
    }
    if joined.len() == parts.len() {
        parts
    } else {
        joined
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::{Selection, select};

    #[test]
    fn ranges_select_parts_of_ten_thousand_bytes() {
        use Selection::{Part, Parts, Unsatisfiable, Whole};
        for (range, selection) in [
            ("bytes=0-4", Part(0..5)),
            ("Bytes = 0-4", Part(0..5)),
            ("bytes=9990-", Part(9_990..10_000)),
            ("bytes=-5", Part(9_995..10_000)),
            ("bytes=-20000", Part(0..10_000)),
            ("bytes=5-99999999999999999999999", Part(5..10_000)),
            ("bytes=1180591620717411303424-", Unsatisfiable),
            ("bytes=10000-", Unsatisfiable),
            ("bytes=-0", Unsatisfiable),
            ("bytes=9-1", Whole),
            ("bytes=", Whole),
            ("bytes=,", Whole),
            ("bytes=a-b", Whole),
            ("bytes=+1-2", Whole),
            ("bytes=0-4, x", Whole),
            ("bytes=--5", Whole),
            ("bytes=-", Whole),
            ("lines=0-4", Whole),
            ("bytes 0-4", Whole),
            ("bytes=0-4, 20000-", Part(0..5)),
            ("bytes=0-4,3-9", Part(0..10)),
            ("bytes=0-4,50-59", Part(0..60)),
            ("bytes=0-4,,500-509 , ", Parts(vec![0..5, 500..510])),
            ("bytes=500-509,0-4", Parts(vec![500..510, 0..5])),
            ("bytes=500-509,0-4,2-6", Parts(vec![0..7, 500..510])),
            ("bytes=0-4999,5200-", Whole),
        ] {
            let value = HeaderValue::from_static(range);
            assert_eq!(select(&value, 10_000), selection, "{range}");
        }
        let many = HeaderValue::try_from(format!("bytes={}", "0-,".repeat(1_000)));
        assert_eq!(select(&many.expect("it is text"), 10_000), Whole);
    }

    #[test]
    fn nothing_but_a_suffix_can_be_selected_of_nothing() {
        for (range, selection) in [
            ("bytes=0-", Selection::Unsatisfiable),
            ("bytes=0-0", Selection::Unsatisfiable),
            ("bytes=-0", Selection::Unsatisfiable),
            ("bytes=-5", Selection::Whole),
        ] {
            assert_eq!(
                select(&HeaderValue::from_static(range), 0),
                selection,
                "{range}"
            );
        }
    }
}
