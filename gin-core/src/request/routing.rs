//! The rules for requests that no route matches exactly.

/// The rules for requests that no route matches exactly. They apply to a group and the groups inside it.
///
/// ```
/// # use gin::{prelude::*, routing::{Routing, TrailingSlash}, testing::Client};
/// let routing = Routing::new().trailing_slash(TrailingSlash::Ignore).fix_paths();
/// let app = Group::new("").routing(routing).get("/about", async || "about us");
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(app);
/// client.get("/about/").await.is(200);
/// client.get("/x/../About").await.is(301).has_header("location", "/about");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a rule of its own")]
pub struct Routing {
    pub(crate) trailing_slash: TrailingSlash,
    pub(crate) fixes_paths: bool,
    pub(crate) merges_slashes: bool,
    pub(crate) answers_head: bool,
    pub(crate) answers_options: bool,
    pub(crate) knows_methods: bool,
}

/// The rule for a path that matches a route except for a trailing slash.
///
/// ```
/// # use gin::{prelude::*, routing::{Routing, TrailingSlash}, testing::Client};
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// for (rule, status) in [(TrailingSlash::Redirect, 301), (TrailingSlash::Ignore, 200), (TrailingSlash::Strict, 404)] {
///     let routing = Routing::new().trailing_slash(rule);
///     let app = Group::new("").routing(routing).get("/about", async || "about us");
///     Client::new(app).get("/about/").await.is(status);
/// }
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrailingSlash {
    /// The client is redirected to the path that matches: by 301 for `GET`, by 308 for other methods.
    Redirect,
    /// The route handles the request.
    Ignore,
    /// The response is 404.
    Strict,
}

impl Routing {
    /// Returns the defaults: trailing slashes are redirected, `GET` routes handle `HEAD`, and the responses to `OPTIONS` and
    /// to other methods (405) list the methods that the path has.
    pub const fn new() -> Routing {
        Routing {
            trailing_slash: TrailingSlash::Redirect,
            fixes_paths: false,
            merges_slashes: false,
            answers_head: true,
            answers_options: true,
            knows_methods: true,
        }
    }

    /// Sets the rule for trailing slashes. Default: [`TrailingSlash::Redirect`].
    #[doc(alias = "RedirectTrailingSlash")]
    #[must_use]
    pub const fn trailing_slash(mut self, rule: TrailingSlash) -> Routing {
        self.trailing_slash = rule;
        self
    }

    /// Redirects to the route that matches when `.`, `..` and `//` are removed and case is ignored. Default: off.
    #[doc(alias = "RedirectFixedPath")]
    #[must_use]
    pub const fn fix_paths(mut self) -> Routing {
        self.fixes_paths = true;
        self
    }

    /// Takes several slashes for one, without a redirect: `//a///b` matches `/a/b`. A route that matches the path as it is,
    /// such as one with a catch-all, comes first. Default: off.
    ///
    /// ```
    /// # use gin::{prelude::*, routing::Routing, testing::Client};
    /// let routing = Routing::new().merge_slashes();
    /// let app = Group::new("").routing(routing).get("/files/:name", async |Path(name): Path<String>| name);
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// Client::new(app).get("/files///notes").await.has_text("notes");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[must_use]
    #[doc(alias("RemoveExtraSlash", "MergeSlashes"))]
    pub const fn merge_slashes(mut self) -> Routing {
        self.merges_slashes = true;
        self
    }

    /// Turns off that `GET` routes handle `HEAD`: only routes for `HEAD` do.
    #[must_use]
    pub const fn without_head(mut self) -> Routing {
        self.answers_head = false;
        self
    }

    /// Turns off the response to `OPTIONS`: only routes for `OPTIONS` give one.
    #[must_use]
    pub const fn without_options(mut self) -> Routing {
        self.answers_options = false;
        self
    }

    /// Responds with 404 instead of 405 to a path that has routes for other methods only.
    #[doc(alias = "HandleMethodNotAllowed")]
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
