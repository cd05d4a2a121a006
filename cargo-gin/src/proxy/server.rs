//! The sockets of the server, and their limits.

use std::convert::Infallible;
use std::future::{pending, poll_fn};
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, watch};
use tokio::time::{sleep, timeout};

use crate::proxy::access::Scheme;
use crate::proxy::client::{Client, ClientStream, ConnectionTimer, Security};
use crate::proxy::gateway::Gateway;
use crate::proxy::places::{Place, Places};
use crate::proxy::settings::Wiring;
use crate::proxy::tasks::Tasks;
use crate::proxy::upstream::{Dialer, Upstream};
use crate::state::Status;

/// The time from a connection to the end of its first request head.
const FIRST_HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// The time that a connection may be idle between two requests.
const KEEP_ALIVE_TIMEOUT: Duration = Duration::from_secs(75);
/// The time that open connections have to end when the dev server shuts down.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_millis(500);
/// The pause before the next attempt to accept when the process has no file descriptor left.
const ACCEPT_DELAY: Duration = Duration::from_millis(100);
/// The largest head of a request, in bytes.
const MAX_HEADER_SIZE: u32 = 64 * 1024;

/// Serves until the sender of the status is dropped. Open connections are then closed, after half a second at the latest.
pub(crate) async fn serve(mut wiring: Wiring, listeners: Vec<TcpListener>) {
    let status = wiring.status.clone();
    let (tasks, mut running) = Tasks::channel();
    let security = Arc::new(Security {
        tls: wiring.settings.tls.take(),
        hosts: wiring.settings.hosts.clone(),
    });
    let scheme = match security.tls {
        Some(_) => Scheme::Https,
        None => Scheme::Http,
    };
    let capacity = wiring.settings.sockets;
    let dialer = Dialer::new(capacity.clients, tasks.clone(), status.clone());
    let gateway = Arc::new(Gateway::new(wiring, scheme, &dialer));
    let places = Places::new(capacity);
    let mut shutdown = pin!(shutdown(status.clone()));
    loop {
        tokio::select! {
            (stream, peer, place) = accept(&listeners, &places) => {
                let (security, gateway, status) = (security.clone(), gateway.clone(), status.clone());
                let builder = builder(tasks.clone());
                tasks.spawn(async move {
                    let accepted = Client::accept(&security, stream, peer, place);
                    // An error is the client's: it is gone, or does not speak TLS as we do.
                    if let Ok(Ok((stream, client))) = timeout(FIRST_HEAD_TIMEOUT, accepted).await {
                        serve_client(gateway, builder, status, stream, client).await;
                    }
                });
            }
            () = running.advance() => {}
            () = &mut shutdown => break,
        }
    }
    drop(listeners);
    // Tasks that still run after the timeout are dropped.
    let _ = timeout(SHUTDOWN_TIMEOUT, running.join_all()).await;
}

/// Waits until the sender of the status is dropped.
async fn shutdown(mut status: watch::Receiver<Status>) {
    while status.changed().await.is_ok() {}
}

/// Accepts the next connection of any listener, once there is a place for it.
async fn accept(listeners: &[TcpListener], places: &Places) -> (TcpStream, SocketAddr, Place) {
    loop {
        places.free().await;
        let accepted = poll_fn(|cx| {
            let mut polls = listeners.iter().map(|listener| listener.poll_accept(cx));
            polls.find(Poll::is_ready).unwrap_or(Poll::Pending)
        });
        match accepted.await {
            Ok((stream, peer)) => {
                // Nothing else takes one, so that the one that was free is there.
                if let Some(place) = places.take() {
                    return (stream, peer, place);
                }
            }
            Err(error) if is_of_one_connection(&error) => {}
            Err(_) => sleep(ACCEPT_DELAY).await,
        }
    }
}

/// Returns `true` for an error of one connection rather than of the listener.
fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::Interrupted
    )
}

/// Serves the connection of a client.
async fn serve_client(
    gateway: Arc<Gateway>,
    builder: auto::Builder<Tasks>,
    mut status: watch::Receiver<Status>,
    stream: ClientStream,
    client: Client,
) {
    let pool = client.pool.clone();
    let first_head = Arc::new(Notify::new());
    let has_head = first_head.clone();
    let service = service_fn(move |request| {
        has_head.notify_one();
        let (gateway, client) = (gateway.clone(), client.clone());
        async move { Ok::<_, Infallible>(gateway.respond(&client, request).await) }
    });
    let connection = builder.serve_connection_with_upgrades(TokioIo::new(stream), service);
    let mut connection = pin!(connection);
    let mut is_silent = pin!(async move {
        if timeout(FIRST_HEAD_TIMEOUT, first_head.notified())
            .await
            .is_ok()
        {
            pending::<()>().await;
        }
    });
    loop {
        tokio::select! {
            _ = connection.as_mut() => return,
            () = is_silent.as_mut() => return,
            changed = status.changed() => match changed {
                Ok(()) => pool.keep_only(Upstream::of(&status.borrow_and_update())),
                Err(_) => break,
            }
        }
    }
    connection.as_mut().graceful_shutdown();
    // An error is the client's: it closed the connection early, or did not send HTTP.
    let _ = connection.await;
}

/// A request may have 100 header fields, hyper's default. A number that is set, even that one, makes hyper fill an array for each request.
fn builder(tasks: Tasks) -> auto::Builder<Tasks> {
    let mut builder = auto::Builder::new(tasks).preserve_header_case(true);
    builder
        .http1()
        .timer(ConnectionTimer::default())
        .header_read_timeout(KEEP_ALIVE_TIMEOUT)
        .max_buf_size(MAX_HEADER_SIZE as usize);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(KEEP_ALIVE_TIMEOUT)
        .max_header_list_size(MAX_HEADER_SIZE);
    builder
}
