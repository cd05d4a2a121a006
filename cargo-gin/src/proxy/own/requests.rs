//! `GET /__gin/requests`, `GET /__gin/requests/ID` and `POST /__gin/replay`: the recorded requests.

use std::sync::Arc;
use std::time::Duration;

use http::{Method, Request, Response, StatusCode};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

use crate::incidents::Incident;
use crate::page::{self, Exchange, Format, FullExchange, Replay};
use crate::proxy::access::{Refusal, Visitor};
use crate::proxy::client::Client;
use crate::proxy::forwarding::{Forwarder, Unserved};
use crate::proxy::own::actions::read;
use crate::proxy::records::{self, Bodies, Capture, Record, Recorder};
use crate::proxy::reload::Reload;
use crate::proxy::response;
use crate::proxy::streams::Body;
use crate::state::Status;

/// The recorded requests.
pub(crate) struct RecordedRequests {
    pub(crate) status: watch::Receiver<Status>,
    pub(crate) recorder: Recorder,
    pub(crate) forwarder: Arc<Forwarder>,
    pub(crate) reload: Arc<Reload>,
    /// The timeout of a replay: `--hold`.
    pub(crate) timeout: Duration,
}

/// The body of a replay.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Selection {
    id: u64,
    /// `true` if the user knows that the request may have an effect.
    #[serde(default)]
    confirm: bool,
}

impl Selection {
    /// Selects a request that has no effect.
    pub(super) fn of(id: u64) -> Selection {
        Selection { id, confirm: false }
    }
}

/// A request that was sent again.
pub(super) struct Replayed {
    /// The id of its own record.
    pub(super) id: u64,
    /// The app's response as JSON.
    pub(super) answer: Value,
}

/// The reason why a request was not sent again.
pub(super) enum NotReplayed {
    /// A condition for sending it again is not met.
    Condition(&'static str),
    Unserved(Unserved),
}

impl<R: Into<Unserved>> From<R> for NotReplayed {
    fn from(reason: R) -> NotReplayed {
        NotReplayed::Unserved(reason.into())
    }
}

impl RecordedRequests {
    /// Returns the requests as JSON, the newest first, without their bodies.
    pub(super) fn list(&self) -> Response<Body> {
        response::json(&json!({ "requests": self.exchanges() }))
    }

    /// Returns the requests, the newest first.
    pub(super) fn exchanges(&self) -> Vec<Exchange> {
        self.recorder.map(records::exchange)
    }

    /// Returns one request with its headers, and with its bodies if they are kept.
    pub(super) fn show(
        &self,
        id: &str,
        visitor: &Visitor,
        format: Format,
    ) -> Result<Response<Body>, Refusal> {
        let full = self.full(id.parse().map_err(|_| Refusal::NoSuchId)?)?;
        let status = self.status.borrow();
        Ok(match format {
            Format::Html(_) => {
                let origin = visitor.origin.to_string();
                response::page(page::request(&status, &full, &origin), &status)
            }
            Format::Problem | Format::Markdown | Format::Text(_) | Format::Fragment => {
                response::json(&json!(full))
            }
        })
    }

    /// Returns one request as all formats show it.
    pub(super) fn full(&self, id: u64) -> Result<FullExchange, Refusal> {
        let record = self.recorder.record(id).ok_or(Refusal::NoSuchId)?;
        let is_kept = |id: &u64| self.recorder.record(*id).is_some();
        Ok(FullExchange {
            exchange: records::exchange(&record),
            request: records::content(&record.upload),
            response: records::content(&record.download),
            replay: replay(&record),
            older: id.checked_sub(1).filter(is_kept),
            newer: id.checked_add(1).filter(is_kept),
        })
    }

    /// Returns the incidents of the recorded requests, the newest first, or only that of one request.
    pub(super) fn incidents(&self, request: Option<u64>) -> Vec<Arc<Incident>> {
        let incidents = self.recorder.map(|record| {
            let is_wanted = request.is_none_or(|id| id == record.id);
            record.incident.clone().filter(|_| is_wanted)
        });
        incidents.into_iter().flatten().collect()
    }

    /// Returns the page of a request's incident.
    pub(super) fn incident(&self, id: &str, format: Format) -> Result<Response<Body>, Refusal> {
        let id = id.parse().map_err(|_| Refusal::NoSuchId)?;
        let record = self.recorder.record(id).ok_or(Refusal::NoSuchId)?;
        let incident = record.incident.ok_or(Refusal::NoSuchId)?;
        let status = self.status.borrow();
        let mut page = page::incident(&incident, &status, format);
        // The page itself was found.
        page.status = StatusCode::OK;
        Ok(response::page(page, &status))
    }

    /// Sends a request again, `{"id": 7}`, and returns the app's response as JSON.
    ///
    /// A request that may have an effect requires `"confirm": true`.
    pub(super) async fn replay(
        &self,
        client: &Client,
        visitor: &Visitor,
        body: Incoming,
        format: Format,
    ) -> Result<Response<Body>, Refusal> {
        let selection = read(body).await?;
        match self.send_again(client, visitor, selection).await {
            Ok(Replayed { id, answer }) => {
                Ok(response::json(&json!({ "id": id, "answer": answer })))
            }
            Err(reason) => self.explain(reason, format),
        }
    }

    /// Forgets all requests.
    pub(super) fn clear(&self) -> Response<Body> {
        self.recorder.clear();
        response::json(&json!({}))
    }

    /// Returns the page that explains why a request was not sent again.
    pub(super) fn explain(
        &self,
        reason: NotReplayed,
        format: Format,
    ) -> Result<Response<Body>, Refusal> {
        match reason {
            NotReplayed::Condition(reason) => {
                let status = self.status.borrow();
                let conflict = StatusCode::CONFLICT;
                Ok(response::problem(conflict, reason, &status, format))
            }
            NotReplayed::Unserved(Unserved::Phase(status) | Unserved::Exited(status)) => {
                Ok(response::phase(&status, format))
            }
            NotReplayed::Unserved(Unserved::Refused(refusal)) => Err(refusal),
        }
    }

    /// Sends a request again, and records it.
    pub(super) async fn send_again(
        &self,
        client: &Client,
        visitor: &Visitor,
        selection: Selection,
    ) -> Result<Replayed, NotReplayed> {
        let Selection { id, confirm } = selection;
        let record = self.recorder.record(id).ok_or(Refusal::NoSuchId)?;
        match replay(&record) {
            Replay::Freely => {}
            Replay::Confirmed(_) if confirm => {}
            Replay::Confirmed(reason) | Replay::Never(reason) => {
                return Err(NotReplayed::Condition(reason));
            }
        }
        let upload = record.upload.kept.clone().freeze();
        let mut request = request(record);
        let deadline = Instant::now() + self.timeout;
        let attempt = self.status.borrow().attempt;
        let pending = {
            let (head, ()) = request.clone().into_parts();
            self.recorder.begin(attempt, &head)
        };
        let trace = pending.trace();
        trace.repeats(id);
        // A page is requested again as it was, without compression and conditions.
        self.reload.document(&mut request, &visitor.origin.host);
        let (head, ()) = request.into_parts();
        let sent = self
            .forwarder
            .replay(client, visitor, head, upload, trace, deadline)
            .await;
        let response = match sent {
            Ok(response) => response,
            Err(Unserved::Phase(status) | Unserved::Exited(status)) => {
                let shown = Unserved::Phase(status.clone());
                let page = response::unserved(shown, &status, Format::Problem);
                collect(pending.record(page), deadline).await;
                return Err(Unserved::Phase(status).into());
            }
            Err(refused) => return Err(refused.into()),
        };
        let id = trace.id();
        let answer = collect(pending.record(response), deadline).await;
        Ok(Replayed { id, answer })
    }
}

/// Returns a request as it came, without its body.
fn request(record: Record) -> Request<()> {
    let mut request = Request::new(());
    *request.method_mut() = record.method;
    *request.uri_mut() = record.target;
    *request.headers_mut() = record.headers;
    request
}

/// Returns the conditions under which a request can be sent again.
fn replay(record: &Record) -> Replay {
    let is_safe = matches!(
        record.method,
        Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE
    );
    if record.headers.contains_key(http::header::UPGRADE) {
        Replay::Never("A request for another protocol cannot be sent again.")
    } else if !record.upload.is_whole() {
        Replay::Never(
            "The request's body was not recorded. Start cargo gin dev with --record-bodies to record bodies up to 64 KiB.",
        )
    } else if is_safe {
        Replay::Freely
    } else {
        Replay::Confirmed("This request may have an effect. To send it again, confirm that.")
    }
}

/// Returns a response as JSON, with as much of its body as comes in time and fits.
async fn collect(response: Response<Body>, deadline: Instant) -> Value {
    let (head, mut stream) = response.into_parts();
    let mut capture = Capture::default();
    let mut has_ended = false;
    while capture.is_whole() && !has_ended {
        match timeout_at(deadline, stream.frame()).await {
            Ok(Some(Ok(frame))) => {
                if let Ok(chunk) = frame.into_data() {
                    capture.add(&chunk, Bodies::Kept);
                }
            }
            Ok(None) => has_ended = true,
            Ok(Some(Err(_))) | Err(_) => break,
        }
    }
    let mut body = records::content(&capture);
    body.is_complete = has_ended && capture.is_whole();
    json!({
        "status": head.status.as_u16(),
        "headers": records::fields(&head.headers),
        "body": body,
    })
}
