//! `POST /__gin/compare` and `GET /__gin/comparison`: requests of earlier builds, sent again together.

use std::collections::HashSet;

use http::{Method, Response};
use serde_json::json;

use crate::page::{self, FullExchange};
use crate::proxy::access::Visitor;
use crate::proxy::client::Client;
use crate::proxy::forwarding::Unserved;
use crate::proxy::own::requests::{NotReplayed, RecordedRequests, Selection};
use crate::proxy::records::Record;
use crate::proxy::response;
use crate::proxy::streams::Body;

/// The most requests that are sent again together.
const MOST: usize = 20;

impl RecordedRequests {
    /// Sends the newest requests of earlier builds again, each once, if they change nothing. Returns their number. One that the app
    /// cannot serve gets a page of ours, which the comparison says.
    pub(super) async fn compare(
        &self,
        client: &Client,
        visitor: &Visitor,
    ) -> Result<Response<Body>, NotReplayed> {
        let chosen = self.of_earlier_builds();
        for id in &chosen {
            let sent = self.send_again(client, visitor, Selection::of(*id)).await;
            match sent {
                // The others would wait as long in vain.
                Err(NotReplayed::Unserved(Unserved::Phase(status)))
                    if status.phase.is_under_way() =>
                {
                    return Err(Unserved::Phase(status).into());
                }
                Err(NotReplayed::Unserved(Unserved::Refused(refusal))) => {
                    return Err(refusal.into());
                }
                // A request may have been dropped from the records meanwhile.
                Ok(_) | Err(NotReplayed::Condition(_) | NotReplayed::Unserved(_)) => {}
            }
        }
        Ok(response::json(&json!({ "sent": chosen.len() })))
    }

    /// Returns the page that compares the responses.
    pub(super) fn compared(&self) -> Response<Body> {
        let status = self.status.borrow();
        response::page(page::comparison(&status, &self.pairs()), &status)
    }

    /// Returns the ids of requests of earlier builds that can be sent again freely: first those that the app has responded to, then
    /// those that only got a page of ours, the newest first.
    fn of_earlier_builds(&self) -> Vec<u64> {
        let build = self.status.borrow().attempt;
        let all = self.recorder.map(|record| {
            // A page that has reloaded since is in the current build, too, which does not matter.
            let is_earlier = record.attempt < build && record.repeats.is_none();
            (is_earlier && is_safe(record)).then(|| {
                let target = (record.method.clone(), record.target.clone());
                (is_ours(record), target, record.id)
            })
        });
        let mut all: Vec<_> = all.into_iter().flatten().collect();
        all.sort_by_key(|(is_ours, ..)| *is_ours);
        let mut seen = HashSet::new();
        all.retain(|(_, target, _)| seen.insert(target.clone()));
        all.into_iter().map(|(.., id)| id).take(MOST).collect()
    }

    /// Returns the requests that were sent again, each with the one that it repeats, the newest first.
    fn pairs(&self) -> Vec<(FullExchange, FullExchange)> {
        let mut seen = HashSet::new();
        let repeated = self
            .recorder
            .map(|record| record.repeats.map(|before| (before, record.id)));
        let newest = repeated.into_iter().flatten();
        let newest = newest.filter(|(before, _)| seen.insert(*before));
        let pairs = newest
            .filter_map(|(before, now)| Some((self.full(before).ok()?, self.full(now).ok()?)));
        pairs.collect()
    }
}

/// Returns `true` for a request without an effect that has got a response.
fn is_safe(record: &Record) -> bool {
    matches!(record.method, Method::GET | Method::HEAD)
        && !record.headers.contains_key(http::header::UPGRADE)
        && record.upload.is_whole()
        && record.completion.is_some()
        && record.response.is_some()
}

/// Returns `true` if the dev server has responded without the app.
fn is_ours(record: &Record) -> bool {
    let response = record.response.as_ref();
    record.incident.is_none() && response.is_some_and(|response| response.in_place.is_some())
}
