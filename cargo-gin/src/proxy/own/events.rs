//! `GET /__gin/events`: the phase as it changes, the files that need no build, and that there is news of requests, as
//! server-sent events.
//!
//! Every event tells how things are, not what to do, so one that is missed or told twice does no harm.

use std::convert::Infallible;
use std::future::pending;
use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Method, Response};
use http_body_util::BodyExt as _;
use http_body_util::channel::{Channel, Sender};
use serde_json::{Map, Value, json};
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};

use crate::assets::Assets;
use crate::page;
use crate::proxy::access::{Host, Refusal};
use crate::proxy::front::Front;
use crate::proxy::own::actions::Actions;
use crate::proxy::streams::{Body, full};
use crate::state::Status;

/// How often a stream with no news shows that it is alive, so that those of closed tabs are found out.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// How often a stream tells of requests at most, however many there are.
const REQUESTS_GAP: Duration = Duration::from_millis(200);

impl Front {
    /// A stream that begins with the phase as it is. It ends with the dev server.
    pub(crate) fn events(&self, method: &Method, host: &Host) -> Result<Response<Body>, Refusal> {
        let Ok(place) = self.streams.clone().try_acquire_owned() else {
            return Err(Refusal::TooManyStreams);
        };
        let mut response = Response::new(full(""));
        if method == Method::GET {
            let (events, body) = Channel::new(1);
            let news = News {
                run: self.run.clone(),
                status: self.proxy.status.clone(),
                assets: self.proxy.assets.clone(),
                actions: self.actions(host),
                requests: self.recorder.revisions(),
            };
            self.tasks.spawn(async move {
                news.tell(events).await;
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

/// What a stream tells of.
struct News {
    /// The run's name: who finds another one after a while knows that all it has seen is over.
    run: HeaderValue,
    status: watch::Receiver<Status>,
    assets: Option<watch::Receiver<Assets>>,
    actions: Actions,
    requests: watch::Receiver<u64>,
}

/// What a stream has told.
struct Told {
    status: Option<Status>,
    assets: Assets,
    actions: Option<Value>,
    requests: u64,
    /// When it was told of requests last.
    at: Instant,
}

impl News {
    /// Tells each state that differs from the last one told. Who reads slowly misses those between.
    async fn tell(mut self, mut events: Sender<Bytes, Infallible>) {
        let mut silence = interval(KEEP_ALIVE);
        silence.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut told = Told {
            status: None,
            assets: Assets::default(),
            actions: None,
            requests: 0,
            at: Instant::now(),
        };
        let run = self.run.to_str().unwrap_or_default();
        // Where nothing has changed a lost stream is to be taken up again at once: the dev server is on this machine.
        let mut message = format!("retry: 500\n\n{}", event("run", &json!({ "run": run })));
        loop {
            self.tell_assets(&mut told.assets, &mut message);
            self.tell_actions(&mut told.actions, &mut message);
            self.tell_status(&mut told.status, &mut message);
            self.tell_requests(&mut told, &mut message);
            let chunk = Bytes::from(std::mem::take(&mut message));
            if events.send_data(chunk).await.is_err() {
                return;
            }
            silence.reset();
            tokio::select! {
                changed = self.status.changed() => match changed {
                    Ok(()) => self.status.mark_changed(),
                    Err(_) => return,
                },
                () = changed(self.assets.as_mut()) => {}
                () = changed(Some(&mut self.actions.undoable)) => {}
                () = asked(&mut self.requests, told.at) => {}
                _ = silence.tick() => message.push_str(":\n\n"),
            }
        }
    }

    fn tell_status(&mut self, told: &mut Option<Status>, message: &mut String) {
        if told.is_none() || self.status.has_changed().unwrap_or(false) {
            let now = self.status.borrow_and_update().clone();
            message.push_str(&page::event(told.as_ref(), &now));
            *told = Some(now);
        }
    }

    fn tell_actions(&mut self, told: &mut Option<Value>, message: &mut String) {
        let now = self.actions.told();
        if told.as_ref() != Some(&now) {
            message.push_str(&event("actions", &now));
            *told = Some(now);
        }
    }

    fn tell_requests(&mut self, told: &mut Told, message: &mut String) {
        let revision = *self.requests.borrow_and_update();
        if revision != told.requests {
            message.push_str(&event("requests", &json!({ "revision": revision })));
            (told.requests, told.at) = (revision, Instant::now());
        }
    }

    fn tell_assets(&mut self, told: &mut Assets, message: &mut String) {
        let Some(assets) = &mut self.assets else {
            return;
        };
        let now = assets.borrow_and_update().clone();
        if now.styles() != told.styles() {
            let styles: Map<String, Value> = now
                .styles()
                .iter()
                .map(|(path, revision)| (path.to_string_lossy().into_owned(), json!(revision)))
                .collect();
            message.push_str(&event("css", &json!({ "styles": styles })));
        }
        if let Some(reload) = now.reload()
            && now.reload() != told.reload()
        {
            let (path, revision) = (reload.path.to_string_lossy(), reload.revision);
            message.push_str(&event(
                "reload",
                &json!({ "path": path, "revision": revision }),
            ));
        }
        *told = now;
    }
}

/// Waits for a change. Where nobody tells of any there is none.
async fn changed<T>(watched: Option<&mut watch::Receiver<T>>) {
    let is_told = match watched {
        Some(watched) => watched.changed().await.is_ok(),
        None => false,
    };
    if !is_told {
        pending::<()>().await;
    }
}

/// Waits for news of requests. It waits longer if some were told of just now.
async fn asked(requests: &mut watch::Receiver<u64>, told: Instant) {
    sleep_until(told + REQUESTS_GAP).await;
    if requests.changed().await.is_err() {
        pending::<()>().await;
    }
}

/// An event as its stream has it. JSON has no line ends of its own, so the payload is one `data` line.
fn event(name: &str, data: &Value) -> String {
    format!("event: {name}\ndata: {data}\n\n")
}
