//! A reverse proxy of tower's parts: hyper's client as a service, behind a timeout, in a group.

use std::env;
use std::time::Duration;

use gin::http::uri::{Authority, Scheme};
use gin::http::{Request, Version, header};
use gin::prelude::*;
use gin::tower::Matched;
use hyper_util::client::legacy::{Client, Error as ClientError};
use hyper_util::rt::TokioExecutor;
use tower::ServiceBuilder;
use tower::timeout::error::Elapsed;

/// The headers of one connection, which are not for the next (RFC 9110 §7.6.1).
const OF_A_CONNECTION: [&str; 7] = [
    "connection",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

fn without_those_of_a_connection(headers: &mut HeaderMap) {
    let listed = headers
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let listed: Vec<String> = listed
        .flat_map(|list| list.split(','))
        .map(|name| name.trim().to_owned())
        .collect();
    for name in OF_A_CONNECTION
        .into_iter()
        .chain(listed.iter().map(String::as_str))
    {
        headers.remove(name);
    }
}

/// Directs a request to the upstream, and adds what the upstream cannot see itself.
fn directed(mut request: Request<Body>, upstream: &Authority) -> Request<Body> {
    let matched = request.extensions().get::<Matched>();
    let client = matched.and_then(Matched::remote_addr);
    let client = client.map(|client| client.ip().to_string());
    // Over HTTP/2, the host is a part of the target.
    let host = request.uri().authority().map(Authority::to_string);
    let mut target = request.uri().clone().into_parts();
    (target.scheme, target.authority) = (Some(Scheme::HTTP), Some(upstream.clone()));
    if let Ok(target) = Uri::from_parts(target) {
        *request.uri_mut() = target;
    }
    *request.version_mut() = Version::HTTP_11;
    let headers = request.headers_mut();
    without_those_of_a_connection(headers);
    let sent = headers.remove(header::HOST);
    let host = host.map_or(sent, |host| HeaderValue::try_from(host).ok());
    let client = client.and_then(|client| HeaderValue::try_from(client).ok());
    // A client could claim to be another one.
    headers.remove(header::FORWARDED);
    for (name, value) in [("x-forwarded-for", client), ("x-forwarded-host", host)] {
        headers.remove(name);
        if let Some(value) = value {
            headers.insert(name, value);
        }
    }
    request
}

fn app(upstream: Authority, patience: Duration) -> Group {
    let client = Client::builder(TokioExecutor::new()).build_http::<Body>();
    let forward = ServiceBuilder::new()
        .timeout(patience)
        .map_request(move |request| directed(request, &upstream))
        .map_response(|mut response: gin::http::Response<_>| {
            without_those_of_a_connection(response.headers_mut());
            response
        })
        .service(client);
    gin::default()
        .map_error(|_: &Elapsed| Problem::new(504))
        .map_error(|_: &ClientError| Problem::new(502))
        .get("/proxy/health", async || "fine")
        .service("/", forward)
}

#[gin::main]
async fn main() -> gin::Result<()> {
    let upstream = env::var("UPSTREAM").unwrap_or_else(|_| "127.0.0.1:8000".to_owned());
    app(upstream.parse()?, Duration::from_secs(30)).run().await
}

#[cfg(test)]
mod tests;
