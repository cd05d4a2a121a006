//! What is wrong with a group, in words.

use std::fmt;

use gin_router::PatternError;

use crate::app::route::At;
use crate::request::NotANetwork;

/// What is wrong with a group, all of it, each with its `file:line`.
#[derive(Debug)]
pub struct BuildError(pub(crate) Vec<Flaw>);

/// One thing that is wrong with a group.
#[derive(Debug)]
pub(crate) enum Flaw {
    BadPattern(Label, PatternError),
    BadPrefix(At, PatternError),
    BadMethod(Label),
    BadProxy(At, NotANetwork),
    ParamTwice(Label, String),
    SameShape(Label, Label),
    SecondFallback(String, At, At),
    MissingState(Label, &'static str),
    NoParams(Label),
}

/// How a route is spoken of: `GET /users/:id (src/users.rs:12)`.
#[derive(Debug, Clone)]
pub(crate) struct Label {
    pub(crate) method: &'static str,
    pub(crate) pattern: String,
    pub(crate) at: At,
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ({})", self.method, self.pattern, self.at)
    }
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Flaw::BadPattern(of, error) => write!(f, "{of}: {error}"),
            Flaw::BadPrefix(at, error) => write!(f, "the group at {at}: {error}"),
            Flaw::BadProxy(at, error) => write!(f, "the group at {at}: {error}"),
            Flaw::BadMethod(of) => write!(f, "{of}: `{}` is not a method", of.method),
            Flaw::ParamTwice(of, name) => write!(f, "{of} has two params named `{name}`"),
            Flaw::SameShape(of, other) => write!(f, "{of} has the shape of {other}"),
            Flaw::SecondFallback(prefix, at, other) => {
                write!(
                    f,
                    "`{prefix}` has a second fallback ({at}); the first is at {other}"
                )
            }
            Flaw::MissingState(of, state) => {
                write!(f, "{of} needs State<{state}>; give it with `.state(…)`")
            }
            Flaw::NoParams(of) => {
                write!(
                    f,
                    "{of} takes a `Path`, and there are no params; one is written as in `/users/:id`"
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
