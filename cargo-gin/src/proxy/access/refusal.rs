//! Why the proxy itself does not answer as asked.

use http::StatusCode;

use crate::proxy::access::host::BadHost;

/// What stands between a request and its answer, besides the phase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// `Host` names no host.
    BadHost(BadHost),
    /// `Host` names a host that is not ours.
    ForeignHost,
    /// The request has been here before.
    Loop,
    /// The request's target is no path.
    BadTarget,
    /// As many requests as can be wait already.
    Crowded,
    /// The client left while it waited.
    Abandoned,
    /// Nobody knows yet whether the app is of the last save.
    Unsettled,
    /// There is no such endpoint.
    NotFound,
    /// What is asked for is asked for in another way.
    WrongMethod {
        /// How, as `Allow` says it.
        allowed: &'static str,
    },
    /// The endpoint is only for our own pages.
    ForeignOrigin,
    /// Whoever asks may not have this done, for this reason.
    Forbidden(&'static str),
    /// What was sent is not JSON.
    NotJson,
    /// What was sent is not what the endpoint takes.
    BadOrder,
    /// What is asked for by its id is not there.
    NoSuchId,
    /// As many event streams as can be are open already.
    TooManyStreams,
    /// The dev server ends.
    Ending,
    /// The request's body broke off, or is not framed as HTTP.
    BrokenBody,
    /// The app did not answer in HTTP.
    Malformed,
    /// The app did not answer, and nothing says why.
    Silent,
    /// The app that was asked is gone, and asking its successor might do things twice.
    Replaced,
    /// The app went over to another protocol without having been asked to.
    UnaskedUpgrade,
}

impl Refusal {
    /// The answer's status.
    pub(crate) fn status(self) -> StatusCode {
        match self {
            Refusal::BadHost(_)
            | Refusal::BadTarget
            | Refusal::BadOrder
            | Refusal::Abandoned
            | Refusal::BrokenBody => StatusCode::BAD_REQUEST,
            Refusal::ForeignHost | Refusal::ForeignOrigin | Refusal::Forbidden(_) => {
                StatusCode::FORBIDDEN
            }
            Refusal::Loop => StatusCode::LOOP_DETECTED,
            Refusal::WrongMethod { .. } => StatusCode::METHOD_NOT_ALLOWED,
            Refusal::NotFound | Refusal::NoSuchId => StatusCode::NOT_FOUND,
            Refusal::NotJson => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Refusal::Crowded | Refusal::Unsettled | Refusal::TooManyStreams | Refusal::Ending => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Refusal::Malformed | Refusal::Silent | Refusal::Replaced | Refusal::UnaskedUpgrade => {
                StatusCode::BAD_GATEWAY
            }
        }
    }

    /// What is the matter, and the remedy.
    pub(crate) fn detail(self) -> &'static str {
        match self {
            Refusal::BadHost(BadHost::Missing) => "The request has no Host header.",
            Refusal::BadHost(BadHost::Doubled) => "The request has more than one Host header.",
            Refusal::BadHost(BadHost::Malformed) => "The request's Host header is not a host.",
            Refusal::ForeignHost => {
                "This host is not allowed. To allow it, start `cargo gin dev` with `--allowed-host` and its name."
            }
            Refusal::Loop => {
                "The request came back to the dev server: the app, or its port, leads here again. Give the app another port with `--app-port`."
            }
            Refusal::BadTarget => "The request's target is not a path.",
            Refusal::Crowded => {
                "Too many requests wait for the app already. Ask again in a second."
            }
            Refusal::Abandoned => "The client closed its side while the request waited.",
            Refusal::Unsettled => {
                "The last save has not been looked at yet. Ask again in a second."
            }
            Refusal::NotFound => "The dev server has no such page. Its own are at /__gin/.",
            Refusal::WrongMethod { .. } => "This is asked for by another method.",
            Refusal::ForeignOrigin => "Only the dev server's own pages may ask for this.",
            Refusal::Forbidden(reason) => reason,
            Refusal::BadOrder => "The request's body is not what this endpoint takes.",
            Refusal::NoSuchId => {
                "There is nothing with this id. Of requests the last hundred are kept; what a build showed goes with it."
            }
            Refusal::NotJson => "The request's body must be application/json.",
            Refusal::TooManyStreams => "Too many event streams are open. Close some tabs.",
            Refusal::Ending => "The dev server is being stopped.",
            Refusal::BrokenBody => "The request's body broke off, or is not framed as HTTP asks.",
            Refusal::Malformed => "What the app answered is not HTTP.",
            Refusal::Silent => {
                "The app did not answer: it closed the connection, or takes none. Its output may say why."
            }
            Refusal::Replaced => {
                "The app ended before it answered, and a new one is on its way. The request may have had an effect, so it was not repeated."
            }
            Refusal::UnaskedUpgrade => {
                "The app switched to a protocol that the request had not asked for."
            }
        }
    }
}
