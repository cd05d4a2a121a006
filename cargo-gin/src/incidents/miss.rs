//! Why no route takes a request, and what comes near to it.

use crate::incidents::pattern::{self, Case, Segment, parts, segments};
use crate::incidents::route::Route;

/// Why no route takes a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Miss<'a> {
    /// The routes that take the path, for other methods.
    pub(crate) takers: Vec<&'a Route>,
    /// The start of the path that some route has as well.
    pub(crate) shared: String,
    /// How routes go on from there.
    pub(crate) next: Vec<&'a str>,
    /// The path that differs in nothing but its spelling, and has a route.
    pub(crate) nearly: Option<Nearly>,
    /// Other routes that are like it, the nearest first.
    pub(crate) nearest: Vec<&'a Route>,
}

/// A path that differs in nothing but its spelling, and has a route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Nearly {
    /// The path.
    pub(crate) path: String,
    /// What differs.
    pub(crate) difference: Difference,
}

/// In what two paths differ that look alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Difference {
    /// The slash at the end.
    Slash,
    /// The case of letters.
    Case,
    /// Empty segments, `.` and `..`; and maybe the slash at the end and the case of letters.
    Spelling,
}

/// How many routes are near at most.
const NEAREST: usize = 5;

impl<'a> Miss<'a> {
    /// Why none of `routes` takes `method` for `path`.
    pub(crate) fn explain(routes: &'a [Route], method: &str, path: &str) -> Miss<'a> {
        let split = parts(path);
        let known: Vec<_> = routes
            .iter()
            .map(|route| (route, segments(&route.pattern)))
            .collect();
        let takes_path = |(_, segments): &&(&Route, Vec<Segment>)| {
            pattern::takes(segments, &split, Case::Strict)
        };
        let takers: Vec<_> = known
            .iter()
            .filter(takes_path)
            .map(|(route, _)| *route)
            .collect();
        let shared = known.iter().map(|(_, own)| pattern::shared(own, &split));
        let count = shared.max().unwrap_or(0);
        Miss {
            shared: [&[""], &split[..count]].concat().join("/"),
            next: next(&known, &split, count),
            nearly: nearly(&known, method, path),
            nearest: nearest(&known, method, path),
            takers,
        }
    }
}

/// Routes with their segments.
type Known<'a> = [(&'a Route, Vec<Segment>)];

/// The parts that follow in patterns after the first `count` of a path.
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

/// A path that is spelled otherwise and has a route for the method.
fn nearly(known: &Known<'_>, method: &str, path: &str) -> Option<Nearly> {
    let clean = clean(path);
    let candidates = [path, &clean].map(|path| [path.to_owned(), other_slash(path)]);
    candidates.as_flattened().iter().find_map(|candidate| {
        let split = parts(candidate);
        let (_, own) = known.iter().find(|(route, own)| {
            route.answers(method) && pattern::takes(own, &split, Case::Folded)
        })?;
        let found = pattern::filled(own, &split);
        Some(Nearly {
            difference: Difference::of(path, &found),
            path: found,
        })
    })
}

impl Difference {
    fn of(path: &str, found: &str) -> Difference {
        if other_slash(path) == found {
            Difference::Slash
        } else if path.eq_ignore_ascii_case(found) {
            Difference::Case
        } else {
            Difference::Spelling
        }
    }
}

/// `path` with a slash at its end, or without.
fn other_slash(path: &str) -> String {
    match path.strip_suffix('/') {
        Some(without) if !without.is_empty() => without.to_owned(),
        _ => format!("{path}/"),
    }
}

/// `path` without empty segments, `.` and `..`.
fn clean(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let mut is_folder = false;
    for part in parts(path) {
        is_folder = matches!(part, "" | "." | "..");
        match part {
            "" | "." => {}
            ".." => drop(kept.pop()),
            part => kept.push(part),
        }
    }
    let end = if is_folder && !kept.is_empty() {
        "/"
    } else {
        ""
    };
    format!("/{}{end}", kept.join("/"))
}

/// The routes that are most like `path`.
fn nearest<'a>(known: &Known<'a>, method: &str, path: &str) -> Vec<&'a Route> {
    let mut ranked: Vec<_> = known
        .iter()
        .filter_map(|(route, own)| Some((distance(own, path)?, !route.answers(method), *route)))
        .collect();
    // What is as near stays in the order it was mounted.
    ranked.sort_by_key(|(distance, is_other_method, _)| (*distance, *is_other_method));
    ranked.truncate(NEAREST);
    ranked.into_iter().map(|(_, _, route)| route).collect()
}

/// How many characters of `path` are other than the route wants them, if they are few enough to be a slip.
fn distance(own: &[Segment], path: &str) -> Option<usize> {
    let most = said(own) / 3;
    let split = parts(path);
    let distance = strsim::damerau_levenshtein(path, &pattern::filled(own, &split));
    let is_slip = said(own) > 0 && distance <= most.max(1);
    is_slip.then_some(distance).or_else(|| {
        // The prefix of its group may have been forgotten.
        let below = own
            .len()
            .checked_sub(split.len())
            .and_then(|missing| own.get(missing..))?;
        let is_below = said(below) > 0 && pattern::takes(below, &split, Case::Strict);
        is_below.then_some(most)
    })
}

/// How many characters of text the segments have.
fn said(segments: &[Segment]) -> usize {
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
    fn it_is_told_how_far_a_path_matched_and_how_routes_go_on() {
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
            let found = miss.nearly.as_ref();
            let found = found.map(|nearly| (nearly.path.as_str(), nearly.difference));
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
            .takers
            .iter()
            .map(|route| route.method.as_str())
            .collect();
        assert_eq!(methods, ["GET", "POST"]);
    }
}
