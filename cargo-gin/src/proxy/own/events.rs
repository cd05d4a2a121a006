//! `GET /__gin/events`: the phase, the files that need no build, the available actions, and the revision of the recorded
//! requests, as server-sent events.
//!
//! Every event contains a state, not an instruction, so one that is missed or repeated does no harm.

use std::convert::Infallible;
use std::future::pending;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Method, Response};
use http_body_util::BodyExt as _;
use http_body_util::channel::{Channel, Sender};
use serde_json::{Map, Value, json};
use tokio::sync::{Semaphore, watch};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};

use crate::assets::Assets;
use crate::page;
use crate::proxy::access::Refusal;
use crate::proxy::own::actions::Offer;
use crate::proxy::records::Recorder;
use crate::proxy::streams::{Body, full};
use crate::proxy::tasks::Tasks;
use crate::proxy::underway::Underway;
use crate::state::{Phase, Status};

/// The interval at which a stream without events sends a comment, so that streams of closed tabs are noticed.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// The least time between two events about requests.
const REQUESTS_GAP: Duration = Duration::from_millis(200);

/// The open event streams.
pub(crate) struct EventStreams {
    status: watch::Receiver<Status>,
    assets: Option<watch::Receiver<Assets>>,
    recorder: Recorder,
    underway: Underway,
    /// The id of this run.
    run: HeaderValue,
    tasks: Tasks,
    places: Arc<Semaphore>,
}

impl EventStreams {
    /// The most event streams that can be open.
    const MAX: usize = 64;

    /// Returns an empty set of streams.
    pub(crate) fn new(
        status: watch::Receiver<Status>,
        assets: Option<watch::Receiver<Assets>>,
        recorder: Recorder,
        underway: Underway,
        run: HeaderValue,
        tasks: Tasks,
    ) -> EventStreams {
        EventStreams {
            status,
            assets,
            recorder,
            underway,
            run,
            tasks,
            places: Arc::new(Semaphore::new(Self::MAX)),
        }
    }

    /// Opens a stream that begins with the current state. It ends with the dev server.
    pub(super) fn open(&self, method: &Method, offer: Offer) -> Result<Response<Body>, Refusal> {
        let Ok(place) = self.places.clone().try_acquire_owned() else {
            return Err(Refusal::TooManyStreams);
        };
        let mut response = Response::new(full(""));
        if method == Method::GET {
            let (events, body) = Channel::new(1);
            let stream = Stream {
                run: self.run.clone(),
                status: self.status.clone(),
                has_news: true,
                assets: self.assets.clone(),
                offer,
                requests: self.recorder.revisions(),
                underway: self.underway.clone(),
            };
            self.tasks.spawn(async move {
                stream.send(events).await;
                drop(place);
            });
            *response.body_mut() = body
                .map_err(|never: Infallible| match never {})
                .boxed_unsync();
        }
        let media = HeaderValue::from_static("text/event-stream");
        response.headers_mut().insert(CONTENT_TYPE, media);
        Ok(response)
    }
}

/// The states that a stream sends.
struct Stream {
    /// The id of the run. A page that sees another one after a while knows that its state is outdated.
    run: HeaderValue,
    status: watch::Receiver<Status>,
    /// `true` until the newest status has been sent.
    has_news: bool,
    assets: Option<watch::Receiver<Assets>>,
    offer: Offer,
    requests: watch::Receiver<u64>,
    underway: Underway,
}

/// The states that were sent last.
struct Sent {
    status: Option<Status>,
    assets: Assets,
    offer: Option<Value>,
    requests: u64,
    /// The time at which `requests` was sent.
    requests_at: Instant,
}

/// The state of news that make pages reload, and so wait for the requests of these pages.
enum Settling {
    /// There are no such news.
    No,
    /// The news wait.
    Until(Pin<Box<dyn Future<Output = ()> + Send>>),
    /// The news are sent next.
    Done,
}

impl Settling {
    /// Waits until the news can be sent. Without news it waits forever.
    async fn done(&mut self) {
        match self {
            Settling::Until(settled) => settled.await,
            Settling::No | Settling::Done => pending().await,
        }
    }
}

impl Stream {
    /// Sends each state that differs from the one sent last. A slow client misses those in between.
    async fn send(mut self, mut events: Sender<Bytes, Infallible>) {
        let mut silence = interval(KEEP_ALIVE);
        silence.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut sent = Sent {
            status: None,
            assets: Assets::default(),
            offer: None,
            requests: 0,
            requests_at: Instant::now(),
        };
        let run = self.run.to_str().unwrap_or_default();
        // The server is on this machine, so a page may reconnect quickly.
        let mut message = format!("retry: 500\n\n{}", event("run", &json!({ "run": run })));
        let mut settling = Settling::No;
        loop {
            if !self.reloads_pages(&sent) || matches!(settling, Settling::Done) {
                settling = Settling::No;
                self.write_assets(&mut sent.assets, &mut message);
                self.write_status(&mut sent.status, &mut message);
            } else if matches!(settling, Settling::No) {
                let underway = self.underway.clone();
                settling = Settling::Until(Box::pin(async move { underway.settled().await }));
            }
            self.write_offer(&mut sent.offer, &mut message);
            self.write_requests(&mut sent, &mut message);
            if !message.is_empty() {
                let chunk = Bytes::from(std::mem::take(&mut message));
                if events.send_data(chunk).await.is_err() {
                    return;
                }
                silence.reset();
            }
            tokio::select! {
                () = settling.done() => settling = Settling::Done,
                changed = self.status.changed() => match changed {
                    Ok(()) => self.has_news = true,
                    Err(_) => return,
                },
                () = changed(self.assets.as_mut()) => {}
                () = changed(Some(&mut self.offer.undoable)) => {}
                () = requests_changed(&mut self.requests, sent.requests_at) => {}
                _ = silence.tick() => message.push_str(":\n\n"),
            }
        }
    }

    /// Returns `true` if pages reload as soon as they receive the news.
    fn reloads_pages(&self, sent: &Sent) -> bool {
        let status = self.status.borrow();
        let is_shown = sent.status.as_ref().is_none_or(|sent| {
            (sent.attempt, sent.phase.name()) == (status.attempt, status.phase.name())
        });
        let is_final = matches!(
            status.phase,
            Phase::Ready(_) | Phase::Failed | Phase::Crashed(_)
        );
        let assets = self.assets.as_ref();
        let has_asset = assets.is_some_and(|assets| {
            let assets = assets.borrow();
            assets.reload().is_some() && assets.reload() != sent.assets.reload()
        });
        (is_final && !is_shown) || (has_asset && sent.status.is_some())
    }

    fn write_status(&mut self, sent: &mut Option<Status>, message: &mut String) {
        if std::mem::take(&mut self.has_news) {
            let now = self.status.borrow_and_update().clone();
            message.push_str(&page::event(sent.as_ref(), &now));
            *sent = Some(now);
        }
    }

    fn write_offer(&mut self, sent: &mut Option<Value>, message: &mut String) {
        let now = self.offer.json();
        if sent.as_ref() != Some(&now) {
            message.push_str(&event("actions", &now));
            *sent = Some(now);
        }
    }

    fn write_requests(&mut self, sent: &mut Sent, message: &mut String) {
        let revision = *self.requests.borrow_and_update();
        if revision != sent.requests {
            message.push_str(&event("requests", &json!({ "revision": revision })));
            (sent.requests, sent.requests_at) = (revision, Instant::now());
        }
    }

    fn write_assets(&mut self, sent: &mut Assets, message: &mut String) {
        let Some(assets) = &mut self.assets else {
            return;
        };
        let now = assets.borrow_and_update().clone();
        if now.styles() != sent.styles() {
            let styles: Map<String, Value> = now
                .styles()
                .iter()
                .map(|(path, revision)| (path.to_string_lossy().into_owned(), json!(revision)))
                .collect();
            message.push_str(&event("css", &json!({ "styles": styles })));
        }
        if let Some(reload) = now.reload()
            && now.reload() != sent.reload()
        {
            let (path, revision) = (reload.path.to_string_lossy(), reload.revision);
            message.push_str(&event(
                "reload",
                &json!({ "path": path, "revision": revision }),
            ));
        }
        *sent = now;
    }
}

/// Waits for a change. Without a sender it waits forever.
async fn changed<T>(receiver: Option<&mut watch::Receiver<T>>) {
    let has_sender = match receiver {
        Some(receiver) => receiver.changed().await.is_ok(),
        None => false,
    };
    if !has_sender {
        pending::<()>().await;
    }
}

/// Waits for a change of the recorded requests, and until [`REQUESTS_GAP`] after `sent`.
async fn requests_changed(requests: &mut watch::Receiver<u64>, sent: Instant) {
    sleep_until(sent + REQUESTS_GAP).await;
    if requests.changed().await.is_err() {
        pending::<()>().await;
    }
}

/// Returns an event in the format of its stream. JSON has no line breaks of its own, so the data is one line.
fn event(name: &str, data: &Value) -> String {
    format!("event: {name}\ndata: {data}\n\n")
}
