//! The error of building an engine: all flaws of an app, each with its place in the source.

use std::fmt;

use gin_router::PatternError;

use crate::app::missing_state::MissingState;
use crate::app::route::At;
use crate::extract::type_name::short;
use crate::middleware::Layer;
use crate::request::BadProxies;

/// The error of [`Engine::new`](crate::Engine::new): all flaws of the app at once, each with its `file:line`.
///
/// ```
/// # use gin::{prelude::*, routing::BuildError};
/// #[derive(Clone)]
/// struct Db;
///
/// async fn users(_: State<Db>) {}
///
/// let app = Group::new("")
///     .get("/users/:id", async || "by id")
///     .get("/users/:name", async || "by name")
///     .get("/users", users);
/// let error: BuildError = Engine::new(app).unwrap_err();
/// let text = error.to_string();
/// assert!(text.contains("GET /users/:name"));
/// assert!(text.contains("has the shape of GET /users/:id"));
/// assert!(text.contains("needs State<"));
/// ```
#[derive(Debug)]
pub struct BuildError(pub(crate) Vec<Flaw>);

/// A flaw of the app.
#[derive(Debug)]
pub(crate) enum Flaw {
    BadPattern(Label, PatternError),
    BadPrefix(At, PatternError),
    /// A layer for preflight requests, and the guard before it that refuses them.
    PreflightsBehindGuard(Layer, Layer),
    BadMethod(Label),
    /// A setting that counts before the group of a request is known.
    InnerMethodOverride(At),
    BadProxies(At, BadProxies),
    /// A middleware whose settings contradict each other.
    BadMiddleware(Layer, String),
    ParamTwice(Label, String),
    SameShape(Label, Label),
    SecondFallback(String, At, At),
    BadMount(Label, String),
    MissingState(Label, MissingState),
    MissingExtension(Label, &'static str),
    MissingMiddleware(Label, &'static str, &'static str),
    NoParams(Label),
    NoCatchAll(Label),
    /// A response without a value that its groups provide.
    MissingForResponse(Label, &'static str),
    /// A flaw of a part of the app, as the text of its message.
    InPart(String),
}

/// The name of a route in messages: `GET /users/:id (src/users.rs:12)`.
#[derive(Debug, Clone)]
pub(crate) struct Label {
    pub(crate) method: &'static str,
    pub(crate) pattern: String,
    pub(crate) at: At,
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pattern = match &*self.pattern {
            "" => "/",
            pattern => pattern,
        };
        write!(f, "{} {pattern} ({})", self.method, self.at)
    }
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Flaw::InPart(message) => f.write_str(message),
            Flaw::BadPattern(of, error) => write!(f, "{of}: {error}"),
            Flaw::BadPrefix(at, error) => write!(f, "the group at {at}: {error}"),
            Flaw::BadProxies(at, error) => write!(f, "the group at {at}: {error}"),
            Flaw::BadMiddleware(layer, message) => write!(f, "{layer}: {message}"),
            Flaw::InnerMethodOverride(at) => write!(
                f,
                "the group at {at} has a `method_override`, which counts before the group is known; set it on the outermost group"
            ),
            Flaw::PreflightsBehindGuard(layer, guard) => write!(
                f,
                "{layer} comes after {guard}, which refuses preflight requests, as they have no credentials; add it before"
            ),
            Flaw::BadMethod(of) => write!(f, "{of}: `{}` is not a method", of.method),
            Flaw::ParamTwice(of, name) => write!(f, "{of} has two params named `{name}`"),
            Flaw::SameShape(of, other) => write!(f, "{of} has the shape of {other}"),
            Flaw::SecondFallback(prefix, at, other) => {
                write!(
                    f,
                    "`{prefix}` has a second fallback ({at}); the first is at {other}"
                )
            }
            Flaw::BadMount(of, reason) => write!(f, "{of}: {reason}"),
            Flaw::MissingState(of, state) => write!(f, "{of} {state}"),
            Flaw::MissingExtension(of, value) => write!(
                f,
                "{of} needs Extension<{}>, and no middleware around it sets one; add it with `.with(…)`",
                short(value)
            ),
            Flaw::MissingMiddleware(of, value, remedy) => write!(
                f,
                "{of} needs {}, and no middleware around it provides one; {remedy}",
                short(value)
            ),
            Flaw::MissingForResponse(of, message) => write!(f, "{of} {message}"),
            Flaw::NoParams(of) => {
                write!(
                    f,
                    "{of} takes a `Path`, but has no params; write one as in `/users/:id`"
                )
            }
            Flaw::NoCatchAll(of) => {
                write!(
                    f,
                    "{of} takes `Segments`, but has no catch-all; write one as in `/files/*rest`"
                )
            }
        }
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("cannot build the engine:")?;
        self.0.iter().try_for_each(|flaw| write!(f, "\n  {flaw}"))
    }
}

impl std::error::Error for BuildError {}
