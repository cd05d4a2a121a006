//! The server: what it listens on, what clients may take, and how it ends.

use std::sync::Arc;
use std::time::Duration;
use std::{fmt, io};

use tokio::select;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tracing::{info, warn};

use crate::app::Group;
use crate::connection::{Connection, Limits, Stop};
use crate::dispatch::Engine;
use crate::failure::Error;
use crate::future::BoxFuture;
use crate::server::listener::{Accepted, Listener};
use crate::server::log::show_events;
use crate::server::protocol::Session;
use crate::server::signals::signalled;

/// Serves an [`Engine`]: on which sockets, within which limits, until when.
///
/// ```no_run
/// # use gin::{prelude::*, Server, server::Listener};
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

    /// Stops once `until` is over. Default: on SIGINT or SIGTERM; on Windows, on Ctrl-C, Ctrl-Break and the end of the console.
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
        let (closer, close) = Stop::channel();
        let (stopper, stop) = Stop::channel();
        let mut ports = JoinSet::new();
        for listener in listeners {
            let port = Port {
                listener,
                engine: self.engine.clone(),
                limits: Arc::new(self.limits.clone()),
                close: close.clone(),
                stop: stop.clone(),
            };
            ports.spawn(port.accept());
        }
        until.await;
        // Heard from before anyone can see that the server stops.
        let again = signalled();
        let at_once = async {
            match again {
                Ok(again) => again.await,
                Err(_) => std::future::pending().await,
            }
        };
        // Whoever hears that the server stops may rely on it that no new client is let in.
        closer.send_replace(true);
        let connections = ports.join_all().await;
        stopper.send_replace(true);
        end(connections, stop_deadline, at_once).await;
        Ok(())
    }
}

/// Lets `connections` come to their end, until the deadline, or until `at_once` is over.
async fn end(connections: Vec<JoinSet<()>>, deadline: Duration, at_once: impl Future<Output = ()>) {
    let ended = async {
        for mut connections in connections {
            while connections.join_next().await.is_some() {}
        }
    };
    select! {
        result = timeout(deadline, ended) => if result.is_err() {
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

/// One socket that is listened on, and the connections it gave.
struct Port {
    listener: Listener,
    engine: Engine,
    limits: Arc<Limits>,
    /// When to let no one in any more.
    close: Stop,
    stop: Stop,
}

impl Port {
    /// Accepts until it is to close. What it leaves is those of its connections that go on.
    async fn accept(self) -> JoinSet<()> {
        info!("listening on {}", self.listener);
        let mut connections = JoinSet::new();
        loop {
            select! {
                biased;
                () = self.close.begun() => return connections,
                accepted = self.listener.accept() => match accepted {
                    Ok(accepted) => self.greet(accepted, &mut connections),
                    Err(error) => self.recover(&error, &mut connections).await,
                },
                Some(_) = connections.join_next() => {}
            }
        }
    }

    fn greet(&self, accepted: Accepted, connections: &mut JoinSet<()>) {
        let Accepted { socket, remote } = accepted;
        let connection = Connection::new(remote, self.limits.clone(), self.stop.clone());
        let session = Session {
            engine: self.engine.clone(),
            connection: Arc::new(connection),
        };
        connections.spawn(session.serve(socket));
    }

    /// Out of file descriptors or memory: a connection has to end before the next can be accepted. Any other failure was
    /// that of one connection.
    async fn recover(&self, error: &io::Error, connections: &mut JoinSet<()>) {
        const PAUSE: Duration = Duration::from_secs(1);
        if is_of_one_connection(error) {
            return;
        }
        warn!("cannot accept a connection: {error}");
        select! {
            () = self.close.begun() => {}
            // Descriptors may also come free elsewhere in the process, of which no one tells.
            _ = timeout(PAUSE, connections.join_next()) => {}
        }
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

impl Engine {
    /// Serves until SIGINT or SIGTERM: on the inherited socket, else on `$HOST:$PORT`, else on 127.0.0.1:8080.
    pub fn run(self) -> BoxFuture<'static, Result<(), Error>> {
        Server::new(self).run()
    }
}

impl Group {
    /// Builds the engine and serves until SIGINT or SIGTERM: on the inherited socket, else on `$HOST:$PORT`, else on
    /// 127.0.0.1:8080. See [`Server`] to change any of it.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the group, or the socket that could not be had.
    pub fn run(self) -> BoxFuture<'static, Result<(), Error>> {
        Box::pin(async { Engine::new(self)?.run().await })
    }
}
