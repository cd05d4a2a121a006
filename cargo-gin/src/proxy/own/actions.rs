//! The actions of the proxy's own pages: rebuilding, editing files, and opening the editor. Pages name everything by id.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Response, StatusCode};
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::timeout;

use crate::editor::{Editor, FileList, Spot, Unopenable};
use crate::fix::{Fixed, Order, Refused, Task};
use crate::page::Format;
use crate::proxy::access::{Permit, Refusal, Visitor};
use crate::proxy::own::remedies::ChosenPort;
use crate::proxy::reports::Reports;
use crate::proxy::response;
use crate::proxy::streams::{Body, full};
use crate::source::{Sources, Taken};
use crate::state::{Change, Event, Phase, Status};

/// The largest body of a POST, in bytes.
const MAX_BODY: usize = 4096;

/// The timeout for the body of a POST to arrive.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The actions that need the rest of the dev server.
pub(crate) struct Actions {
    pub(crate) status: watch::Receiver<Status>,
    pub(crate) events: mpsc::Sender<Event>,
    pub(crate) fixes: mpsc::Sender<Order>,
    /// The number of edits that can be undone.
    pub(crate) undoable: watch::Receiver<usize>,
    pub(crate) permit: Permit,
    pub(crate) editor: Result<Editor, Unopenable>,
    pub(crate) reports: Arc<Reports>,
    /// The port of the app that a page has chosen, which the loop starts the app with.
    pub(crate) port: ChosenPort,
}

/// The actions that are available to the pages of a visitor.
pub(crate) struct Offer {
    /// The reason why none is, if so.
    forbidden: Option<&'static str>,
    /// The number of edits that can be undone.
    pub(super) undoable: watch::Receiver<usize>,
}

impl Offer {
    /// Returns the current offer as JSON.
    pub(super) fn json(&mut self) -> Value {
        json!({ "forbidden": self.forbidden, "undoable": *self.undoable.borrow_and_update() })
    }
}

/// An item of a build: a suggestion, or a place.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Item {
    pub(super) build: u64,
    pub(super) id: String,
}

/// The body of a POST that needs no parameters.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Empty {}

impl Actions {
    /// Returns the actions that are available to the pages of this visitor.
    pub(super) fn offer(&self, visitor: &Visitor) -> Offer {
        Offer {
            forbidden: self.permit.forbids(visitor),
            undoable: self.undoable.clone(),
        }
    }

    /// `POST /__gin/rebuild` and `POST /__gin/restart`: starts a build, or only the app.
    pub(super) async fn cause(&self, change: Change) -> Result<Response<Body>, Refusal> {
        self.send(change).await?;
        let mut response = Response::new(full(""));
        *response.status_mut() = StatusCode::ACCEPTED;
        Ok(response)
    }

    /// Makes the loop start a build, or only the app.
    pub(super) async fn send(&self, change: Change) -> Result<(), Refusal> {
        let sent = self.events.send(Event::Change(change)).await;
        sent.map_err(|_| Refusal::ShuttingDown)
    }

    /// `POST /__gin/fix`: applies a suggestion, `{"build": 7, "id": "3.1.0"}`, or all that rustc is sure of, `"id": "all"`.
    pub(super) async fn fix(
        &self,
        body: Incoming,
        format: Format,
    ) -> Result<Response<Body>, Refusal> {
        let Item { build, id } = read(body).await?;
        let choice = id.parse().map_err(|_| Refusal::NoSuchId)?;
        Ok(match self.order(Task::Fix { build, choice }).await? {
            Ok(fixed) => response::json(&to_json("applied", &fixed)),
            Err(refused) => self.problem(status_of(&refused), &refused.to_string(), format),
        })
    }

    /// `POST /__gin/undo`: undoes the last edit.
    pub(super) async fn undo(
        &self,
        body: Incoming,
        format: Format,
    ) -> Result<Response<Body>, Refusal> {
        let Empty {} = read(body).await?;
        Ok(match self.order(Task::Undo).await? {
            Ok(fixed) => response::json(&to_json("undone", &fixed)),
            Err(refused) => self.problem(status_of(&refused), &refused.to_string(), format),
        })
    }

    /// `POST /__gin/open`: opens the editor at a place, `{"build": 7, "id": "d0:12:5"}`.
    pub(super) async fn open(
        &self,
        body: Incoming,
        format: Format,
    ) -> Result<Response<Body>, Refusal> {
        let Item { build, id } = read(body).await?;
        let spot: Spot = id.parse().map_err(|_| Refusal::NoSuchId)?;
        let status = self.status.borrow().clone();
        if status.attempt != build {
            let outdated = Refused::Outdated { build };
            return Ok(self.problem(StatusCode::CONFLICT, &outdated.to_string(), format));
        }
        let reported = self.reports.files(build);
        let file = file_of(&status, &reported, spot).ok_or(Refusal::NoSuchId)?;
        let opened = match &self.editor {
            Ok(editor) => editor.open(&file.path, spot.line, spot.column).await,
            Err(unopenable) => Err(unopenable.clone()),
        };
        Ok(match opened {
            Ok(()) => response::json(&json!({ "opened": file.name })),
            Err(unopenable) => self.problem(StatusCode::CONFLICT, &unopenable.to_string(), format),
        })
    }

    /// Has a task done by the owner of the edits.
    pub(super) async fn order(&self, task: Task) -> Result<Result<Fixed, Refused>, Refusal> {
        let (done, result) = oneshot::channel();
        let sent = self.fixes.send(Order { task, done }).await;
        sent.map_err(|_| Refusal::ShuttingDown)?;
        result.await.map_err(|_| Refusal::ShuttingDown)
    }

    pub(super) fn problem(&self, code: StatusCode, reason: &str, format: Format) -> Response<Body> {
        response::problem(code, reason, &self.status.borrow(), format)
    }
}

/// Reads the body of a POST. Missing and unknown members are errors.
pub(super) async fn read<T: DeserializeOwned>(body: Incoming) -> Result<T, Refusal> {
    let body = read_bytes(body, MAX_BODY).await?;
    serde_json::from_slice(&body).map_err(|_| Refusal::BadBody)
}

/// Reads the body of a POST, which has at most so many bytes.
pub(super) async fn read_bytes(body: Incoming, most: usize) -> Result<Bytes, Refusal> {
    let body = timeout(TIMEOUT, Limited::new(body, most).collect()).await;
    let body = body
        .map_err(|_| Refusal::BadBody)?
        .map_err(|_| Refusal::BadBody)?;
    Ok(body.to_bytes())
}

pub(super) fn to_json(done: &str, fixed: &Fixed) -> Value {
    let files = fixed.files.iter().map(|file| json!({ "file": file }));
    json!({ done: files.collect::<Value>(), "undoable": fixed.undoable })
}

fn status_of(refused: &Refused) -> StatusCode {
    match refused {
        Refused::Unknown => StatusCode::NOT_FOUND,
        Refused::NotAtHand { .. } | Refused::NotOurs { .. } | Refused::Unwritable { .. } => {
            StatusCode::FORBIDDEN
        }
        Refused::Outdated { .. }
        | Refused::Incomplete
        | Refused::Macro
        | Refused::Overlapping
        | Refused::Changed { .. }
        | Refused::Moved { .. }
        | Refused::Nothing => StatusCode::CONFLICT,
    }
}

/// Returns the file of a place, if the pages of this status or of its reports show it.
fn file_of<'a>(status: &'a Status, reported: &'a Sources, spot: Spot) -> Option<&'a Taken> {
    let sources: &Sources = match (spot.list, &status.phase) {
        (FileList::Diagnostics, _) => status.diagnostics.sources(),
        (FileList::Exit, Phase::Crashed(exit)) => &exit.sources,
        (FileList::Exit, _) => return None,
        (FileList::Report, _) => reported,
    };
    let file = sources.iter().nth(spot.file)?;
    (spot.line <= file.source.lines()).then_some(file)
}
