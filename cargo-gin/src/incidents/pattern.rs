//! The segments of a route's pattern, for comparing it with a path.

/// A part of a pattern between two slashes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Segment {
    /// Static text.
    Text(String),
    /// A param after static text.
    Param(String),
    /// The rest of the path.
    Rest,
}

/// The comparison of letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Case {
    /// Case-sensitive.
    Strict,
    /// Case-insensitive, for ASCII.
    Folded,
}

/// Reads the segments of a pattern: `/user_:name/*rest`.
pub(super) fn segments(pattern: &str) -> Vec<Segment> {
    parts(pattern).into_iter().map(Segment::read).collect()
}

/// Splits a path or a pattern at its slashes.
pub(super) fn parts(path: &str) -> Vec<&str> {
    path.strip_prefix('/').unwrap_or(path).split('/').collect()
}

/// Returns the names of the params of a pattern.
pub(super) fn names(pattern: &str) -> impl Iterator<Item = &str> {
    let segments = pattern.split('/');
    segments.filter_map(|segment| {
        let mut is_escaped = false;
        let sign = segment.find(|c| {
            let is_sign = !is_escaped && matches!(c, ':' | '*');
            is_escaped = !is_escaped && c == '\\';
            is_sign
        });
        Some(&segment[sign? + 1..])
    })
}

impl Segment {
    fn read(text: &str) -> Segment {
        let mut literal = String::new();
        let mut chars = text.chars();
        while let Some(c) = chars.next() {
            match c {
                ':' => return Segment::Param(literal),
                '*' => return Segment::Rest,
                '\\' => literal.extend(chars.next()),
                c => literal.push(c),
            }
        }
        Segment::Text(literal)
    }

    /// Returns `true` if the segment matches `part`.
    pub(super) fn takes(&self, part: &str, case: Case) -> bool {
        let is_same = |own: &str, part: &str| match case {
            Case::Strict => own == part,
            Case::Folded => own.eq_ignore_ascii_case(part),
        };
        match self {
            Segment::Text(own) => is_same(own, part),
            Segment::Param(before) => {
                let split = part.split_at_checked(before.len());
                split.is_some_and(|(start, value)| is_same(before, start) && !value.is_empty())
            }
            Segment::Rest => true,
        }
    }

    /// Fills the segment from `part`: static text from the segment, the value from `part`.
    pub(super) fn filled(&self, part: &str) -> String {
        match self {
            Segment::Text(own) => own.clone(),
            Segment::Param(before) => {
                let value = part.get(before.len()..).unwrap_or(part);
                format!("{before}{value}")
            }
            Segment::Rest => part.to_owned(),
        }
    }
}

/// Counts the parts of a path that the segments match, from the start.
pub(super) fn shared(segments: &[Segment], parts: &[&str]) -> usize {
    let pairs = segments.iter().zip(parts);
    pairs
        .take_while(|(segment, part)| segment.takes(part, Case::Strict))
        .count()
}

/// Returns `true` if the segments match the whole path.
pub(super) fn takes(segments: &[Segment], parts: &[&str], case: Case) -> bool {
    let fits = |segments: &[Segment]| {
        let mut pairs = segments.iter().zip(parts);
        pairs.all(|(segment, part)| segment.takes(part, case))
    };
    match segments.split_last() {
        Some((Segment::Rest, before)) => parts.len() > before.len() && fits(before),
        _ => parts.len() == segments.len() && fits(segments),
    }
}

/// Returns the path that the segments match and that is most similar to these parts.
pub(super) fn filled(segments: &[Segment], parts: &[&str]) -> String {
    let mut path = String::new();
    for (index, segment) in segments.iter().enumerate() {
        path.push('/');
        match segment {
            Segment::Rest => path.push_str(&parts.get(index..).unwrap_or_default().join("/")),
            segment => path.push_str(&segment.filled(parts.get(index).unwrap_or(&""))),
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_paths() {
        for (pattern, path, expected) in [
            ("/", "/", true),
            ("/", "/a", false),
            ("/a/b", "/a/b", true),
            ("/a/b", "/a/b/", false),
            ("/a/", "/a/", true),
            ("/users/:id", "/users/7", true),
            ("/users/:id", "/users/", false),
            ("/users/:id", "/users", false),
            ("/user_:name", "/user_ann", true),
            ("/user_:name", "/user_", false),
            ("/user_:name", "/usé", false),
            ("/files/*rest", "/files/a/b", true),
            ("/files/*rest", "/files/", true),
            ("/files/*rest", "/files", false),
            ("/a\\:b", "/a:b", true),
            ("/A", "/a", false),
        ] {
            let found = takes(&segments(pattern), &parts(path), Case::Strict);
            assert_eq!(found, expected, "{pattern} {path}");
        }
    }

    #[test]
    fn params_have_names() {
        for (pattern, expected) in [
            ("/users/:id/posts/:post", &["id", "post"][..]),
            ("/user_:name/*rest", &["name", "rest"]),
            ("/a\\:b/\\*c", &[]),
        ] {
            assert_eq!(names(pattern).collect::<Vec<_>>(), expected, "{pattern}");
        }
    }

    #[test]
    fn params_are_filled_from_the_path() {
        for (pattern, path, expected) in [
            ("/users/:id/posts", "/Users/7/posts", "/users/7/posts"),
            ("/user_:name", "/USER_Ann", "/user_Ann"),
            ("/files/*rest", "/FILES/a/B", "/files/a/B"),
            ("/a/:b/c", "/a", "/a//c"),
        ] {
            let found = filled(&segments(pattern), &parts(path));
            assert_eq!(found, expected, "{pattern} {path}");
        }
    }
}
