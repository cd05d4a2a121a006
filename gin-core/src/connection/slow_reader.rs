//! Tests of a client that reads a kilobyte a second, in a time that they move.
//!
//! Only the kernel's part of it takes real time: the client's acknowledgement.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket};
use tokio::task::JoinHandle;
use tokio::time::advance;

use crate::connection::unsent::{Addresses, unsent};
use crate::connection::{Activity, Limits, RequestGuard};

/// In bytes. The kernel takes twice as much, for its own use as well.
const RECEIVE_BUFFER: u32 = 4 << 10;

const KILOBYTE: usize = 1_000;

/// A client, and a server whose write is blocked.
struct Blocked {
    client: TcpStream,
    _server: TcpStream,
    _request: RequestGuard,
    addresses: Addresses,
    timed_out: JoinHandle<()>,
}

impl Blocked {
    async fn new() -> Blocked {
        let listener = TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("there is a free port");
        let local = listener.local_addr().expect("it is bound");
        let socket = TcpSocket::new_v4().expect("there are sockets");
        let set = socket.set_recv_buffer_size(RECEIVE_BUFFER);
        set.expect("it is open");
        let client = socket.connect(local).await.expect("it listens");
        let (server, remote) = listener.accept().await.expect("there is a client");
        let [client, mut server] = [client, server].map(|socket| {
            let socket = socket.into_std();
            socket.expect("it is registered")
        });
        let bytes = vec![0; 64 << 10];
        while server.write(&bytes).is_ok() {}
        let activity = Arc::new(Activity::new(Arc::new(Limits::default())));
        let request = activity.begin_request();
        activity.on_write_blocked(|| Some(Addresses { local, remote }));
        let watched = activity.clone();
        Blocked {
            client,
            _server: server,
            _request: request,
            addresses: Addresses { local, remote },
            timed_out: tokio::spawn(async move { watched.timed_out().await }),
        }
    }

    fn unsent(&self) -> u32 {
        unsent(&self.addresses).expect("the kernel reports it")
    }

    /// Reads a kilobyte in each of `seconds`, and waits until the client has acknowledged some of them.
    async fn read(&mut self, seconds: usize) {
        let before = self.unsent();
        for _ in 0..seconds {
            let mut left = KILOBYTE;
            while left > 0 {
                match self.client.read(&mut vec![0; left]) {
                    Ok(length) => left -= length,
                    // The kernel is just bringing more.
                    Err(error) => assert_eq!(error.kind(), ErrorKind::WouldBlock),
                }
            }
            advance(Duration::from_secs(1)).await;
        }
        while self.unsent() == before {
            std::thread::yield_now();
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_kilobyte_a_second_is_not_too_slow_and_nothing_is() {
    const ROUNDS: usize = 10;
    /// More than the client's kernel takes.
    const SECONDS: usize = 10;
    /// In seconds: the timeout, and the time up to the look that begins it.
    const UNREAD: usize = 45;
    let mut blocked = Blocked::new().await;
    for round in 0..ROUNDS {
        blocked.read(SECONDS).await;
        assert!(!blocked.timed_out.is_finished(), "in round {round}");
    }
    for _ in 0..UNREAD {
        advance(Duration::from_secs(1)).await;
    }
    assert!(blocked.timed_out.is_finished(), "it has read nothing");
}
