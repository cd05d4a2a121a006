//! Cookies: setting and removing them, signed and encrypted ones, and their keys.
//!
//! The extractor [`Cookies`](crate::extract::Cookies) reads and sets cookies. It works in any handler, as an argument or by
//! [`Context::cookies`](crate::Context::cookies), and in middleware, before and after `next`. What was set goes out once, with the
//! final response.
//!
//! ```
//! # use gin::{prelude::*, testing::Client};
//! async fn visit(cookies: Cookies) -> gin::Result<String> {
//!     let visits = cookies.get("visits").and_then(|visits| visits.parse().ok()).unwrap_or(0) + 1;
//!     cookies.set(("visits", visits.to_string()))?;
//!     Ok(format!("visit {visits}"))
//! }
//!
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! let client = Client::new(Group::new("").get("/", visit));
//! client.get("/").await.has_text("visit 1");
//! client.get("/").await.has_text("visit 2");
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! # Attributes
//!
//! A cookie is `HttpOnly; SameSite=Lax; Path=/`, and `Secure` if the request came over https. A [`Cookie`] has other ones. Names with
//! the prefixes `__Host-` and `__Secure-` get the attributes that browsers demand; an attribute that contradicts them is an error.
//! No text can break out of its place in the header: values are percent-encoded, and names and attributes are checked.
//!
//! # Signed and private cookies
//!
//! [`SignedCookies`] are safe from changes, and [`PrivateCookies`] are secret as well. Both are bound to their name, and both take the
//! [`Key`] that a group provides as state. Neither of them expires by itself on the server: a client can send an old value again.
//! Data that must not come back belongs in a session.
//!
//! ```
//! # use gin::{prelude::*, testing::Client};
//! use gin::cookies::{Key, PrivateCookies};
//!
//! async fn note(cookies: PrivateCookies) -> gin::Result<()> {
//!     Ok(cookies.set(("note", "nobody reads this"))?)
//! }
//!
//! fn app(key: Key) -> Group {
//!     Group::new("").post("/note", note).state(key)
//! }
//!
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! // An app: `app(Key::from_env("COOKIE_KEY")?)`.
//! Client::new(app(Key::generate())).post("/note").await.is(200);
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```

mod change;
mod cookie;
mod error;
mod key;
mod sealed;

pub use change::Removal;
pub(crate) use change::append_cookies;
pub use error::CookieError;
#[doc(alias("secret", "signing key"))]
pub use key::Key;
pub use key::KeyError;
#[doc(alias("PrivateCookieJar", "PrivateJar", "encrypted"))]
pub use sealed::PrivateCookies;
#[doc(alias("SignedCookieJar", "SignedJar"))]
pub use sealed::SignedCookies;

#[doc(alias("SetCookie", "CookieBuilder"))]
pub use self::cookie::Cookie;
pub use self::cookie::SameSite;
