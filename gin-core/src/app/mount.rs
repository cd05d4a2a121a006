//! Mounts: what a group serves below a prefix if no route matches, such as a directory.

#![cfg_attr(
    not(feature = "files"),
    expect(dead_code, reason = "only files are mounted")
)]

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use gin_router::{Params, Pattern, PatternError, Router, path};

use crate::app::route::At;
use crate::future::BoxFuture;
use crate::request::Context;
use crate::response::Response;

/// A source of responses to requests that no route matches. It has a response for some of the paths below its mount only.
pub(crate) trait Source: Send + Sync + 'static {
    /// Returns the response to the request for `visit`, or `None` if there is none.
    fn respond<'a>(
        &'a self,
        cx: &'a mut Context,
        visit: Visit<'a>,
    ) -> BoxFuture<'a, Option<Response>>;

    /// Returns the reason why the source cannot be used, with its remedy, for the error of [`Engine::new`](crate::Engine::new).
    fn flaw(&self) -> Option<String>;

    /// Returns the source's name in the list of routes.
    fn name(&self) -> &'static str;
}

/// The part of a request's path that a source looks up.
#[derive(Clone, Copy)]
pub(crate) struct Visit<'a> {
    /// The canonical path.
    pub(crate) path: &'a str,
    /// The part of the path below the mount, with its leading slash. Empty if the path is the mount's prefix itself.
    pub(crate) below: &'a str,
    pub(crate) reach: Reach,
}

/// The relation of a mount to the group that handles a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// The mount belongs to the group, or to one around it with the same prefix.
    Own,
    /// A group with a prefix of its own lies between them.
    Outer,
}

/// A source and the prefix below which a group serves it.
#[derive(Clone)]
pub(crate) struct Mount {
    pub(crate) prefix: Cow<'static, str>,
    pub(crate) at: At,
    pub(crate) source: Arc<dyn Source>,
}

impl fmt::Debug for Mount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mount({} at {})", self.prefix, self.at)
    }
}

/// A mount with its full prefix, seen from a group.
#[derive(Clone)]
pub(crate) struct Mounted {
    pub(crate) mount: Mount,
    pub(crate) reach: Reach,
    /// The prefixes of the groups around it included.
    pub(crate) prefix: String,
    /// The prefix itself and everything below it.
    paths: Arc<Router>,
}

/// The number of the pattern for everything below a prefix.
const BELOW: u32 = 0;
/// The number of the pattern for the prefix itself.
const EXACT: u32 = 1;

impl Mounted {
    /// Returns `mount` with the prefix `outer` in front of its own.
    pub(crate) fn new(mount: &Mount, outer: &str) -> Result<Mounted, PatternError> {
        if !mount.prefix.is_empty() {
            Pattern::parse(&mount.prefix)?;
        }
        // `/docs` is the directory `/docs/` without its slash, which the source redirects to.
        let prefix = path::join(outer, &mount.prefix);
        let prefix = prefix.trim_end_matches('/').to_owned();
        let mut paths = Router::default();
        let below = Pattern::parse(&below(&prefix))?;
        let _ = paths.insert(&below, BELOW);
        if let Ok(exact) = Pattern::parse(&prefix) {
            let _ = paths.insert(&exact, EXACT);
        }
        Ok(Mounted {
            mount: mount.clone(),
            reach: Reach::Own,
            prefix,
            paths: Arc::new(paths),
        })
    }

    /// Returns the mount as a group sees it that lies inside with a prefix of its own.
    pub(crate) fn seen_from_inside(&self) -> Mounted {
        Mounted {
            reach: Reach::Outer,
            ..self.clone()
        }
    }

    /// Returns the pattern of everything below the prefix, as the list of routes shows it.
    pub(crate) fn pattern(&self) -> String {
        below(&self.prefix)
    }

    /// Returns the number of segments of the prefix.
    pub(crate) fn depth(&self) -> usize {
        let segments = self.prefix.split('/');
        segments.filter(|segment| !segment.is_empty()).count()
    }

    /// Returns the part of `path` below the mount, or `None` if it is not below it.
    pub(crate) fn visit<'a>(&self, path: &'a str) -> Option<Visit<'a>> {
        let mut params = Params::default();
        let below = match self.paths.find(path, &mut params)? {
            BELOW => params.value(params.len().checked_sub(1)?, path)?,
            _ if path.ends_with('/') => "/",
            _ => "",
        };
        Some(Visit {
            path,
            below,
            reach: self.reach,
        })
    }
}

fn below(prefix: &str) -> String {
    path::join(prefix, "/*file")
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;
    use std::sync::Arc;

    use super::{Mount, Mounted, Source, Visit};
    use crate::app::At;
    use crate::future::BoxFuture;
    use crate::request::Context;
    use crate::response::Response;

    struct Nothing;

    impl Source for Nothing {
        fn respond<'a>(
            &'a self,
            _: &'a mut Context,
            _: Visit<'a>,
        ) -> BoxFuture<'a, Option<Response>> {
            Box::pin(async { None })
        }

        fn flaw(&self) -> Option<String> {
            None
        }

        fn name(&self) -> &'static str {
            "nothing"
        }
    }

    #[test]
    fn the_path_below_a_mount_starts_with_its_slash() {
        for (outer, prefix, path, below) in [
            ("", "/", "/", Some("/")),
            ("", "/", "/a/b", Some("/a/b")),
            ("", "", "/a", Some("/a")),
            ("", "/assets", "/assets", Some("")),
            ("", "/assets", "/assets/", Some("/")),
            ("", "/assets", "/assets/a%2Fb", Some("/a%2Fb")),
            ("", "/assets", "/assetsx", None),
            ("", "/assets/", "/assets/a", Some("/a")),
            ("", "/assets/", "/assets", Some("")),
            ("/docs", "/", "/docs", Some("")),
            ("/docs", "/", "/docs/", Some("/")),
            ("/of/:user", "/assets", "/of/ann/assets/a", Some("/a")),
            ("/of/:user", "/assets", "/of/ann/b", None),
        ] {
            let mount = Mount {
                prefix: Cow::Borrowed(prefix),
                at: At::caller(),
                source: Arc::new(Nothing),
            };
            let mounted = Mounted::new(&mount, outer).expect("the prefix is a pattern");
            let visit = mounted.visit(path);
            assert_eq!(visit.map(|visit| visit.below), below, "{prefix} {path}");
        }
    }
}
