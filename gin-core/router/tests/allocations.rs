//! A lookup does not allocate.

use std::hint::black_box;

use allocation_counter::measure;
use gin_router::{Params, Pattern, Router, path};

#[test]
fn a_lookup_allocates_nothing() {
    let routes = include_str!("routes/github.txt").lines();
    let patterns: Vec<_> = routes
        .filter_map(|line| line.strip_prefix("GET "))
        .collect();
    let mut tree = Router::default();
    for (leaf, text) in (0..).zip(&patterns) {
        let pattern = Pattern::parse(text).expect(text);
        tree.insert(&pattern, leaf)
            .expect("the shapes are different");
    }
    let mut found = 0;
    let count = measure(|| {
        let mut params = Params::default();
        for text in &patterns {
            let path = path::canonicalize(text).expect("no pattern has a percent sign");
            found += usize::from(tree.find(&path, &mut params).is_some());
            for value in params.values(&path) {
                black_box(path::decode(value));
            }
        }
    });
    assert_eq!(found, patterns.len());
    assert_eq!(count.count_total, 0);
}
