//! The server: the app that it serves, its sockets, and its hooks.

use std::fmt;
use std::time::Duration;

#[cfg(feature = "http3")]
use crate::app::At;
use crate::app::Group;
use crate::connection::Limits;
use crate::dispatch::Engine;
use crate::failure::Error;
use crate::future::BoxFuture;
use crate::server::hooks::{Hook, HookOutput, Hooks};
#[cfg(feature = "tls")]
use crate::server::https::Https;
use crate::server::listener::Listener;
use crate::server::settings::BadSetting;
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
pub struct Server {
    pub(super) engine: Engine,
    pub(super) listeners: Vec<Listener>,
    pub(super) limits: Limits,
    /// The settings that are reported when it is run.
    pub(super) bad_settings: Vec<BadSetting>,
    pub(super) shutdown_on: Option<BoxFuture<'static, ()>>,
    pub(super) drain_delay: Duration,
    pub(super) hooks: Hooks,
    #[cfg(feature = "tls")]
    pub(super) https: Https,
    /// The call that turns it on.
    #[cfg(feature = "http3")]
    pub(super) http3: Option<At>,
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
    /// Beside an inherited TCP socket, HTTP/3 begins when the process before has left the UDP port.
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
