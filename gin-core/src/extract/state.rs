//! What the application gave its handlers.

use std::any::{TypeId, type_name};

use crate::extract::{FromContext, Rejection, Severity};
use crate::failure::Problem;
use crate::request::Context;

/// A clone of what the nearest group gave with [`Group::state`](crate::Group::state).
///
/// That someone gave it is checked when the engine is built.
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
    let detail = format!("no group gave the state {name}");
    Rejection::new(Severity::Absent, Problem::new(500).detail(detail))
}

/// What handlers need to have been given before the first request.
#[derive(Debug, Default)]
pub struct Needs {
    states: Vec<Need>,
    params: bool,
}

/// One type of state that a handler needs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Need {
    pub(crate) id: TypeId,
    pub(crate) name: &'static str,
}

impl Needs {
    /// Adds state of type `T`.
    pub fn state<T: 'static>(&mut self) {
        self.states.push(Need {
            id: TypeId::of::<T>(),
            name: type_name::<T>(),
        });
    }

    /// Adds a pattern with params.
    pub fn params(&mut self) {
        self.params = true;
    }

    pub(crate) fn states(&self) -> impl Iterator<Item = &Need> {
        self.states.iter()
    }

    pub(crate) fn has_params(&self) -> bool {
        self.params
    }
}
