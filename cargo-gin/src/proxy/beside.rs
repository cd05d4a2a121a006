//! Requests for the processes beside the app.

use std::sync::Arc;
use std::time::Duration;

use http::header::{REFRESH, RETRY_AFTER};
use http::{HeaderValue, Request, Response, StatusCode};
use hyper::body::Incoming;
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

use crate::page::{self, Format, Revisit};
use crate::proxy::access::{Refusal, Visitor};
use crate::proxy::client::Client;
use crate::proxy::forwarding::{Forwarder, Hold, Loss, Room, Unserved};
use crate::proxy::records::{Bodies, Recorder};
use crate::proxy::response;
use crate::proxy::streams::Body;
use crate::proxy::upstream::Dialer;
use crate::state::{Freshness, InFlight, Origin, Phase, Side, Sides, Status};

/// Forwards requests to the processes beside the app. Their own dev servers reload their pages, and their modules would crowd the
/// app's requests out of the record: so their responses pass as they are, and are not shown.
pub(super) struct Beside {
    sides: Sides,
    build: BuildWait,
    /// One for each process, in the same order.
    forwarders: Vec<Arc<Forwarder>>,
    /// Takes notes that nothing reads.
    recorder: Recorder,
}

/// A process that has a path.
#[derive(Clone, Copy)]
pub(super) struct Owner<'a> {
    side: &'a Side,
    forwarder: &'a Forwarder,
}

/// The wait for a build, before a request may reach what it makes.
pub(super) struct BuildWait {
    pub(super) status: watch::Receiver<Status>,
    pub(super) fresh: Freshness,
}

/// A request that a process did not serve.
enum Failure {
    Unserved(Unserved),
    Lost(Loss),
}

impl Beside {
    /// Returns the forwarders to these processes. Requests for one that is built with the app wait for `build`, and all wait at most
    /// as long as `timeout`.
    pub(super) fn new(
        sides: Sides,
        build: BuildWait,
        timeout: Duration,
        room: &Arc<Room>,
        dialer: &Dialer,
        run: &HeaderValue,
    ) -> Beside {
        let forwarder = |side: &Side| {
            let (status, run) = (side.status.clone(), run.clone());
            let dialer = dialer.to_another(status.clone());
            let hold = Hold {
                status: status.clone(),
                // Such a process watches its files by itself.
                fresh: Freshness::unneeded(),
                pending: side.pending.clone(),
                demand: watch::Sender::default(),
                timeout,
                room: room.clone(),
            };
            Arc::new(Forwarder {
                hold,
                status,
                in_flight: InFlight::default(),
                dialer,
                run,
            })
        };
        Beside {
            forwarders: sides.iter().map(forwarder).collect(),
            sides,
            build,
            recorder: Recorder::new(Bodies::Counted),
        }
    }

    /// Returns the process that has this path. `None` if the path is the app's.
    pub(super) fn at(&self, path: &str) -> Option<Owner<'_>> {
        let index = self.sides.index_of(path)?;
        Some(Owner {
            side: self.sides.iter().nth(index)?,
            forwarder: self.forwarders.get(index)?,
        })
    }

    /// Responds to a request for a process.
    pub(super) async fn respond(
        &self,
        owner: Owner<'_>,
        client: &Client,
        visitor: &Visitor,
        request: Request<Incoming>,
        format: Format,
    ) -> Response<Body> {
        let Owner { side, forwarder } = owner;
        if side.origin == Origin::Workspace {
            let deadline = forwarder.hold.deadline(&request);
            if let Err(unserved) = self.build.ended(client, deadline).await {
                return response::unserved(unserved, &self.build.status.borrow(), format);
            }
        }
        let (head, body) = request.into_parts();
        let pending = self.recorder.begin(0, &head);
        let request = Request::from_parts(head, body);
        let trace = pending.trace();
        let forwarded = forwarder.forward(client, visitor, request, None, trace, |_| ());
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

impl BuildWait {
    /// Waits until every change before the call is built.
    async fn ended(&self, client: &Client, deadline: Instant) -> Result<(), Unserved> {
        if timeout_at(deadline, self.fresh.reached()).await.is_err() {
            return Err(Refusal::Unsettled.into());
        }
        let mut status = self.status.clone();
        loop {
            let now = status.borrow_and_update().clone();
            match now.phase {
                Phase::Building(_) => {}
                Phase::Failed => return Err(Unserved::Phase(Box::new(now))),
                Phase::Idle
                | Phase::Built
                | Phase::Starting(_)
                | Phase::Ready(_)
                | Phase::Crashed(_) => {
                    return Ok(());
                }
            }
            let changed = tokio::select! {
                changed = timeout_at(deadline, status.changed()) => changed,
                () = client.handle.closed() => return Err(Refusal::Abandoned.into()),
            };
            match changed {
                Ok(Ok(())) => {}
                Ok(Err(_)) => return Err(Refusal::ShuttingDown.into()),
                Err(_) => return Err(Unserved::Phase(Box::new(now))),
            }
        }
    }
}

/// Returns the page that explains why a process does not serve a request.
fn explain(failure: Failure, status: &Status, format: Format) -> Response<Body> {
    let status = match failure {
        Failure::Lost(loss) => {
            let request = page::Lost {
                headline: None,
                detail: loss.refusal.detail().into(),
                output: loss.output,
                panics: loss.panics,
                sources: crate::source::Sources::default(),
            };
            return response::page(page::lost(&request, status, format), status);
        }
        Failure::Unserved(Unserved::Refused(refusal)) => {
            return response::refusal(refusal, status, format);
        }
        Failure::Unserved(Unserved::Phase(status) | Unserved::Exited(status)) => *status,
    };
    let mut response = response::page(page::side(&status, format), &status);
    let wait = match status.phase {
        Phase::Building(_) | Phase::Idle | Phase::Starting(_) | Phase::Ready(_) => "1",
        // It may start again. There is time to read the output.
        Phase::Failed | Phase::Built | Phase::Crashed(_) => "5",
    };
    let wait = HeaderValue::from_static(wait);
    if let Format::Html(Revisit::Freely) = format {
        response.headers_mut().insert(REFRESH, wait.clone());
    }
    if response.status() == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(RETRY_AFTER, wait);
    }
    response
}
