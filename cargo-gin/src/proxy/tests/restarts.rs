//! Apps that are replaced under load.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

use crate::proxy::tests::rig::Rig;
use crate::proxy::tests::wire::{Wire, code, field};
use crate::state::Phase;

/// An app that responds to every request with its version and the request's body.
struct App {
    ready: Phase,
    served: watch::Receiver<usize>,
    /// Aborting it ends the app like SIGKILL.
    process: JoinHandle<()>,
}

async fn start(version: usize) -> App {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (count, served) = watch::channel(0);
    let process = tokio::spawn(async move {
        let mut connections = JoinSet::new();
        while let Ok((stream, _)) = listener.accept().await {
            let count = count.clone();
            let service = service_fn(move |request| respond(version, request, count.clone()));
            connections
                .spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    });
    App {
        ready: Phase::ready_at(address),
        served,
        process,
    }
}

async fn respond(
    version: usize,
    request: Request<Incoming>,
    count: watch::Sender<usize>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let body = request.into_body().collect().await.unwrap().to_bytes();
    let body = format!("{version} {}", body.escape_ascii());
    count.send_modify(|count| *count += 1);
    Ok(Response::new(Full::new(body.into())))
}

/// Sends requests without a pause until the end, and returns the number of responses.
async fn send(
    mut client: Wire,
    request: &str,
    newest: Arc<AtomicUsize>,
    ends: Arc<AtomicBool>,
) -> usize {
    let (mut last, mut responses) = (0, 0);
    while !ends.load(Ordering::Relaxed) {
        let oldest = newest.load(Ordering::SeqCst);
        client.send(request).await;
        let head = client.head().await;
        assert_eq!(code(&head), 200, "{head}");
        let length = field(&head, "content-length").unwrap().parse().unwrap();
        let body = client.bytes(length).await;
        let (version, echo) = body.split_once(' ').unwrap();
        let version = version.parse().unwrap();
        assert!(
            version >= last && version >= oldest,
            "{version} after {last}, saved {oldest}"
        );
        assert_eq!(
            echo,
            if request.starts_with("POST") {
                "hi"
            } else {
                ""
            }
        );
        (last, responses) = (version, responses + 1);
    }
    responses
}

#[tokio::test]
async fn no_request_is_lost_and_none_is_served_by_old_code() {
    let rig = Rig::start().await;
    let newest = Arc::new(AtomicUsize::new(0));
    let ends = Arc::new(AtomicBool::new(false));
    let mut clients = JoinSet::new();
    for request in [
        "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\nhi",
    ] {
        for _ in 0..8 {
            clients.spawn(send(
                rig.client().await,
                request,
                newest.clone(),
                ends.clone(),
            ));
        }
    }
    let mut running: Option<App> = None;
    for version in 1..=20 {
        // A save: from here on only the new version may respond.
        rig.builds();
        newest.store(version, Ordering::SeqCst);
        rig.holds(16).await;
        rig.has_pending(0).await;
        if let Some(app) = running.take() {
            app.process.abort();
            let _ = app.process.await;
        }
        let mut app = start(version).await;
        rig.becomes(app.ready.clone());
        app.served.wait_for(|count| *count >= 100).await.unwrap();
        running = Some(app);
    }
    ends.store(true, Ordering::Relaxed);
    let responses: usize = clients.join_all().await.iter().sum();
    assert!(responses >= 2000, "{responses}");
}
