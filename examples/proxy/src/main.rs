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
    without_those_of_a_connection(request.headers_mut());
    let client = request
        .extensions()
        .get::<Matched>()
        .and_then(Matched::remote_addr);
    if let Some(client) =
        client.and_then(|client| HeaderValue::try_from(client.ip().to_string()).ok())
    {
        request.headers_mut().insert("x-forwarded-for", client);
    }
    if let Some(host) = request.headers_mut().remove(header::HOST) {
        request.headers_mut().insert("x-forwarded-host", host);
    }
    let mut uri = request.uri().clone().into_parts();
    (uri.scheme, uri.authority) = (Some(Scheme::HTTP), Some(upstream.clone()));
    if let Ok(uri) = Uri::from_parts(uri) {
        *request.uri_mut() = uri;
    }
    *request.version_mut() = Version::HTTP_11;
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
        .map_error(|_: &Elapsed| StatusCode::GATEWAY_TIMEOUT)
        .map_error(|_: &ClientError| StatusCode::BAD_GATEWAY)
        .get("/proxy/health", async || "fine")
        .service("/", forward)
}

#[gin::main]
async fn main() -> gin::Result<()> {
    let upstream = env::var("UPSTREAM").unwrap_or_else(|_| "127.0.0.1:8000".to_owned());
    app(upstream.parse()?, Duration::from_secs(30)).run().await
}

#[cfg(test)]
mod tests {
    use gin::Server;
    use gin::testing::Client;
    use tokio::net::TcpListener;

    use super::*;

    /// Starts an upstream. Returns its address.
    async fn upstream() -> Authority {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let echo = async |cx: &mut Context, body: String| {
            let client = cx.header("x-forwarded-for").unwrap_or("nobody");
            format!(
                "{} {} for {client}, hop {:?}: {body}",
                cx.method(),
                cx.uri(),
                cx.header("x-hop")
            )
        };
        let upstream = Group::new("")
            .any("/echo", echo)
            .get("/stuck", async || std::future::pending::<String>().await);
        tokio::spawn(
            Server::new(upstream.build().unwrap())
                .listen(listener)
                .run(),
        );
        address.to_string().parse().unwrap()
    }

    #[tokio::test]
    async fn a_request_reaches_the_upstream_with_its_client() {
        let client =
            Client::new(app(upstream().await, Duration::from_secs(60))).from("203.0.113.7:4000");
        let response = client
            .post("/echo?a=b")
            .header("connection", "x-hop")
            .header("x-hop", "1")
            .body("hello");
        response
            .await
            .is(200)
            .has_text("POST /echo?a=b for 203.0.113.7, hop None: hello");
        client.get("/proxy/health").await.has_text("fine");
        client.get("/nowhere").await.is(404);
    }

    #[tokio::test]
    async fn an_upstream_that_is_away_or_stuck_is_the_gateway_s_error() {
        let gone = TcpListener::bind("127.0.0.1:0")
            .await
            .unwrap()
            .local_addr()
            .unwrap();
        let gone = gone.to_string().parse().unwrap();
        Client::new(app(gone, Duration::from_secs(60)))
            .get("/")
            .await
            .is(502);
        Client::new(app(upstream().await, Duration::from_millis(50)))
            .get("/stuck")
            .await
            .is(504);
    }
}
