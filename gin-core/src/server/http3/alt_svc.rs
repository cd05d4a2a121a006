//! The header by which clients over TCP learn of HTTP/3 (RFC 7838).

use std::sync::{Arc, OnceLock};

use http::HeaderValue;
use http::header::{ALT_SVC, Entry};

use crate::connection::Connection;
use crate::response::Response;

/// The header's value for the clients of a TCP socket, once HTTP/3 is served beside it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Advertisement(Arc<OnceLock<HeaderValue>>);

impl Advertisement {
    pub(crate) fn value(&self) -> Option<HeaderValue> {
        self.0.get().cloned()
    }

    /// Advertises HTTP/3 at `port` to all clients that connect from now on.
    pub(super) fn publish(&self, port: u16) {
        // For a day, after which a browser begins over TCP again.
        let value = format!("h3=\":{port}\"; ma=86400");
        let value = HeaderValue::try_from(value);
        let value = value.expect("a number and ASCII text are a header's value");
        self.0.get_or_init(|| value);
    }
}

/// Adds the header to a response over TLS, unless the app has set it. A server that shuts down attracts no more clients.
pub(crate) fn advertise(connection: &Connection, response: &mut Response) {
    let alt_svc = connection.alt_svc.as_ref();
    let Some(alt_svc) = alt_svc.filter(|_| !connection.is_draining()) else {
        return;
    };
    if let Entry::Vacant(entry) = response.headers_mut().entry(ALT_SVC) {
        entry.insert(alt_svc.clone());
    }
}
