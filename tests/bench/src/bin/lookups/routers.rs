//! The routers behind one trait: each finds the route of a path, and reads the name and the value of every param.

use std::hint::black_box;

use gin_router::{Params, Pattern, path};

/// A router under test.
pub(crate) trait Routes {
    const NAME: &'static str;

    /// Creates a router that has `patterns`.
    fn new(patterns: &[String]) -> Self;

    /// Looks `path` up and reads the params. Returns `true` if there is a route.
    fn look_up(&self, path: &str) -> bool;
}

pub(crate) struct Gin {
    router: gin_router::Router,
    patterns: Vec<Vec<String>>,
}

impl Routes for Gin {
    const NAME: &'static str = "gin";

    fn new(patterns: &[String]) -> Self {
        let mut router = gin_router::Router::default();
        let parsed = patterns
            .iter()
            .map(|text| Pattern::parse(text).expect("the sets hold patterns"));
        let names = |(leaf, pattern): (u32, Pattern)| {
            router
                .insert(&pattern, leaf)
                .expect("the shapes are different");
            pattern.names().map(str::to_owned).collect()
        };
        let patterns = (0..).zip(parsed).map(names).collect();
        Self { router, patterns }
    }

    fn look_up(&self, path: &str) -> bool {
        let mut params = Params::default();
        let Ok(path) = path::canonicalize(black_box(path)) else {
            return false;
        };
        let Some(leaf) = self.router.find(&path, &mut params) else {
            return false;
        };
        for param in self.patterns[leaf as usize]
            .iter()
            .zip(params.values(&path))
        {
            black_box(param);
        }
        true
    }
}

pub(crate) struct Matchit(matchit::Router<usize>);

impl Routes for Matchit {
    const NAME: &'static str = "matchit";

    fn new(patterns: &[String]) -> Self {
        let mut router = matchit::Router::new();
        for (leaf, pattern) in patterns.iter().enumerate() {
            router
                .insert(with_delimiters(pattern, "{", "}"), leaf)
                .expect("matchit takes the sets");
        }
        Self(router)
    }

    fn look_up(&self, path: &str) -> bool {
        let Ok(found) = self.0.at(black_box(path)) else {
            return false;
        };
        for param in found.params.iter() {
            black_box(param);
        }
        black_box(found.value);
        true
    }
}

pub(crate) struct Wayfind(wayfind::Router<usize>);

impl Routes for Wayfind {
    const NAME: &'static str = "wayfind";

    fn new(patterns: &[String]) -> Self {
        let mut router = wayfind::RouterBuilder::new();
        for (leaf, pattern) in patterns.iter().enumerate() {
            router
                .insert(&with_delimiters(pattern, "<", ">"), leaf)
                .expect("wayfind takes the sets");
        }
        Self(router.build())
    }

    fn look_up(&self, path: &str) -> bool {
        let Some(found) = self.0.search(black_box(path)) else {
            return false;
        };
        for param in found.parameters() {
            black_box(param);
        }
        black_box(found.data());
        true
    }
}

pub(crate) struct PathTree(path_tree::PathTree<usize>);

impl Routes for PathTree {
    const NAME: &'static str = "path-tree";

    fn new(patterns: &[String]) -> Self {
        let mut router = path_tree::PathTree::new();
        for (leaf, pattern) in patterns.iter().enumerate() {
            _ = router.insert(pattern, leaf);
        }
        Self(router)
    }

    fn look_up(&self, path: &str) -> bool {
        let Some((data, found)) = self.0.find(black_box(path)) else {
            return false;
        };
        for param in found.params_iter() {
            black_box(param);
        }
        black_box(data);
        true
    }
}

/// Rewrites `/:name/*rest` as `/{name}/{*rest}`, with the given delimiters for the braces.
fn with_delimiters(pattern: &str, open: &str, close: &str) -> String {
    let segments = pattern.split('/').map(|segment| match segment.as_bytes() {
        [b':', ..] => format!("{open}{}{close}", &segment[1..]),
        [b'*', ..] => format!("{open}{segment}{close}"),
        _ => segment.to_owned(),
    });
    segments.collect::<Vec<_>>().join("/")
}
