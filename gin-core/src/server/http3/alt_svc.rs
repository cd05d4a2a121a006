//! The header by which clients over TCP learn of HTTP/3 (RFC 7838).

use http::HeaderValue;
use http::header::{ALT_SVC, Entry};

use crate::connection::Connection;
use crate::response::Response;

/// Returns the header's value for a server whose UDP socket has `port`.
pub(crate) fn alt_svc(port: u16) -> HeaderValue {
    // For a day, after which a browser begins over TCP again.
    let value = format!("h3=\":{port}\"; ma=86400");
    HeaderValue::try_from(value).expect("a number and ASCII text are a header's value")
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
