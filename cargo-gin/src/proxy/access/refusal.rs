//! The reasons for which the proxy refuses a request.

use http::StatusCode;

use crate::proxy::access::host::BadHost;

/// The reason for which the proxy refuses a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    BadHost(BadHost),
    /// `Host` names a host that is neither local nor allowed.
    ForeignHost,
    /// The same, and a proxy that is not trusted has passed the request on.
    ForeignHostOfProxy,
    /// The fields of a trusted proxy make no sense.
    UnreadablePassage,
    /// The proxy itself has forwarded the request several times.
    Loop,
    /// The target of the request is not a path.
    BadTarget,
    /// The most requests that can be held are held already.
    Crowded,
    /// All sockets are in use.
    Full,
    /// The client closed its side while its request was held.
    Abandoned,
    /// The phase did not catch up with the last save in time.
    Unsettled,
    /// The endpoint does not exist.
    NotFound,
    /// The endpoint has other methods.
    WrongMethod {
        /// The value of `Allow`.
        allowed: &'static str,
    },
    /// The endpoint is for the proxy's own pages only.
    ForeignOrigin,
    /// The same, and a proxy that is not trusted has passed the request on.
    ForeignOriginOfProxy,
    /// [`Permit`](crate::proxy::Permit) does not permit it, for this reason.
    Forbidden(&'static str),
    /// The body is not JSON.
    NotJson,
    /// The endpoint expects another body.
    BadBody,
    /// Nothing has this id.
    NoSuchId,
    /// The most event streams that can be open are open already.
    TooManyStreams,
    /// The dev server is shutting down.
    ShuttingDown,
    /// The request's body was cut off, or is not valid HTTP.
    BrokenBody,
    /// The app's response is not HTTP.
    Malformed,
    /// The app did not respond to a request that was sent again.
    Silent,
    /// The app closed the connection without a response, and the phase does not explain it.
    Closed,
    /// The app accepts no connection, and the phase does not explain it.
    Unreachable,
    /// The app is gone, and repeating the request might repeat its effect.
    Replaced,
    /// The app switched to a protocol that the client did not request.
    UnrequestedUpgrade,
}

impl Refusal {
    /// Returns the status of the response.
    pub(crate) fn status(self) -> StatusCode {
        match self {
            Refusal::BadHost(_)
            | Refusal::BadTarget
            | Refusal::UnreadablePassage
            | Refusal::BadBody
            | Refusal::Abandoned
            | Refusal::BrokenBody => StatusCode::BAD_REQUEST,
            Refusal::ForeignHost
            | Refusal::ForeignHostOfProxy
            | Refusal::ForeignOrigin
            | Refusal::ForeignOriginOfProxy
            | Refusal::Forbidden(_) => StatusCode::FORBIDDEN,
            Refusal::Loop => StatusCode::LOOP_DETECTED,
            Refusal::WrongMethod { .. } => StatusCode::METHOD_NOT_ALLOWED,
            Refusal::NotFound | Refusal::NoSuchId => StatusCode::NOT_FOUND,
            Refusal::NotJson => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Refusal::Crowded
            | Refusal::Full
            | Refusal::Unsettled
            | Refusal::TooManyStreams
            | Refusal::ShuttingDown => StatusCode::SERVICE_UNAVAILABLE,
            Refusal::Malformed
            | Refusal::Silent
            | Refusal::Closed
            | Refusal::Unreachable
            | Refusal::Replaced
            | Refusal::UnrequestedUpgrade => StatusCode::BAD_GATEWAY,
        }
    }

    /// Returns the problem and the remedy, for the user.
    pub(crate) fn detail(self) -> &'static str {
        match self {
            Refusal::BadHost(BadHost::Missing) => "The request has no Host header.",
            Refusal::BadHost(BadHost::Doubled) => "The request has more than one Host header.",
            Refusal::BadHost(BadHost::Malformed) => "The request's Host header is not a host.",
            Refusal::ForeignHost => {
                "This host is not allowed. To allow it, start `cargo gin dev` with `--allowed-host` and its name."
            }
            Refusal::ForeignHostOfProxy => {
                "This host is not allowed, and a proxy or tunnel has passed the request on. If it is yours, start `cargo gin dev` with `--behind-proxy`, and with `--allowed-host` and its name."
            }
            Refusal::UnreadablePassage => {
                "The proxy in front reports a scheme or a host that makes no sense. See its settings of `X-Forwarded-Proto`, `X-Forwarded-Host` and `Forwarded`."
            }
            Refusal::Loop => {
                "The request came back to the dev server again and again: the app sends it here, or the port it should listen on leads here. Choose another port with `--app-port`, or look for the request in the app that has this URL."
            }
            Refusal::BadTarget => "The request's target is not a path.",
            Refusal::Crowded => "Too many requests are waiting for the app. Try again in a second.",
            Refusal::Full => {
                "All connections that the dev server may have are in use: the app requests its own pages without end, or there are many clients. Close some, or raise the limit of open files (`ulimit -n`) and start `cargo gin dev` again."
            }
            Refusal::Abandoned => "The client closed the connection while the request waited.",
            Refusal::Unsettled => "Still catching up with your last save. Try again in a second.",
            Refusal::NotFound => "The dev server has no such page. Start at /__gin/.",
            Refusal::WrongMethod { .. } => "Wrong method.",
            Refusal::ForeignOrigin => "Only the dev server's own pages may request this.",
            Refusal::ForeignOriginOfProxy => {
                "Only the dev server's own pages may request this. They can do so through a proxy or tunnel if `cargo gin dev` is started with `--behind-proxy`, and with `--allowed-host` and its name."
            }
            Refusal::Forbidden(reason) => reason,
            Refusal::BadBody => "This endpoint expects another body.",
            Refusal::NoSuchId => {
                "There is nothing with this id. Only the last hundred requests are kept, and only what the last build showed."
            }
            Refusal::NotJson => "The request's body must be application/json.",
            Refusal::TooManyStreams => "Too many event streams are open. Close some tabs.",
            Refusal::ShuttingDown => "The dev server is shutting down.",
            Refusal::BrokenBody => "The request's body was cut off, or is not valid HTTP.",
            Refusal::Malformed => "The app's response is not HTTP.",
            Refusal::Silent => {
                "The app did not respond: it closed the connection, or accepts none. Its output may say why."
            }
            Refusal::Closed => "The app closed the connection without a response, and still runs.",
            Refusal::Unreachable => "The app runs, but accepts no connection.",
            Refusal::Replaced => {
                "The app exited before it responded, and a new one is on its way. The request may have had an effect, so it was not repeated."
            }
            Refusal::UnrequestedUpgrade => {
                "The app switched to a protocol that the client did not request."
            }
        }
    }
}
