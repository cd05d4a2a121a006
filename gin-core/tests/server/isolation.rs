//! HTTP/2: a request that fails, whatever the reason, fails alone. The other streams of its connection go on.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use gin::prelude::*;
use h2::Reason;
use h2::client::{ResponseFuture, SendRequest};
use http_body::Frame;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, StreamBody};
use tokio::sync::{Notify, mpsc};
use tokio::time::timeout;

use crate::multiplex::{begin, connect, request, send, text};
use crate::wire::{LONG, Running};

/// The time for the first bytes of a body.
const GRACE: Duration = Duration::from_millis(500);

/// An event of a request that is observed.
#[derive(Debug, PartialEq)]
enum Event {
    Begun,
    /// The status of the response, or `None` if the handler was dropped before it had one.
    Ended(Option<StatusCode>),
}

type Events = mpsc::UnboundedSender<Event>;

/// Sends the event of a request's end when it is dropped.
struct End(Events, Option<StatusCode>);

impl Drop for End {
    fn drop(&mut self) {
        let _ = self.0.send(Event::Ended(self.1));
    }
}

async fn observe(cx: &mut Context, next: Next<'_>) -> Response {
    let events = cx.state::<Events>().expect("it was given").clone();
    events.send(Event::Begun).expect("the test listens");
    let mut end = End(events, None);
    let response = next.run(cx).await;
    end.1 = Some(response.status());
    response
}

async fn count_frames(mut body: Body) -> gin::Result<String> {
    let mut count = 0;
    while let Some(frame) = body.frame().await {
        frame?;
        count += 1;
    }
    Ok(count.to_string())
}

/// A body with one frame, and a panic in place of the next one.
fn breaking() -> Body {
    let first = futures_util::stream::iter([Ok(Frame::data(Bytes::from_static(b"first")))]);
    let then = futures_util::stream::poll_fn(|_| panic!("in the body"));
    Body::new(BoxBody::new(StreamBody::new(first.chain(then))))
}

fn app() -> (Group, mpsc::UnboundedReceiver<Event>) {
    let (events, receiver) = mpsc::unbounded_channel::<Event>();
    let observed = Group::new("/observed")
        .state(events)
        .with(observe)
        .post("/whole", async |body: Bytes| body)
        .post("/frames", count_frames);
    let app = Group::new("")
        .state(Arc::new(Notify::new()))
        .get("/", async || "hello")
        .get("/wait", async |State(go): State<Arc<Notify>>| {
            go.notified().await;
            "waited"
        })
        .get("/go", async |State(go): State<Arc<Notify>>| go.notify_one())
        .post("/echo", async |body: Bytes| body)
        .get("/hello/:name", async |Path(name): Path<String>| name)
        .get("/panic", async || -> () { panic!("at once") })
        .get("/later", async || -> () {
            tokio::task::yield_now().await;
            panic!("later")
        })
        .get("/in-the-body", async || breaking())
        .nest(observed);
    (app, receiver)
}

/// A client that waits for one response while its other requests fail.
struct Client {
    requests: SendRequest<Bytes>,
    waiting: ResponseFuture,
}

impl Client {
    async fn new(server: &Running) -> Client {
        let mut requests = connect(server.stream().await).await;
        let (waiting, _) = begin(&mut requests, request("http://a/wait"), true).await;
        Client { requests, waiting }
    }

    async fn get(&mut self, path: &str) -> http::Response<h2::RecvStream> {
        send(&mut self.requests, request(&format!("http://a{path}"))).await
    }

    async fn post(&mut self, path: &str) -> (ResponseFuture, h2::SendStream<Bytes>) {
        let post = request(&format!("http://a{path}")).method("POST");
        begin(&mut self.requests, post, false).await
    }

    /// Checks that a new request and the one that waits get their responses.
    async fn goes_on(mut self) {
        assert_eq!(text(self.get("/").await).await, "hello");
        self.get("/go").await;
        let waited = timeout(LONG, self.waiting).await.expect("it is answered");
        assert_eq!(text(waited.expect("it is whole")).await, "waited");
    }
}

#[tokio::test]
async fn a_body_that_dribbles_is_timed_out() {
    const DRIBBLE: usize = 20;
    let server = Running::with(app().0, |server| server.min_body_rate(1_000, GRACE)).await;
    let mut client = Client::new(&server).await;
    let (response, mut body) = client.post("/echo").await;
    for _ in 0..DRIBBLE {
        // It fails if the server is so slow that the time has passed.
        let _ = body.send_data("x".into(), false);
        client.get("/").await;
    }
    let response = timeout(LONG, response).await.expect("it is answered");
    assert_eq!(response.expect("it is whole").status(), 408);
    client.goes_on().await;
}

#[tokio::test]
async fn a_body_that_declares_too_much_is_refused_before_it_comes() {
    const LIMIT: usize = 1_000;
    let (app, _events) = app();
    let server = Running::new(app.body_limit(LIMIT)).await;
    let mut client = Client::new(&server).await;
    for path in ["/echo", "/observed/whole", "/observed/frames"] {
        for (length, expected) in [(LIMIT, 200), (LIMIT + 1, 413), (usize::MAX >> 1, 413)] {
            let post = request(&format!("http://a{path}")).method("POST");
            let post = post.header("content-length", length);
            let (response, mut body) = begin(&mut client.requests, post, false).await;
            if expected == 200 {
                let whole = vec![b'x'; length].into();
                body.send_data(whole, true).expect("it is open");
            }
            let response = timeout(LONG, response).await.expect("it is answered");
            let response = response.expect("it is whole");
            assert_eq!(response.status(), expected, "{path}, {length}");
            let text = text(response).await;
            let is_explained = expected == 200 || text.starts_with("413 ");
            assert!(is_explained, "{path}, {length}: {text}");
        }
    }
    client.goes_on().await;
}

/// A client's way of breaking a body off.
#[derive(Debug, Clone, Copy)]
enum Break {
    Reset(Reason),
    /// The body ends before its `content-length`.
    Short,
    /// The body is longer than its `content-length`.
    Long,
}

#[tokio::test]
async fn a_body_that_is_broken_is_an_error_of_the_client() {
    let (app, mut events) = app();
    let server = Running::new(app).await;
    let mut client = Client::new(&server).await;
    let breaks = [
        Break::Reset(Reason::CANCEL),
        Break::Reset(Reason::NO_ERROR),
        Break::Reset(Reason::INTERNAL_ERROR),
        Break::Short,
        Break::Long,
    ];
    for path in ["/observed/whole", "/observed/frames"] {
        for broken in breaks {
            let post = request(&format!("http://a{path}")).method("POST");
            let post = post.header("content-length", "10");
            let (response, mut body) = begin(&mut client.requests, post, false).await;
            let begun = timeout(LONG, events.recv()).await;
            assert_eq!(begun.expect("it begins"), Some(Event::Begun));
            let send = body.send_data("hello".into(), matches!(broken, Break::Short));
            send.expect("it is open");
            match broken {
                Break::Reset(reason) => body.send_reset(reason),
                Break::Short => {}
                Break::Long => body
                    .send_data("hello world".into(), true)
                    .expect("it is open"),
            }
            let end = timeout(LONG, events.recv()).await.expect("it ends");
            let is_apt = matches!(
                end,
                Some(Event::Ended(None | Some(StatusCode::BAD_REQUEST)))
            );
            assert!(is_apt, "{path}, {broken:?}: {end:?}");
            if let Ok(response) = timeout(LONG, response).await.expect("it ends") {
                assert_eq!(response.status(), 400, "{path}, {broken:?}");
            }
        }
    }
    client.goes_on().await;
}

#[tokio::test]
async fn a_body_whose_connection_is_cut_is_an_error_of_the_client() {
    let (app, mut events) = app();
    let server = Running::new(app).await;
    let client = Client::new(&server).await;
    for path in ["/observed/whole", "/observed/frames"] {
        let stream = server.stream().await;
        let handshake = h2::client::handshake(stream).await;
        let (mut requests, connection) = handshake.expect("the server responds");
        let connection = tokio::spawn(connection);
        let post = request(&format!("http://a{path}")).method("POST");
        let (_response, mut body) = begin(&mut requests, post, false).await;
        body.send_data("hello".into(), false).expect("it is open");
        let begun = timeout(LONG, events.recv()).await;
        assert_eq!(begun.expect("it begins"), Some(Event::Begun));
        connection.abort();
        let end = timeout(LONG, events.recv()).await.expect("it ends");
        let is_apt = matches!(
            end,
            Some(Event::Ended(None | Some(StatusCode::BAD_REQUEST)))
        );
        assert!(is_apt, "{path}: {end:?}");
    }
    client.goes_on().await;
}

#[tokio::test]
async fn a_target_that_is_too_long_is_refused() {
    let server = Running::new(app().0).await;
    let mut client = Client::new(&server).await;
    for (length, expected) in [(7_900, 200), (20_000, 414), (60_000, 414)] {
        let path = format!("/hello/{}", "a".repeat(length));
        let response = client.get(&path).await;
        assert_eq!(response.status(), expected, "{length}");
    }
    client.goes_on().await;
}

#[tokio::test]
async fn a_panic_fails_its_stream() {
    let server = Running::new(app().0).await;
    let mut client = Client::new(&server).await;
    for path in ["/panic", "/later"] {
        let response = client.get(path).await;
        assert_eq!(response.status(), 500, "{path}");
        assert_eq!(text(response).await, "500 Internal Server Error\n");
    }
    let response = client.get("/in-the-body").await;
    assert_eq!(response.status(), 200);
    let mut body = response.into_body();
    let error = loop {
        let frame = timeout(LONG, body.data()).await.expect("it ends");
        if let Err(error) = frame.expect("it is not complete") {
            break error;
        }
    };
    assert!(error.is_reset() && error.is_remote(), "{error:?}");
    client.goes_on().await;
}
