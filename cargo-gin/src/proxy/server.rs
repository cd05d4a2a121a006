//! The sockets: who is let in, for how long, and how it ends.

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
use tokio::sync::{Notify, mpsc, watch};
use tokio::time::{sleep, timeout};

use crate::assets::Assets;
use crate::editor::{Editor, Unopenable};
use crate::fix::Order;
use crate::proxy::access::{AllowedHosts, Permit, Token};
use crate::proxy::client::ClientStream;
use crate::proxy::front::{Front, Visit};
use crate::proxy::records::Bodies;
use crate::proxy::tasks::Tasks;
use crate::proxy::upstream::{Pool, Upstream};
use crate::state::{Event, Freshness, Status};

/// What the server needs of the rest of the dev server.
#[derive(Debug)]
pub(crate) struct Proxy {
    /// What the command line says of it.
    pub(crate) rules: Rules,
    /// What the app is doing.
    pub(crate) status: watch::Receiver<Status>,
    /// Takes the rebuild that a page asks for.
    pub(crate) events: mpsc::Sender<Event>,
    /// Takes the suggestions that a page wants made.
    pub(crate) fixes: mpsc::Sender<Order>,
    /// How many of them can be taken back.
    pub(crate) undoable: watch::Receiver<usize>,
    /// What the app is asked for reports with.
    pub(crate) report: Token,
    /// Tells when the phase reflects every save before a request.
    pub(crate) fresh: Freshness,
    /// How many requests were sent to the app and have no answer's head yet, or are about to be sent: a request is
    /// counted before it reads the phase. Who leaves `Ready` and waits for 0 can stop the app without losing one.
    pub(crate) pending: watch::Sender<usize>,
    /// How many requests wait for the app: what `--lazy` waits for.
    pub(crate) demand: watch::Sender<usize>,
    /// What browsers take over without a build. Absent with `--no-reload`: then the app's pages are left as they are.
    pub(crate) assets: Option<watch::Receiver<Assets>>,
}

/// How the server treats requests.
#[derive(Debug)]
pub(crate) struct Rules {
    /// How long a request that is no navigation waits for the app: `--hold`.
    pub(crate) hold: Duration,
    /// How many requests can wait for it at once. The next one is sent away, to ask again in a second.
    pub(crate) places: usize,
    /// The hosts that requests may name besides the local ones: `--allowed-host`.
    pub(crate) hosts: AllowedHosts,
    /// Who may have our pages do something, and see what others asked: `--actions`.
    pub(crate) permit: Permit,
    /// What opens the places that pages show: `--editor`.
    pub(crate) editor: Result<Editor, Unopenable>,
    /// Which bodies are kept of the requests that pass: `--record-bodies`.
    pub(crate) bodies: Bodies,
}

/// How long a client may take from its connection to its first whole head.
const FIRST_HEAD: Duration = Duration::from_secs(10);
/// How long a connection may stay between two requests.
const IDLE: Duration = Duration::from_secs(75);
/// How long connections may take to end with the dev server.
const FAREWELL: Duration = Duration::from_millis(500);
/// How long to wait when there is no file descriptor left for a connection.
const EXHAUSTED: Duration = Duration::from_millis(100);
/// The largest head of a request, in octets.
const MAX_HEAD: u32 = 64 * 1024;
/// The most fields of a request.
const MAX_FIELDS: usize = 100;
/// The most connections and tunnels, of clients and to the app together.
const MAX_TASKS: usize = 4096;

impl Proxy {
    /// Serves until the sender of the status is gone; then what is open ends, by force after half a second.
    pub(crate) async fn serve(self, listeners: Vec<TcpListener>) {
        let mut status = self.status.clone();
        let (tasks, mut running) = Tasks::channel();
        let front = Arc::new(Front::new(self, tasks));
        let mut ended = pin!(ended(&mut status));
        loop {
            tokio::select! {
                (stream, peer) = accept(&listeners), if running.len() < MAX_TASKS => {
                    front.tasks.spawn(visit(front.clone(), stream, peer));
                }
                () = running.advance() => {}
                () = &mut ended => break,
            }
        }
        drop(listeners);
        // At the deadline whatever still runs is dropped.
        let _ = timeout(FAREWELL, running.join_all()).await;
    }
}

/// The next connection, on whichever address it comes.
async fn accept(listeners: &[TcpListener]) -> (TcpStream, SocketAddr) {
    loop {
        let accepted = poll_fn(|cx| {
            let mut polls = listeners.iter().map(|listener| listener.poll_accept(cx));
            polls.find(Poll::is_ready).unwrap_or(Poll::Pending)
        });
        match accepted.await {
            Ok(connection) => return connection,
            Err(error) if is_of_one_connection(&error) => {}
            Err(_) => sleep(EXHAUSTED).await,
        }
    }
}

/// Was it the connection that failed, rather than the listening?
fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::Interrupted
    )
}

/// Serves one client's connection.
async fn visit(front: Arc<Front>, stream: TcpStream, peer: SocketAddr) {
    let Ok(local) = stream.local_addr() else {
        return;
    };
    // Without it small answers wait for acknowledgements; where it can't be set they do.
    let _ = stream.set_nodelay(true);
    let (line, handle) = ClientStream::new(stream);
    let visit = Visit {
        peer: peer.ip(),
        local: local.ip(),
        handle,
        pool: Pool::default(),
    };
    let mut status = front.proxy.status.clone();
    let pool = visit.pool.clone();
    let has_asked = Arc::new(Notify::new());
    let asks = has_asked.clone();
    let builder = builder(front.tasks.clone());
    let service = service_fn(move |request| {
        asks.notify_one();
        let (front, visit) = (front.clone(), visit.clone());
        async move { Ok::<_, Infallible>(front.answer(&visit, request).await) }
    });
    let connection = builder.serve_connection_with_upgrades(TokioIo::new(line), service);
    let mut connection = pin!(connection);
    let mut stays_silent = pin!(async move {
        if timeout(FIRST_HEAD, has_asked.notified()).await.is_ok() {
            pending::<()>().await;
        }
    });
    loop {
        tokio::select! {
            _ = connection.as_mut() => return,
            () = stays_silent.as_mut() => return,
            changed = status.changed() => match changed {
                Ok(()) => pool.keep_only(Upstream::of(&status.borrow_and_update())),
                Err(_) => break,
            }
        }
    }
    connection.as_mut().graceful_shutdown();
    // An error is the client's: it broke off, or sent what is no HTTP.
    let _ = connection.await;
}

fn builder(tasks: Tasks) -> auto::Builder<Tasks> {
    let mut builder = auto::Builder::new(tasks).preserve_header_case(true);
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(IDLE)
        .max_buf_size(MAX_HEAD as usize)
        .max_headers(MAX_FIELDS);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(IDLE)
        .max_header_list_size(MAX_HEAD);
    builder
}

/// Waits until nobody sets the status any more.
async fn ended(status: &mut watch::Receiver<Status>) {
    while status.changed().await.is_ok() {}
}
