//! The case-insensitive search, for a redirect to the spelling that matches.

use crate::case_folding::{is_same_folded, strip_prefix_folded};
use crate::router::{Node, ROOT, Router};

impl Router {
    /// Returns `path` with the case of static text corrected to that of the pattern it matches case-insensitively.
    ///
    /// If it matches several patterns that `accepts` allows, precedence decides; exact static text comes first. Values stay as they
    /// are.
    ///
    /// ```
    /// use gin_router::{Pattern, Router};
    ///
    /// let mut router = Router::default();
    /// router.insert(&Pattern::parse("/users/:name/posts")?, 0).expect("the router is empty");
    /// assert_eq!(router.fix_case("/Users/Ann/POSTS", |_| true).as_deref(), Some("/users/Ann/posts"));
    /// assert_eq!(router.fix_case("/users/Ann/photos", |_| true), None);
    /// # Ok::<(), gin_router::PatternError>(())
    /// ```
    pub fn fix_case(&self, path: &str, mut accepts: impl FnMut(u32) -> bool) -> Option<String> {
        let mut search = Search {
            router: self,
            fixed: String::with_capacity(path.len()),
            accepts: &mut accepts,
        };
        search
            .matches(ROOT, path.strip_prefix('/'))
            .then_some(search.fixed)
    }
}

struct Search<'a> {
    router: &'a Router,
    fixed: String,
    accepts: &'a mut dyn FnMut(u32) -> bool,
}

impl Search<'_> {
    /// Matches `path`, or what is left of it, below `node`. On success its fixed spelling has been added to `fixed`.
    fn matches(&mut self, node: u32, path: Option<&str>) -> bool {
        let router = self.router;
        let node = router.node(node);
        let Some(path) = path else {
            return node.leaf.is_some_and(|leaf| (self.accepts)(leaf));
        };
        let (segment, rest) = path
            .split_once('/')
            .map_or((path, None), |(segment, rest)| (segment, Some(rest)));
        self.matches_static(node, segment, rest)
            || self.matches_param(node, segment, rest)
            || self.matches_catch_all(node, path)
    }

    fn matches_static(&mut self, node: &Node, segment: &str, rest: Option<&str>) -> bool {
        let router = self.router;
        let children = || siblings(router, node.first_static);
        let exact = children().filter(|(_, child)| *child.text == *segment);
        let other = children()
            .filter(|(_, child)| *child.text != *segment && is_same_folded(&child.text, segment));
        exact
            .chain(other)
            .any(|(index, child)| self.matches_through(index, &child.text, "", rest))
    }

    fn matches_param(&mut self, node: &Node, segment: &str, rest: Option<&str>) -> bool {
        let router = self.router;
        siblings(router, node.prefix)
            .chain(siblings(router, node.param))
            .any(
                |(index, child)| match strip_prefix_folded(segment, &child.text) {
                    None | Some("") => false,
                    Some(value) => self.matches_through(index, &child.text, value, rest),
                },
            )
    }

    fn matches_catch_all(&mut self, node: &Node, path: &str) -> bool {
        let is_match = node.catch_all.is_some_and(|leaf| (self.accepts)(leaf));
        if is_match {
            self.fixed.extend(["/", path]);
        }
        is_match
    }

    fn matches_through(&mut self, child: u32, text: &str, value: &str, rest: Option<&str>) -> bool {
        let len = self.fixed.len();
        self.fixed.extend(["/", text, value]);
        let is_match = self.matches(child, rest);
        if !is_match {
            self.fixed.truncate(len);
        }
        is_match
    }
}

fn siblings(router: &Router, first: Option<u32>) -> impl Iterator<Item = (u32, &Node)> {
    let mut next = first;
    std::iter::from_fn(move || {
        let index = next?;
        let node = router.node(index);
        next = node.sibling;
        Some((index, node))
    })
}
