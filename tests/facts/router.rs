//! The facts about paths and patterns.

use gin_router::{Pattern, Router, path};
use serde::Deserialize;

use crate::table::{self, Table};

#[derive(Deserialize)]
struct Facts {
    suites: Vec<Suite>,
    case_insensitive: Vec<CaseSuite>,
    conflicts: Vec<Conflict>,
    clean_path: Vec<Cleaned>,
    join_paths: Vec<Joined>,
    superset: Superset,
    gin_holes: Cases<Hole>,
    empty_params: Cases<EmptyParam>,
}

#[derive(Deserialize)]
struct Suite {
    #[serde(rename = "suite")]
    name: String,
    #[serde(default)]
    options: Options,
    routes: Vec<Route>,
    requests: Vec<Request>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Options {
    remove_extra_slash: bool,
}

#[derive(Deserialize)]
struct Route {
    method: String,
    pattern: String,
}

#[derive(Deserialize)]
struct Request {
    method: String,
    path: String,
    expect: Expected,
}

#[derive(Debug, Deserialize)]
struct Expected {
    pattern: Option<String>,
    #[serde(default)]
    params: Vec<(String, String)>,
    tsr: Option<bool>,
}

#[derive(Deserialize)]
struct CaseSuite {
    routes: Vec<Route>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    r#in: String,
    fix_trailing_slash: bool,
    fixed_path: Option<String>,
}

#[derive(Deserialize)]
struct Conflict {
    existing: Vec<String>,
    new: String,
    #[serde(rename = "conflict")]
    is_refused: bool,
}

#[derive(Deserialize)]
struct Cleaned {
    r#in: String,
    out: String,
}

#[derive(Deserialize)]
struct Joined {
    base: String,
    relative: String,
    out: String,
}

#[derive(Deserialize)]
struct Superset {
    suites: Vec<Suite>,
    conflicts: Vec<Conflict>,
}

#[derive(Deserialize)]
struct Cases<T> {
    cases: Vec<T>,
}

#[derive(Deserialize)]
struct Hole {
    routes: Vec<Route>,
    path: String,
    correct: Expected,
}

#[derive(Deserialize)]
struct EmptyParam {
    routes: Vec<Route>,
    path: String,
    matchit: Expected,
}

/// Our differences in params: a `+` does not stand for a space, and values are always decoded.
const DECODED_OTHERWISE: [(&str, &str, &str); 2] = [
    (
        "gin/TestUnescapeParameters",
        "/src/some/file+test.png",
        "/some/file+test.png",
    ),
    (
        "gin/TestRouteRawPathNoUnescape",
        "/project/Some%2FOther%2FProject/build/333",
        "Some/Other/Project",
    ),
];

/// Patterns that gin refuses, although no other pattern has their shape. With us a catch-all has the lowest precedence, so it
/// conflicts with no other pattern.
const NO_CONFLICT: [&str; 9] = [
    "/cmd/*path",
    "/src/:file",
    "/src/",
    "/src1/*filepath",
    "/static/",
    "/src/*filepath",
    "/*filepath",
    "/who/are/foo/",
    "/who/are/foo/bar",
];

#[test]
#[cfg_attr(not(has_facts), ignore = "needs ../shared/data")]
fn every_path_matches_as_in_gin_and_matchit() {
    let facts = facts();
    let suites = facts.suites.iter().chain(&facts.superset.suites);
    assert!(suites.map(holds).sum::<usize>() > 300);
}

fn holds(suite: &Suite) -> usize {
    let table = table(&suite.routes);
    for request in &suite.requests {
        let path = if suite.options.remove_extra_slash {
            path::clean(&request.path)
        } else {
            request.path.clone()
        };
        let name = format!("{} {} {path}", suite.name, request.method);
        let mut expected = expected(&request.expect);
        if let Some((_, _, value)) = DECODED_OTHERWISE
            .iter()
            .find(|row| (row.0, row.1) == (suite.name.as_str(), request.path.as_str()))
        {
            let params = &mut expected.as_mut().expect("the path matches").1;
            assert_ne!(params[0].1, *value, "{name} is no difference");
            (*value).clone_into(&mut params[0].1);
        }
        assert_eq!(table.find(&request.method, &path), expected, "{name}");
        if let Some(is_redirected) = request.expect.tsr {
            let other = path::toggle_trailing_slash(&path)
                .and_then(|path| table.find(&request.method, &path));
            assert_eq!(
                other.is_some(),
                is_redirected,
                "{name} with the other slash"
            );
        }
    }
    suite.requests.len()
}

#[test]
#[cfg_attr(not(has_facts), ignore = "needs ../shared/data")]
fn matches_that_gin_misses_are_found() {
    let facts = facts();
    for hole in facts.gin_holes.cases {
        let found = table(&hole.routes).find("GET", &hole.path);
        assert_eq!(found, expected(&hole.correct), "{}", hole.path);
    }
}

#[test]
#[cfg_attr(not(has_facts), ignore = "needs ../shared/data")]
fn an_empty_param_never_matches() {
    let facts = facts();
    for case in facts.empty_params.cases {
        let found = table(&case.routes).find("GET", &case.path);
        assert_eq!(found, expected(&case.matchit), "{}", case.path);
    }
}

#[test]
#[cfg_attr(not(has_facts), ignore = "needs ../shared/data")]
fn the_case_of_letters_is_fixed() {
    let facts = facts();
    for suite in facts.case_insensitive {
        let router = table(&suite.routes).router;
        for case in suite.cases {
            let fix = |path: &str| router.fix_case(path, |_| true);
            let other =
                || path::toggle_trailing_slash(&case.r#in).filter(|_| case.fix_trailing_slash);
            let fixed = fix(&case.r#in).or_else(|| fix(&other()?));
            assert_eq!(fixed, case.fixed_path, "{}", case.r#in);
        }
    }
}

#[test]
#[cfg_attr(not(has_facts), ignore = "needs ../shared/data")]
fn only_equal_shapes_conflict() {
    let facts = facts();
    let mut differences = Vec::new();
    for case in facts.conflicts.iter().chain(&facts.superset.conflicts) {
        let mut router = Router::default();
        for (leaf, text) in (0..).zip(&case.existing) {
            let pattern = Pattern::parse(text).expect(text);
            // Some rows contain patterns that gin itself had refused.
            _ = router.insert(&pattern, leaf);
        }
        let is_refused = Pattern::parse(&case.new).is_err()
            || Pattern::parse(&case.new).is_ok_and(|new| router.insert(&new, 1000).is_err());
        if is_refused != case.is_refused {
            assert!(
                case.is_refused,
                "{} conflicts with none of {:?}",
                case.new, case.existing
            );
            differences.push(case.new.as_str());
        }
    }
    assert_eq!(differences, NO_CONFLICT);
}

#[test]
#[cfg_attr(not(has_facts), ignore = "needs ../shared/data")]
fn paths_are_cleaned_and_joined() {
    let facts = facts();
    for case in facts.clean_path {
        assert_eq!(path::clean(&case.r#in), case.out, "{}", case.r#in);
    }
    for case in facts.join_paths {
        let joined = path::join(&case.base, &case.relative);
        assert_eq!(joined, case.out, "{} + {}", case.base, case.relative);
    }
}

fn facts() -> Facts {
    crate::read()
}

fn table(routes: &[Route]) -> Table {
    routes
        .iter()
        .map(|route| (route.method.as_str(), route.pattern.as_str()))
        .collect()
}

fn expected(expected: &Expected) -> Option<table::Found> {
    Some((expected.pattern.clone()?, expected.params.clone()))
}
