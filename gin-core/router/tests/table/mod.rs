//! A router as an engine uses it, with a method table behind each leaf.

use gin_router::{Params, Pattern, Router, path};

/// A pattern that was found, and its params by name.
pub(crate) type Found = (String, Vec<(String, String)>);

/// A table of routes, each a method and a pattern.
#[derive(Default)]
pub(crate) struct Table {
    pub(crate) router: Router,
    leaves: Vec<Vec<(String, Pattern)>>,
}

impl Table {
    /// Finds the route for `method` and `path`, and decodes its values.
    pub(crate) fn find(&self, method: &str, path: &str) -> Option<Found> {
        let path = path::canonicalize(path).expect("the path is well-formed");
        let mut params = Params::default();
        let leaf = self.router.find_with(&path, &mut params, |leaf, _| {
            self.pattern(leaf, method).is_some()
        })?;
        let pattern = self.pattern(leaf, method)?;
        let values = params
            .values(&path)
            .map(|value| String::from_utf8_lossy(&path::decode(value)).into_owned());
        Some((
            pattern.to_string(),
            pattern.names().map(str::to_owned).zip(values).collect(),
        ))
    }

    fn pattern(&self, leaf: u32, method: &str) -> Option<&Pattern> {
        let routes = &self.leaves[leaf as usize];
        routes
            .iter()
            .find_map(|(taken, pattern)| (taken == method).then_some(pattern))
    }
}

impl<'a> FromIterator<(&'a str, &'a str)> for Table {
    fn from_iter<I: IntoIterator<Item = (&'a str, &'a str)>>(routes: I) -> Self {
        let mut table = Self::default();
        for (method, text) in routes {
            let pattern = Pattern::parse(text).expect(text);
            let leaf = table.leaves.len().try_into().expect("few routes");
            let leaf = table
                .router
                .insert(&pattern, leaf)
                .map_or_else(|taken| taken as usize, |()| table.leaves.len());
            table
                .leaves
                .resize_with(table.leaves.len().max(leaf + 1), Vec::new);
            table.leaves[leaf].push((method.to_owned(), pattern));
        }
        table
    }
}
