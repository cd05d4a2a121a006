//! Why an extractor of ours has no value.

use crate::failure::{Error, Problem};
use crate::response::{IntoResponse, Response};

/// Why an extractor has no value, and what the client is told.
#[derive(Debug, Clone)]
pub struct Rejection {
    fault: Fault,
    problem: Problem,
}

/// How bad a rejection is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The request does not have it: `None` for an `Option`.
    Absent,
    /// The request has it, and it is wrong: an `Err` for a `Result`.
    Invalid,
    /// The request is beyond repair, its body cut off or too large: no handler runs.
    Fatal,
}

impl Rejection {
    /// A rejection that says `problem` to the client.
    pub fn new(fault: Fault, problem: Problem) -> Rejection {
        Rejection { fault, problem }
    }

    /// The request does not have what the handler takes: 400.
    pub(crate) fn absent(detail: impl Into<std::borrow::Cow<'static, str>>) -> Rejection {
        Rejection::new(Fault::Absent, Problem::new(400).detail(detail))
    }

    /// The request has it, and it is wrong: 400.
    pub(crate) fn invalid(detail: impl Into<std::borrow::Cow<'static, str>>) -> Rejection {
        Rejection::new(Fault::Invalid, Problem::new(400).detail(detail))
    }

    /// How bad it is.
    pub fn fault(&self) -> Fault {
        self.fault
    }

    /// What the client is told.
    pub fn problem(&self) -> &Problem {
        &self.problem
    }
}

impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        self.problem.into_response()
    }
}

impl From<Rejection> for Problem {
    fn from(rejection: Rejection) -> Problem {
        rejection.problem
    }
}

impl From<Rejection> for Error {
    fn from(rejection: Rejection) -> Error {
        rejection.problem.into()
    }
}

/// The rejection of a path param that is not UTF-8.
pub(crate) fn not_text(name: &str) -> Rejection {
    Rejection::invalid(format!("`{name}` is not UTF-8"))
}
