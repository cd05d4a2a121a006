//! Cookies that are signed or encrypted.

use cookie::CookieJar;

use crate::cookies::change::{Removal, encoded};
use crate::cookies::{Cookie, CookieError, Key};
use crate::extract::{Cookies, FromContext, Needs, Rejection, State, decoded};
use crate::request::Context;

/// Cookies that clients can read but not change (HMAC-SHA256). Each value is bound to its name.
///
/// As an argument of a handler it takes the [`Key`] that a group provides as state; [`Cookies::signed`] takes any other.
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// use gin::cookies::{Key, SignedCookies};
///
/// async fn sign_in(cookies: SignedCookies) -> gin::Result<()> {
///     Ok(cookies.set(("user", "Ann"))?)
/// }
///
/// async fn me(cookies: SignedCookies) -> Result<String, StatusCode> {
///     cookies.get("user").ok_or(StatusCode::UNAUTHORIZED)
/// }
///
/// let app = || Group::new("").post("/sign-in", sign_in).get("/me", me);
/// assert!(app().build().is_err(), "there is no key");
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(app().state(Key::generate()));
/// client.post("/sign-in").await.is(200);
/// client.get("/me").await.has_text("Ann");
/// client.get("/me").header("cookie", "user=Eve").await.is(401);
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct SignedCookies {
    cookies: Cookies,
    key: Key,
}

/// Cookies that clients can neither read nor change (AES-256-GCM). Each value is bound to its name.
///
/// As an argument of a handler it takes the [`Key`] that a group provides as state; [`Cookies::private`] takes any other.
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// use gin::cookies::{Key, PrivateCookies};
///
/// async fn start(cookies: PrivateCookies) -> gin::Result<()> {
///     Ok(cookies.set(("answer", "42"))?)
/// }
///
/// async fn answer(cookies: PrivateCookies) -> String {
///     cookies.get("answer").unwrap_or_default()
/// }
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let app = Group::new("").post("/", start).get("/", answer).state(Key::generate());
/// let client = Client::new(app);
/// let response = client.post("/").await;
/// assert!(!response.header("set-cookie").unwrap().contains("42"));
/// client.get("/").await.has_text("42");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct PrivateCookies {
    cookies: Cookies,
    key: Key,
}

/// The length of a signature in Base64, which stands before the value.
const SIGNATURE: usize = 44;

impl SignedCookies {
    pub(crate) fn new(cookies: Cookies, key: Key) -> SignedCookies {
        SignedCookies { cookies, key }
    }

    /// Returns the value of a cookie, if its signature is valid.
    pub fn get(&self, name: &str) -> Option<String> {
        let raw = self.cookies.raw(name)?;
        let (signature, value) = raw.split_at_checked(SIGNATURE)?;
        let value = decoded(value);
        let signed = format!("{signature}{name}={value}");
        let is_valid = |key| {
            let signed = cookie::Cookie::new(name.to_owned(), signed.clone());
            CookieJar::new().signed(key).verify(signed).is_some()
        };
        self.key.all().any(is_valid).then(|| value.into_owned())
    }

    /// Signs and sets a cookie. See [`Cookies::set`].
    ///
    /// # Errors
    ///
    /// Those of [`Cookies::set`].
    pub fn set(&self, cookie: impl Into<Cookie>) -> Result<(), CookieError> {
        let cookie = cookie.into();
        let signature = signature(self.key.newest(), &cookie);
        let value = signature + &encoded(&cookie.value);
        self.cookies.put_raw(&cookie, value)
    }

    /// Removes a cookie. See [`Cookies::remove`].
    ///
    /// # Errors
    ///
    /// Those of [`Cookies::remove`].
    pub fn remove(&self, cookie: impl Into<Removal>) -> Result<(), CookieError> {
        self.cookies.remove(cookie)
    }
}

impl PrivateCookies {
    pub(crate) fn new(cookies: Cookies, key: Key) -> PrivateCookies {
        PrivateCookies { cookies, key }
    }

    /// Returns the decrypted value of a cookie, if one of the keys has encrypted it.
    pub fn get(&self, name: &str) -> Option<String> {
        let raw = self.cookies.raw(name)?;
        let decrypted = |key| {
            let encrypted = cookie::Cookie::new(name.to_owned(), raw.to_string());
            CookieJar::new().private(key).decrypt(encrypted)
        };
        let cookie = self.key.all().find_map(decrypted)?;
        Some(cookie.value().to_owned())
    }

    /// Encrypts and sets a cookie. See [`Cookies::set`].
    ///
    /// # Errors
    ///
    /// Those of [`Cookies::set`]. The encrypted value is a third longer than the value, and 38 bytes more.
    pub fn set(&self, cookie: impl Into<Cookie>) -> Result<(), CookieError> {
        let cookie = cookie.into();
        let value = encrypted(self.key.newest(), &cookie);
        self.cookies.put_raw(&cookie, value)
    }

    /// Removes a cookie. See [`Cookies::remove`].
    ///
    /// # Errors
    ///
    /// Those of [`Cookies::remove`].
    pub fn remove(&self, cookie: impl Into<Removal>) -> Result<(), CookieError> {
        self.cookies.remove(cookie)
    }
}

/// Returns the signature of the name and the value. The crate `cookie` signs only values, so the name goes into the value.
fn signature(key: &cookie::Key, cookie: &Cookie) -> String {
    let bound = format!("{}={}", cookie.name, cookie.value);
    let mut jar = CookieJar::new();
    jar.signed_mut(key).add(cookie::Cookie::new("", bound));
    let signed = jar.get("").and_then(|own| own.value().get(..SIGNATURE));
    let signature = signed.expect("a signed value begins with its signature");
    signature.to_owned()
}

/// Returns the encrypted value, to which the crate `cookie` binds the name.
fn encrypted(key: &cookie::Key, cookie: &Cookie) -> String {
    let (name, value) = (cookie.name.to_string(), cookie.value.to_string());
    let mut jar = CookieJar::new();
    let mut private = jar.private_mut(key);
    private.add(cookie::Cookie::new(name.clone(), value));
    let value = jar.get(&name).map(|own| own.value().to_owned());
    value.expect("the jar has the cookie that was added")
}

impl FromContext for SignedCookies {
    type Rejection = Rejection;

    async fn from_context(cx: &mut Context) -> Result<Self, Rejection> {
        let State(key) = State::from_context(cx).await?;
        Ok(SignedCookies::new(cx.cookies(), key))
    }

    fn needs(needs: &mut Needs) {
        needs.state::<Key>();
    }
}

impl FromContext for PrivateCookies {
    type Rejection = Rejection;

    async fn from_context(cx: &mut Context) -> Result<Self, Rejection> {
        let State(key) = State::from_context(cx).await?;
        Ok(PrivateCookies::new(cx.cookies(), key))
    }

    fn needs(needs: &mut Needs) {
        needs.state::<Key>();
    }
}
