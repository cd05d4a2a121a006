//! What our own pages have done for them: edits of files, and the editor opened. All is asked for by id.

use std::time::Duration;

use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response, StatusCode};
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::sync::{oneshot, watch};
use tokio::time::timeout;

use crate::editor::{Spot, Table};
use crate::fix::{Fixed, Order, Refused, Task};
use crate::page::{self, Format};
use crate::proxy::access::{Host, Refusal};
use crate::proxy::front::{Front, signed};
use crate::proxy::streams::{Body, full};
use crate::source::{Sources, Taken};
use crate::state::{Phase, Status};

/// The largest order, in octets.
const MAX_ORDER: usize = 4096;

/// How long an order may take to come.
const PATIENCE: Duration = Duration::from_secs(10);

/// What the pages of a host can have done now.
pub(crate) struct Actions {
    /// Why they can have nothing done, if so.
    forbidden: Option<&'static str>,
    /// How many steps they can have taken back.
    pub(crate) undoable: watch::Receiver<usize>,
}

impl Actions {
    /// As the events and the status tell it.
    pub(crate) fn told(&mut self) -> Value {
        json!({ "forbidden": self.forbidden, "undoable": *self.undoable.borrow_and_update() })
    }
}

/// Something of a build: a suggestion, or a place.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfBuild {
    build: u64,
    id: String,
}

/// An order that needs no more words.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wordless {}

impl Front {
    /// What the pages of this host can have done.
    pub(crate) fn actions(&self, host: &Host) -> Actions {
        Actions {
            forbidden: self.proxy.rules.permit.forbids(host),
            undoable: self.proxy.undoable.clone(),
        }
    }

    /// `POST /__gin/fix`: makes a suggestion, `{"build": 7, "id": "3.1"}`, or all that rustc is sure of, `"id": "all"`.
    pub(crate) async fn fix(
        &self,
        body: Incoming,
        format: Format,
    ) -> Result<Response<Body>, Refusal> {
        let OfBuild { build, id } = order(body).await?;
        let choice = id.parse().map_err(|_| Refusal::NoSuchId)?;
        Ok(match self.have_fixed(Task::Fix { build, choice }).await? {
            Ok(fixed) => json_of(&told("applied", &fixed)),
            Err(refused) => self.decline(status_of(&refused), &refused.to_string(), format),
        })
    }

    /// `POST /__gin/undo`: takes back what was made last.
    pub(crate) async fn undo(
        &self,
        body: Incoming,
        format: Format,
    ) -> Result<Response<Body>, Refusal> {
        let Wordless {} = order(body).await?;
        Ok(match self.have_fixed(Task::Undo).await? {
            Ok(fixed) => json_of(&told("undone", &fixed)),
            Err(refused) => self.decline(status_of(&refused), &refused.to_string(), format),
        })
    }

    /// `POST /__gin/open`: opens the editor at a place, `{"build": 7, "id": "d0:12:5"}`.
    pub(crate) async fn open(
        &self,
        body: Incoming,
        format: Format,
    ) -> Result<Response<Body>, Refusal> {
        let OfBuild { build, id } = order(body).await?;
        let spot: Spot = id.parse().map_err(|_| Refusal::NoSuchId)?;
        let status = self.proxy.status.borrow().clone();
        if status.attempt != build {
            let outdated = Refused::Outdated { build };
            return Ok(self.decline(StatusCode::CONFLICT, &outdated.to_string(), format));
        }
        let reported = self.told.files(build);
        let taken = taken(&status, &reported, spot).ok_or(Refusal::NoSuchId)?;
        let opened = match &self.proxy.rules.editor {
            Ok(editor) => editor.open(&taken.path, spot.line, spot.column).await,
            Err(unopenable) => Err(unopenable.clone()),
        };
        Ok(match opened {
            Ok(()) => json_of(&json!({ "opened": taken.name })),
            Err(unopenable) => self.decline(StatusCode::CONFLICT, &unopenable.to_string(), format),
        })
    }

    async fn have_fixed(&self, task: Task) -> Result<Result<Fixed, Refused>, Refusal> {
        let (done, result) = oneshot::channel();
        let order = Order { task, done };
        let sent = self.proxy.fixes.send(order).await;
        sent.map_err(|_| Refusal::ShuttingDown)?;
        result.await.map_err(|_| Refusal::ShuttingDown)
    }

    /// The page that tells why something was not done.
    pub(crate) fn decline(&self, code: StatusCode, reason: &str, format: Format) -> Response<Body> {
        let page = page::problem(code, reason, format);
        signed(page, &self.proxy.status.borrow())
    }
}

/// An order as its page wrote it: nothing is missing, and nothing is too much.
pub(crate) async fn order<T: DeserializeOwned>(body: Incoming) -> Result<T, Refusal> {
    let body = timeout(PATIENCE, Limited::new(body, MAX_ORDER).collect()).await;
    let body = body
        .map_err(|_| Refusal::BadBody)?
        .map_err(|_| Refusal::BadBody)?;
    serde_json::from_slice(&body.to_bytes()).map_err(|_| Refusal::BadBody)
}

/// An answer of ours that is data.
pub(crate) fn json_of(value: &Value) -> Response<Body> {
    let mut response = Response::new(full(value.to_string()));
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    response
}

fn told(done: &str, fixed: &Fixed) -> Value {
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

/// The file that a place is in, if the pages of this status show it, or those of what was reported.
fn taken<'a>(status: &'a Status, reported: &'a Sources, spot: Spot) -> Option<&'a Taken> {
    let sources: &Sources = match (spot.table, &status.phase) {
        (Table::Diagnostics, _) => status.diagnostics.sources(),
        (Table::Exit, Phase::Crashed(exit)) => &exit.sources,
        (Table::Exit, _) => return None,
        (Table::Report, _) => reported,
    };
    let taken = sources.iter().nth(spot.file)?;
    (spot.line <= taken.source.lines()).then_some(taken)
}
