//! Processes beside the app, as the proxy and the pages see them.

use std::sync::Arc;

use tokio::sync::watch;

use crate::state::Status;

/// A process beside the app: a front end's server, a compiler of styles, a worker.
#[derive(Clone, Debug)]
pub(crate) struct Side {
    pub(crate) name: Arc<str>,
    /// The paths whose requests it gets. The rest is the app's.
    pub(crate) routes: Vec<Route>,
    /// The paths among these that stay the app's.
    pub(crate) except: Vec<Route>,
    pub(crate) origin: Origin,
    /// Its phase. It builds nothing: its attempts are its starts.
    pub(crate) status: watch::Receiver<Status>,
    /// The number of requests that it has yet to respond to.
    pub(crate) pending: watch::Sender<usize>,
}

/// The origin of a process's program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// A binary of the workspace, which is built with the app.
    Workspace,
    /// A command, which watches its files itself.
    Elsewhere,
}

/// All processes beside the app.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sides(Arc<[Side]>);

/// A pattern of paths that belong to a process: `/` or `/index.html`, which is one path, or `/src/*`, which is all below.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    /// This path alone.
    Path(String),
    /// All paths with this beginning, which ends with `/`.
    Below(String),
}

/// The reason why a text is not a [`Route`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BadRoute {
    /// It does not begin with `/`.
    Relative,
    /// It has a `*` elsewhere than in a last `/*`.
    Star,
    /// It is the dev server's own: `/__gin`.
    Own,
}

impl BadRoute {
    /// Returns the rule that the text breaks.
    pub(crate) fn rule(self) -> &'static str {
        match self {
            BadRoute::Relative => "a route begins with `/`",
            BadRoute::Star => "`*` can only be the last part of a route, as in `/src/*`",
            BadRoute::Own => "`/__gin` is the dev server's own",
        }
    }
}

impl Route {
    /// Reads a pattern.
    pub(crate) fn parse(text: &str) -> Result<Route, BadRoute> {
        let beginning = text.strip_suffix('*').unwrap_or(text);
        if !text.starts_with('/') {
            return Err(BadRoute::Relative);
        }
        if beginning.contains('*') || (beginning != text && !beginning.ends_with('/')) {
            return Err(BadRoute::Star);
        }
        let path = beginning.trim_end_matches('/');
        if path == "/__gin" || path.starts_with("/__gin/") {
            return Err(BadRoute::Own);
        }
        Ok(if beginning == text {
            Route::Path(text.to_owned())
        } else {
            Route::Below(beginning.to_owned())
        })
    }

    /// Returns the pattern as it was written.
    pub(crate) fn pattern(&self) -> String {
        match self {
            Route::Path(path) => path.clone(),
            Route::Below(beginning) => format!("{beginning}*"),
        }
    }

    /// Returns `true` if all paths of `other` match, too.
    pub(crate) fn covers(&self, other: &Route) -> bool {
        match (self, other) {
            (Route::Below(own), Route::Below(path) | Route::Path(path)) => {
                path.starts_with(own.as_str())
            }
            (Route::Path(own), Route::Path(path)) => own == path,
            (Route::Path(_), Route::Below(_)) => false,
        }
    }

    /// Returns the length of the part that a path has in common with the pattern, or `None` if it does not match. A whole path is
    /// worth more than a beginning of the same length.
    fn weight(&self, path: &str) -> Option<usize> {
        match self {
            Route::Path(own) => (own == path).then_some(2 * own.len() + 1),
            Route::Below(beginning) => path
                .starts_with(beginning.as_str())
                .then_some(2 * beginning.len()),
        }
    }
}

impl Sides {
    /// Returns the set of these processes.
    pub(crate) fn new(sides: Vec<Side>) -> Sides {
        Sides(sides.into())
    }

    /// Returns the process that gets the requests for a path: that with the longest pattern. `None` if the path is the app's.
    pub(crate) fn index_of(&self, path: &str) -> Option<usize> {
        let sides = self.0.iter().enumerate();
        let weights = sides.filter_map(|(index, side)| {
            let weight = longest(&side.routes, path)?;
            let is_own = longest(&side.except, path).is_none_or(|except| except < weight);
            is_own.then_some((weight, index))
        });
        weights.max().map(|(_, index)| index)
    }

    /// Returns the processes in their order.
    pub(crate) fn iter(&self) -> std::slice::Iter<'_, Side> {
        self.0.iter()
    }
}

/// Returns the weight of the longest pattern that matches a path.
fn longest(routes: &[Route], path: &str) -> Option<usize> {
    routes.iter().filter_map(|route| route.weight(path)).max()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::state::{Role, Target};

    fn sides(routes: &[&[&str]]) -> Sides {
        let (_, status) = watch::channel(Status::new(Target::named(
            "side",
            Path::new("/"),
            Role::Side,
        )));
        let side = |routes: &&[&str]| Side {
            name: "side".into(),
            routes: routes
                .iter()
                .map(|text| Route::parse(text).unwrap())
                .collect(),
            except: Vec::new(),
            origin: Origin::Elsewhere,
            status: status.clone(),
            pending: watch::Sender::default(),
        };
        Sides::new(routes.iter().map(side).collect())
    }

    #[test]
    fn a_path_belongs_to_the_longest_pattern() {
        let sides = sides(&[
            &["/", "/src/*", "/api/mock/*"],
            &["/src/styles/*", "/src/app.css"],
            &["/*"],
        ]);
        for (path, expected) in [
            ("/", 0),
            ("/src/", 0),
            ("/src/main.tsx", 0),
            ("/src/styles/a.css", 1),
            ("/src/app.css", 1),
            ("/src/app.css/x", 0),
            ("/srcs", 2),
            ("/src", 2),
            ("/api/mock", 2),
            ("/api/mock/1", 0),
            ("/about", 2),
        ] {
            assert_eq!(sides.index_of(path), Some(expected), "{path}");
        }
        let alone = self::sides(&[&["/", "/src/*"]]);
        for path in ["/index.html", "/src", "//", ""] {
            assert_eq!(alone.index_of(path), None, "{path}");
        }
    }

    #[test]
    fn excepted_paths_are_the_app_s() {
        let mut all = sides(&[&["/*"], &["/api/mock/*"]]).0.to_vec();
        all[0].except = ["/api/*", "/login"]
            .map(|text| Route::parse(text).unwrap())
            .to_vec();
        let sides = Sides::new(all);
        for (path, expected) in [
            ("/", Some(0)),
            ("/src/main.tsx", Some(0)),
            ("/api", Some(0)),
            ("/api/users", None),
            ("/login", None),
            ("/login/", Some(0)),
            ("/api/mock/1", Some(1)),
        ] {
            assert_eq!(sides.index_of(path), expected, "{path}");
        }
    }

    #[test]
    fn patterns_are_checked() {
        for (text, fault) in [
            ("src/*", BadRoute::Relative),
            ("", BadRoute::Relative),
            ("*", BadRoute::Relative),
            ("/src*", BadRoute::Star),
            ("/a/*/b", BadRoute::Star),
            ("/**", BadRoute::Star),
            ("/__gin", BadRoute::Own),
            ("/__gin/*", BadRoute::Own),
            ("/__gin/status", BadRoute::Own),
        ] {
            assert_eq!(Route::parse(text), Err(fault), "{text}");
        }
        for text in ["/", "/*", "/src/*", "/@vite/*", "/a b", "/__gin2/*"] {
            assert_eq!(Route::parse(text).unwrap().pattern(), text);
        }
    }
}
