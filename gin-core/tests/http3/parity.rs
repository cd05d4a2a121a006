//! A list of requests that have the same responses over HTTP/1.1, HTTP/2 and HTTP/3.

use std::fs::{self, File};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use bytes::Bytes;
use gin::files::Dir;
use gin::middleware::{Compression, Recovery, RequestId};
use gin::prelude::*;
use http::{HeaderMap, Method, Request, Version};
use http_body_util::{BodyExt, Full};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::pki_types::ServerName;
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::fixture::{Running, in_time, url};

/// A request, as all three clients send it.
struct Case {
    method: Method,
    path: &'static str,
    headers: &'static [(&'static str, &'static str)],
    body: &'static str,
}

const CASES: [Case; 26] = [
    get("/text"),
    get("/json?name=Ann"),
    get("/empty"),
    get("/stream"),
    get("/large"),
    get("/hello/%C3%A9%2Fx"),
    get("/redirect"),
    get("/text/"),
    get("/cookies"),
    get("/error"),
    get("/panic"),
    get("/no-content"),
    get("/missing"),
    get("/files/a.txt"),
    get("/files/missing.txt"),
    get("/files/../a.txt"),
    get("/early-hints"),
    with(Method::GET, "/files/a.txt", &[("range", "bytes=2-5")]),
    with(Method::GET, "/files/a.txt", &[("range", "bytes=900-")]),
    with(Method::GET, "/large", &[("accept-encoding", "gzip")]),
    with(Method::GET, "/connection", &[]),
    with(Method::HEAD, "/large", &[]),
    with(Method::HEAD, "/files/a.txt", &[]),
    with(Method::DELETE, "/text", &[]),
    with(Method::OPTIONS, "/text", &[]),
    Case {
        method: Method::POST,
        path: "/json",
        headers: &[("content-type", "application/json")],
        body: r#"{"name": 7}"#,
    },
];

const fn get(path: &'static str) -> Case {
    with(Method::GET, path, &[])
}

const fn with(
    method: Method,
    path: &'static str,
    headers: &'static [(&'static str, &'static str)],
) -> Case {
    Case {
        method,
        path,
        headers,
        body: "",
    }
}

#[derive(serde::Serialize, serde::Deserialize)]
struct Name {
    name: String,
}

fn app(files: &TempDir) -> Group {
    Group::new("")
        .with(RequestId::new())
        .with(Compression::new())
        .with(Recovery::new())
        .files("/files", Dir::new(files.path()))
        .get("/text", async || "text")
        .get("/json", async |Query(name): Query<Name>| Json(name))
        .post("/json", async |Json(name): Json<Name>| Json(name))
        .get("/empty", async || "")
        .get("/stream", async || {
            Body::from_writer(async |mut out| {
                for word in ["one", "two", "three"] {
                    out.send(word).await;
                }
            })
        })
        .get("/large", async || "large ".repeat(20_000))
        .get("/hello/:name", async |Path(name): Path<String>| name)
        .get("/redirect", async || Redirect::to("/text"))
        .get("/cookies", async |cookies: Cookies| {
            cookies.set(("a", "1"))?;
            cookies.set(("b", "2"))?;
            gin::Result::<&str>::Ok("set")
        })
        .get("/error", async || {
            Err::<(), _>(gin::Error::new(409, "it is taken"))
        })
        .get("/panic", async || -> &str { panic!("a bug") })
        .get("/no-content", async || StatusCode::NO_CONTENT)
        .get("/early-hints", async || StatusCode::EARLY_HINTS)
        .get("/connection", async || {
            (
                [("connection", "x-hop"), ("x-hop", "1"), ("keep-alive", "5")],
                "hop",
            )
        })
}

/// The part of a response that must be the same.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    status: u16,
    headers: Vec<(String, String)>,
    body: Bytes,
}

impl Seen {
    fn of(status: u16, headers: &HeaderMap, body: Bytes) -> Seen {
        /// The headers of a connection, and those that differ from one response to the next.
        const OTHERS: [&str; 7] = [
            "alt-svc",
            "connection",
            "date",
            "keep-alive",
            "transfer-encoding",
            "x-hop",
            "x-request-id",
        ];
        let headers = headers.iter();
        let headers = headers.filter(|(name, _)| !OTHERS.contains(&name.as_str()));
        let mut headers: Vec<_> = headers
            .map(|(name, value)| {
                (
                    name.to_string(),
                    value.to_str().expect("it is sound").to_owned(),
                )
            })
            // RFC 9113 §8.1.1: HTTP/2 and HTTP/3 show the end of an empty body without it.
            .filter(|header| *header != ("content-length".to_owned(), "0".to_owned()))
            .collect();
        headers.sort();
        Seen {
            status,
            headers,
            body,
        }
    }
}

impl Case {
    fn request(&self, version: Version) -> Request<Bytes> {
        let mut request = Request::builder().method(&self.method).version(version);
        for (name, value) in self.headers {
            request = request.header(*name, *value);
        }
        let request = match version {
            Version::HTTP_11 => request.uri(self.path).header("host", "localhost"),
            _ => request.uri(url(self.path)),
        };
        request.body(Bytes::from(self.body)).expect("it is sound")
    }
}

/// Sends the request over TLS.
async fn over_tcp(server: &Running, case: &Case, version: Version) -> (Seen, HeaderMap) {
    let mut tls = server.authority.trusting();
    let is_http2 = version == Version::HTTP_2;
    tls.alpn_protocols = vec![if is_http2 {
        b"h2".to_vec()
    } else {
        b"http/1.1".to_vec()
    }];
    let socket = TcpStream::connect(server.address)
        .await
        .expect("it is sound");
    let name = ServerName::try_from("localhost").expect("it is sound");
    let stream = TlsConnector::from(Arc::new(tls))
        .connect(name, socket)
        .await;
    let stream = TokioIo::new(stream.expect("it is sound"));
    let request = case.request(version).map(Full::new);
    let response = if is_http2 {
        let executor = TokioExecutor::new();
        let (mut sender, connection) = hyper::client::conn::http2::handshake(executor, stream)
            .await
            .expect("it is sound");
        tokio::spawn(connection);
        sender.send_request(request).await.expect("it is sound")
    } else {
        let (mut sender, connection) = hyper::client::conn::http1::handshake(stream)
            .await
            .expect("it is sound");
        tokio::spawn(connection);
        sender.send_request(request).await.expect("it is sound")
    };
    let (head, body) = response.into_parts();
    let body = body.collect().await.expect("it is sound").to_bytes();
    (
        Seen::of(head.status.as_u16(), &head.headers, body),
        head.headers,
    )
}

#[tokio::test]
async fn responses_are_the_same_over_all_versions() {
    let files = TempDir::new().unwrap();
    let path = files.path().join("a.txt");
    fs::write(&path, "0123456789").unwrap();
    // The tag of a file that was written just now is weak, and strong some seconds later.
    let file = File::options().write(true).open(path).unwrap();
    file.set_modified(UNIX_EPOCH).unwrap();
    let server = Running::new(app(&files)).await;
    let mut client = server.connect().await;
    let advertised = format!("h3=\":{}\"; ma=86400", server.address.port());
    for case in &CASES {
        let what = format!("{} {}", case.method, case.path);
        let http3 = client.send(case.request(Version::HTTP_3)).await.unwrap();
        let headers = http3.head.headers();
        assert!(headers.contains_key("x-request-id"), "{what}");
        for hop in [
            "connection",
            "keep-alive",
            "transfer-encoding",
            "x-hop",
            "alt-svc",
        ] {
            assert!(!headers.contains_key(hop), "{what}: {hop}");
        }
        let http3 = Seen::of(http3.status(), headers, http3.body.clone().into());
        for version in [Version::HTTP_11, Version::HTTP_2] {
            let (seen, headers) = in_time(over_tcp(&server, case, version)).await;
            assert_eq!(seen, http3, "{what} over {version:?} and HTTP/3");
            assert_eq!(headers["alt-svc"], *advertised, "{what}");
        }
    }
    server.ended().await;
}

#[tokio::test]
async fn the_apps_own_alt_svc_wins() {
    let app = Group::new("").get("/", async || ([("alt-svc", "clear")], "own"));
    let server = Running::new(app).await;
    let (_, headers) = in_time(over_tcp(&server, &get("/"), Version::HTTP_2)).await;
    assert_eq!(headers["alt-svc"], "clear");
    server.ended().await;
}

#[tokio::test]
async fn the_port_that_clients_use_is_advertised() {
    let app = Group::new("").get("/", async || "home");
    let server = Running::with(app, |server| server.https_port(443)).await;
    let (_, headers) = in_time(over_tcp(&server, &get("/"), Version::HTTP_2)).await;
    let advertised = headers["alt-svc"].to_str().unwrap();
    assert!(advertised.starts_with("h3=\":443\""), "{advertised}");
    server.ended().await;
}
