//! Values that groups provide to handlers.

use std::any::{TypeId, type_name};

use crate::extract::type_name::short;
use crate::extract::{FromContext, Rejection, Severity};
use crate::failure::Problem;
use crate::request::Context;
use crate::response::{IntoResponse, ResponseNeed};

/// A clone of the value of type `T` that the nearest group provides with [`Group::state`](crate::Group::state).
///
/// [`Engine::new`](crate::Engine::new) checks that every handler's state is provided.
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// # use std::sync::{Arc, atomic::{AtomicU32, Ordering}};
/// #[derive(Clone, Default)]
/// struct Visits(Arc<AtomicU32>);
///
/// async fn count(State(visits): State<Visits>) -> String {
///     (visits.0.fetch_add(1, Ordering::Relaxed) + 1).to_string()
/// }
///
/// let app = || Group::new("").get("/", count);
/// assert!(Engine::new(app()).is_err());
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(app().state(Visits::default()));
/// client.get("/").await.has_text("1");
/// client.get("/").await.has_text("2");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct State<T>(pub T);

impl<T: Clone + Send + Sync + 'static> FromContext for State<T> {
    type Rejection = Rejection;

    async fn from_context(cx: &mut Context) -> Result<Self, Rejection> {
        match cx.state::<T>() {
            Some(state) => Ok(State(state.clone())),
            None => Err(absent(type_name::<T>())),
        }
    }

    fn needs(needs: &mut Needs) {
        needs.state::<T>();
    }
}

fn absent(name: &str) -> Rejection {
    let name = short(name);
    let cause = format!(
        "no group gives State<{name}>: give it with `.state(…)`, and declare it in `FromContext::needs`, so that `Engine::new` checks it"
    );
    Rejection::new(Severity::Absent, Problem::new(500).because(cause))
}

/// The needs of a handler, which [`Engine::new`](crate::Engine::new) checks before the first request. An extractor declares its
/// own in [`FromContext::needs`].
///
/// ```
/// # use gin::{extract::Needs, prelude::*};
/// #[derive(Clone)]
/// struct Db;
///
/// struct Users(Db);
///
/// impl FromContext for Users {
///     type Rejection = Rejection;
///
///     async fn from_context(cx: &mut Context) -> Result<Users, Rejection> {
///         let State(db) = State::from_context(cx).await?;
///         Ok(Users(db))
///     }
///
///     fn needs(needs: &mut Needs) {
///         needs.state::<Db>();
///     }
/// }
///
/// let app = || Group::new("").get("/users", async |Users(_)| "all users");
/// assert!(Engine::new(app()).is_err());
/// assert!(Engine::new(app().state(Db)).is_ok());
/// ```
#[derive(Debug, Default)]
pub struct Needs {
    states: Vec<Need>,
    extensions: Vec<Need>,
    middlewares: Vec<(Need, &'static str)>,
    params: Vec<ParamNeed>,
    pattern: PatternNeed,
    responses: Vec<ResponseNeed>,
    #[cfg(feature = "templates")]
    views: &'static [(&'static str, u32)],
}

/// The params that a route's pattern must have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum PatternNeed {
    #[default]
    Nothing,
    Param,
    CatchAll,
}

/// One type that a handler needs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Need {
    pub(crate) id: TypeId,
    pub(crate) name: &'static str,
}

impl Need {
    fn of<T: 'static>() -> Need {
        Need {
            id: TypeId::of::<T>(),
            name: type_name::<T>(),
        }
    }
}

/// A param whose value must meet a condition.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ParamNeed {
    pub(crate) name: &'static str,
    /// The full name of the type that the value is parsed as.
    pub(crate) kind: &'static str,
    pub(crate) parses: fn(&str) -> bool,
}

impl Needs {
    /// Adds state of type `T`, which a group provides with [`Group::state`](crate::Group::state).
    pub fn state<T: 'static>(&mut self) {
        self.states.push(Need::of::<T>());
    }

    /// Adds a value of type `T`, which a middleware sets with [`Context::set`](crate::Context::set).
    pub fn extension<T: 'static>(&mut self) {
        self.extensions.push(Need::of::<T>());
    }

    /// Adds a middleware that declares `T` in [`Middleware::provides`](crate::middleware::Middleware::provides). `remedy` is shown
    /// where it is missing: "add `.with(Sessions::memory())`".
    pub fn middleware<T: 'static>(&mut self, remedy: &'static str) {
        self.middlewares.push((Need::of::<T>(), remedy));
    }

    /// Adds a pattern with at least one param.
    pub fn params(&mut self) {
        self.pattern = self.pattern.max(PatternNeed::Param);
    }

    /// Adds a pattern with a catch-all.
    pub fn catch_all(&mut self) {
        self.pattern = PatternNeed::CatchAll;
    }

    /// Adds a condition for the value of the param `name`, which is parsed as a `T`: a path whose value does not meet it is left to
    /// other routes.
    pub(crate) fn param<T>(&mut self, name: &'static str, parses: fn(&str) -> bool) {
        self.params.push(ParamNeed {
            name,
            kind: type_name::<T>(),
            parses,
        });
    }

    pub(crate) fn typed_params(&self) -> impl Iterator<Item = &ParamNeed> {
        self.params.iter()
    }

    /// Adds what the handler's response needs.
    pub(crate) fn response<T: IntoResponse>(&mut self) {
        self.add_response(T::need());
    }

    /// This is compiled once, where the extension of a list would be compiled again in each app.
    fn add_response(&mut self, need: Option<ResponseNeed>) {
        self.responses.extend(need);
    }

    pub(crate) fn responses(&self) -> impl Iterator<Item = &ResponseNeed> {
        self.responses.iter()
    }

    /// Adds the templates that the handler names, each with its line.
    #[cfg(feature = "templates")]
    pub(crate) fn add_views(&mut self, views: &'static [(&'static str, u32)]) {
        self.views = views;
    }

    #[cfg(feature = "templates")]
    pub(crate) fn views(&self) -> &'static [(&'static str, u32)] {
        self.views
    }

    pub(crate) fn states(&self) -> impl Iterator<Item = &Need> {
        self.states.iter()
    }

    pub(crate) fn extensions(&self) -> impl Iterator<Item = &Need> {
        self.extensions.iter()
    }

    pub(crate) fn middlewares(&self) -> impl Iterator<Item = &(Need, &'static str)> {
        self.middlewares.iter()
    }

    pub(crate) fn pattern(&self) -> PatternNeed {
        self.pattern
    }
}
