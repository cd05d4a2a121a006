//! `GET /__gin/requests`, `GET /__gin/requests/ID` and `POST /__gin/replay`: what was asked of the app, and once more.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, COOKIE, EXPECT, SET_COOKIE};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::{Instant, timeout_at};

use crate::incidents::Request as Asked;
use crate::page::{self, Exchange, Fields, Format, FullExchange, RecordedBody, Replay};
use crate::proxy::access::Refusal;
use crate::proxy::forwarding::{Turn, outbound};
use crate::proxy::front::{Front, Visit, show, signed};
use crate::proxy::own::actions::{json_of, order};
use crate::proxy::records::{Bodies, Copied, Record};
use crate::proxy::streams::{Body, Upload, Watched};
use crate::proxy::upstream::{Busy, Lane};

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
        self.recorder.each(exchange)
    }

    /// One request with its headers, and with its bodies if they are kept.
    pub(crate) fn request(&self, id: &str, format: Format) -> Result<Response<Body>, Refusal> {
        let id = id.parse().map_err(|_| Refusal::NoSuchId)?;
        let record = self.recorder.record(id).ok_or(Refusal::NoSuchId)?;
        let is_there = |id: &u64| self.recorder.record(*id).is_some();
        let full = FullExchange {
            exchange: exchange(&record),
            request: content(&record.upload),
            response: content(&record.download),
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
            Turn::Show(status) => return Ok(open.answered(show(&status, format))),
            Turn::Refuse(refusal) => return Err(refusal),
        };
        outbound::readdress(&mut head, visit, None, &self.run);
        let sent = async {
            let mut lane = Lane::open(app, &self.tasks).await.ok()?;
            open.trace().asked();
            let response = lane.send(again(head, upload)).await.ok()?;
            Some(response.map(|body| Watched::new(body, Busy::new(lane, None)).boxed_unsync()))
        };
        let response = timeout_at(deadline, sent).await;
        drop(pending);
        let response = response.ok().flatten().ok_or(Refusal::Silent)?;
        let id = open.trace().id();
        let answer = gathered(open.answered(response), deadline).await;
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
fn again(mut head: Parts, upload: Bytes) -> Request<Upload> {
    head.headers.remove(EXPECT);
    if upload.is_empty() {
        return Request::from_parts(head, Upload::Empty);
    }
    let length = HeaderValue::from(upload.len());
    head.headers.insert(CONTENT_LENGTH, length);
    Request::from_parts(head, Upload::Kept(Some(upload)))
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

/// What was asked, secrets masked.
pub(crate) fn asked(record: &Record) -> Asked {
    Asked {
        method: record.method.to_string(),
        path: record.target.path().to_owned(),
        target: page::mask(&record.target.to_string()),
        headers: fields(&record.headers),
    }
}

/// A record as it is shown.
fn exchange(record: &Record) -> Exchange {
    let at = record.at.duration_since(SystemTime::UNIX_EPOCH);
    let answer = record.answer.as_ref();
    Exchange {
        id: record.id,
        at_ms: at.map_or(0, millis),
        build: record.build,
        method: record.method.to_string(),
        target: page::mask(&record.target.to_string()),
        held_ms: record.held.map(millis),
        status: answer.map(|answer| answer.status.as_u16()),
        head_ms: answer.map(|answer| millis(answer.after)),
        ms: record.end.map(|end| millis(end.after)),
        is_complete: record.end.map(|end| end.is_whole),
        sent: record.upload.octets,
        received: record.download.octets,
        request_headers: fields(&record.headers),
        response_headers: answer.map(|answer| fields(&answer.headers)),
    }
}

/// Fields as pairs, in their order. What looks like a secret is masked.
fn fields(headers: &HeaderMap) -> Fields {
    let fields = headers.iter();
    fields
        .map(|(name, value)| (name.as_str().to_owned(), shown(name, value)))
        .collect()
}

fn shown(name: &HeaderName, value: &HeaderValue) -> String {
    let value = String::from_utf8_lossy(value.as_bytes());
    if *name == COOKIE {
        let pairs = value.split("; ").map(|pair| hidden(pair, pair.len()));
        return pairs.collect::<Vec<_>>().join("; ");
    }
    if *name == SET_COOKIE {
        let end = value.find(';').unwrap_or(value.len());
        return hidden(&value, end);
    }
    if page::is_secret(name.as_str()) {
        return page::MASK.to_owned();
    }
    page::mask(&value)
}

/// A cookie with its name, and with what stands behind `end`.
fn hidden(cookie: &str, end: usize) -> String {
    match cookie[..end].split_once('=') {
        Some((name, _)) => format!("{name}={}{}", page::MASK, &cookie[end..]),
        None => page::MASK.to_owned(),
    }
}

/// A body as it is shown.
fn content(copied: &Copied) -> RecordedBody {
    let is_kept = copied.is_whole() || !copied.kept.is_empty();
    let text = text(copied).filter(|_| is_kept);
    RecordedBody {
        bytes: copied.octets,
        is_complete: copied.is_whole(),
        text: text.map(masked),
    }
}

/// What was kept, as text. Where it was cut, the last character may be a part of one.
fn text(copied: &Copied) -> Option<&str> {
    match std::str::from_utf8(&copied.kept) {
        Ok(text) => Some(text),
        Err(error) if error.error_len().is_none() && !copied.is_whole() => {
            std::str::from_utf8(&copied.kept[..error.valid_up_to()]).ok()
        }
        Err(_) => None,
    }
}

fn masked(text: &str) -> String {
    let lines = text.split_inclusive('\n').map(page::mask);
    lines.collect()
}

/// An answer, with as much of its body as comes in time and fits.
async fn gathered(response: Response<Body>, deadline: Instant) -> Value {
    let (head, mut stream) = response.into_parts();
    let mut copied = Copied::default();
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
    let mut body = content(&copied);
    body.is_complete = has_ended && copied.is_whole();
    json!({
        "status": head.status.as_u16(),
        "headers": fields(&head.headers),
        "body": body,
    })
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
