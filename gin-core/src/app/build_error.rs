//! What is wrong with a group, in words.

use std::fmt;

use gin_router::PatternError;

use crate::app::route::At;
use crate::request::NotANetwork;

/// What is wrong with a group, all of it, each with its `file:line`.
#[derive(Debug)]
pub struct BuildError(pub(crate) Vec<Fault>);

/// One thing that is wrong with a group.
#[derive(Debug)]
pub(crate) enum Fault {
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

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::BadPattern(of, error) => write!(f, "{of}: {error}"),
            Fault::BadPrefix(at, error) => write!(f, "the group at {at}: {error}"),
            Fault::BadProxy(at, error) => write!(f, "the group at {at}: {error}"),
            Fault::BadMethod(of) => write!(f, "{of}: `{}` is not a method", of.method),
            Fault::ParamTwice(of, name) => write!(f, "{of} has two params named `{name}`"),
            Fault::SameShape(of, other) => write!(f, "{of} has the shape of {other}"),
            Fault::SecondFallback(prefix, at, other) => {
                write!(
                    f,
                    "`{prefix}` has a second fallback ({at}); the first is at {other}"
                )
            }
            Fault::MissingState(of, state) => {
                write!(f, "{of} needs State<{state}>; give it with `.state(…)`")
            }
            Fault::NoParams(of) => {
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
        self.0.iter().try_for_each(|fault| write!(f, "\n  {fault}"))
    }
}

impl std::error::Error for BuildError {}
