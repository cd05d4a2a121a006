//! The notice about a service worker, which may show pages of older builds: it responds to visits before any request reaches the proxy.

use std::sync::atomic::{AtomicBool, Ordering};

use http::request::Parts;
use tokio::sync::mpsc;

use crate::proxy::access::Origin;

/// The field that browsers add to requests for the script of a service worker
/// (<https://w3c.github.io/ServiceWorker/#service-worker-script-request>). They repeat such a request at visits, to update it.
const FIELD: &str = "service-worker";

/// Notices the first service worker of a run.
#[derive(Debug)]
pub(crate) struct WorkerNotice {
    has_shown: AtomicBool,
    notices: mpsc::UnboundedSender<String>,
}

impl WorkerNotice {
    /// Returns the notice of a new run, which goes to `notices`.
    pub(crate) fn new(notices: mpsc::UnboundedSender<String>) -> WorkerNotice {
        WorkerNotice {
            has_shown: AtomicBool::new(false),
            notices,
        }
    }

    /// Shows the notice, once, if the request is for the script of a service worker of a page of `origin`.
    pub(crate) fn look_at(&self, head: &Parts, origin: &Origin) {
        let is_worker = head
            .headers
            .get(FIELD)
            .is_some_and(|value| value == "script");
        if !is_worker || self.has_shown.swap(true, Ordering::Relaxed) {
            return;
        }
        let path = head.uri.path();
        // Without a terminal the dev server is ending.
        let _ = self.notices.send(format!(
            "{path} is a service worker: it may show pages of older builds; {origin}/__gin/ unregisters it"
        ));
    }
}
