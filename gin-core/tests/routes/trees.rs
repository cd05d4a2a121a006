//! Random trees of groups, each request compared with a small model.

use std::collections::HashSet;

use gin::BoxFuture;
use gin::middleware::Middleware;
use gin::prelude::*;
use gin::testing::Client;

use crate::around::{mark, ran};

const METHODS: [&str; 3] = ["GET", "POST", "PUT"];
const PREFIXES: [&str; 4] = ["", "", "/a", "/b"];
const PATTERNS: [&str; 2] = ["/x", "/y"];

/// A reproducible sequence of numbers.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005);
        self.0 = self.0.wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits fit") % limit
    }
}

/// A middleware with a number as its name.
struct Numbered(usize);

impl Middleware for Numbered {
    fn call<'a>(&'a self, cx: &'a mut Context, next: Next<'a>) -> BoxFuture<'a, Response> {
        Box::pin(async move {
            let mut response = next.run(cx).await;
            mark(&mut response, &self.0.to_string());
            response
        })
    }
}

/// A group of the model. Its number is the name of its middleware.
struct Node {
    parent: Option<usize>,
    prefix: String,
    has_fallback: bool,
    is_entered: bool,
}

/// A route of the model.
struct Leaf {
    node: usize,
    method: &'static str,
    path: String,
}

#[derive(Default)]
struct Model {
    nodes: Vec<Node>,
    leaves: Vec<Leaf>,
    taken: HashSet<String>,
}

impl Model {
    /// Makes a group and its part of the model.
    fn group(&mut self, numbers: &mut Numbers, parent: Option<usize>, depth: usize) -> Group {
        let own = PREFIXES[numbers.below(PREFIXES.len())];
        let outer = parent.map_or("", |parent| &self.nodes[parent].prefix);
        let prefix = format!("{outer}{own}");
        let node = self.nodes.len();
        let has_fallback = numbers.below(3) == 0 && self.taken.insert(format!("*{prefix}"));
        self.nodes.push(Node {
            parent,
            has_fallback,
            is_entered: !own.is_empty() || has_fallback,
            prefix: prefix.clone(),
        });
        let mut group = Group::new(own).with(Numbered(node));
        if has_fallback {
            group = group.fallback(async || "fallback");
        }
        for _ in 0..numbers.below(3) {
            let method = numbers.below(METHODS.len());
            let pattern = PATTERNS[numbers.below(PATTERNS.len())];
            let path = format!("{prefix}{pattern}");
            if self.taken.insert(format!("{method} {path}")) {
                let methods = &METHODS[method..=method];
                group = group.mount([Route::new(methods, pattern, async || "")]);
                let method = METHODS[method];
                self.leaves.push(Leaf { node, method, path });
            }
        }
        for _ in 0..numbers.below(if depth == 0 { 1 } else { 4 }) {
            group = group.nest(self.group(numbers, Some(node), depth - 1));
        }
        group
    }

    /// Returns the groups around a node and itself, from the outside in.
    fn around(&self, node: usize) -> Vec<usize> {
        let outer = self.nodes[node].parent.map(|parent| self.around(parent));
        let mut around = outer.unwrap_or_default();
        around.push(node);
        around
    }

    /// Returns the status of a request and the groups whose middleware runs.
    fn expected(&self, method: &str, path: &str) -> (u16, Vec<usize>) {
        let matching = || self.leaves.iter().filter(|leaf| leaf.path == path);
        if let Some(leaf) = matching().find(|leaf| leaf.method == method) {
            return (200, self.around(leaf.node));
        }
        let status = if method == "OPTIONS" { 204 } else { 405 };
        let chains = matching().map(|leaf| self.around(leaf.node));
        let common = chains.reduce(|a, b| {
            let both = a.iter().zip(&b).take_while(|(a, b)| a == b);
            both.map(|(a, _)| *a).collect()
        });
        common.map_or_else(|| self.missing(path), |common| (status, common))
    }

    fn missing(&self, path: &str) -> (u16, Vec<usize>) {
        let covers = |node: &Node| {
            let rest = path.strip_prefix(&node.prefix);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let entered = (0..self.nodes.len()).filter(|node| self.nodes[*node].is_entered);
        // The last of several equal ones is the greatest, so the first node of a prefix counts as greater than the others.
        let nearest = entered
            .filter(|node| covers(&self.nodes[*node]))
            .max_by_key(|node| {
                let of = &self.nodes[*node];
                (of.prefix.len(), of.has_fallback, usize::MAX - node)
            });
        let around = self.around(nearest.unwrap_or(0));
        let owner = around
            .iter()
            .rposition(|node| self.nodes[*node].has_fallback);
        match owner {
            Some(owner) => (200, around[..=owner].to_vec()),
            None => (404, around),
        }
    }
}

#[tokio::test]
async fn the_groups_that_respond_are_those_of_the_model() {
    let prefixes = ["", "/a", "/b", "/a/a", "/a/b", "/b/a", "/b/b"];
    for seed in 0..200 {
        let mut model = Model::default();
        let app = model.group(&mut Numbers(seed), None, 3);
        let client = Client::new(app);
        for path in prefixes
            .iter()
            .flat_map(|prefix| ["/x", "/y", "/z"].map(|end| format!("{prefix}{end}")))
        {
            for method in ["GET", "POST", "PUT", "OPTIONS"] {
                let (status, groups) = model.expected(method, &path);
                let response = client.request(method, &path).await;
                let names: Vec<_> = groups.iter().map(ToString::to_string).collect();
                assert_eq!(
                    (response.status().as_u16(), ran(&response)),
                    (status, names),
                    "{seed}: {method} {path}"
                );
            }
        }
    }
}
