//! Requests for the processes beside the app.

use std::sync::Arc;
use std::time::Duration;

use http::header::{REFRESH, RETRY_AFTER};
use http::{HeaderValue, Request, Response};
use hyper::body::Incoming;
use tokio::sync::{Semaphore, watch};

use crate::page::{self, Format};
use crate::proxy::client::Client;
use crate::proxy::forwarding::{Forwarder, Hold, Loss, Unserved};
use crate::proxy::records::{Bodies, Recorder};
use crate::proxy::response;
use crate::proxy::streams::Body;
use crate::proxy::tasks::Tasks;
use crate::state::{Freshness, Phase, Side, Sides, Status};

/// Forwards requests to the processes beside the app. Their own dev servers reload their pages, and their modules would crowd the
/// app's requests out of the record: so their responses pass as they are, and are not shown.
pub(super) struct Beside {
    sides: Sides,
    /// One for each process, in the same order.
    forwarders: Vec<Arc<Forwarder>>,
    /// Takes notes that nothing reads.
    recorder: Recorder,
}

/// A request that a process did not serve.
enum Failure {
    Unserved(Unserved),
    Lost(Loss),
}

impl Beside {
    /// Returns the forwarders to these processes. A request waits for one at most as long as `timeout`.
    pub(super) fn new(
        sides: Sides,
        timeout: Duration,
        places: usize,
        tasks: &Tasks,
        run: &HeaderValue,
    ) -> Beside {
        let forwarder = |side: &Side| {
            let (status, tasks, run) = (side.status.clone(), tasks.clone(), run.clone());
            let hold = Hold {
                status: status.clone(),
                // Such a process watches its files by itself.
                fresh: Freshness::unneeded(),
                pending: watch::Sender::default(),
                demand: watch::Sender::default(),
                timeout,
                places: Semaphore::new(places),
            };
            Arc::new(Forwarder {
                hold,
                status,
                tasks,
                run,
            })
        };
        Beside {
            forwarders: sides.iter().map(forwarder).collect(),
            sides,
            recorder: Recorder::new(Bodies::Counted),
        }
    }

    /// Returns the forwarder of the process that has this path. `None` if the path is the app's.
    pub(super) fn at(&self, path: &str) -> Option<&Forwarder> {
        let index = self.sides.index_of(path)?;
        self.forwarders.get(index).map(Arc::as_ref)
    }

    /// Responds to a request for a process.
    pub(super) async fn respond(
        &self,
        forwarder: &Forwarder,
        client: &Client,
        request: Request<Incoming>,
        format: Format,
    ) -> Response<Body> {
        let (head, body) = request.into_parts();
        let pending = self.recorder.begin(0, &head);
        let request = Request::from_parts(head, body);
        let forwarded = forwarder.forward(client, request, None, pending.trace(), |_| ());
        let failure = match forwarded.await {
            Ok(forwarded) => match forwarded.outcome {
                Ok(responded) => return responded.response,
                Err(loss) => Failure::Lost(loss),
            },
            Err(unserved) => Failure::Unserved(unserved),
        };
        let status = forwarder.status.borrow().clone();
        explain(failure, &status, format)
    }
}

/// Returns the page that explains why a process does not serve a request.
fn explain(failure: Failure, status: &Status, format: Format) -> Response<Body> {
    let status = match failure {
        Failure::Lost(loss) => {
            let lost = page::Lost {
                headline: None,
                detail: loss.refusal.detail().into(),
                output: loss.output,
                panics: loss.panics,
                sources: crate::source::Sources::default(),
            };
            return response::page(page::lost(&lost, status, format), status);
        }
        Failure::Unserved(Unserved::Refused(refusal)) => {
            return response::refusal(refusal, status, format);
        }
        Failure::Unserved(Unserved::Phase(status)) => *status,
    };
    let mut response = response::page(page::side(&status, format), &status);
    if matches!(status.phase, Phase::Building(_) | Phase::Starting(_)) {
        let soon = HeaderValue::from_static("1");
        response.headers_mut().insert(RETRY_AFTER, soon.clone());
        response.headers_mut().insert(REFRESH, soon);
    }
    response
}
