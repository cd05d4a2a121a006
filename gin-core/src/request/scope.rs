//! The settings of a group that apply to every request inside its prefix: state, error hook, limits.

use std::any::{Any, TypeId, type_name};
use std::fmt;
use std::sync::Arc;

use gin_router::Pattern;

use crate::content::Body;
use crate::failure::{FieldError, Problem};
use crate::request::context::Context;
use crate::request::error_map::ErrorMap;
use crate::request::places::Places;
use crate::request::proxies::Proxies;
use crate::request::routing::Routing;

/// A function that renders problems, in place of the default.
pub(crate) type ErrorHook =
    Arc<dyn Fn(&mut Context, &Problem) -> http::Response<Body> + Send + Sync>;

/// A function that returns the message of a wrong field, in place of its own.
pub(crate) type MessageHook = Arc<dyn Fn(&FieldError, &Context) -> Option<String> + Send + Sync>;

/// The settings of a group, those of its parents included.
#[derive(Clone)]
pub(crate) struct Scope {
    pub(crate) states: States,
    pub(crate) on_error: Option<ErrorHook>,
    pub(crate) messages: Option<MessageHook>,
    pub(crate) error_map: ErrorMap,
    /// In bytes. `None` if no group sets it.
    pub(crate) body_limit: Option<usize>,
    /// Of a form or a query.
    pub(crate) max_fields: usize,
    pub(crate) routing: Routing,
    pub(crate) proxies: Proxies,
    /// Those of the whole app.
    pub(crate) places: Arc<Places>,
}

impl Scope {
    /// Returns the scope of an app without any settings.
    pub(crate) fn root() -> Scope {
        Scope {
            states: States::default(),
            on_error: None,
            messages: None,
            error_map: ErrorMap::default(),
            body_limit: None,
            max_fields: 1_000,
            routing: Routing::new(),
            proxies: Proxies::default(),
            places: Arc::default(),
        }
    }

    /// Returns the limit of bodies, in bytes.
    pub(crate) fn body_limit(&self) -> usize {
        self.body_limit.unwrap_or(2 << 20)
    }

    pub(crate) fn on_error(&self) -> Option<ErrorHook> {
        self.on_error.clone()
    }
}

/// Values by type. The last one of a type counts.
#[derive(Clone, Default)]
pub(crate) struct States(Vec<Given>);

/// A value that a group gives.
#[derive(Clone)]
struct Given {
    id: TypeId,
    name: &'static str,
    value: Arc<dyn Any + Send + Sync>,
}

impl States {
    pub(crate) fn give<T: Send + Sync + 'static>(&mut self, state: T) {
        self.0.push(Given {
            id: TypeId::of::<T>(),
            name: type_name::<T>(),
            value: Arc::new(state),
        });
    }

    /// Returns these states together with those of `outer` that they do not replace.
    pub(crate) fn within(&self, outer: &States) -> States {
        States(outer.0.iter().chain(&self.0).cloned().collect())
    }

    pub(crate) fn has(&self, id: TypeId) -> bool {
        self.0.iter().any(|given| given.id == id)
    }

    pub(crate) fn get<T: 'static>(&self) -> Option<&T> {
        let id = TypeId::of::<T>();
        let given = self.0.iter().rev().find(|given| given.id == id)?;
        given.value.downcast_ref()
    }

    /// Returns the names of the types.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(|given| given.name)
    }
}

/// The place of a request in the app: the pattern that matched, if one did, and the scope around it.
pub(crate) struct Site {
    pub(crate) pattern: Option<Pattern>,
    /// The full name of the route's handler. `None` where no route matched.
    pub(crate) handler: Option<&'static str>,
    pub(crate) scope: Arc<Scope>,
}

impl fmt::Debug for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Site({:?})", self.pattern.as_ref().map(Pattern::as_str))
    }
}
