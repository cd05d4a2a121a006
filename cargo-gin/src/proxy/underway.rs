//! The requests of pages that a reload would abort.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::header::{ACCEPT, UPGRADE};
use http::request::Parts;
use http::{HeaderValue, Method, Response};
use http_body_util::BodyExt as _;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until, timeout};

use crate::page;
use crate::proxy::streams::{Body, Observed, Observer};

/// The longest time that a reload waits for the responses to visits and to requests that change something.
const PATIENCE: Duration = Duration::from_secs(30);

/// The longest time that a reload then waits for the responses to what else pages have requested. A page may poll: such a request is
/// open for as long as nothing is new.
const FETCHING: Duration = Duration::from_secs(3);

/// The longest time that a reload then waits for the ends of responses, which may be streams.
const REST: Duration = Duration::from_millis(500);

/// The time that a page gets to read the last bytes of a response. They may reach it after the news of the reload.
const READING: Duration = Duration::from_millis(100);

/// Counts the requests that a user is waiting for. A page that reloads aborts its own ones.
#[derive(Clone, Debug, Default)]
pub(crate) struct Underway {
    /// Visits and requests that change something, until the head of the response.
    awaited: watch::Sender<usize>,
    /// All of them, until the head of the response.
    unanswered: watch::Sender<usize>,
    /// All of them, until the end of the response.
    unread: watch::Sender<usize>,
    last: Arc<LastEnd>,
}

/// The time at which the latest response ended.
#[derive(Debug, Default)]
struct LastEnd(Mutex<Option<Instant>>);

/// One request that is underway.
pub(crate) struct Journey {
    awaited: Option<CountGuard>,
    unanswered: Option<CountGuard>,
    unread: Option<CountGuard>,
    last: Arc<LastEnd>,
}

impl Underway {
    /// Counts a request that has just arrived. Upgrades and event streams, which pages open by themselves, do not count.
    pub(crate) fn begin(&self, head: &Parts) -> Journey {
        let media = head.headers.get(ACCEPT).map(HeaderValue::as_bytes);
        if head.headers.contains_key(UPGRADE) || media == Some(b"text/event-stream") {
            return Journey {
                awaited: None,
                unanswered: None,
                unread: None,
                last: Arc::default(),
            };
        }
        let is_visit = page::is_visit(&head.method, &head.headers);
        let is_safe = matches!(head.method, Method::GET | Method::HEAD | Method::OPTIONS);
        Journey {
            awaited: (is_visit || !is_safe).then(|| CountGuard::new(&self.awaited)),
            unanswered: Some(CountGuard::new(&self.unanswered)),
            unread: Some(CountGuard::new(&self.unread)),
            last: self.last.clone(),
        }
    }

    /// Waits until a page can reload without aborting a request.
    pub(crate) async fn settled(&self) {
        let none = |count: &usize| *count == 0;
        // An error is impossible: this holds the senders. After the timeout the page reloads anyway.
        let _ = timeout(PATIENCE, self.awaited.subscribe().wait_for(none)).await;
        let _ = timeout(FETCHING, self.unanswered.subscribe().wait_for(none)).await;
        let _ = timeout(REST, self.unread.subscribe().wait_for(none)).await;
        if let Some(end) = self.last.get() {
            sleep_until(end + READING).await;
        }
    }
}

impl LastEnd {
    fn get(&self) -> Option<Instant> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, end: Instant) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(end);
    }
}

impl Journey {
    /// Notes that the head of the response is about to be sent.
    pub(crate) fn respond(mut self, response: Response<Body>) -> Response<Body> {
        self.awaited = None;
        self.unanswered = None;
        match self.unread {
            Some(_) => response.map(|body| Observed::new(body, self).boxed_unsync()),
            None => response,
        }
    }
}

/// A journey observes the body of its response.
impl Observer for Journey {
    fn on_end(&mut self) {
        self.last.set(Instant::now());
        self.unread = None;
    }
}

/// Adds one to a watched count until it is dropped.
///
/// Every request has such guards, and notifies nobody where there is no receiver.
pub(crate) struct CountGuard(watch::Sender<usize>);

impl CountGuard {
    pub(crate) fn new(count: &watch::Sender<usize>) -> CountGuard {
        let is_watched = count.receiver_count() > 0;
        count.send_if_modified(|count| {
            *count += 1;
            is_watched
        });
        CountGuard(count.clone())
    }
}

impl Drop for CountGuard {
    fn drop(&mut self) {
        let is_watched = self.0.receiver_count() > 0;
        self.0.send_if_modified(|count| {
            *count -= 1;
            is_watched
        });
    }
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;
    use crate::proxy::streams::full;

    /// Returns the head of a request with this method and media type.
    fn head(method: &str, media: &str) -> Parts {
        let request = Request::builder()
            .method(method)
            .header(ACCEPT, media)
            .body(());
        request.unwrap().into_parts().0
    }

    /// Responds to a request of a page, which reads the response to its end.
    async fn exchange(underway: &Underway) {
        let journey = underway.begin(&head("GET", "*/*"));
        let response = journey.respond(Response::new(full("the last bytes")));
        response.into_body().collect().await.unwrap();
    }

    async fn time_until_settled(underway: &Underway) -> Duration {
        let start = Instant::now();
        underway.settled().await;
        start.elapsed()
    }

    #[tokio::test(start_paused = true)]
    async fn a_page_has_time_to_read_its_last_response_before_it_reloads() {
        let underway = Underway::default();
        exchange(&underway).await;
        assert_eq!(time_until_settled(&underway).await, READING);
    }

    #[tokio::test(start_paused = true)]
    async fn a_page_that_has_read_everything_reloads_at_once() {
        let underway = Underway::default();
        assert_eq!(time_until_settled(&underway).await, Duration::ZERO);
        exchange(&underway).await;
        tokio::time::advance(READING).await;
        assert_eq!(time_until_settled(&underway).await, Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_that_changes_something_is_waited_for_longer_than_one_that_may_be_a_poll() {
        for (method, media, expected) in [
            ("POST", "*/*", PATIENCE + FETCHING + REST),
            ("GET", "*/*", FETCHING + REST),
            ("GET", "text/event-stream", Duration::ZERO),
        ] {
            let underway = Underway::default();
            let _unanswered = underway.begin(&head(method, media));
            let time = time_until_settled(&underway).await;
            assert_eq!(time, expected, "{method} {media}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_end_of_a_stream_is_waited_for_least() {
        let underway = Underway::default();
        let journey = underway.begin(&head("GET", "*/*"));
        let _stream = journey.respond(Response::new(full("the first bytes")));
        assert_eq!(time_until_settled(&underway).await, REST);
    }
}
