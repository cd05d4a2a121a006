//! The session of a request: its values, and what will become of it.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

#[cfg(feature = "openapi")]
use crate::description::Operation;
use crate::extract::{FromContext, Needs, Rejection};
use crate::request::Context;
use crate::sessions::error::NoSessions;
use crate::sessions::flash::Flash;
use crate::sessions::token::Token;
use crate::sessions::{SessionError, clock};

/// The values of a session by name.
pub(super) type Values = HashMap<String, Value>;

/// Names that are not the app's begin with this.
const RESERVED: &str = "gin.";
const FLASH: &str = "gin.flash.";
pub(super) const CREATED: &str = "gin.created";
/// The id of a session in a cookie, which changes with its rights.
pub(super) const ID: &str = "gin.id";
/// The time in seconds of a session that has one of its own.
pub(super) const KEPT: &str = "gin.kept";

/// The values that the server keeps for the browser that sent the request.
///
/// Taking one as an argument loads it; there is one for each request, which all handles share. It needs the middleware
/// [`Sessions`](crate::sessions::Sessions) around the handler, which [`Engine::new`](crate::Engine::new) checks. A browser gets a
/// session, and the cookie for it, when the first value is inserted.
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// use gin::sessions::{Session, Sessions};
///
/// async fn add(session: Session, Path(item): Path<u32>) -> gin::Result<String> {
///     let mut cart: Vec<u32> = session.get("cart")?.unwrap_or_default();
///     cart.push(item);
///     session.insert("cart", &cart)?;
///     Ok(format!("{cart:?}"))
/// }
///
/// let app = || Group::new("").post("/cart/:item", add);
/// let error = app().build().unwrap_err().to_string();
/// assert!(error.contains("add `.with(Sessions::memory())`"));
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(app().with(Sessions::memory()));
/// client.post("/cart/7").await.has_text("[7]");
/// client.post("/cart/8").await.has_text("[7, 8]");
/// client.another().post("/cart/9").await.has_text("[9]");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone)]
pub struct Session(Arc<Shared>);

struct Shared {
    phase: Mutex<Phase>,
    /// The largest size in bytes that the store holds.
    limit: Option<usize>,
}

enum Phase {
    Open(State),
    /// Its changes are being written, or were.
    Closed,
}

/// A session as a request sees it.
#[derive(Default)]
pub(super) struct State {
    /// The session that the browser has, if the store knows it.
    pub(super) origin: Option<Origin>,
    pub(super) values: Values,
    /// The values that were changed, as they were when the session was loaded.
    pub(super) changed: HashMap<String, Option<Value>>,
    pub(super) fate: Fate,
}

/// The session that a browser has.
#[derive(Debug, Clone, Copy)]
pub(super) struct Origin {
    /// The secret of the cookie, or `None` if the cookie is the session.
    pub(super) token: Option<Token>,
    /// In seconds since 1970.
    pub(super) created: i64,
    pub(super) expiry: i64,
}

/// The future of the session that the browser has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Fate {
    #[default]
    Keep,
    Renew,
    End,
}

impl Session {
    pub(super) fn new(state: State, limit: Option<usize>) -> Session {
        Session(Arc::new(Shared {
            phase: Mutex::new(Phase::Open(state)),
            limit,
        }))
    }

    /// Returns a value.
    ///
    /// # Errors
    ///
    /// Fails if the value is not a `T`.
    pub fn get<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, SessionError> {
        let value = self.value(name)?.map(serde_json::from_value);
        value
            .transpose()
            .map_err(|error| SessionError::value(name, error))
    }

    /// Sets a value.
    ///
    /// # Errors
    ///
    /// Fails if the value cannot be serialized, or if the session no longer fits into its cookie.
    #[doc(alias("set", "put", "login"))]
    pub fn insert(&self, name: &str, value: impl Serialize) -> Result<(), SessionError> {
        let value = serde_json::to_value(value);
        self.put(
            name,
            value.map_err(|error| SessionError::value(name, error))?,
        )
    }

    /// Removes a value. Returns `true` if it was there.
    #[doc(alias = "delete")]
    pub fn remove(&self, name: &str) -> bool {
        self.change(|state| state.take(name).is_some())
            .unwrap_or_else(|error| {
                complain(&error);
                false
            })
    }

    /// Gives the session a new id, and ends the old one. Call it when a user signs in or gets other rights: an id that somebody else
    /// knows is then worthless (session fixation).
    ///
    /// The values stay, and a new [lifetime](crate::sessions::Sessions::lifetime) begins.
    #[doc(alias("cycle_id", "regenerate"))]
    pub fn renew(&self) {
        let renewed = self.change(|state| {
            if state.fate == Fate::Keep {
                state.fate = Fate::Renew;
            }
        });
        renewed.unwrap_or_else(|error| complain(&error));
    }

    /// Keeps the session for this time, however little it is used, in place of [`idle`](crate::sessions::Sessions::idle) and
    /// [`lifetime`](crate::sessions::Sessions::lifetime): for a box "stay signed in". [`renew`](Session::renew) begins the time again,
    /// and [`flush`](Session::flush) ends it.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// use gin::sessions::{Session, Sessions};
    /// use std::time::Duration;
    ///
    /// async fn sign_in(session: Session) -> gin::Result<()> {
    ///     session.renew();
    ///     session.keep_for(Duration::from_secs(90 * 24 * 60 * 60));
    ///     Ok(session.insert("user", "Ann")?)
    /// }
    ///
    /// let app = Group::new("").with(Sessions::memory()).post("/sign-in", sign_in);
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let response = Client::new(app).post("/sign-in").await;
    /// assert!(response.header("set-cookie").is_some_and(|cookie| cookie.contains("Max-Age=7776000")));
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[doc(alias("remember_me", "set_expiry", "Options"))]
    pub fn keep_for(&self, time: Duration) {
        if let Err(error) = self.put(KEPT, Value::from(time.as_secs())) {
            complain(&error);
        }
    }

    /// Ends the session and removes all its values, as when a user signs out. Values that are inserted afterwards begin a new one.
    #[doc(alias("clear", "destroy", "purge", "logout"))]
    pub fn flush(&self) {
        let flushed = self.change(|state| {
            state.values.clear();
            state.changed.clear();
            state.fate = Fate::End;
        });
        flushed.unwrap_or_else(|error| complain(&error));
    }

    /// Leaves a message for the next page, which [`flashes`](Session::flashes) returns there.
    pub fn flash(&self, level: impl Into<String>, text: impl Into<String>) {
        let (level, text) = (level.into(), text.into());
        if let Err(error) = self.insert(&flash_name(), Flash { level, text }) {
            complain(&error);
        }
    }

    /// Takes the messages that [`flash`](Session::flash) has left, in their order.
    pub fn flashes(&self) -> Vec<Flash> {
        let taken = self.change(|state| {
            let names = state.values.keys().filter(|name| name.starts_with(FLASH));
            let mut names: Vec<_> = names.cloned().collect();
            names.sort_unstable();
            let values: Vec<_> = names.iter().filter_map(|name| state.take(name)).collect();
            values
        });
        let values = taken.unwrap_or_else(|error| {
            complain(&error);
            Vec::new()
        });
        let flashes = values.into_iter().map(serde_json::from_value);
        flashes.filter_map(Result::ok).collect()
    }

    /// Returns `true` if the session has neither values nor messages.
    pub fn is_empty(&self) -> bool {
        match &*self.phase() {
            Phase::Open(state) => state
                .values
                .keys()
                .all(|name| name == CREATED || name == ID || name == KEPT),
            Phase::Closed => true,
        }
    }

    fn value(&self, name: &str) -> Result<Option<Value>, SessionError> {
        match &*self.phase() {
            Phase::Open(state) => Ok(state.values.get(name).cloned()),
            Phase::Closed => Err(SessionError::Closed),
        }
    }

    fn put(&self, name: &str, value: Value) -> Result<(), SessionError> {
        let limit = self.0.limit;
        self.change(|state| {
            let old = state.values.insert(name.to_owned(), value);
            if let Some(limit) = limit {
                let size = serde_json::to_vec(&state.values).map_or(0, |json| json.len());
                if size > limit {
                    state.restore(name, old);
                    return Err(SessionError::TooLarge { size, limit });
                }
            }
            state.changed.entry(name.to_owned()).or_insert(old);
            Ok(())
        })?
    }

    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> Result<T, SessionError> {
        match &mut *self.phase() {
            Phase::Open(state) => Ok(change(state)),
            Phase::Closed => Err(SessionError::Closed),
        }
    }

    /// Takes the final state. Later changes fail.
    pub(super) fn close(&self) -> State {
        match std::mem::replace(&mut *self.phase(), Phase::Closed) {
            Phase::Open(state) => state,
            Phase::Closed => State::default(),
        }
    }

    fn phase(&self) -> MutexGuard<'_, Phase> {
        let phase = self.0.phase.lock();
        phase.unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns a name for a message. Names are unique, so that requests at the same time do not replace each other's messages, and
/// sort by time.
fn flash_name() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let random = Token::random().text();
    format!("{FLASH}{:012}{count:010}{random}", clock::now())
}

/// Logs a change that is lost. The methods that cannot fail otherwise do not return an error.
fn complain(error: &SessionError) {
    tracing::error!("a change of a session is lost: {error}");
}

impl State {
    fn take(&mut self, name: &str) -> Option<Value> {
        let old = self.values.remove(name)?;
        self.changed
            .entry(name.to_owned())
            .or_insert_with(|| Some(old.clone()));
        Some(old)
    }

    fn restore(&mut self, name: &str, old: Option<Value>) {
        match old {
            Some(old) => drop(self.values.insert(name.to_owned(), old)),
            None => drop(self.values.remove(name)),
        }
    }

    /// Applies the changes to the values that the store has by now.
    pub(super) fn merged_into(&self, mut current: Values) -> Values {
        for (name, before) in &self.changed {
            let after = self.values.get(name);
            let found = current.get(name);
            if found != before.as_ref() && found != after && !name.starts_with(RESERVED) {
                tracing::warn!(
                    "two requests changed the value `{name}` of one session at the same time; the later change counts"
                );
            }
            match after {
                Some(value) => drop(current.insert(name.clone(), value.clone())),
                None => drop(current.remove(name)),
            }
        }
        current
    }

    /// Returns the app's values, by name.
    #[cfg(debug_assertions)]
    pub(super) fn shown(&self) -> Value {
        let own = self.values.iter();
        let own = own.filter(|(name, _)| !name.starts_with(RESERVED));
        own.map(|(name, value)| (name.clone(), value.clone()))
            .collect()
    }

    /// Returns the values that this request itself has set.
    pub(super) fn own_values(&self) -> Values {
        self.merged_into(Values::new())
    }
}

impl FromContext for Session {
    type Rejection = Rejection;

    async fn from_context(cx: &mut Context) -> Result<Self, Rejection> {
        cx.session().await
    }

    fn needs(needs: &mut Needs) {
        needs.middleware::<Session>(NoSessions::REMEDY);
    }

    fn severity(rejection: &Rejection) -> crate::extract::Severity {
        rejection.severity()
    }

    /// The store may be down, and another request may have ended the session.
    #[cfg(feature = "openapi")]
    fn describe(operation: &mut Operation) {
        operation.problem(409);
        operation.problem(503);
    }
}

/// The number of values. They may be secret.
impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.phase() {
            Phase::Open(state) => write!(f, "Session({} values)", state.values.len()),
            Phase::Closed => f.write_str("Session(closed)"),
        }
    }
}
