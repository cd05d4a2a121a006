//! The route of a request, its params and its state.

use gin_router::Pattern;

use crate::failure::Problem;
use crate::request::context::Context;
use crate::request::outcome::Outcome;
use crate::request::params::NotUtf8;
use crate::request::rest::relative;
use crate::request::scope::Scope;

/// The route, its params and its state.
impl Context {
    /// Returns the pattern that matched, prefixes included. It is `None` if none did.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// let app = Group::new("/api").get("/users/:id", async |cx: &mut Context| cx.pattern().unwrap_or_default().to_owned());
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// Client::new(app).get("/api/users/7").await.has_text("/api/users/:id");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[doc(alias("FullPath", "MatchedPath"))]
    pub fn pattern(&self) -> Option<&str> {
        self.site.pattern.as_ref().map(Pattern::as_str)
    }

    /// Returns a path param's value, decoded, if it is UTF-8.
    ///
    /// That of a catch-all is relative: it never starts with a slash, and has no `.` and `..` between slashes. So a path that is
    /// joined with it stays below its root.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// let app = Group::new("").get("/files/*path", async |cx: &mut Context| cx.param("path").unwrap_or_default().to_owned());
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// Client::new(app).get("/files/a/b%20c").await.has_text("a/b c");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[doc(alias = "ByName")]
    pub fn param(&self, name: &str) -> Option<&str> {
        let index = self.param_index(name)?;
        self.text(index)?.ok()
    }

    /// Returns a path param's value, decoded, as bytes. They need not be UTF-8: a path may contain `%ff`. Those of a catch-all start
    /// with a slash.
    pub fn param_bytes(&self, name: &str) -> Option<&[u8]> {
        let index = self.param_index(name)?;
        self.params.bytes(self.raw_path(), index)
    }

    /// Returns a path param's value as the canonical spelling of the path has it.
    pub(crate) fn param_encoded(&self, name: &str) -> Option<&str> {
        let index = self.param_index(name)?;
        self.params.encoded(self.raw_path(), index)
    }

    /// Returns the name of the pattern's catch-all.
    pub(crate) fn catch_all(&self) -> Option<&str> {
        let pattern = self.site.pattern.as_ref()?;
        pattern.names().nth(pattern.catch_all()?)
    }

    fn text(&self, index: usize) -> Option<Result<&str, NotUtf8>> {
        let value = self.params.value(self.raw_path(), index)?;
        let pattern = self.site.pattern.as_ref();
        let is_rest = pattern.and_then(Pattern::catch_all) == Some(index);
        Some(if is_rest { value.map(relative) } else { value })
    }

    fn param_index(&self, name: &str) -> Option<usize> {
        let mut names = self.site.pattern.as_ref()?.names();
        names.position(|own| own == name)
    }

    /// Returns the path params in the order of the pattern, decoded. Those that are not UTF-8 are left out.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// let show = async |cx: &mut Context| cx.params().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ");
    /// let app = Group::new("").get("/:year/:month", show);
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// Client::new(app).get("/2026/11").await.has_text("year=2026 month=11");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn params(&self) -> impl Iterator<Item = (&str, &str)> {
        self.all_params()
            .filter_map(|(name, value)| Some((name, value.ok()?)))
    }

    /// Returns all path params, also those that are not UTF-8.
    pub(crate) fn all_params(&self) -> impl Iterator<Item = (&str, Result<&str, NotUtf8>)> {
        let names = self.site.pattern.iter().flat_map(Pattern::names);
        let values = (0..).map_while(|index| self.text(index));
        names.zip(values)
    }

    /// Returns the state of type `T` that the nearest group has.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// #[derive(Clone)]
    /// struct Motd(&'static str);
    ///
    /// async fn motd(cx: &mut Context, next: Next<'_>) -> Response {
    ///     let motd = cx.state::<Motd>().map_or("", |motd| motd.0);
    ///     ([("x-motd", motd)], next.run(cx).await).into_response()
    /// }
    ///
    /// let app = Group::new("").state(Motd("hello")).with(motd).get("/", async || "home");
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// Client::new(app).get("/").await.has_header("x-motd", "hello").has_text("home");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn state<T: 'static>(&self) -> Option<&T> {
        self.site.scope.states.get()
    }

    pub(crate) fn scope(&self) -> &Scope {
        &self.site.scope
    }

    #[inline]
    pub(crate) fn body_problem(&self) -> Option<Problem> {
        self.body.problem()
    }

    pub(crate) fn outcome(&self) -> &Outcome {
        &self.outcome
    }
}
