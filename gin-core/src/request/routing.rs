//! How paths and methods are matched that no route takes as they are.

/// How paths and methods are matched that no route takes as they are. Holds for a group and what is inside it.
///
/// ```
/// # use gin::{prelude::*, routing::{Routing, TrailingSlash}, testing::Client};
/// let routing = Routing::new().trailing_slash(TrailingSlash::Ignore).without_options();
/// let app = Group::new("").routing(routing).get("/about", async || "about us");
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// Client::new(app).get("/about/").await.is(200);
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a rule of its own")]
pub struct Routing {
    pub(crate) trailing_slash: TrailingSlash,
    pub(crate) fixes_paths: bool,
    pub(crate) answers_head: bool,
    pub(crate) answers_options: bool,
    pub(crate) knows_methods: bool,
}

/// What is done with a path that has a trailing slash too many, or lacks one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrailingSlash {
    /// A redirect to the path that matches: 301 for `GET`, 308 for other methods.
    Redirect,
    /// Nothing: the route answers as if the path were right.
    Ignore,
    /// 404.
    Strict,
}

impl Routing {
    /// The defaults: redirects for trailing slashes, `HEAD` by `GET`, `OPTIONS` and 405 from the routes there are.
    pub const fn new() -> Routing {
        Routing {
            trailing_slash: TrailingSlash::Redirect,
            fixes_paths: false,
            answers_head: true,
            answers_options: true,
            knows_methods: true,
        }
    }

    /// What is done about trailing slashes. Default: [`TrailingSlash::Redirect`].
    #[must_use]
    pub const fn trailing_slash(mut self, rule: TrailingSlash) -> Routing {
        self.trailing_slash = rule;
        self
    }

    /// Redirects to a path that matches once it is cleaned of `.`, `..` and `//` and the case of letters is set aside.
    #[must_use]
    pub const fn fix_paths(mut self) -> Routing {
        self.fixes_paths = true;
        self
    }

    /// Leaves `HEAD` to routes of its own.
    #[must_use]
    pub const fn without_head(mut self) -> Routing {
        self.answers_head = false;
        self
    }

    /// Leaves `OPTIONS` to routes of its own.
    #[must_use]
    pub const fn without_options(mut self) -> Routing {
        self.answers_options = false;
        self
    }

    /// Answers 404 where only another method would be taken.
    #[must_use]
    pub const fn without_method_not_allowed(mut self) -> Routing {
        self.knows_methods = false;
        self
    }
}

impl Default for Routing {
    fn default() -> Routing {
        Routing::new()
    }
}
