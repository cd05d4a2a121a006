//! Sessions: values that the server keeps for a browser between its requests, and messages for the next page.
//!
//! [`Sessions`] is the middleware, with a store; [`Session`] is the argument of a handler. A handler that takes a session without the
//! middleware around it is an error of [`Engine::new`](crate::Engine::new).
//!
//! ```
//! # use gin::{prelude::*, testing::Client};
//! # use serde::{Deserialize, Serialize};
//! use gin::sessions::{Session, Sessions};
//!
//! #[derive(Serialize, Deserialize)]
//! struct User { name: String }
//!
//! #[post("/sign-in")]
//! async fn sign_in(session: Session) -> gin::Result<Redirect> {
//!     session.renew();
//!     session.insert("user", User { name: "Ann".to_owned() })?;
//!     session.flash("info", "welcome");
//!     Ok(Redirect::to("/"))
//! }
//!
//! #[post("/sign-out")]
//! async fn sign_out(session: Session) -> Redirect {
//!     session.flush();
//!     Redirect::to("/")
//! }
//!
//! #[get("/")]
//! async fn home(session: Session) -> gin::Result<String> {
//!     let user = session.get::<User>("user")?;
//!     let name = user.map_or("stranger".to_owned(), |user| user.name);
//!     let messages: Vec<_> = session.flashes().into_iter().map(|flash| flash.text).collect();
//!     Ok(format!("{name} {messages:?}"))
//! }
//!
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! let app = Group::new("").with(Sessions::memory()).mount(routes![sign_in, sign_out, home]);
//! let client = Client::new(app);
//! client.get("/").await.has_text("stranger []");
//! client.post("/sign-in").await.is(303);
//! client.get("/").await.has_text("Ann [\"welcome\"]");
//! client.get("/").await.has_text("Ann []");
//! client.post("/sign-out").await.is(303);
//! client.get("/").await.has_text("stranger []");
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! # Stores
//!
//! | store | sessions | |
//! |---|---|---|
//! | [`Sessions::memory`] | in this process | end with it |
//! | [`Sessions::cookie`] | in an encrypted cookie of at most 4096 bytes | cannot be ended by the server |
//! | `Sessions::redis` | in Redis, shared by all servers | feature `redis` |
//! | [`Sessions::new`] | in any [`SessionStore`] of `tower-sessions`: SQL databases, `MongoDB` and others | |
//!
//! A store that fails or does not respond in time is a 503 [`Problem`](crate::Problem). That also replaces the response of a handler
//! whose changes could not be written: no change is lost in silence.
//!
//! # One session in several requests
//!
//! A session is loaded when the first handler or middleware takes it, and is written once, after the handler, if it was changed. Only
//! the changed values are written, onto the session as it is by then, so that requests of two tabs do not undo each other's changes.
//! If two of them change the same value, the later one counts, and the log says so. A change to a session that another request has
//! ended meanwhile is a 409: it would bring the session back. A handler that panics changes nothing.
//!
//! # Safety
//!
//! - `SameSite=Lax` keeps the cookie from forms of other sites, but not from those of subdomains. [`Csrf`](crate::middleware::Csrf)
//!   refuses both.
//! - The id has 128 random bits. The store only gets its hash, so that reading the store opens no session.
//! - An id that the store does not know is never adopted; [`Session::renew`] replaces it, and ends the session of the old one.
//! - The cookie is `HttpOnly; SameSite=Lax; Path=/`. Over https it is `Secure`, and its name has the prefix `__Host-`, so that no
//!   other host can set it.
//! - A session ends after a day without use, or after 30 days in any case. Other times are set with [`Sessions::idle`] and
//!   [`Sessions::lifetime`].
//! - A response to a request that used its session has `Vary: Cookie`. One that sets the cookie has
//!   `Cache-Control: no-cache="Set-Cookie"`, so that no cache passes it on (RFC 9111 §5.2.2.4).

mod clock;
mod commit;
mod error;
mod flash;
mod load;
mod memory;
mod middleware;
#[cfg(feature = "redis")]
mod redis;
mod session;
mod store;
mod times;
mod token;

#[cfg(feature = "redis")]
#[cfg_attr(docsrs, doc(cfg(feature = "redis")))]
pub use crate::redis::RedisError;
#[cfg(debug_assertions)]
pub(crate) use commit::Written;
pub use error::SessionError;
#[doc(alias("message", "notice"))]
pub use flash::Flash;
#[doc(alias("SessionManagerLayer", "SessionMiddleware", "SessionStore"))]
pub use middleware::Sessions;
#[cfg(feature = "templates")]
pub(crate) use middleware::taken;
#[doc(alias("login", "cookie"))]
pub use session::Session;

/// The attribute that implementations of [`SessionStore`] need.
#[doc(no_inline)]
pub use async_trait::async_trait;
/// The trait of stores, and its types: those of `tower-sessions`, so that its stores fit.
pub use tower_sessions_core::{
    SessionStore,
    session::{Id, Record},
    session_store,
};
