//! Requests that passed through the proxy, and their responses, as all formats show them.

use serde::Serialize;

/// A request and its outcome. Secrets are masked; times count from its arrival.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Exchange {
    /// Its number in this run, counted from 0.
    pub(crate) id: u64,
    /// The time of its arrival, in milliseconds since 1970.
    pub(crate) at_ms: u64,
    /// The build that was shown or under way then.
    pub(crate) build: u64,
    pub(crate) method: String,
    /// The path and query.
    pub(crate) target: String,
    /// The time until it was forwarded to the app. `None` if it never was.
    pub(crate) held_ms: Option<u64>,
    /// `true` if it waited for a build or for the start of the app.
    #[serde(rename = "waited")]
    pub(crate) has_waited: bool,
    /// The id of the request that it repeats.
    pub(crate) repeats: Option<u64>,
    /// The response's status. `None` while there is no response.
    pub(crate) status: Option<u16>,
    /// The time until the response's head arrived.
    pub(crate) head_ms: Option<u64>,
    /// The time until it finished. `None` before that.
    pub(crate) ms: Option<u64>,
    /// `true` if the response passed to its end. `None` until it finished.
    #[serde(rename = "complete")]
    pub(crate) is_complete: Option<bool>,
    /// The size of the request's body in bytes.
    pub(crate) sent: u64,
    /// The size of the response's body in bytes.
    pub(crate) received: u64,
    pub(crate) request_headers: Fields,
    /// `None` while there is no response.
    pub(crate) response_headers: Option<Fields>,
    /// The path of the page of its incident, if the app reported one.
    pub(crate) incident: Option<String>,
    /// The reason why the dev server responded in place of the app, if it did. Its own page does not count as the response.
    pub(crate) in_place: Option<String>,
}

/// Header fields, each a name and a value.
pub(crate) type Fields = Vec<(String, String)>;

/// An exchange with its bodies and its neighbors.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct FullExchange {
    #[serde(flatten)]
    pub(crate) exchange: Exchange,
    pub(crate) request: RecordedBody,
    pub(crate) response: RecordedBody,
    #[serde(skip)]
    pub(crate) replay: Replay,
    /// The id of the request before it, if it is still remembered.
    #[serde(skip)]
    pub(crate) older: Option<u64>,
    /// The id of the request after it, if there is one.
    #[serde(skip)]
    pub(crate) newer: Option<u64>,
}

/// A body, as far as it was recorded.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct RecordedBody {
    /// The size of the body, recorded or not.
    pub(crate) bytes: u64,
    /// `true` if all of it was recorded.
    #[serde(rename = "complete")]
    pub(crate) is_complete: bool,
    /// The recorded part. `None` if it is not text, or if nothing was recorded.
    pub(crate) text: Option<String>,
}

/// The conditions for sending a request again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Replay {
    /// No condition: the request changes nothing.
    Freely,
    /// The user confirms this warning first.
    Confirmed(&'static str),
    /// It cannot be sent again, for this reason.
    Never(&'static str),
}
