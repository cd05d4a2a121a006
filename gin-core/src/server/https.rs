//! The settings of HTTPS beside its certificates: the redirect of plain HTTP, the promise to browsers, and the bound on handshakes.

use std::sync::Arc;

use http::HeaderValue;
use http::header::STRICT_TRANSPORT_SECURITY;

use crate::connection::Connection;
use crate::dispatch::Engine;
use crate::failure::Error;
use crate::middleware::WithoutHsts;
use crate::request::Context;
use crate::response::Response;
use crate::server::handshakes::Handshakes;
use crate::server::listener::Listener;
use crate::server::redirecting;
use crate::server::serve::Server;
use crate::server::settings::BadSetting;
use crate::tls::{Certificates, Hsts, is_for};

/// The settings of HTTPS.
#[derive(Debug)]
pub(super) struct Https {
    pub(super) certificates: Option<Certificates>,
    redirects: Vec<Listener>,
    port: Option<u16>,
    hsts: Option<Hsts>,
    max_handshakes: usize,
    /// The settings that have no effect without certificates.
    dependent: Vec<BadSetting>,
}

/// The protection of a socket's clients.
#[derive(Debug)]
pub(super) enum Protection {
    None,
    Tls(Arc<Secured>),
    /// Clients are redirected to a socket with TLS.
    Redirect,
}

/// The parts that all connections with TLS share.
#[derive(Debug)]
pub(crate) struct Secured {
    pub(crate) certificates: Certificates,
    pub(crate) handshakes: Arc<Handshakes>,
    pub(crate) hsts: Option<Arc<HeaderValue>>,
}

impl Default for Https {
    fn default() -> Https {
        const MAX_HANDSHAKES: usize = 1_000;
        Https {
            certificates: None,
            redirects: Vec::new(),
            port: None,
            hsts: Some(Hsts::default()),
            max_handshakes: MAX_HANDSHAKES,
            dependent: Vec::new(),
        }
    }
}

impl Https {
    /// Returns the settings that have no effect, as the server does not speak TLS.
    pub(super) fn take_unused(&mut self) -> Vec<BadSetting> {
        match self.certificates {
            Some(_) => Vec::new(),
            None => std::mem::take(&mut self.dependent),
        }
    }

    #[track_caller]
    fn depends(&mut self, setting: String) {
        let remedy = "it has no effect without TLS; add `tls(…)`, or leave it out";
        self.dependent.push(BadSetting::new(setting, remedy));
    }

    /// Returns the port at which clients reach HTTPS. `own` is that of the socket.
    #[cfg(feature = "http3")]
    pub(super) fn port_or(&self, own: u16) -> u16 {
        self.port.unwrap_or(own)
    }

    pub(super) fn secured(&self) -> Option<Arc<Secured>> {
        let certificates = self.certificates.clone()?;
        Some(Arc::new(Secured {
            certificates,
            handshakes: Arc::new(Handshakes::new(self.max_handshakes)),
            hsts: self.promised(),
        }))
    }

    /// Returns the value of `Strict-Transport-Security`.
    pub(super) fn promised(&self) -> Option<Arc<HeaderValue>> {
        self.hsts.as_ref().map(|hsts| Arc::new(hsts.value()))
    }

    /// Returns the sockets that redirect, each with its engine. `listeners` are those that speak TLS.
    pub(super) fn redirects(
        &mut self,
        listeners: &[Listener],
    ) -> Result<Vec<(Listener, Engine)>, Error> {
        if self.redirects.is_empty() {
            return Ok(Vec::new());
        }
        let port = self
            .port
            .or_else(|| listeners.iter().find_map(Listener::port));
        let Some(port) = port else {
            return Err(Error::from(
                "`redirect_http(…)` has no port to redirect to, as the server listens on no TCP socket with TLS; \
                 add one with `listen(…)`, or name the port with `https_port(…)`",
            ));
        };
        let engine = redirecting::engine(port)?;
        let redirects = std::mem::take(&mut self.redirects).into_iter();
        Ok(redirects
            .map(|listener| (listener, engine.clone()))
            .collect())
    }
}

impl Server {
    /// Redirects every request on a socket to HTTPS, by a 308: the same host, path and query. Default: none.
    ///
    /// It may be called for several sockets. Limits, timeouts and shutdown are those of the server. Requests without a host to
    /// redirect to are 400. The port is that of [`https_port`](Server::https_port).
    ///
    /// Without [`tls`](Server::tls) it is an error of [`run`](Server::run).
    ///
    /// ```no_run
    /// use gin::prelude::*;
    /// use gin::{Server, server::Listener, tls::Certificates};
    ///
    /// # #[tokio::main]
    /// # async fn main() -> gin::Result<()> {
    /// let engine = Engine::new(Group::new("").get("/", async || "hello"))?;
    /// Server::new(engine)
    ///     .listen(Listener::tcp("[::]:443").await?)
    ///     .tls(Certificates::pem("cert.pem", "key.pem"))
    ///     .redirect_http(Listener::tcp("[::]:80").await?)
    ///     .run()
    ///     .await
    /// # }
    /// ```
    #[cfg_attr(docsrs, doc(cfg(feature = "tls")))]
    #[doc(alias(
        "SSLRedirect",
        "RedirectScheme",
        "RedirectHttps",
        "HTTPSRedirect",
        "autotls"
    ))]
    #[track_caller]
    pub fn redirect_http(mut self, listener: impl Into<Listener>) -> Server {
        self.https.depends("redirect_http(…)".to_owned());
        self.https.redirects.push(listener.into());
        self
    }

    /// Sets the port at which clients reach HTTPS, if another program forwards it, as for a container. Default: that of the first
    /// TCP socket.
    ///
    /// 0, and any port without [`tls`](Server::tls), are errors of [`run`](Server::run).
    #[cfg_attr(docsrs, doc(cfg(feature = "tls")))]
    #[track_caller]
    pub fn https_port(mut self, port: u16) -> Server {
        self.https.depends(format!("https_port({port})"));
        if port == 0 {
            let remedy = "clients cannot connect to it; give the port that they use, such as 443";
            self.bad_settings
                .push(BadSetting::new("https_port(0)".to_owned(), remedy));
        }
        self.https.port = Some(port);
        self
    }

    /// Sets the promise of `Strict-Transport-Security` that responses over TLS make. Default: a day, for the host alone.
    ///
    /// A response that has the header keeps it, such as one of
    /// [`SecurityHeaders`](crate::middleware::SecurityHeaders). It is never sent for IP addresses and `localhost`, nor over plain
    /// HTTP: behind a proxy that ends TLS, use `SecurityHeaders`.
    ///
    /// `preload` without the rest of what it takes, and any promise without [`tls`](Server::tls), are errors of
    /// [`run`](Server::run).
    ///
    /// ```no_run
    /// # use gin::prelude::*;
    /// use gin::Server;
    /// use gin::tls::{Certificates, Hsts};
    /// use std::time::Duration;
    ///
    /// # fn serve(engine: Engine) -> Server {
    /// Server::new(engine)
    ///     .tls(Certificates::pem("cert.pem", "key.pem"))
    ///     .hsts(Hsts::new(Duration::from_secs(365 * 24 * 60 * 60)))
    /// # }
    /// ```
    #[cfg_attr(docsrs, doc(cfg(feature = "tls")))]
    #[doc(alias("Strict-Transport-Security", "STSSeconds", "UseHsts"))]
    #[track_caller]
    pub fn hsts(mut self, hsts: Hsts) -> Server {
        self.https.depends(format!("hsts({hsts})"));
        if hsts.is_contradictory() {
            let remedy = "browsers' lists take a year at least, with subdomains; give both, or leave out `preload`";
            self.bad_settings
                .push(BadSetting::new(format!("hsts({hsts})"), remedy));
        }
        self.https.hsts = Some(hsts);
        self
    }

    /// Sends no `Strict-Transport-Security`. Browsers keep a promise that was made before until its time is over: to end it, send
    /// one of [`Duration::ZERO`](std::time::Duration::ZERO).
    #[cfg_attr(docsrs, doc(cfg(feature = "tls")))]
    pub fn without_hsts(mut self) -> Server {
        self.https.hsts = None;
        self
    }

    /// Sets how many TLS handshakes may be under way at once. Default: 1,000.
    ///
    /// When there are more, the oldest is ended as soon as it has lasted a second, and until then new clients wait. So clients that
    /// connect and stay silent take no places of others.
    ///
    /// 0, and any number without [`tls`](Server::tls), are errors of [`run`](Server::run).
    #[cfg_attr(docsrs, doc(cfg(feature = "tls")))]
    #[track_caller]
    pub fn max_handshakes(mut self, handshakes: usize) -> Server {
        self.https.depends(format!("max_handshakes({handshakes})"));
        if handshakes == 0 {
            let remedy = "no client could connect; give at least 1";
            self.bad_settings
                .push(BadSetting::new("max_handshakes(0)".to_owned(), remedy));
        }
        self.https.max_handshakes = handshakes;
        self
    }
}

/// Adds the promise of the connection to a response over TLS, unless it has one or the app wants none.
pub(super) fn promise(connection: &Connection, cx: &Context, response: &mut Response) {
    let Some(hsts) = &connection.hsts else {
        return;
    };
    let headers = response.headers_mut();
    let is_wanted = !headers.contains_key(STRICT_TRANSPORT_SECURITY)
        && cx.get::<WithoutHsts>().is_none()
        // A proxy may speak TLS with this server and plain HTTP with its client.
        && cx.scheme() == "https"
        && cx.host().is_some_and(is_for);
    if is_wanted {
        headers.insert(STRICT_TRANSPORT_SECURITY, HeaderValue::clone(hsts));
    }
}
