//! A miss: the routes near a request that no route takes.

use crate::incidents::pattern::{self, Case, Segment, parts, segments};
use crate::incidents::route::Route;

/// An explanation of a request that no route takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Miss<'a> {
    /// The routes that take the path for other methods.
    pub(crate) other_methods: Vec<&'a Route>,
    /// The longest start of the path that a route shares.
    pub(crate) shared: String,
    /// The segments that follow it in routes.
    pub(crate) next: Vec<&'a str>,
    /// A path that differs only in spelling and has a route.
    pub(crate) similar: Option<SimilarPath>,
    /// Similar routes, the nearest first.
    pub(crate) nearest: Vec<&'a Route>,
}

/// A path that differs only in spelling and has a route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SimilarPath {
    pub(crate) path: String,
    pub(crate) difference: Difference,
}

/// The difference between two similar paths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Difference {
    /// The slash at the end.
    Slash,
    /// The case of letters.
    Case,
    /// Empty segments, `.` and `..`, perhaps besides the slash at the end and the case of letters.
    Spelling,
}

/// The largest number of near routes.
const NEAREST: usize = 5;

impl<'a> Miss<'a> {
    /// Explains why none of `routes` takes `method` for `path`.
    pub(crate) fn explain(routes: &'a [Route], method: &str, path: &str) -> Miss<'a> {
        let split = parts(path);
        let known: Vec<_> = routes
            .iter()
            .map(|route| (route, segments(&route.pattern)))
            .collect();
        let takes_path = |(_, segments): &&(&Route, Vec<Segment>)| {
            pattern::takes(segments, &split, Case::Strict)
        };
        let other_methods: Vec<_> = known
            .iter()
            .filter(takes_path)
            .map(|(route, _)| *route)
            .collect();
        let shared = known.iter().map(|(_, own)| pattern::shared(own, &split));
        let count = shared.max().unwrap_or(0);
        Miss {
            shared: [&[""], &split[..count]].concat().join("/"),
            next: next(&known, &split, count),
            similar: similar(&known, method, path),
            nearest: nearest(&known, method, path),
            other_methods,
        }
    }
}

/// Routes with their segments.
type Known<'a> = [(&'a Route, Vec<Segment>)];

/// Returns the parts that follow the first `count` parts of the path in patterns.
fn next<'a>(known: &Known<'a>, split: &[&str], count: usize) -> Vec<&'a str> {
    let mut next: Vec<&str> = Vec::new();
    for (route, own) in known {
        if pattern::shared(own, split) == count
            && let Some(part) = parts(&route.pattern).get(count)
            && !next.contains(part)
        {
            next.push(part);
        }
    }
    next
}

/// Finds a path that differs only in spelling and has a route for the method.
fn similar(known: &Known<'_>, method: &str, path: &str) -> Option<SimilarPath> {
    let clean = clean(path);
    let candidates = [path, &clean].map(|path| [path.to_owned(), toggle_slash(path)]);
    candidates.as_flattened().iter().find_map(|candidate| {
        let split = parts(candidate);
        let (_, own) = known.iter().find(|(route, own)| {
            route.answers(method) && pattern::takes(own, &split, Case::Folded)
        })?;
        let found = pattern::filled(own, &split);
        Some(SimilarPath {
            difference: Difference::of(path, &found),
            path: found,
        })
    })
}

impl Difference {
    fn of(path: &str, found: &str) -> Difference {
        if toggle_slash(path) == found {
            Difference::Slash
        } else if path.eq_ignore_ascii_case(found) {
            Difference::Case
        } else {
            Difference::Spelling
        }
    }
}

/// Adds a slash at the end of `path`, or removes it.
fn toggle_slash(path: &str) -> String {
    match path.strip_suffix('/') {
        Some(without) if !without.is_empty() => without.to_owned(),
        _ => format!("{path}/"),
    }
}

/// Removes empty segments, `.` and `..` from `path`.
fn clean(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let mut is_directory = false;
    for part in parts(path) {
        is_directory = matches!(part, "" | "." | "..");
        match part {
            "" | "." => {}
            ".." => drop(kept.pop()),
            part => kept.push(part),
        }
    }
    let end = if is_directory && !kept.is_empty() {
        "/"
    } else {
        ""
    };
    format!("/{}{end}", kept.join("/"))
}

/// Returns the routes that are most similar to `path`.
fn nearest<'a>(known: &Known<'a>, method: &str, path: &str) -> Vec<&'a Route> {
    let mut ranked: Vec<_> = known
        .iter()
        .filter_map(|(route, own)| Some((distance(own, path)?, !route.answers(method), *route)))
        .collect();
    // The sort is stable: equally near routes stay in the order in which they were mounted.
    ranked.sort_by_key(|(distance, is_other_method, _)| (*distance, *is_other_method));
    ranked.truncate(NEAREST);
    ranked.into_iter().map(|(_, _, route)| route).collect()
}

/// Returns the number of characters in which `path` differs from the route, if they are few enough for a typo.
fn distance(own: &[Segment], path: &str) -> Option<usize> {
    let most = text_length(own) / 3;
    let split = parts(path);
    let distance = strsim::damerau_levenshtein(path, &pattern::filled(own, &split));
    let is_typo = text_length(own) > 0 && distance <= most.max(1);
    is_typo.then_some(distance).or_else(|| {
        // The prefix of its group may have been forgotten.
        let below = own
            .len()
            .checked_sub(split.len())
            .and_then(|missing| own.get(missing..))?;
        let is_below = text_length(below) > 0 && pattern::takes(below, &split, Case::Strict);
        is_below.then_some(most)
    })
}

/// Counts the characters of static text in the segments.
fn text_length(segments: &[Segment]) -> usize {
    let texts = segments.iter().map(|segment| match segment {
        Segment::Text(text) | Segment::Param(text) => text.chars().count(),
        Segment::Rest => 0,
    });
    texts.sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(method: &str, pattern: &str) -> Route {
        Route {
            method: method.to_owned(),
            pattern: pattern.to_owned(),
            handler: String::new(),
            file: String::new(),
            line: 1,
            middleware: Vec::new(),
            group: String::new(),
            typed_params: Vec::new(),
            body_limit: None,
            timeout: None,
        }
    }

    fn blog() -> Vec<Route> {
        [
            ("GET", "/"),
            ("GET", "/hello/:name"),
            ("GET", "/api/posts"),
            ("POST", "/api/posts"),
            ("GET", "/api/posts/:id"),
            ("GET", "/api/posts/:id/comments"),
            ("GET", "/api/time/"),
            ("ANY", "/files/*path"),
        ]
        .map(|(method, pattern)| route(method, pattern))
        .into()
    }

    fn patterns<'a>(routes: &[&'a Route]) -> Vec<&'a str> {
        routes.iter().map(|route| route.pattern.as_str()).collect()
    }

    #[test]
    fn a_miss_has_the_matching_start_and_the_next_segments() {
        let routes = blog();
        for (path, shared, next) in [
            ("/nowhere", "", &["", "hello", "api", "files"][..]),
            ("/api/users", "/api", &["posts", "time"]),
            ("/api/posts/7/likes", "/api/posts/7", &["comments"]),
            ("/hello", "/hello", &[":name"]),
            ("/hello/ann/x", "/hello/ann", &[]),
        ] {
            let miss = Miss::explain(&routes, "GET", path);
            assert_eq!(
                (miss.shared.as_str(), &*miss.next),
                (shared, next),
                "{path}"
            );
        }
    }

    #[test]
    fn another_spelling_that_has_a_route_is_found() {
        let routes = blog();
        for (path, expected) in [
            ("/api/time", Some(("/api/time/", Difference::Slash))),
            ("/API/posts/7", Some(("/api/posts/7", Difference::Case))),
            (
                "/api//posts/./7",
                Some(("/api/posts/7", Difference::Spelling)),
            ),
            (
                "/api/x/../posts",
                Some(("/api/posts", Difference::Spelling)),
            ),
            ("/Api/Time", Some(("/api/time/", Difference::Spelling))),
            ("/nowhere", None),
        ] {
            let miss = Miss::explain(&routes, "GET", path);
            let found = miss.similar.as_ref();
            let found = found.map(|similar| (similar.path.as_str(), similar.difference));
            assert_eq!(found, expected, "{path}");
        }
    }

    #[test]
    fn the_nearest_routes_come_first() {
        let routes = blog();
        for (method, path, expected) in [
            ("GET", "/helo/ann", &["/hello/:name"][..]),
            ("GET", "/api/post", &["/api/posts", "/api/posts"]),
            ("GET", "/posts/7/comments", &["/api/posts/:id/comments"]),
            ("GET", "/api/posts/7/coments", &["/api/posts/:id/comments"]),
            ("GET", "/something/else", &[]),
        ] {
            let miss = Miss::explain(&routes, method, path);
            let near = patterns(&miss.nearest);
            assert!(near.starts_with(expected), "{path}: {near:?}");
            assert_eq!(near.is_empty(), expected.is_empty(), "{path}: {near:?}");
        }
        let post = Miss::explain(&routes, "POST", "/api/post");
        assert_eq!(post.nearest[0].method, "POST");
    }

    #[test]
    fn routes_of_the_path_for_other_methods_are_found() {
        let routes = blog();
        let miss = Miss::explain(&routes, "DELETE", "/api/posts");
        let methods: Vec<_> = miss
            .other_methods
            .iter()
            .map(|route| route.method.as_str())
            .collect();
        assert_eq!(methods, ["GET", "POST"]);
    }
}
