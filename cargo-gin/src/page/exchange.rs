//! A request that passed through the proxy and its answer, as all formats tell them.

use serde::Serialize;

/// A request and what became of it. Secrets are masked; times count from its arrival.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Exchange {
    /// Its number in this run, counted from 0.
    pub(crate) id: u64,
    /// When it came, in milliseconds since 1970.
    pub(crate) at_ms: u64,
    /// The build that was shown or under way then.
    pub(crate) build: u64,
    /// The request's method.
    pub(crate) method: String,
    /// The request's path and query.
    pub(crate) target: String,
    /// How long it was held before the app was asked. None if it never was.
    pub(crate) held_ms: Option<u64>,
    /// The answer's status. None while there is none.
    pub(crate) status: Option<u16>,
    /// When the answer's head came.
    pub(crate) head_ms: Option<u64>,
    /// When it ended. None while it goes on.
    pub(crate) ms: Option<u64>,
    /// Did the whole answer pass? None while it goes on.
    pub(crate) whole: Option<bool>,
    /// The octets of the request's body.
    pub(crate) sent: u64,
    /// The octets of the answer's body.
    pub(crate) received: u64,
    /// The request's fields in their order.
    pub(crate) request_headers: Fields,
    /// The answer's fields. None while there is no answer.
    pub(crate) response_headers: Option<Fields>,
}

/// Header fields, each a name and a value.
pub(crate) type Fields = Vec<(String, String)>;

/// A request with its bodies.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Whole {
    /// All but the bodies.
    #[serde(flatten)]
    pub(crate) exchange: Exchange,
    /// The request's body.
    pub(crate) request: Content,
    /// The answer's body.
    pub(crate) response: Content,
    /// Whether it can be sent again.
    #[serde(skip)]
    pub(crate) replay: Replay,
    /// The id of the request before it, if that is remembered.
    #[serde(skip)]
    pub(crate) older: Option<u64>,
    /// The id of the request after it, if there is one.
    #[serde(skip)]
    pub(crate) newer: Option<u64>,
}

/// A body that passed, as far as it is kept.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Content {
    /// How many octets there were.
    pub(crate) octets: u64,
    /// Are all of them kept?
    pub(crate) whole: bool,
    /// What is kept. None if it is no text, or if nothing of it is kept.
    pub(crate) text: Option<String>,
}

/// Whether a request can be sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Replay {
    /// As often as one likes: it changes nothing.
    Freely,
    /// Once the person has been told this.
    Confirmed(&'static str),
    /// Not at all, for this reason.
    Never(&'static str),
}
