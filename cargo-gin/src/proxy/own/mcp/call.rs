//! The calls of tools.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::timeout;

use crate::diagnostics::Level;
use crate::fix::{Fixed, Refused, Task};
use crate::page::{self, Digest, Selected, digest};
use crate::proxy::access::{Refusal, Visitor};
use crate::proxy::client::Client;
use crate::proxy::own::actions::to_json;
use crate::proxy::own::endpoints::Endpoints;
use crate::proxy::own::mcp::arguments::{
    Filter, Incidents, LONGEST_WAIT, Least, Lines, Listing, Nothing, Recorded, Suggestion, Waiting,
    read,
};
use crate::proxy::own::mcp::failed::Failed;
use crate::proxy::own::mcp::tool::Tool;
use crate::proxy::own::requests::Replayed;
use crate::state::{Cause, Change, Phase, Tail};

/// The time in which a requested build must begin.
const BEGINNING: Duration = Duration::from_secs(2);

/// The longest text of a result, in bytes.
const TEXT: usize = 48 << 10;

/// A call of a tool.
pub(super) struct Call<'a> {
    pub(super) endpoints: &'a Endpoints,
    pub(super) client: &'a Client,
    pub(super) visitor: &'a Visitor,
}

impl Call<'_> {
    /// Calls a tool, and returns the result of `tools/call`.
    pub(super) async fn result(&self, tool: Tool, arguments: Value) -> Value {
        match self.perform(tool, arguments).await {
            Ok(Digest { text, data }) => {
                let text = digest::bounded(text, TEXT);
                let content = json!([{ "type": "text", "text": text }]);
                json!({ "content": content, "structuredContent": data, "isError": false })
            }
            Err(Failed(reason)) => {
                json!({ "content": [{ "type": "text", "text": reason }], "isError": true })
            }
        }
    }

    async fn perform(&self, tool: Tool, arguments: Value) -> Result<Digest, Failed> {
        if tool.needs_permit() {
            self.endpoints.permit.check(self.visitor)?;
        }
        match tool {
            Tool::Status => self.status(read(arguments)?).await,
            Tool::Diagnostics => self.diagnostics(read(arguments)?).await,
            Tool::ApplyFix => {
                let Suggestion { build, id } = read(arguments)?;
                let choice = id.parse().map_err(|_| Refused::Unknown)?;
                self.edit("applied", Task::Fix { build, choice }).await
            }
            Tool::Undo => {
                let Nothing {} = read(arguments)?;
                self.edit("undone", Task::Undo).await
            }
            Tool::Rebuild => {
                let Nothing {} = read(arguments)?;
                self.cause(Change::requested()).await
            }
            Tool::Restart => {
                let Nothing {} = read(arguments)?;
                self.cause(Change::restart(Cause::RestartRequested)).await
            }
            Tool::Requests => Ok(self.requests(&read(arguments)?)),
            Tool::Request => {
                let Recorded { id } = read(arguments)?;
                Ok(digest::full_exchange(&self.endpoints.requests.full(id)?))
            }
            Tool::Replay => self.replay(arguments).await,
            Tool::Routes => {
                let Nothing {} = read(arguments)?;
                self.routes().await
            }
            Tool::Output => {
                let Lines { lines } = read(arguments)?;
                Ok(digest::output(&self.tail(), lines))
            }
            Tool::Crash => {
                let Nothing {} = read(arguments)?;
                Ok(digest::crash(&self.endpoints.status.borrow(), &self.url()))
            }
            Tool::Incidents => Ok(self.incidents(&read(arguments)?)),
        }
    }

    /// Returns the URL at which the client has reached the dev server.
    fn url(&self) -> String {
        self.visitor.origin.to_string()
    }

    async fn status(&self, Waiting { wait_s }: Waiting) -> Result<Digest, Failed> {
        self.settle(wait_s).await?;
        let mut shown = digest::status(&self.endpoints.status.borrow(), &self.url());
        shown.data["with"] = page::sides_json(&self.endpoints.sides);
        Ok(shown)
    }

    async fn diagnostics(&self, listing: Listing) -> Result<Digest, Failed> {
        self.settle(listing.wait_s).await?;
        let selected = Selected {
            least: match listing.level {
                Least::Error => Level::Error,
                Least::Warning => Level::Warning,
            },
            limit: listing.limit,
        };
        Ok(digest::diagnostics(
            &self.endpoints.status.borrow(),
            selected,
        ))
    }

    /// Waits until the phase shows every save before the call, and then until the attempt has ended, for a bounded time.
    async fn settle(&self, wait_s: u64) -> Result<(), Failed> {
        self.endpoints.fresh.reached().await;
        let mut status = self.endpoints.status.clone();
        let ended = status.wait_for(|status| !status.phase.is_under_way());
        let wait = Duration::from_secs(wait_s.min(LONGEST_WAIT));
        match timeout(wait, ended).await {
            Ok(Err(_)) => Err(Refusal::ShuttingDown.into()),
            // The state so far is the result.
            Ok(Ok(_)) | Err(_) => Ok(()),
        }
    }

    async fn edit(&self, done: &str, task: Task) -> Result<Digest, Failed> {
        let fixed = self.endpoints.actions.order(task).await??;
        let data = to_json(done, &fixed);
        let Fixed { files, undoable } = fixed;
        let text = format!("{done}: {}; {undoable} can be undone\n", files.join(", "));
        Ok(Digest { text, data })
    }

    /// Makes the loop build or start the app again, and returns the number of that attempt.
    async fn cause(&self, change: Change) -> Result<Digest, Failed> {
        let mut status = self.endpoints.status.clone();
        let before = status.borrow().attempt;
        self.endpoints.actions.send(change).await?;
        let begun = status.wait_for(|status| status.attempt > before);
        // Without an attempt in time, the number is that of the attempt which the request has joined.
        let _ = timeout(BEGINNING, begun).await;
        let build = self.endpoints.status.borrow().attempt;
        Ok(Digest {
            text: format!("build {build} has begun\n"),
            data: json!({ "build": build }),
        })
    }

    fn requests(&self, filter: &Filter) -> Digest {
        let mut exchanges = self.endpoints.requests.exchanges();
        exchanges.retain(|exchange| {
            let has_method = |method: &String| exchange.method.eq_ignore_ascii_case(method);
            let has_failed = exchange
                .status
                .map_or(exchange.ms.is_some(), |status| status >= 400);
            filter.method.as_ref().is_none_or(has_method)
                && filter
                    .path
                    .as_ref()
                    .is_none_or(|path| exchange.target.contains(path))
                && (!filter.failed || has_failed)
        });
        exchanges.truncate(filter.limit);
        digest::exchanges(&exchanges)
    }

    async fn replay(&self, arguments: Value) -> Result<Digest, Failed> {
        let selection = read(arguments)?;
        let requests = &self.endpoints.requests;
        let sent = requests.send_again(self.client, self.visitor, selection);
        let Replayed { id, answer } = sent.await?;
        let mut shown = digest::full_exchange(&requests.full(id)?);
        if let Some(body) = answer["body"]["text"]
            .as_str()
            .filter(|body| !body.is_empty())
        {
            shown.text.push_str("\n## body of the response\n\n");
            shown.text.push_str(body);
        }
        shown.data = json!({ "id": id, "answer": answer });
        Ok(shown)
    }

    async fn routes(&self) -> Result<Digest, Failed> {
        let routes = self.endpoints.reports.routes().await;
        let routes = routes.ok_or_else(|| {
            let reason = "The app does not report its routes: only debug builds on gin-core do, once they have started.";
            Failed(reason.to_owned())
        })?;
        let lines = routes.iter().map(|route| digest::route(route) + "\n");
        Ok(Digest {
            text: lines.collect(),
            data: json!({ "routes": *routes }),
        })
    }

    /// Returns the last output of the app, or of the process that has exited.
    fn tail(&self) -> Tail {
        match &self.endpoints.status.borrow().phase {
            Phase::Ready(reachable) => reachable.output.borrow().clone(),
            Phase::Starting(start) => start.tail.clone(),
            Phase::Crashed(exit) => exit.tail.clone(),
            Phase::Building(_) | Phase::Failed | Phase::Idle | Phase::Built => Tail::default(),
        }
    }

    fn incidents(&self, selected: &Incidents) -> Digest {
        let incidents = self.endpoints.requests.incidents(selected.request);
        let shown = incidents.iter().take(selected.limit);
        let (texts, data): (Vec<_>, Vec<_>) = shown
            .map(|incident| digest::incident(incident))
            .map(|Digest { text, data }| (text, data))
            .unzip();
        let text = match texts.as_slice() {
            [] => "No such failures were reported.\n".to_owned(),
            texts => texts.join("\n"),
        };
        Digest {
            text,
            data: json!({ "incidents": data }),
        }
    }
}
