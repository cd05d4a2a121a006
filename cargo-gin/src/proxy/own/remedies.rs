//! `GET /__gin/remedies` and `POST /__gin/remedy`: commands that mend what a page shows. A page gets them with their ids, and
//! orders one by its id.

use http::{Response, StatusCode};
use hyper::body::Incoming;
use serde_json::json;
use tokio::sync::watch;
use tokio::task::spawn_blocking;

use crate::page::Format;
use crate::proxy::access::Refusal;
use crate::proxy::own::actions::{Actions, Item, read};
use crate::proxy::response;
use crate::proxy::streams::Body;
use crate::remedies::{self, Action, Remedy, Then};
use crate::state::{Cause, Change, Status};

/// The port of the app that a page has chosen.
pub(crate) type ChosenPort = watch::Sender<Option<u16>>;

impl Actions {
    /// Returns the remedies for the current phase as JSON.
    pub(super) async fn remedies(&self) -> Response<Body> {
        let status = self.status.borrow().clone();
        let build = status.attempt;
        let found = found(status).await;
        let listed: Vec<_> = found
            .iter()
            .map(|remedy| {
                json!({ "id": remedy.id(), "label": remedy.label, "command": remedy.command() })
            })
            .collect();
        response::json(&json!({ "build": build, "remedies": listed }))
    }

    /// Carries out a remedy, `{"build": 7, "id": "…"}`, if it is still one.
    pub(super) async fn remedy(
        &self,
        body: Incoming,
        format: Format,
    ) -> Result<Response<Body>, Refusal> {
        let Item { build, id } = read(body).await?;
        let status = self.status.borrow().clone();
        if status.attempt != build {
            let reason = format!("Build {build} is no longer the latest one.");
            return Ok(self.problem(StatusCode::CONFLICT, &reason, format));
        }
        let found = found(status).await;
        let remedy = found.into_iter().find(|remedy| remedy.id() == id);
        let remedy = remedy.ok_or(Refusal::NoSuchId)?;
        match &remedy.action {
            Action::UsePort(port) => {
                self.port.send_replace(Some(*port));
                self.cause(Change::restart(Cause::RestartRequested)).await?;
            }
            Action::Run {
                argv,
                directory,
                then,
            } => {
                if let Err(failed) = remedies::run(argv, directory).await {
                    let conflict = StatusCode::CONFLICT;
                    return Ok(self.problem(conflict, &failed.to_string(), format));
                }
                match then {
                    Then::Nothing => {}
                    Then::Build => drop(self.cause(Change::requested()).await?),
                    Then::Restart => {
                        let change = Change::restart(Cause::RestartRequested);
                        drop(self.cause(change).await?);
                    }
                }
            }
        }
        Ok(response::json(&json!({ "done": remedy.command() })))
    }
}

/// Looks for remedies. It reads the disk, which may hang.
async fn found(status: Status) -> Vec<Remedy> {
    let found = spawn_blocking(move || remedies::all(&status)).await;
    found.unwrap_or_default()
}
