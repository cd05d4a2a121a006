//! The server: what it listens on, what clients may take, and how it ends.

use std::{fmt, io, sync::Arc, time::Duration};

use tokio::{
    select,
    signal::unix::{SignalKind, signal},
    sync::watch,
    task::JoinSet,
    time::timeout,
};
use tracing::{info, warn};

use crate::{
    connection::Connection,
    console::show_events,
    engine::Engine,
    error::Error,
    handler::BoxFuture,
    limits::Limits,
    server::{
        listener::{Accepted, Listener},
        protocol::Session,
    },
    stop::Stop,
};

/// Serves an [`Engine`]: on which sockets, within which limits, until when.
///
/// ```no_run
/// # use gin::{prelude::*, Listener, Server};
/// # use std::time::Duration;
/// # async fn run() -> gin::Result<()> {
/// let engine = Engine::new(Group::new("").get("/", async || "hello"))?;
/// Server::new(engine)
///     .on(Listener::tcp("127.0.0.1:3000").await?)
///     .on(Listener::unix("/run/hello.sock").await?)
///     .stop_deadline(Duration::from_secs(30))
///     .run()
///     .await
/// # }
/// ```
#[must_use = "a server serves once it is run"]
pub struct Server {
    engine: Engine,
    listeners: Vec<Listener>,
    limits: Limits,
    until: Option<BoxFuture<'static, ()>>,
}

impl Server {
    /// A server of `engine`, with the defaults.
    pub fn new(engine: Engine) -> Server {
        Server {
            engine,
            listeners: Vec::new(),
            limits: Limits::default(),
            until: None,
        }
    }

    /// Listens on one more socket. Default: the inherited ones, else `$HOST:$PORT`, else 127.0.0.1:8080.
    pub fn on(mut self, listener: impl Into<Listener>) -> Server {
        self.listeners.push(listener.into());
        self
    }

    /// Stops once `until` is over. Default: on SIGINT or SIGTERM.
    pub fn until(mut self, until: impl Future<Output = ()> + Send + 'static) -> Server {
        self.until = Some(Box::pin(until));
        self
    }

    /// From accepting a connection, or from the first octet of a later request, to a complete head. Default: 10 s.
    pub fn head_deadline(mut self, time: Duration) -> Server {
        self.limits.head = time;
        self
    }

    /// Between two requests of a connection. Default: 75 s.
    pub fn idle_deadline(mut self, time: Duration) -> Server {
        self.limits.idle = time;
        self
    }

    /// Without the client taking anything of a response. Default: 30 s.
    pub fn stall_deadline(mut self, time: Duration) -> Server {
        self.limits.stall = time;
        self
    }

    /// From the word to stop, for requests to end; then they are cut off. Default: 10 s.
    pub fn stop_deadline(mut self, time: Duration) -> Server {
        self.limits.stop = time;
        self
    }

    /// How slowly a body may come that is waited for: `rate` octets a second, after a `grace`. Default: 240, after 10 s.
    pub fn body_rate(mut self, rate: u32, grace: Duration) -> Server {
        self.limits.pace.rate = rate;
        self.limits.pace.grace = grace;
        self
    }

    /// The size of a request's head, in octets; more is 431. Default: 64 KiB.
    pub fn head_size(mut self, octets: usize) -> Server {
        self.limits.head_size = octets;
        self
    }

    /// The number of a request's header fields; more is 431. Default: 100.
    pub fn head_fields(mut self, fields: usize) -> Server {
        self.limits.fields = fields;
        self
    }

    /// The length of a request's target, in octets; more is 414. Default: 16 KiB.
    pub fn target_size(mut self, octets: usize) -> Server {
        self.limits.target_size = octets;
        self
    }

    /// Serves until it is told to stop; then lets requests end, up to the deadline. A second signal stops at once.
    ///
    /// Events (`info!` and the like) are shown on the standard error, from the level `RUST_LOG` on, by default `info`, unless
    /// the app has set up a subscriber itself.
    ///
    /// # Errors
    ///
    /// The socket that could not be had.
    pub fn run(self) -> BoxFuture<'static, Result<(), Error>> {
        // Boxed here, for an async function is compiled by the crate that calls it: at every save, with all of the server.
        Box::pin(self.serve())
    }

    async fn serve(self) -> Result<(), Error> {
        show_events();
        #[cfg(debug_assertions)]
        crate::report::listen();
        if cfg!(panic = "abort") {
            warn!("`panic = \"abort\"` is set: a panic in a handler ends the process");
        }
        let listeners = listeners(self.listeners).await?;
        let until = match self.until {
            Some(until) => until,
            None => Box::pin(signalled()?),
        };
        let stop_deadline = self.limits.stop;
        let (stopper, stop) = Stop::channel();
        let mut accepting = JoinSet::new();
        for listener in listeners {
            let port = Port {
                listener,
                engine: self.engine.clone(),
                limits: Arc::new(self.limits.clone()),
                stop: stop.clone(),
            };
            accepting.spawn(port.serve());
        }
        until.await;
        stop_all(&stopper, accepting, stop_deadline).await;
        Ok(())
    }
}

/// Lets what runs come to its end, until the deadline or a second signal.
async fn stop_all(stopper: &watch::Sender<bool>, accepting: JoinSet<()>, deadline: Duration) {
    stopper.send_replace(true);
    let at_once = async {
        match signalled() {
            Ok(again) => again.await,
            Err(_) => std::future::pending().await,
        }
    };
    select! {
        result = timeout(deadline, accepting.join_all()) => if result.is_err() {
            warn!("requests still ran {deadline:?} after the word to stop; they were cut off");
        },
        () = at_once => {}
    }
}

/// The listeners that were named, else the inherited ones, else the environment's.
async fn listeners(named: Vec<Listener>) -> io::Result<Vec<Listener>> {
    if !named.is_empty() {
        return Ok(named);
    }
    let inherited = Listener::inherited()?;
    if !inherited.is_empty() {
        return Ok(inherited);
    }
    Ok(vec![Listener::of_environment().await?])
}

/// Waits for SIGINT or SIGTERM; from now on neither ends the process by itself.
fn signalled() -> io::Result<impl Future<Output = ()> + Send + 'static> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// One socket that is listened on, and the connections it gave.
struct Port {
    listener: Listener,
    engine: Engine,
    limits: Arc<Limits>,
    stop: Stop,
}

impl Port {
    /// Accepts until the word to stop, then waits for the connections. They end with this future.
    async fn serve(self) {
        info!("listening on {}", self.listener);
        let mut connections = JoinSet::new();
        loop {
            select! {
                biased;
                () = self.stop.begun() => break,
                accepted = self.listener.accept() => match accepted {
                    Ok(accepted) => self.greet(accepted, &mut connections),
                    Err(error) => self.recover(&error, &mut connections).await,
                },
                Some(_) = connections.join_next() => {}
            }
        }
        let Port { listener, .. } = self;
        // New clients are refused from here on.
        drop(listener);
        while connections.join_next().await.is_some() {}
    }

    fn greet(&self, accepted: Accepted, connections: &mut JoinSet<()>) {
        let session = |remote| Session {
            engine: self.engine.clone(),
            connection: Arc::new(Connection::new(
                remote,
                self.limits.clone(),
                self.stop.clone(),
            )),
        };
        match accepted {
            Accepted::Tcp(socket, remote) => connections.spawn(session(Some(remote)).serve(socket)),
            Accepted::Unix(socket) => connections.spawn(session(None).serve(socket)),
        };
    }

    /// Out of file descriptors or memory: a connection has to end before the next can be accepted. Any other failure was
    /// that of one connection.
    async fn recover(&self, error: &io::Error, connections: &mut JoinSet<()>) {
        const PAUSE: Duration = Duration::from_secs(1);
        if is_of_one_connection(error) {
            return;
        }
        warn!("cannot accept a connection: {error}");
        // Descriptors may also come free elsewhere in the process, of which no one tells.
        let _ = timeout(PAUSE, connections.join_next()).await;
    }
}

fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::Interrupted
    )
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("engine", &self.engine)
            .field("listeners", &self.listeners)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}
