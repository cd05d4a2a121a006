//! The rules of routing, one by one.

mod table;

use std::fmt::Write;

use gin_router::{Params, Pattern, Router};
use table::Table;

/// The pattern that a path matches, and its values.
type Match<'a> = Option<(&'a str, &'a [&'a str])>;

/// Asserts that each path matches the given one of `patterns`, with the given values.
fn assert_matches(patterns: &[&str], cases: &[(&str, Match<'_>)]) {
    let table: Table = patterns.iter().map(|pattern| ("GET", *pattern)).collect();
    for (path, expected) in cases {
        let found = table.find("GET", path);
        let found = found.as_ref().map(|(pattern, params)| {
            let values: Vec<_> = params.iter().map(|(_, value)| value.as_str()).collect();
            (pattern.as_str(), values)
        });
        assert_eq!(
            found,
            expected.map(|(pattern, values)| (pattern, values.to_vec())),
            "{path}"
        );
    }
}

#[test]
fn static_text_comes_before_prefixes_before_params_before_catch_alls() {
    assert_matches(
        &["/*rest", "/:param", "/u:short", "/user_:long", "/user_ann"],
        &[
            ("/user_ann", Some(("/user_ann", &[]))),
            ("/user_bob", Some(("/user_:long", &["bob"]))),
            ("/user", Some(("/u:short", &["ser"]))),
            ("/user_", Some(("/u:short", &["ser_"]))),
            ("/u", Some(("/:param", &["u"]))),
            ("/other", Some(("/:param", &["other"]))),
            ("/other/", Some(("/*rest", &["/other/"]))),
            ("/", Some(("/*rest", &["/"]))),
        ],
    );
}

#[test]
fn dead_ends_are_backtracked() {
    assert_matches(
        &[
            "/a/b/c/d",
            "/a/b/:x/e",
            "/a/p:x/c/f",
            "/a/:x/c/g",
            "/:w/b/c/h",
            "/a/*rest",
        ],
        &[
            ("/a/b/c/d", Some(("/a/b/c/d", &[]))),
            ("/a/b/c/e", Some(("/a/b/:x/e", &["c"]))),
            ("/a/pb/c/f", Some(("/a/p:x/c/f", &["b"]))),
            ("/a/pb/c/g", Some(("/a/:x/c/g", &["pb"]))),
            ("/a/b/c/h", Some(("/a/*rest", &["/b/c/h"]))),
            ("/x/b/c/h", Some(("/:w/b/c/h", &["x"]))),
            ("/x/b/c/d", None),
        ],
    );
}

#[test]
fn a_catch_all_takes_the_rest_with_its_slash() {
    assert_matches(
        &["/src/*path", "/x/:a/*b"],
        &[
            ("/src/", Some(("/src/*path", &["/"]))),
            ("/src//", Some(("/src/*path", &["//"]))),
            ("/src/a/b", Some(("/src/*path", &["/a/b"]))),
            ("/src", None),
            ("/x/1/2/3/", Some(("/x/:a/*b", &["1", "/2/3/"]))),
            ("/x//2", None),
        ],
    );
}

#[test]
fn an_encoded_slash_stays_in_its_segment() {
    assert_matches(
        &["/files/:name", "/files/:dir/:name", "/a b/100%/é"],
        &[
            ("/files/a%2Fb", Some(("/files/:name", &["a/b"]))),
            ("/files%2fa/b", None),
            ("/files/a%252Fb", Some(("/files/:name", &["a%2Fb"]))),
            ("/fil%65s/%61+b", Some(("/files/:name", &["a+b"]))),
            ("/a%20b/100%25/%C3%A9", Some(("/a b/100%/é", &[]))),
        ],
    );
}

#[test]
fn escaped_colons_and_asterisks_match_themselves() {
    assert_matches(
        &["/v1/\\:batch", "/v1/:name", "/\\*", "/at\\::time"],
        &[
            ("/v1/:batch", Some(("/v1/\\:batch", &[]))),
            ("/v1/batch", Some(("/v1/:name", &["batch"]))),
            ("/*", Some(("/\\*", &[]))),
            ("/at:noon", Some(("/at\\::time", &["noon"]))),
            ("/at:", None),
        ],
    );
}

#[test]
fn text_that_is_not_a_path_is_not_found() {
    assert_matches(
        &["/*rest", "/:a", "/"],
        &[("", None), ("*", None), ("a", None), ("a/b", None)],
    );
}

#[test]
fn a_pattern_of_equal_shape_is_refused_with_the_first_one() {
    let mut router = Router::default();
    let mut insert = |text, leaf| router.insert(&Pattern::parse(text).expect(text), leaf);
    for (leaf, text) in (0..).zip(["/", "/:a", "/x_:a", "/*a", "/\\:a", "/:a/", "/a%20"]) {
        assert_eq!(insert(text, leaf), Ok(()), "{text}");
    }
    for (leaf, text) in (0..).zip(["/", "/:b", "/x_:b", "/*b", "/\\:a", "/:b/", "/a%20"]) {
        assert_eq!(insert(text, 100), Err(leaf), "{text}");
    }
}

#[test]
fn a_refused_leaf_leaves_the_path_to_the_others() {
    let table: Table = [
        ("GET", "/users/me"),
        ("DELETE", "/users/:id"),
        ("GET", "/*rest"),
        ("PUT", "/users/:name"),
    ]
    .into_iter()
    .collect();
    let found = |method| table.find(method, "/users/me").map(|(pattern, _)| pattern);
    assert_eq!(found("GET").as_deref(), Some("/users/me"));
    assert_eq!(found("DELETE").as_deref(), Some("/users/:id"));
    assert_eq!(found("PUT").as_deref(), Some("/users/:name"));
    assert_eq!(found("PATCH"), None);
    assert_eq!(
        table.find("GET", "/users/you").map(|found| found.1),
        Some(vec![("rest".into(), "/users/you".into())])
    );
}

#[test]
fn all_routes_of_github_share_one_tree() {
    let routes = include_str!("routes/github.txt")
        .lines()
        .map(|line| line.split_once(' ').expect("method and pattern"));
    let table: Table = routes.clone().collect();
    assert_eq!(routes.clone().count(), 239);
    for (method, pattern) in routes {
        let path = pattern.replace(':', "1").replace('*', "2/");
        let (found, _) = table.find(method, &path).expect(pattern);
        assert_eq!(found, pattern);
    }
}

#[test]
fn sixty_four_params_and_a_thousand_segments_are_found() {
    let (mut pattern, mut path) = (String::new(), String::new());
    for index in 0..64 {
        write!(pattern, "/:p{index}").expect("writing to a string cannot fail");
        write!(path, "/{index}").expect("writing to a string cannot fail");
    }
    let (long, rest) = ("/a".repeat(1000), format!("{}/*rest", "/:a".repeat(1000)));
    let values: Vec<_> = (0..64).map(|index| index.to_string()).collect();
    let values: Vec<_> = values.iter().map(String::as_str).collect();
    let mut taken = vec!["a"; 1000];
    taken.push("/b");
    assert_matches(
        &[&pattern, &long, &rest],
        &[
            (&path, Some((&pattern, &values))),
            (&long, Some((&long, &[]))),
            (&format!("{long}/b"), Some((&rest, &taken))),
        ],
    );
}

#[test]
fn a_backtracked_value_leaves_no_trace() {
    let nine = "/:p".repeat(9);
    assert_matches(
        &[&format!("{nine}/p:x/c"), &format!("{nine}/:x/d")],
        &[(
            "/1/2/3/4/5/6/7/8/9/pb/d",
            Some((
                &format!("{nine}/:x/d"),
                &["1", "2", "3", "4", "5", "6", "7", "8", "9", "pb"],
            )),
        )],
    );
}

#[test]
fn the_case_of_static_text_can_be_fixed() {
    let table: Table = [
        "/Files/:name/Edit",
        "/:a/other",
        "/img_:id",
        "/FILES/x",
        "/up/*path",
    ]
    .into_iter()
    .map(|pattern| ("GET", pattern))
    .collect();
    let cases = [
        ("/files/Ann/EDIT", Some("/Files/Ann/Edit")),
        ("/fiLEs/OTHER", Some("/fiLEs/other")),
        ("/FILES/X", Some("/FILES/x")),
        ("/IMG_Y", Some("/img_Y")),
        ("/IMG_", None),
        ("/UP/Any/thing", Some("/up/Any/thing")),
        ("/files//edit", None),
        ("", None),
        ("*", None),
    ];
    for (path, fixed) in cases {
        assert_eq!(
            table.router.fix_case(path, |_| true).as_deref(),
            fixed,
            "{path}"
        );
    }
    assert_eq!(table.router.fix_case("/UP/", |_| false), None);
}

#[test]
fn the_case_of_a_thousand_segments_can_be_fixed() {
    let long = "/a".repeat(1000);
    let table: Table = [("GET", long.as_str())].into_iter().collect();
    let fixed = table.router.fix_case(&long.to_uppercase(), |_| true);
    assert_eq!(fixed, Some(long));
}

#[test]
fn a_hundred_thousand_routes_are_loaded_and_found() {
    let texts: Vec<_> = (0..100_000)
        .map(|n| format!("/group{}/of{}/item{n}/:id", n % 100, n % 1000))
        .collect();
    let mut router = Router::default();
    for (leaf, text) in (0..).zip(&texts) {
        router
            .insert(&Pattern::parse(text).expect(text), leaf)
            .expect("the shapes are different");
    }
    let mut params = Params::default();
    for (leaf, text) in (0..).zip(&texts) {
        assert_eq!(router.find(text, &mut params), Some(leaf));
        assert_eq!(params.value(0, text), Some(":id"));
    }
}
