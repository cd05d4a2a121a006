//! The middleware that provides sessions: its store and its options.

use std::borrow::Cow;
use std::fmt;
use std::panic::Location;
use std::sync::Arc;
use std::time::Duration;

use tower_sessions_core::SessionStore;

use crate::cookies::{Cookie, Key, SameSite};
use crate::extract::{Rejection, Severity};
use crate::failure::{BoxError, Problem};
use crate::future::BoxFuture;
use crate::middleware::{Middleware, Next, Provided, SessionMark};
use crate::request::Context;
use crate::response::Response;
use crate::sessions::commit::commit;
use crate::sessions::error::{NoSessions, StoreError};
use crate::sessions::load::{load, mark};
use crate::sessions::memory::Memory;
use crate::sessions::session::Session;
use crate::sessions::store::Store;

/// The middleware that provides a [`Session`] to everything in a group. Clones share their store.
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// use gin::sessions::{Session, Sessions};
/// use std::time::Duration;
///
/// async fn visit(session: Session) -> gin::Result<String> {
///     let visits = session.get::<u32>("visits")?.unwrap_or(0) + 1;
///     session.insert("visits", visits)?;
///     Ok(visits.to_string())
/// }
///
/// let sessions = Sessions::memory().cookie_name("id").idle(Duration::from_secs(20 * 60));
/// let app = Group::new("").with(sessions).get("/", visit);
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(app);
/// client.get("/").await.has_text("1");
/// client.get("/").await.has_text("2");
/// assert!(client.cookie("id").is_some());
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone)]
#[must_use = "sessions are provided by `Group::with`"]
pub struct Sessions(Arc<Config>);

#[derive(Clone)]
pub(super) struct Config {
    pub(super) backend: Backend,
    name: Option<Cow<'static, str>>,
    domain: Option<Cow<'static, str>>,
    same_site: SameSite,
    transport: Transport,
    pub(super) idle: Duration,
    pub(super) lifetime: Duration,
}

/// The place where sessions are kept.
#[derive(Clone)]
pub(super) enum Backend {
    Store(Store),
    Cookie(Key),
}

/// The transport that decides the cookie's name and `Secure`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Transport {
    OfRequest,
    Https,
}

/// The session of a request, which is loaded when it is taken.
pub(super) enum Slot {
    Unused(Arc<Config>),
    Used(Session),
}

impl Sessions {
    /// Keeps sessions in `store`: any implementation of [`SessionStore`], such as those of `tower-sessions` for SQL databases.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// use gin::sessions::{Id, Record, Session, SessionStore, Sessions, async_trait, session_store};
    ///
    /// /// A store that is out of order.
    /// #[derive(Debug)]
    /// struct Broken;
    ///
    /// #[async_trait]
    /// impl SessionStore for Broken {
    ///     async fn save(&self, _: &Record) -> session_store::Result<()> {
    ///         Err(session_store::Error::Backend("the disk is full".to_owned()))
    ///     }
    /// #
    /// #   async fn load(&self, _: &Id) -> session_store::Result<Option<Record>> { Ok(None) }
    /// #   async fn delete(&self, _: &Id) -> session_store::Result<()> { Ok(()) }
    /// }
    ///
    /// let insert = async |session: Session| session.insert("a", 1).map_err(gin::Error::from);
    /// let app = Group::new("").with(Sessions::new(Broken)).post("/", insert);
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// // The handler has succeeded, but its change is lost.
    /// Client::new(app).post("/").await.is(503);
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn new(store: impl SessionStore) -> Sessions {
        Sessions::with_backend(Backend::Store(Store::new(Arc::new(store))))
    }

    /// Keeps sessions in memory. They end with the process, and other processes do not have them.
    #[doc(alias = "MemoryStore")]
    pub fn memory() -> Sessions {
        Sessions::new(Memory::default())
    }

    /// Keeps each session in an encrypted cookie, so that there is no store. It holds about 3000 bytes of JSON.
    ///
    /// The server cannot end such a session: a browser can send an old value again until it expires. Requests at the same time replace
    /// each other's changes.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// use gin::cookies::Key;
    /// use gin::sessions::{Session, Sessions};
    ///
    /// async fn sign_in(session: Session) -> gin::Result<()> {
    ///     Ok(session.insert("user", "Ann")?)
    /// }
    ///
    /// async fn me(session: Session) -> gin::Result<String> {
    ///     Ok(session.get("user")?.unwrap_or_default())
    /// }
    ///
    /// let app = |key| Group::new("").with(Sessions::cookie(key)).post("/sign-in", sign_in).get("/", me);
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// // An app: `app(Key::from_env("COOKIE_KEY")?)`.
    /// let client = Client::new(app(Key::generate()));
    /// client.post("/sign-in").await.is(200);
    /// client.get("/").await.has_text("Ann");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[doc(alias = "CookieStore")]
    pub fn cookie(key: Key) -> Sessions {
        Sessions::with_backend(Backend::Cookie(key))
    }

    fn with_backend(backend: Backend) -> Sessions {
        const DAY: Duration = Duration::from_secs(24 * 60 * 60);
        Sessions(Arc::new(Config {
            backend,
            name: None,
            domain: None,
            same_site: SameSite::Lax,
            transport: Transport::OfRequest,
            idle: DAY,
            lifetime: 30 * DAY,
        }))
    }

    /// Sets the name of the cookie. Default: `session`, and `__Host-session` over https, or `__Secure-session` with a
    /// [`domain`](Sessions::domain).
    pub fn cookie_name(self, name: impl Into<Cow<'static, str>>) -> Sessions {
        let name = name.into();
        self.configure(|config| config.name = Some(name))
    }

    /// Shares sessions among this domain and its subdomains. Default: only the host that set the cookie has it.
    pub fn domain(self, domain: impl Into<Cow<'static, str>>) -> Sessions {
        let domain = domain.into();
        self.configure(|config| config.domain = Some(domain))
    }

    /// Sets the requests from other sites that the cookie goes with. Default: [`SameSite::Lax`].
    pub fn same_site(self, same_site: SameSite) -> Sessions {
        self.configure(|config| config.same_site = same_site)
    }

    /// Treats every request as one over https. Default: as [`Context::scheme`] says, which needs
    /// [`Group::trust_proxies`](crate::Group::trust_proxies) behind a proxy.
    pub fn secure(self) -> Sessions {
        self.configure(|config| config.transport = Transport::Https)
    }

    /// Ends sessions that no request has used for this time. Default: a day.
    ///
    /// To save writes, a use counts only when a tenth of the time has passed since the last write. Less than a second is an error of
    /// [`Engine::new`](crate::Engine::new).
    #[doc(alias = "OnInactivity")]
    pub fn idle(self, time: Duration) -> Sessions {
        self.configure(|config| config.idle = time)
    }

    /// Ends sessions after this time, however much they are used. Default: 30 days. [`Session::renew`] begins it again.
    /// Less than a second is an error of [`Engine::new`](crate::Engine::new).
    #[doc(alias("expiry", "max_age"))]
    pub fn lifetime(self, time: Duration) -> Sessions {
        self.configure(|config| config.lifetime = time)
    }

    /// Sets how long one operation of the store may take before the request is a 503. Default: 5 seconds. A time of
    /// zero is an error of [`Engine::new`](crate::Engine::new).
    pub fn timeout(self, time: Duration) -> Sessions {
        self.configure(|config| {
            if let Backend::Store(store) = &mut config.backend {
                store.timeout = time;
            }
        })
    }

    fn configure(mut self, change: impl FnOnce(&mut Config)) -> Sessions {
        change(Arc::make_mut(&mut self.0));
        self
    }
}

impl Config {
    /// Returns the settings with which no session would last, each with its remedy.
    fn flaws(&self) -> Vec<String> {
        const SECOND: Duration = Duration::from_secs(1);
        let mut flaws = Vec::new();
        for (name, time) in [("idle", self.idle), ("lifetime", self.lifetime)] {
            if time < SECOND {
                flaws.push(format!(
                    "`{name}({time:?})` ends every session at once: set at least 1 s"
                ));
            }
        }
        if let Backend::Store(store) = &self.backend
            && store.timeout.is_zero()
        {
            let flaw = "`timeout(0ns)` gives its store no time to respond: set a time above 0";
            flaws.push(flaw.to_owned());
        }
        flaws
    }

    /// Returns the cookie of this request, with a value that is not set yet.
    pub(super) fn cookie(&self, cx: &Context) -> Cookie {
        let is_secure = self.transport == Transport::Https || cx.scheme() == "https";
        let name = match (&self.name, &self.domain) {
            (Some(name), _) => name.clone(),
            (None, None) if is_secure => Cow::Borrowed("__Host-session"),
            (None, Some(_)) if is_secure => Cow::Borrowed("__Secure-session"),
            (None, _) => Cow::Borrowed("session"),
        };
        let mut cookie = Cookie::new(name, "").same_site(self.same_site);
        if let Some(domain) = &self.domain {
            cookie = cookie.domain(domain.clone());
        }
        if is_secure {
            cookie = cookie.secure();
        }
        cookie
    }
}

/// The response to a request whose session cannot be loaded or written: 503.
pub(super) fn unavailable(error: StoreError) -> Problem {
    failed(Box::new(error)).status_of(503)
}

/// The response to a request that fails for a reason that is not the client's: 500.
pub(super) fn failed(error: BoxError) -> Problem {
    Problem::caused_by(error, Location::caller())
}

impl Context {
    /// Returns the session, which the first call loads from its store. As an argument of a handler it is a [`Session`].
    ///
    /// # Errors
    ///
    /// Fails with 503 if the store fails, and with 500 outside of the middleware [`Sessions`].
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// use gin::sessions::Sessions;
    ///
    /// async fn signed_in(cx: &mut Context, next: Next<'_>) -> gin::Result<Response> {
    ///     let session = cx.session().await?;
    ///     match session.get::<String>("user")? {
    ///         Some(_) => Ok(next.run(cx).await),
    ///         None => Ok(Redirect::to("/sign-in").into_response()),
    ///     }
    /// }
    ///
    /// let app = Group::new("").with(Sessions::memory()).with(signed_in).get("/", async || "home");
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// Client::new(app).get("/").await.is(303).has_header("location", "/sign-in");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[cfg_attr(docsrs, doc(cfg(feature = "sessions")))]
    pub async fn session(&mut self) -> Result<Session, Rejection> {
        let config = match self.get::<Slot>() {
            Some(Slot::Used(session)) => return Ok(session.clone()),
            Some(Slot::Unused(config)) => config.clone(),
            None => {
                let problem = failed(Box::new(NoSessions));
                return Err(Rejection::new(Severity::Fatal, problem));
            }
        };
        let loaded = load(&config, self).await;
        let session =
            loaded.map_err(|error| Rejection::new(Severity::Fatal, unavailable(error)))?;
        self.set(Slot::Used(session.clone()));
        Ok(session)
    }
}

/// The session that a handler or middleware has taken, if one has.
#[cfg(feature = "templates")]
pub(crate) fn taken(cx: &Context) -> Option<Session> {
    match cx.get::<Slot>() {
        Some(Slot::Used(session)) => Some(session.clone()),
        _ => None,
    }
}

impl Middleware for Sessions {
    fn call<'a>(&'a self, cx: &'a mut Context, next: Next<'a>) -> BoxFuture<'a, Response> {
        Box::pin(async move {
            let outer = cx.take::<Slot>();
            cx.set(Slot::Unused(self.0.clone()));
            let mut response = next.run(cx).await;
            let slot = cx.take::<Slot>();
            if let Some(outer) = outer {
                cx.set(outer);
            }
            if let Some(Slot::Used(session)) = slot {
                commit(&self.0, cx, &session, &mut response).await;
            }
            response
        })
    }

    fn provides(&self, provided: &mut Provided) {
        provided.extension::<Session>();
    }

    fn flaws(&self) -> Vec<String> {
        self.0.flaws()
    }

    fn session_mark(&self, cx: &mut Context) -> Option<SessionMark> {
        Some(SessionMark(mark(&self.0, cx)))
    }
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sessions")
    }
}
