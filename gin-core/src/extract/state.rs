//! Values that groups provide to handlers.

use std::any::{TypeId, type_name};

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
    let detail = format!("no group provides State<{name}>");
    Rejection::new(Severity::Absent, Problem::new(500).detail(detail))
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
    responses: Vec<ResponseNeed>,
    params: bool,
}

/// One type of state that a handler needs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Need {
    pub(crate) id: TypeId,
    pub(crate) name: &'static str,
}

impl Needs {
    /// Adds state of type `T`, which a group provides with [`Group::state`](crate::Group::state).
    pub fn state<T: 'static>(&mut self) {
        self.states.push(Need {
            id: TypeId::of::<T>(),
            name: type_name::<T>(),
        });
    }

    /// Adds a pattern with at least one param.
    pub fn params(&mut self) {
        self.params = true;
    }

    /// Adds what the handler's response needs.
    pub(crate) fn response<T: IntoResponse>(&mut self) {
        self.responses.extend(T::need());
    }

    pub(crate) fn responses(&self) -> impl Iterator<Item = &ResponseNeed> {
        self.responses.iter()
    }

    pub(crate) fn states(&self) -> impl Iterator<Item = &Need> {
        self.states.iter()
    }

    pub(crate) fn has_params(&self) -> bool {
        self.params
    }
}
