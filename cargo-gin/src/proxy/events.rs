//! `GET /__gin/events`: the phase as it changes, as server-sent events.

use std::convert::Infallible;
use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Method, Response};
use http_body_util::BodyExt as _;
use http_body_util::channel::{Channel, Sender};
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};

use super::body::{Body, full};
use super::front::Front;
use super::refusal::Refusal;
use crate::page;
use crate::phase::Status;

/// How often a stream with no news shows that it is alive, so that those of closed tabs are found out.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

impl Front {
    /// A stream that begins with the phase as it is. It ends with the dev server.
    pub(super) fn events(&self, method: &Method) -> Result<Response<Body>, Refusal> {
        let Ok(place) = self.streams.clone().try_acquire_owned() else {
            return Err(Refusal::TooManyStreams);
        };
        let mut response = Response::new(full(""));
        if method == Method::GET {
            let (events, body) = Channel::new(1);
            let status = self.proxy.status.clone();
            self.tasks.spawn(async move {
                tell(status, events).await;
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

/// Tells each status that differs from the last one told. Who reads slowly misses those between.
async fn tell(mut status: watch::Receiver<Status>, mut events: Sender<Bytes, Infallible>) {
    let mut silence = interval(KEEP_ALIVE);
    silence.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut told: Option<Status> = None;
    // Where nothing has changed a lost stream is to be taken up again at once: the dev server is on this machine.
    let mut message = String::from("retry: 500\n\n");
    loop {
        if told.is_none() || status.has_changed().unwrap_or(false) {
            let now = status.borrow_and_update().clone();
            message.push_str(&page::event(told.as_ref(), &now));
            told = Some(now);
        }
        let chunk = Bytes::from(std::mem::take(&mut message));
        if events.send_data(chunk).await.is_err() {
            return;
        }
        silence.reset();
        tokio::select! {
            changed = status.changed() => match changed {
                Ok(()) => status.mark_changed(),
                Err(_) => return,
            },
            _ = silence.tick() => message.push_str(":\n\n"),
        }
    }
}
