//! HTTP/2: the memory that the requests and responses of one connection hold together.

use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::SeqCst;

use gin::prelude::*;
use h2::{RecvStream, SendStream};
use tokio::sync::Barrier;
use tokio::time::timeout;

use crate::multiplex::{begin, connect, request, send, text};
use crate::wire::{LONG, Running};

const MIB: usize = 1 << 20;
const KIB: usize = 1 << 10;

/// Counts the responses that are in memory.
#[derive(Default)]
struct Live {
    now: AtomicUsize,
    most: AtomicUsize,
}

impl Live {
    /// Returns so many bytes of a response, which counts until they are dropped.
    fn response(self: &Arc<Live>, size: usize) -> Bytes {
        let now = self.now.fetch_add(1, SeqCst) + 1;
        self.most.fetch_max(now, SeqCst);
        Bytes::from_owner(Counted(vec![0; size], self.clone()))
    }
}

struct Counted(Vec<u8>, Arc<Live>);

impl AsRef<[u8]> for Counted {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.1.now.fetch_sub(1, SeqCst);
    }
}

/// Takes a response with whatever it has, and returns its length.
async fn take(mut body: RecvStream) -> usize {
    let mut length = 0;
    while let Some(data) = body.data().await {
        let data = data.expect("it is whole");
        length += data.len();
        let room = body.flow_control();
        room.release_capacity(data.len()).expect("it was taken");
    }
    length
}

#[tokio::test]
async fn requests_wait_while_the_client_takes_none_of_many_responses() {
    const REQUESTS: usize = 150;
    const SIZE: usize = 64 * KIB;
    let live = Arc::new(Live::default());
    let app = Group::new("")
        .state(live.clone())
        .get("/", async |State(live): State<Arc<Live>>| {
            live.response(SIZE)
        });
    let server = Running::with(app, |server| server.max_http2_buffer(16 * SIZE)).await;
    let mut client = connect(server.stream().await).await;
    let mut responses = Vec::new();
    for _ in 0..REQUESTS {
        responses.push(begin(&mut client, request("http://a/"), true).await.0);
    }
    let all = async {
        for response in responses {
            let response = response.await.expect("it is answered");
            assert_eq!(response.status(), 200);
            assert_eq!(take(response.into_body()).await, SIZE);
        }
    };
    timeout(LONG, all).await.expect("no request waits for ever");
    let most = live.most.load(SeqCst);
    assert!((9..=12).contains(&most), "{most} responses were in memory");
    assert_eq!(live.now.load(SeqCst), 0);
}

/// One stream that the client took slowly held all others in memory: 426 MiB.
#[tokio::test]
async fn stalled_responses_beside_one_that_trickles_take_little_memory() {
    const STALLED: usize = 199;
    const SIZE: usize = 2 * MIB;
    /// A quarter of the server's default, and one response beyond it.
    const MOST: usize = 16 * MIB + SIZE;
    let live = Arc::new(Live::default());
    let app = Group::new("")
        .state(live.clone())
        .get("/slow", async || vec![0; 64 * KIB])
        .get("/", async |State(live): State<Arc<Live>>| {
            live.response(SIZE)
        });
    let server = Running::new(app).await;
    let mut client = connect(server.stream().await).await;
    let slow = begin(&mut client, request("http://a/slow"), true).await.0;
    let mut stalled = Vec::new();
    for _ in 0..STALLED {
        stalled.push(begin(&mut client, request("http://a/"), true).await.0);
    }
    // Each piece has a round trip, in which the server serves the other streams.
    let slow = timeout(LONG, slow).await.expect("it is answered");
    let body = slow.expect("it is whole").into_body();
    let length = timeout(LONG, take(body)).await.expect("it goes on");
    assert_eq!(length, 64 * KIB);
    let held = live.most.load(SeqCst) * SIZE;
    assert!((SIZE..=MOST).contains(&held), "{held} bytes were held");
}

/// Handlers that have begun before the first one responded are not held back.
#[tokio::test]
async fn responses_that_come_at_once_are_refused_beyond_the_limit() {
    const REQUESTS: usize = 30;
    let together = Arc::new(Barrier::new(REQUESTS));
    let big = async |State(together): State<Arc<Barrier>>| {
        together.wait().await;
        vec![0; MIB]
    };
    let app = Group::new("").state(together).get("/", big);
    let server = Running::with(app, |server| server.max_http2_buffer(8 * MIB)).await;
    let mut client = connect(server.stream().await).await;
    let mut responses = Vec::new();
    for _ in 0..REQUESTS {
        responses.push(begin(&mut client, request("http://a/"), true).await.0);
    }
    let (mut complete, mut refused) = (Vec::new(), 0);
    for response in responses {
        let response = timeout(LONG, response).await.expect("it is answered");
        let response = response.expect("it is whole");
        if response.status() == 200 {
            complete.push(response.into_body());
            continue;
        }
        assert_eq!(response.status(), 503);
        assert_eq!(response.headers()["retry-after"], "1");
        assert!(text(response).await.contains("take too much at once"));
        refused += 1;
    }
    assert!((8..=9).contains(&complete.len()), "{}", complete.len());
    assert_eq!(refused, REQUESTS - complete.len());
    for body in complete {
        let length = timeout(LONG, take(body)).await.expect("it goes on");
        assert_eq!(length, MIB);
    }
    let last = send(&mut client, request("http://a/missing")).await;
    assert_eq!(last.status(), 404, "the connection goes on");
}

/// Sends `left` bytes, or as many as the server wants. Returns `true` if it wants all.
async fn upload(body: &mut SendStream<Bytes>, mut left: usize) -> bool {
    while left > 0 {
        body.reserve_capacity(left.min(16 << 10));
        let Some(Ok(room)) = poll_fn(|task| body.poll_capacity(task)).await else {
            return false;
        };
        let length = room.min(left);
        if body.send_data(vec![0; length].into(), false).is_err() {
            return false;
        }
        left -= length;
    }
    true
}

#[tokio::test]
async fn bodies_that_are_collected_at_once_are_refused_beyond_the_limit() {
    const UPLOADS: usize = 12;
    let echo = async |body: Bytes| body.len().to_string();
    let app = Group::new("").post("/", echo);
    let server = Running::with(app, |server| server.max_http2_buffer(4 * MIB)).await;
    let mut client = connect(server.stream().await).await;
    let (mut kept, mut refused) = (Vec::new(), 0);
    for _ in 0..UPLOADS {
        let post = request("http://a/").method("POST");
        let (mut response, mut body) = begin(&mut client, post, false).await;
        let sent = async {
            tokio::select! {
                biased;
                response = &mut response => Some(response.expect("it is whole")),
                true = upload(&mut body, MIB) => None,
                else => None,
            }
        };
        match timeout(LONG, sent).await.expect("the server reads") {
            Some(response) => {
                assert_eq!(response.status(), 503);
                refused += 1;
            }
            None => kept.push((response, body)),
        }
    }
    let mut complete = 0;
    for (response, mut body) in kept {
        // It fails if the server has refused the body in the meantime.
        let _ = body.send_data(Bytes::new(), true);
        let response = timeout(LONG, response).await.expect("it is answered");
        match response.expect("it is whole").status().as_u16() {
            200 => complete += 1,
            status => {
                assert_eq!(status, 503);
                refused += 1;
            }
        }
    }
    assert!((3..=4).contains(&complete), "{complete}");
    assert_eq!(refused, UPLOADS - complete);
    let post = request("http://a/").method("POST");
    let (response, mut body) = begin(&mut client, post, false).await;
    assert!(upload(&mut body, MIB).await, "there is room again");
    body.send_data(Bytes::new(), true).expect("it is open");
    let response = timeout(LONG, response).await.expect("it is answered");
    assert_eq!(response.expect("it is whole").status(), 200);
}
