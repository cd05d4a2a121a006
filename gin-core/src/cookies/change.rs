//! Setting and removing cookies, and the headers that do it.

use http::header::SET_COOKIE;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use crate::cookies::{Cookie, CookieError, Key, PrivateCookies, SignedCookies};
use crate::extract::{Change, Cookies, HeldCookies};
use crate::request::Context;
use crate::response::Response;

/// Everything that RFC 6265 §4.1.1 excludes from values, and `%`, so that decoding returns the same text.
const ENCODED: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'%')
    .add(b',')
    .add(b';')
    .add(b'\\');

/// Encodes a value so that it is safe in a header.
pub(crate) fn encoded(value: &str) -> String {
    utf8_percent_encode(value, ENCODED).to_string()
}

/// Setting cookies, with the feature `cookies`.
#[cfg_attr(docsrs, doc(cfg(feature = "cookies")))]
impl Cookies {
    /// Sets a cookie: a pair of a name and a value, or a [`Cookie`] with other attributes than the defaults.
    ///
    /// It reaches the browser with the response, whichever that is: also with a problem, and after a panic. The last one of a name,
    /// domain and path counts. The value is percent-encoded, and [`get`](Cookies::get) decodes it.
    ///
    /// # Errors
    ///
    /// Fails if the name or an attribute is invalid, or if browsers would ignore the cookie, as they do beyond 4096 bytes.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// async fn choose(cookies: Cookies) -> gin::Result<String> {
    ///     cookies.set(("theme", "dark blue"))?;
    ///     Ok(cookies.get("theme").unwrap_or_default())
    /// }
    ///
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let client = Client::new(Group::new("").get("/", choose));
    /// let response = client.get("/").await.has_text("dark blue");
    /// response.has_header("set-cookie", "theme=dark%20blue; HttpOnly; SameSite=Lax; Path=/");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[doc(alias("SetCookie", "add", "SetCookieData"))]
    pub fn set(&self, cookie: impl Into<Cookie>) -> Result<(), CookieError> {
        self.put(&cookie.into())
    }

    fn put(&self, cookie: &Cookie) -> Result<(), CookieError> {
        self.put_raw(cookie, encoded(&cookie.value))
    }

    /// Sets a cookie to a value that needs no encoding.
    pub(crate) fn put_raw(&self, cookie: &Cookie, value: String) -> Result<(), CookieError> {
        self.record(cookie.set_to(value, self.transport())?);
        Ok(())
    }

    /// Removes a cookie: its name or, if it was set for another path or domain, a [`Cookie`] with the same ones.
    ///
    /// # Errors
    ///
    /// Fails if the name or an attribute is invalid.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// use gin::cookies::Cookie;
    ///
    /// async fn forget(cookies: Cookies) -> gin::Result<()> {
    ///     cookies.remove("theme")?;
    ///     cookies.remove(Cookie::new("cart", "").path("/shop"))?;
    ///     Ok(())
    /// }
    ///
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let client = Client::new(Group::new("").post("/forget", forget));
    /// let response = client.post("/forget").await.is(200);
    /// response.has_header("set-cookie", "theme=; HttpOnly; SameSite=Lax; Path=/; Max-Age=0");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[doc(alias("delete", "expire"))]
    pub fn remove(&self, cookie: impl Into<Removal>) -> Result<(), CookieError> {
        let Removal(cookie) = cookie.into();
        self.record(cookie.removal(self.transport())?);
        Ok(())
    }

    /// Returns a handle whose cookies are signed with `key`: clients can read them, but not change them.
    pub fn signed(&self, key: &Key) -> SignedCookies {
        SignedCookies::new(self.clone(), key.clone())
    }

    /// Returns a handle whose cookies are encrypted with `key`: clients can neither read nor change them.
    #[doc(alias = "encrypted")]
    pub fn private(&self, key: &Key) -> PrivateCookies {
        PrivateCookies::new(self.clone(), key.clone())
    }

    fn record(&self, change: Change) {
        let mut changes = self.changes();
        changes.retain(|other| other.identity != change.identity);
        changes.push(change);
    }
}

/// A cookie that [`Cookies::remove`] removes: its name, or a [`Cookie`] for its path and domain.
///
/// ```
/// # use gin::prelude::*;
/// use gin::cookies::{CookieError, Removal};
///
/// fn forget(cookies: &Cookies, names: Vec<String>) -> Result<(), CookieError> {
///     names.into_iter().map(Removal::from).try_for_each(|name| cookies.remove(name))
/// }
/// ```
#[derive(Debug)]
pub struct Removal(Cookie);

impl From<Cookie> for Removal {
    fn from(cookie: Cookie) -> Removal {
        Removal(cookie)
    }
}

impl From<&'static str> for Removal {
    fn from(name: &'static str) -> Removal {
        Removal(Cookie::new(name, ""))
    }
}

impl From<String> for Removal {
    fn from(name: String) -> Removal {
        Removal(Cookie::new(name, ""))
    }
}

/// Adds a `Set-Cookie` to the final response for each cookie that was set or removed.
pub(crate) fn append_cookies(cx: &Context, response: &mut Response) {
    let Some(HeldCookies(cookies)) = cx.get() else {
        return;
    };
    for change in cookies.changes().drain(..) {
        response.headers_mut().append(SET_COOKIE, change.header);
    }
}
