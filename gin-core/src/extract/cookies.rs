//! Cookies: those that the request sent, and the changes that the response will carry.

use std::borrow::Cow;
use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;
#[cfg(feature = "cookies")]
use std::sync::{Mutex, MutexGuard, PoisonError};

use http::{HeaderValue, header};
use percent_encoding::percent_decode_str;

use crate::extract::FromContext;
use crate::request::{Context, cookie_pairs};

/// The cookies of a request (RFC 6265).
///
/// With the feature `cookies`, the same handle sets them: `cookies.set(("theme", "dark"))?`, `cookies.remove("theme")?`. All handles of
/// one request share their changes. A handler takes it as an argument, and [`Context::cookies`] returns it.
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// async fn theme(cookies: Cookies) -> String {
///     cookies.get("theme").unwrap_or_else(|| "light".to_owned())
/// }
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(Group::new("").get("/", theme));
/// client.get("/").header("cookie", "id=7f; theme=dark%20blue").await.has_text("dark blue");
/// client.get("/").await.has_text("light");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone)]
pub struct Cookies(Arc<Jar>);

struct Jar {
    sent: Vec<HeaderValue>,
    #[cfg(feature = "cookies")]
    transport: Transport,
    #[cfg(feature = "cookies")]
    changes: Mutex<Vec<Change>>,
}

/// The transport of a request, which decides the default of a cookie's `Secure`.
#[cfg(feature = "cookies")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Transport {
    Http,
    Https,
}

/// A cookie that the response sets or removes.
#[cfg(feature = "cookies")]
pub(crate) struct Change {
    /// The name, domain and path, which identify a cookie (RFC 6265 §5.3).
    pub(crate) identity: (String, Option<String>, String),
    /// The value as it is sent, or `None` for a cookie that is removed.
    pub(crate) value: Option<String>,
    pub(crate) header: HeaderValue,
}

impl Cookies {
    /// Returns the decoded value of the cookie with this name: the one that was set last, else the first one that was sent.
    ///
    /// Percent-encoding is decoded (`%20` is a space). A value that is not valid UTF-8 is returned as it was sent.
    pub fn get(&self, name: &str) -> Option<String> {
        self.raw(name).map(|value| decoded(&value).into_owned())
    }

    /// Iterates over the names and decoded values in the order in which they were sent. Changes do not appear.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Cow<'_, str>)> {
        cookie_pairs(&self.0.sent).map(|(name, value)| (name, decoded(value)))
    }

    /// Returns the value of a cookie as it is sent.
    pub(crate) fn raw(&self, name: &str) -> Option<Cow<'_, str>> {
        #[cfg(feature = "cookies")]
        if let Some(change) = self.changes().iter().rfind(|own| own.identity.0 == name) {
            return change.value.clone().map(Cow::Owned);
        }
        // The first one has the longest path (RFC 6265 §5.4), so it is the most specific.
        cookie_pairs(&self.0.sent)
            .find_map(|(key, value)| (key == name).then_some(Cow::Borrowed(value)))
    }

    fn of(cx: &Context) -> Cookies {
        let sent = cx.headers().get_all(header::COOKIE);
        Cookies(Arc::new(Jar {
            sent: sent.iter().cloned().collect(),
            #[cfg(feature = "cookies")]
            transport: match cx.scheme() {
                "https" => Transport::Https,
                _ => Transport::Http,
            },
            #[cfg(feature = "cookies")]
            changes: Mutex::default(),
        }))
    }
}

/// Percent-decodes a value. Names are never decoded: `%5F_Host-id` must not pass for `__Host-id`.
pub(crate) fn decoded(value: &str) -> Cow<'_, str> {
    let decoded = percent_decode_str(value).decode_utf8();
    decoded.unwrap_or(Cow::Borrowed(value))
}

#[cfg(feature = "cookies")]
impl Cookies {
    pub(crate) fn transport(&self) -> Transport {
        self.0.transport
    }

    /// Returns the changes in the order in which they will be sent.
    pub(crate) fn changes(&self) -> MutexGuard<'_, Vec<Change>> {
        let changes = self.0.changes.lock();
        changes.unwrap_or_else(PoisonError::into_inner)
    }
}

/// The handle that all middleware and handlers of a request share.
pub(crate) struct HeldCookies(pub(crate) Cookies);

impl Context {
    /// Returns the handle of the request's cookies, which also sets cookies if the feature `cookies` is on.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// async fn theme(cx: &mut Context) -> Response {
    ///     let theme = cx.cookies().get("theme");
    ///     cx.string(200, theme.unwrap_or_default())
    /// }
    ///
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let client = Client::new(Group::new("").get("/", theme));
    /// client.get("/").header("cookie", "theme=dark").await.has_text("dark");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[doc(alias("SetCookie", "SetCookieData", "set_cookie"))]
    pub fn cookies(&mut self) -> Cookies {
        if let Some(HeldCookies(cookies)) = self.get() {
            return cookies.clone();
        }
        let cookies = Cookies::of(self);
        self.set(HeldCookies(cookies.clone()));
        cookies
    }
}

impl FromContext for Cookies {
    type Rejection = Infallible;

    async fn from_context(cx: &mut Context) -> Result<Self, Infallible> {
        Ok(cx.cookies())
    }
}

/// The names of the cookies. Values may be secret.
impl fmt::Debug for Cookies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = cookie_pairs(&self.0.sent).map(|(name, _)| name);
        f.write_str("Cookies")?;
        f.debug_list().entries(names).finish()
    }
}
