//! The server: its settings, the sockets it accepts on, and its shutdown.

use std::future::pending;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use std::{fmt, io, mem};

#[cfg(feature = "http3")]
use http::HeaderValue;
use tokio::select;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tracing::{info, warn};

#[cfg(feature = "http3")]
use crate::app::At;
use crate::app::Group;
use crate::connection::{Connection, Limits, Shutdown, Traffic};
use crate::dispatch::Engine;
use crate::failure::Error;
use crate::future::BoxFuture;
use crate::operations::log_events;
use crate::server::describe;
use crate::server::hooks::{Hook, HookOutput, Hooks};
#[cfg(feature = "http3")]
use crate::server::http3::{Endpoint, Served, alt_svc};
#[cfg(feature = "tls")]
use crate::server::https::{Https, Protection};
use crate::server::listener::{Accepted, Listener};
use crate::server::notify::{State, notify};
use crate::server::protocol::Session;
#[cfg(feature = "tls")]
use crate::server::secure;
use crate::server::settings::{BadSetting, check};
use crate::server::signals::signalled;
#[cfg(feature = "tls")]
use crate::tls::Certificates;

/// A server of an [`Engine`], with its sockets, limits and timeouts.
///
/// It speaks HTTP/1.1 and HTTP/2 on the same sockets. With the feature `tls`, `Server::tls` gives them TLS.
///
/// ```
/// use gin::{Server, prelude::*};
/// use std::time::Duration;
/// use tokio::io::{AsyncReadExt, AsyncWriteExt};
/// use tokio::net::{TcpListener, TcpStream};
/// use tokio::sync::oneshot;
///
/// # #[tokio::main]
/// # async fn main() -> gin::Result<()> {
/// # let test = async {
/// let engine = Engine::new(Group::new("").get("/", async || "hello"))?;
/// let listener = TcpListener::bind("127.0.0.1:0").await?;
/// let address = listener.local_addr()?;
/// let (stop, stopped) = oneshot::channel::<()>();
///
/// let server = Server::new(engine)
///     .listen(listener)
///     .keep_alive_timeout(Duration::from_secs(30))
///     .shutdown_on(async { drop(stopped.await) });
/// let server = tokio::spawn(server.run());
///
/// let mut client = TcpStream::connect(address).await?;
/// client.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await?;
/// let mut response = String::new();
/// client.read_to_string(&mut response).await?;
/// assert!(response.ends_with("\r\n\r\nhello"));
///
/// # drop(client);
/// drop(stop);
/// server.await?
/// # };
/// # tokio::time::timeout(Duration::from_secs(60), test).await?
/// # }
/// ```
#[must_use = "a server serves once it is run"]
#[doc(alias(
    "serve",
    "with_graceful_shutdown",
    "RunListener",
    "ListenAndServe",
    "timeout"
))]
pub struct Server {
    engine: Engine,
    listeners: Vec<Listener>,
    limits: Limits,
    /// The settings that are reported when it is run.
    pub(super) bad_settings: Vec<BadSetting>,
    shutdown_on: Option<BoxFuture<'static, ()>>,
    drain_delay: Duration,
    hooks: Hooks,
    #[cfg(feature = "tls")]
    pub(super) https: Https,
    /// The call that turns it on.
    #[cfg(feature = "http3")]
    http3: Option<At>,
}

impl Server {
    /// Returns a server of `engine` with the default settings.
    pub fn new(engine: Engine) -> Server {
        Server {
            engine,
            listeners: Vec::new(),
            limits: Limits::default(),
            bad_settings: Vec::new(),
            shutdown_on: None,
            drain_delay: Duration::ZERO,
            hooks: Hooks::default(),
            #[cfg(feature = "tls")]
            https: Https::default(),
            #[cfg(feature = "http3")]
            http3: None,
        }
    }

    /// Adds a socket to listen on. Default: the sockets that the process inherited (`LISTEN_FDS`), else `$HOST:$PORT`, else
    /// 127.0.0.1:8080.
    #[doc(alias("bind", "RunListener", "RunFd", "RunUnix"))]
    pub fn listen(mut self, listener: impl Into<Listener>) -> Server {
        self.listeners.push(listener.into());
        self
    }

    /// Speaks TLS on the TCP sockets, with these certificates. Default: none, so that TLS is left to a proxy.
    ///
    /// [`run`](Server::run) fails if they cannot be used. The module [`tls`](crate::tls) describes it all.
    #[cfg(feature = "tls")]
    #[cfg_attr(docsrs, doc(cfg(feature = "tls")))]
    #[doc(alias("https", "ssl", "RunTLS", "bind_rustls", "rustls", "RunAutoTLS"))]
    pub fn tls(mut self, certificates: impl Into<Certificates>) -> Server {
        let certificates = certificates.into();
        #[cfg(feature = "acme")]
        self.bad_settings.extend(BadSetting::of_acme(&certificates));
        self.https.certificates = Some(certificates);
        self
    }

    /// Speaks HTTP/3 as well, on the UDP ports with the numbers of the TCP ports. Default: HTTP/1.1 and HTTP/2 only.
    ///
    /// Clients learn of it by the header `Alt-Svc`, which responses over TLS get unless the app sets it. Its port is
    /// [`https_port`](Server::https_port).
    /// [`run`](Server::run) fails without [`tls`](Server::tls), without a TCP socket, and if a UDP port is taken.
    /// The module [`server`](crate::server#http3) describes it all.
    ///
    /// ```no_run
    /// # use gin::{Server, prelude::*, server::Listener, tls::Certificates};
    /// # #[tokio::main]
    /// # async fn main() -> gin::Result<()> {
    /// # let engine = Group::new("").build()?;
    /// Server::new(engine)
    ///     .listen(Listener::tcp("[::]:443").await?)
    ///     .tls(Certificates::pem("cert.pem", "key.pem"))
    ///     .http3()
    ///     .run()
    ///     .await
    /// # }
    /// ```
    #[cfg(feature = "http3")]
    #[cfg_attr(docsrs, doc(cfg(feature = "http3")))]
    #[doc(alias("quic", "RunQUIC", "h3", "quinn", "alt-svc"))]
    #[track_caller]
    pub fn http3(mut self) -> Server {
        self.http3 = Some(At::caller());
        self
    }

    /// Shuts down when `signal` completes. Default: on SIGINT or SIGTERM; on Windows, on Ctrl-C, Ctrl-Break, or when the console
    /// is closed.
    pub fn shutdown_on(mut self, signal: impl Future<Output = ()> + Send + 'static) -> Server {
        self.shutdown_on = Some(Box::pin(signal));
        self
    }

    /// Sets how long a client may take to send a request's head. Default: 10 s.
    ///
    /// The time starts when the connection is accepted, and for later requests with their first byte. After it the connection is
    /// closed.
    ///
    /// [`Duration::MAX`] turns it off. Less than 1 ms is an error of [`run`](Server::run).
    #[track_caller]
    pub fn header_read_timeout(mut self, time: Duration) -> Server {
        let bad = BadSetting::of_timeout("header_read_timeout", time);
        self.bad_settings.extend(bad);
        self.limits.header_read_timeout = time;
        self
    }

    /// Sets how long a connection may stay open between two requests. Default: 75 s.
    ///
    /// [`Duration::MAX`] turns it off. Less than 1 ms is an error of [`run`](Server::run).
    #[track_caller]
    pub fn keep_alive_timeout(mut self, time: Duration) -> Server {
        let bad = BadSetting::of_timeout("keep_alive_timeout", time);
        self.bad_settings.extend(bad);
        self.limits.keep_alive_timeout = time;
        self
    }

    /// Sets how long a client may accept no part of a response before it is disconnected. Default: 30 s.
    ///
    /// A client that reads slowly accepts a part whenever it acknowledges bytes, which only Linux reports: elsewhere a part is what
    /// the system's buffer of the connection takes. Over HTTP/2, a client accepts a part when its flow-control window has room for
    /// it. There a response of which it accepts nothing is reset, while it accepts others.
    ///
    /// [`Duration::MAX`] turns it off. Less than 1 ms is an error of [`run`](Server::run).
    #[track_caller]
    pub fn write_timeout(mut self, time: Duration) -> Server {
        let bad = BadSetting::of_timeout("write_timeout", time);
        self.bad_settings.extend(bad);
        self.limits.write_timeout = time;
        self
    }

    /// Sets how long requests may still run after shutdown is requested. Then they are cut off. Default: 10 s.
    ///
    /// By [`Duration::ZERO`] they are cut off at once, by [`Duration::MAX`] never.
    pub fn shutdown_timeout(mut self, time: Duration) -> Server {
        self.limits.shutdown_timeout = time;
        self
    }

    /// Sets how long the server serves on after shutdown is requested, so that load balancers can learn of it. Default: 0 s.
    ///
    /// In that time, [`Group::ready`] responds with 503, connections are accepted, and responses over HTTP/1.1 have `Connection: close`.
    /// Five seconds fit a probe every second or two. A second signal ends the delay, and the server, at once.
    #[doc(alias("preStop", "grace period", "lameduck"))]
    pub fn drain_delay(mut self, time: Duration) -> Server {
        self.drain_delay = time;
        self
    }

    /// Runs `hook` once the sockets are bound, before the first connection is accepted. Hooks run one after the other, in the order
    /// in which they are added.
    ///
    /// If a hook fails, the server does not start, and [`run`](Server::run) returns the error.
    ///
    /// ```
    /// # use gin::{Server, prelude::*};
    /// # #[tokio::main]
    /// # async fn main() -> gin::Result<()> {
    /// # let listener = gin::server::Listener::tcp("127.0.0.1:0").await?;
    /// let server = Server::new(Group::new("").build()?).on_start(async || std::fs::read("/no/such/prices").map(drop));
    /// # let server = server.listen(listener);
    /// assert!(server.run().await.is_err());
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias("lifespan", "on_liftoff", "fairing", "startup"))]
    #[track_caller]
    pub fn on_start<F, R>(mut self, hook: impl FnOnce() -> F + Send + 'static) -> Server
    where
        F: Future<Output = R> + Send + 'static,
        R: HookOutput,
    {
        self.hooks.on_start.push(Hook::new(hook));
        self
    }

    /// Runs `hook` when the server has shut down and the last request has ended or was cut off. The hook that was added last runs
    /// first.
    ///
    /// All hooks together have as long as [`shutdown_timeout`](Server::shutdown_timeout). Their errors are logged.
    #[doc(alias("lifespan", "RegisterOnShutdown", "fairing", "cleanup"))]
    #[track_caller]
    pub fn on_shutdown<F, R>(mut self, hook: impl FnOnce() -> F + Send + 'static) -> Server
    where
        F: Future<Output = R> + Send + 'static,
        R: HookOutput,
    {
        self.hooks.on_shutdown.push(Hook::new(hook));
        self
    }

    /// Sets the slowest rate at which a request's body may come, after a grace period. A slower one is 408. Default: 240 bytes a
    /// second, after 10 s.
    ///
    /// Only the time in which a handler waits for the body counts. A rate of 0 or a grace period of [`Duration::MAX`] turns the limit
    /// off.
    pub fn min_body_rate(mut self, bytes_per_second: u32, grace: Duration) -> Server {
        self.limits.min_body_rate.bytes_per_second = bytes_per_second;
        self.limits.min_body_rate.grace = grace;
        self
    }

    /// Sets the maximum size of a request's head, in bytes. A larger one is 431. Default: 64 KiB.
    ///
    /// Over HTTP/2, each header counts 32 bytes more than its name and its value (RFC 9113 §6.5.2). Less than 1 KiB and more than
    /// 16 MiB are errors of [`run`](Server::run).
    #[track_caller]
    pub fn max_header_size(mut self, bytes: usize) -> Server {
        self.bad_settings.extend(BadSetting::of_header_size(bytes));
        self.limits.max_header_size = bytes;
        self
    }

    /// Sets the maximum number of a request's headers. More are 431. Default: 100.
    ///
    /// Over HTTP/2, where a client may split its cookies, all `Cookie` headers count as one. 0 and more than 10,000 are errors of
    /// [`run`](Server::run).
    #[track_caller]
    pub fn max_headers(mut self, headers: usize) -> Server {
        self.bad_settings.extend(BadSetting::of_headers(headers));
        self.limits.max_headers = headers;
        self
    }

    /// Sets the maximum size of a request's path and query, in bytes. A larger one is 414. Default: 16 KiB.
    ///
    /// More than 65,534 bytes are 414 with any setting. 0 is an error of [`run`](Server::run).
    #[track_caller]
    pub fn max_uri_size(mut self, bytes: usize) -> Server {
        self.bad_settings.extend(BadSetting::of_uri_size(bytes));
        self.limits.max_uri_size = bytes;
        self
    }

    /// Sets how much the requests and responses of one HTTP/2 connection hold in memory together, in bytes. Default: 64 MiB.
    ///
    /// The sum has the bodies that are collected, and the responses that the client has not taken. When more than eight responses
    /// hold a quarter of the limit, further requests wait before their handlers run. A response or a body beyond the limit is 503,
    /// unless it is the only one. A body that is streamed counts by the chunk.
    ///
    /// A proxy that sends the requests of many clients on one connection may need more. [`usize::MAX`] turns the limit off, 0 is an
    /// error of [`run`](Server::run).
    #[doc(alias("max_send_buf_size", "memory", "flow control"))]
    #[track_caller]
    pub fn max_http2_buffer(mut self, bytes: usize) -> Server {
        self.bad_settings.extend(BadSetting::of_buffer(bytes));
        self.limits.max_http2_buffer = bytes;
        self
    }

    /// Serves until shutdown is requested, and for the [`drain_delay`](Server::drain_delay) after it. Then it waits for running
    /// requests, up to [`shutdown_timeout`](Server::shutdown_timeout) or a second signal.
    ///
    /// A service manager that set `NOTIFY_SOCKET` is notified of both, as [`server`](crate::server#service-managers) describes.
    ///
    /// Events (`info!` and the like) are written to the standard error, unless the app has installed a `tracing` subscriber. The
    /// variable `RUST_LOG` sets the level. Default: `info`.
    ///
    /// # Errors
    ///
    /// Fails if an address cannot be listened on, if a hook of [`on_start`](Server::on_start) fails, and with all settings that no
    /// server can have, each with its `file:line`:
    ///
    /// ```
    /// # use gin::{Server, prelude::*};
    /// # use std::time::Duration;
    /// # #[tokio::main]
    /// # async fn main() -> gin::Result<()> {
    /// let engine = Engine::new(Group::new("").get("/", async || "hello"))?;
    /// let server = Server::new(engine).keep_alive_timeout(Duration::ZERO).max_headers(0);
    /// let error = server.run().await.unwrap_err().to_string();
    /// assert!(error.contains("`keep_alive_timeout(0ns)`") && error.contains("`max_headers(0)`"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn run(self) -> BoxFuture<'static, Result<(), Error>> {
        // Boxed here, as an async function is compiled by the crate that calls it: at every save, with all of the server.
        Box::pin(self.serve())
    }

    async fn serve(mut self) -> Result<(), Error> {
        #[cfg(feature = "http3")]
        self.bad_settings.extend(self.http3_without_tls());
        #[cfg(feature = "tls")]
        self.bad_settings.extend(self.https.take_unused());
        check(&self.bad_settings)?;
        log_events();
        if let Some(file) = describe::requested() {
            return Ok(describe::describe(&self.engine, file)?);
        }
        #[cfg(debug_assertions)]
        crate::report::enable();
        log_likely_mistakes(&self.engine);
        #[cfg(feature = "tls")]
        #[cfg_attr(not(feature = "acme"), expect(unused_mut, unused_variables))]
        let mut watched = match &self.https.certificates {
            Some(certificates) => Some(secure::start(certificates).await?),
            None => None,
        };
        let entrances = self.entrances().await?;
        #[cfg(feature = "http3")]
        let endpoints = self.endpoints(&entrances)?;
        let mut signal = match self.shutdown_on.take() {
            Some(signal) => signal,
            None => Box::pin(signalled()?),
        };
        select! {
            started = self.hooks.start() => started?,
            () = &mut signal => return Ok(()),
        }
        let (drain_delay, shutdown_timeout) = (self.drain_delay, self.limits.shutdown_timeout);
        let traffic = Arc::new(Traffic::default());
        let (closing_tx, closing) = Shutdown::channel();
        let (shutdown_tx, shutdown) = Shutdown::channel();
        let mut acceptors = JoinSet::new();
        for entrance in entrances {
            let acceptor = Acceptor {
                entrance,
                limits: Arc::new(self.limits.clone()),
                traffic: traffic.clone(),
                closing: closing.clone(),
                shutdown: shutdown.clone(),
            };
            acceptors.spawn(acceptor.run());
        }
        #[cfg(feature = "http3")]
        for endpoint in endpoints {
            let served = Served {
                engine: self.engine.clone(),
                limits: Arc::new(self.limits.clone()),
                traffic: traffic.clone(),
                hsts: self.https.promised(),
                closing: closing.clone(),
                shutdown: shutdown.clone(),
            };
            acceptors.spawn(endpoint.run(served));
        }
        // The authority connects to this server, which accepts from here on.
        #[cfg(feature = "acme")]
        if let (Some(certificates), Some(watched)) = (&self.https.certificates, &mut watched) {
            secure::keep_up(certificates, watched);
        }
        notify(State::Ready);
        signal.await;
        let mut at_once = pin!(signalled_again());
        notify(State::Stopping);
        traffic.drain();
        let is_at_once = select! {
            () = &mut at_once => true,
            () = sleep(drain_delay) => false,
        };
        // In two steps: a handler that sees the shutdown may rely on it that no more clients are accepted.
        closing_tx.send_replace(true);
        let connections = acceptors.join_all().await;
        shutdown_tx.send_replace(true);
        let ended = async {
            wind_down(connections, shutdown_timeout).await;
            self.hooks.shut_down(shutdown_timeout).await;
            #[cfg(feature = "telemetry")]
            crate::operations::telemetry::flush().await;
        };
        if !is_at_once {
            select! {
                () = ended => {}
                () = at_once => {}
            }
        }
        Ok(())
    }

    /// Returns the sockets to accept clients on.
    async fn entrances(&mut self) -> Result<Vec<Entrance>, Error> {
        let listeners = listeners(mem::take(&mut self.listeners)).await?;
        #[cfg(feature = "tls")]
        let (redirects, secured) = (self.https.redirects(&listeners)?, self.https.secured());
        let of_app = listeners.into_iter().map(|listener| Entrance {
            #[cfg(feature = "http3")]
            alt_svc: self.alt_svc(&listener),
            listener,
            engine: self.engine.clone(),
            #[cfg(feature = "tls")]
            protection: secured.clone().map_or(Protection::None, Protection::Tls),
        });
        #[cfg(feature = "tls")]
        let of_app = of_app.chain(redirects.into_iter().map(|(listener, engine)| Entrance {
            listener,
            engine,
            protection: Protection::Redirect,
            #[cfg(feature = "http3")]
            alt_svc: None,
        }));
        Ok(of_app.collect())
    }
}

#[cfg(feature = "http3")]
impl Server {
    fn http3_without_tls(&self) -> Option<BadSetting> {
        let at = self.http3.filter(|_| self.https.certificates.is_none())?;
        Some(BadSetting::http3_without_tls(at))
    }

    /// Listens over UDP beside the TCP sockets, if HTTP/3 is on.
    fn endpoints(&self, entrances: &[Entrance]) -> Result<Vec<Endpoint>, Error> {
        let (Some(at), Some(certificates)) = (self.http3, &self.https.certificates) else {
            return Ok(Vec::new());
        };
        let secured = entrances
            .iter()
            .filter(|entrance| entrance.alt_svc.is_some());
        let addresses = secured.filter_map(|entrance| entrance.listener.tcp_address());
        let endpoints = addresses.map(|address| Endpoint::bind(address, certificates.clone()));
        let endpoints = endpoints.collect::<io::Result<Vec<_>>>()?;
        if endpoints.is_empty() {
            check(&[BadSetting::http3_without_port(at)])?;
        }
        Ok(endpoints)
    }

    fn alt_svc(&self, listener: &Listener) -> Option<HeaderValue> {
        let address = listener.tcp_address().filter(|_| self.http3.is_some());
        address.map(|address| alt_svc(self.https.port_or(address.port())))
    }
}

/// Logs what is likely a mistake, though the app can run.
fn log_likely_mistakes(engine: &Engine) {
    #[cfg(feature = "config")]
    crate::operations::log_warnings();
    if cfg!(panic = "abort") {
        warn!("`panic = \"abort\"` is set: a panic in a handler ends the process");
    }
    for warning in engine.warnings() {
        warn!("{warning}");
    }
}

/// Waits for a signal of the operating system after the one that has requested shutdown.
fn signalled_again() -> impl Future<Output = ()> {
    // Installed before anything shows that the server shuts down: a signal that is sent then counts.
    let again = signalled();
    async {
        match again {
            Ok(again) => again.await,
            Err(_) => pending().await,
        }
    }
}

/// Waits until `connections` have ended or the timeout has passed.
async fn wind_down(connections: Vec<JoinSet<()>>, shutdown_timeout: Duration) {
    let ended = async {
        for mut connections in connections {
            while connections.join_next().await.is_some() {}
        }
    };
    if timeout(shutdown_timeout, ended).await.is_err() {
        warn!(
            "requests still ran {shutdown_timeout:?} after shutdown was requested; they were cut off"
        );
    }
}

/// Returns the listeners that the app added, else the inherited ones, else the environment's.
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

/// A socket that the server listens on, and the app that its clients reach.
struct Entrance {
    listener: Listener,
    engine: Engine,
    #[cfg(feature = "tls")]
    protection: Protection,
    /// The header by which clients learn of HTTP/3.
    #[cfg(feature = "http3")]
    alt_svc: Option<HeaderValue>,
}

/// The task that accepts the clients of a socket.
struct Acceptor {
    entrance: Entrance,
    limits: Arc<Limits>,
    traffic: Arc<Traffic>,
    /// Requested when no more clients are accepted.
    closing: Shutdown,
    shutdown: Shutdown,
}

impl Acceptor {
    /// Accepts clients until the server closes, and returns the connections that are still open.
    async fn run(self) -> JoinSet<()> {
        info!("listening on {}", self.entrance);
        let mut connections = JoinSet::new();
        loop {
            select! {
                biased;
                () = self.closing.requested() => return connections,
                accepted = self.entrance.accept() => match accepted {
                    Ok(accepted) => self.spawn(accepted, &mut connections),
                    Err(error) => self.recover(&error, &mut connections).await,
                },
                Some(_) = connections.join_next() => {}
            }
        }
    }

    fn spawn(&self, accepted: Accepted, connections: &mut JoinSet<()>) {
        let Accepted { socket, remote } = accepted;
        let connection = Connection::new(remote, self.limits.clone(), self.shutdown.clone());
        let connection = connection.counted(self.traffic.open());
        #[cfg(feature = "tls")]
        let socket = match (&self.entrance.protection, secure::tcp(socket)) {
            (Protection::Tls(secured), Ok(socket)) => {
                #[cfg(feature = "http3")]
                let connection = connection.with_alt_svc(self.entrance.alt_svc.clone());
                let (engine, secured) = (self.entrance.engine.clone(), secured.clone());
                let begun = secured.handshakes.begin();
                connections.spawn(secure::serve(engine, connection, secured, begun, socket));
                return;
            }
            (_, Ok(socket)) => secure::plain(socket),
            (_, Err(socket)) => socket,
        };
        let session = Session {
            engine: self.entrance.engine.clone(),
            connection: Arc::new(connection),
        };
        connections.spawn(session.serve(socket));
    }

    /// Waits after a failed `accept`, if it is not the failure of one connection.
    ///
    /// The process is out of file descriptors or memory then: a connection has to end before the next can be accepted.
    async fn recover(&self, error: &io::Error, connections: &mut JoinSet<()>) {
        const PAUSE: Duration = Duration::from_secs(1);
        self.traffic.refuse();
        if is_of_one_connection(error) {
            return;
        }
        warn!("cannot accept a connection: {error}");
        select! {
            () = self.closing.requested() => {}
            // Descriptors may also become free elsewhere in the process, which cannot be awaited.
            _ = timeout(PAUSE, connections.join_next()) => {}
        }
    }
}

impl Entrance {
    async fn accept(&self) -> io::Result<Accepted> {
        #[cfg(feature = "tls")]
        if let Protection::Tls(secured) = &self.protection {
            secured.handshakes.place().await;
        }
        self.listener.accept().await
    }
}

/// The address to show.
impl fmt::Display for Entrance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        #[cfg(feature = "tls")]
        match self.protection {
            Protection::None => {}
            Protection::Tls(_) => {
                let address = self.listener.to_string();
                return f.write_str(&address.replacen("http://", "https://", 1));
            }
            Protection::Redirect => return write!(f, "{}, redirecting to HTTPS", self.listener),
        }
        self.listener.fmt(f)
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
    /// Serves with the default settings of a [`Server`]: on the inherited socket, else on `$HOST:$PORT`, else on 127.0.0.1:8080,
    /// until SIGINT or SIGTERM.
    ///
    /// # Errors
    ///
    /// Fails if the address cannot be listened on.
    pub fn run(self) -> BoxFuture<'static, Result<(), Error>> {
        Server::new(self).run()
    }
}

impl Group {
    /// Builds an [`Engine`] and serves with the default settings of a [`Server`]: on the inherited socket, else on `$HOST:$PORT`,
    /// else on 127.0.0.1:8080, until SIGINT or SIGTERM.
    ///
    /// # Errors
    ///
    /// Fails with everything that is wrong with the group, or if the address cannot be listened on.
    pub fn run(self) -> BoxFuture<'static, Result<(), Error>> {
        Box::pin(async { Engine::new(self)?.run().await })
    }
}
