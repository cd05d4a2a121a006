//! The tree against the rule that it implements: of all matching patterns, the first by precedence, segment by segment.

use std::cmp::Reverse;

use gin_router::{Params, Pattern, Router};

/// The number of lookups in total.
const LOOKUPS: usize = 1_000_000;
/// The number of lookups in one set of routes.
const PATHS: usize = 200;

#[test]
fn the_tree_finds_what_trying_every_pattern_finds() {
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let mut found = 0;
    for _ in 0..LOOKUPS / PATHS {
        let routes = routes(&mut random);
        let tree = tree(&routes);
        for _ in 0..PATHS {
            let path = random.path();
            // Half of the lookups refuse some of the routes, as an engine does for a method, and half refuse some values, as it
            // does for params that have a type.
            let refused = random.below(2) * random.below(4);
            let length = random.below(2) * random.below(4);
            let accepts = |leaf: usize, values: &[&str]| {
                let parses = values.iter().all(|value| value.len() % 4 != length);
                (refused == 0 || leaf % 4 != refused) && (length == 0 || parses)
            };
            let expected = brute_force(&routes, &path, accepts);
            let mut params = Params::default();
            let leaf = tree.find_with(&path, &mut params, |leaf, params| {
                let values: Vec<_> = params.values(&path).collect();
                accepts(leaf as usize, &values)
            });
            let actual = leaf.map(|leaf| (leaf as usize, params.values(&path).collect()));
            assert_eq!(actual, expected, "{path} in {routes:?}");
            found += usize::from(actual.is_some());
        }
    }
    assert!(
        (LOOKUPS / 10..LOOKUPS / 10 * 9).contains(&found),
        "{found} of the paths match: the draw is lopsided"
    );
}

#[test]
fn an_uppercase_path_is_fixed_to_one_with_the_same_match() {
    let mut random = Random(0x0DDB_1A5E_5BAD_5EED);
    for _ in 0..LOOKUPS / PATHS / 10 {
        let routes = routes(&mut random);
        let tree = tree(&routes);
        for _ in 0..PATHS {
            let path = random.path();
            let find = |path: &str| tree.find(path, &mut Params::default());
            let fixed = tree.fix_case(&path.to_uppercase(), |_| true);
            assert_eq!(
                fixed.and_then(|path| find(&path)),
                find(&path),
                "{path} in {routes:?}"
            );
        }
    }
}

/// Returns the first of the matching patterns by precedence, and its values.
fn brute_force<'p>(
    routes: &[String],
    path: &'p str,
    accepts: impl Fn(usize, &[&str]) -> bool,
) -> Option<(usize, Vec<&'p str>)> {
    let matches = (0..routes.len())
        .filter_map(|leaf| Some((match_one(&routes[leaf], path)?, leaf)))
        .filter(|((_, values), leaf)| accepts(*leaf, values));
    matches
        .min_by(|a, b| a.0.0.cmp(&b.0.0))
        .map(|((_, values), leaf)| (leaf, values))
}

/// The strength of each segment's match, and the values.
type Match<'p> = (Vec<Strength>, Vec<&'p str>);

/// The strength of a segment's match, strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Strength {
    Static,
    Prefix(Reverse<usize>),
    Param,
    CatchAll,
}

fn match_one<'p>(pattern: &str, path: &'p str) -> Option<Match<'p>> {
    let (mut strengths, mut values) = (Vec::new(), Vec::new());
    let mut unmatched = Some(path.strip_prefix('/')?);
    for segment in pattern[1..].split('/') {
        let left = unmatched?;
        if segment.starts_with('*') {
            strengths.push(Strength::CatchAll);
            values.push(&path[path.len() - left.len() - 1..]);
            return Some((strengths, values));
        }
        let (value, after) = left
            .split_once('/')
            .map_or((left, None), |(value, after)| (value, Some(after)));
        unmatched = after;
        match segment.split_once(':') {
            None if segment == value => strengths.push(Strength::Static),
            None => return None,
            Some((prefix, _)) => {
                let value = value
                    .strip_prefix(prefix)
                    .filter(|value| !value.is_empty())?;
                strengths.push(if prefix.is_empty() {
                    Strength::Param
                } else {
                    Strength::Prefix(Reverse(prefix.len()))
                });
                values.push(value);
            }
        }
    }
    unmatched.is_none().then_some((strengths, values))
}

fn tree(routes: &[String]) -> Router {
    let mut tree = Router::default();
    for (leaf, text) in (0..).zip(routes) {
        let pattern = Pattern::parse(text).expect(text);
        tree.insert(&pattern, leaf)
            .expect("the shapes are different");
    }
    tree
}

/// Up to 16 routes of different shapes.
fn routes(random: &mut Random) -> Vec<String> {
    let mut routes: Vec<String> = Vec::new();
    for _ in 0..=random.below(16) {
        let pattern = random.pattern();
        if !routes
            .iter()
            .any(|other| gin_router::same_shape(other, &pattern))
        {
            routes.push(pattern);
        }
    }
    routes
}

/// Static texts that are short, about eight bytes, and long; some are prefixes of others.
const TEXTS: [&str; 10] = [
    "a",
    "b",
    "ab",
    "abc",
    "abcdefg",
    "abcdefgh",
    "abcdefghi",
    "abcdefghijklmnop",
    "abcdefgh-jklmnopqr",
    "abcdefgh+jklmnopqr",
];

/// Marsaglia's xorshift64, which yields the same numbers on every run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).expect("31 bits fit") % bound
    }

    fn text(&mut self) -> &'static str {
        // The first texts are the most likely, so that patterns and paths often match.
        let last = 1 + self.below(TEXTS.len());
        TEXTS[self.below(last)]
    }

    fn pattern(&mut self) -> String {
        let mut pattern = String::new();
        for _ in 0..=self.below(4) {
            match self.below(8) {
                0..4 => pattern.extend(["/", self.text()]),
                4 => pattern.extend(["/", self.text(), ":p"]),
                _ => pattern.push_str("/:p"),
            }
        }
        match self.below(8) {
            0 => pattern.push_str("/*r"),
            1 => pattern.push('/'),
            _ => {}
        }
        pattern
    }

    fn path(&mut self) -> String {
        let mut path = String::new();
        for _ in 0..=self.below(5) {
            match self.below(8) {
                0 => path.push('/'),
                1 => path.extend(["/", self.text(), self.text()]),
                _ => path.extend(["/", self.text()]),
            }
        }
        path
    }
}
