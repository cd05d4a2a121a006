//! `GET /__gin/requests`, `GET /__gin/requests/ID` and `POST /__gin/replay`: what was asked of the app, and once more.

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, EXPECT};
use http::request::Parts;
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::{Instant, timeout_at};

use crate::page::{self, Exchange, Format, FullExchange, Replay};
use crate::proxy::access::Refusal;
use crate::proxy::forwarding::{Turn, outbound};
use crate::proxy::front::{Front, Visit, show, signed};
use crate::proxy::own::actions::{json_of, order};
use crate::proxy::records::{self, Bodies, Capture, Record};
use crate::proxy::streams::{Body, Observed, full};
use crate::proxy::upstream::{Connection, Lent};

/// A request that is to be sent again.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Again {
    id: u64,
    /// Has the person been told that it may have an effect?
    #[serde(default)]
    confirm: bool,
}

impl Front {
    /// The last requests, the newest first, without their bodies.
    pub(crate) fn requests(&self) -> Response<Body> {
        json_of(&json!({ "requests": self.exchanges() }))
    }

    /// The last requests, the newest first.
    pub(crate) fn exchanges(&self) -> Vec<Exchange> {
        self.recorder.map(records::exchange)
    }

    /// One request with its headers, and with its bodies if they are kept.
    pub(crate) fn request(&self, id: &str, format: Format) -> Result<Response<Body>, Refusal> {
        let id = id.parse().map_err(|_| Refusal::NoSuchId)?;
        let record = self.recorder.record(id).ok_or(Refusal::NoSuchId)?;
        let is_there = |id: &u64| self.recorder.record(*id).is_some();
        let full = FullExchange {
            exchange: records::exchange(&record),
            request: records::content(&record.upload),
            response: records::content(&record.download),
            replay: replay(&record),
            older: id.checked_sub(1).filter(is_there),
            newer: id.checked_add(1).filter(is_there),
        };
        let status = self.proxy.status.borrow();
        Ok(match format {
            Format::Html(_) => signed(page::request(&status, &full), &status),
            Format::Problem | Format::Markdown | Format::Text(_) => json_of(&json!(full)),
        })
    }

    /// Sends a request again, `{"id": 7}`, and tells what the app says. One that may have an effect takes `"confirm": true`.
    pub(crate) async fn replay(
        &self,
        visit: &Visit,
        body: Incoming,
        format: Format,
    ) -> Result<Response<Body>, Refusal> {
        let Again { id, confirm } = order(body).await?;
        let record = self.recorder.record(id).ok_or(Refusal::NoSuchId)?;
        match replay(&record) {
            Replay::Freely => {}
            Replay::Confirmed(_) if confirm => {}
            Replay::Confirmed(reason) | Replay::Never(reason) => {
                return Ok(self.decline(StatusCode::CONFLICT, reason, format));
            }
        }
        let upload = record.upload.kept.clone().freeze();
        let mut head = head(record);
        let deadline = Instant::now() + self.proxy.rules.hold;
        let build = self.proxy.status.borrow().attempt;
        let open = self.recorder.begin(build, &head);
        let (app, pending) = match self.turn(visit, deadline).await {
            Turn::Ask(app, pending) => (app, pending),
            Turn::Show(status) => return Ok(open.record(show(&status, format))),
            Turn::Refuse(refusal) => return Err(refusal),
        };
        outbound::readdress(&mut head, visit.peer, None, &self.run);
        let sent = async {
            let mut connection = Connection::open(app, &self.tasks).await.ok()?;
            open.trace().forwarded();
            let response = connection.send(again(head, upload)).await.ok()?;
            Some(
                response
                    .map(|body| Observed::new(body, Lent::new(connection, None)).boxed_unsync()),
            )
        };
        let response = timeout_at(deadline, sent).await;
        drop(pending);
        let response = response.ok().flatten().ok_or(Refusal::Silent)?;
        let id = open.trace().id();
        let answer = gathered(open.record(response), deadline).await;
        Ok(json_of(&json!({ "id": id, "answer": answer })))
    }
}

/// A request's head as it came.
fn head(record: Record) -> Parts {
    let mut request = Request::new(());
    *request.method_mut() = record.method;
    *request.uri_mut() = record.target;
    *request.headers_mut() = record.headers;
    request.into_parts().0
}

/// A request as it goes to the app once more, with all of its body.
fn again(mut head: Parts, upload: Bytes) -> Request<Body> {
    head.headers.remove(EXPECT);
    if upload.is_empty() {
        return Request::from_parts(head, full(""));
    }
    let length = HeaderValue::from(upload.len());
    head.headers.insert(CONTENT_LENGTH, length);
    Request::from_parts(head, full(upload))
}

/// Whether a request can be sent again.
fn replay(record: &Record) -> Replay {
    let is_safe = matches!(
        record.method,
        Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE
    );
    if record.headers.contains_key(http::header::UPGRADE) {
        Replay::Never("A request that asks for another protocol can't be sent again.")
    } else if !record.upload.is_whole() {
        Replay::Never(
            "The request's body was not kept. Start cargo gin dev with --record-bodies; bodies up to 64 KiB are then kept.",
        )
    } else if is_safe {
        Replay::Freely
    } else {
        Replay::Confirmed("This request may have an effect. To send it again, confirm that.")
    }
}

/// An answer, with as much of its body as comes in time and fits.
async fn gathered(response: Response<Body>, deadline: Instant) -> Value {
    let (head, mut stream) = response.into_parts();
    let mut copied = Capture::default();
    let mut has_ended = false;
    while copied.is_whole() && !has_ended {
        match timeout_at(deadline, stream.frame()).await {
            Ok(Some(Ok(frame))) => {
                if let Ok(chunk) = frame.into_data() {
                    copied.add(&chunk, Bodies::Kept);
                }
            }
            Ok(None) => has_ended = true,
            Ok(Some(Err(_))) | Err(_) => break,
        }
    }
    let mut body = records::content(&copied);
    body.is_complete = has_ended && copied.is_whole();
    json!({
        "status": head.status.as_u16(),
        "headers": records::fields(&head.headers),
        "body": body,
    })
}
