//! A cookie to be set: its name, its value and its attributes.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use crate::cookies::CookieError;
use crate::extract::{Change, Transport};
use crate::request::is_token;

/// A cookie to be set, with safe defaults: `HttpOnly; SameSite=Lax; Path=/`, and `Secure` if the request came over https.
///
/// Without a [`max_age`](Cookie::max_age) the browser forgets it when it is closed. The value may be any text, as it is
/// percent-encoded. A pair of a name and a value is a cookie with the defaults.
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// use gin::cookies::{Cookie, SameSite};
/// use std::time::Duration;
///
/// async fn remember(cookies: Cookies) -> gin::Result<&'static str> {
///     let month = Duration::from_secs(30 * 24 * 60 * 60);
///     cookies.set(Cookie::new("theme", "dark").max_age(month).without_http_only())?;
///     cookies.set(Cookie::new("cart", "7, 8").path("/shop").same_site(SameSite::Strict))?;
///     Ok("done")
/// }
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let response = Client::new(Group::new("").post("/", remember)).post("/").await.is(200);
/// let cookies: Vec<_> = response.headers().get_all("set-cookie").iter().collect();
/// assert_eq!(cookies, [
///     "theme=dark; SameSite=Lax; Path=/; Max-Age=2592000",
///     "cart=7%2C%208; HttpOnly; SameSite=Strict; Path=/shop",
/// ]);
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone)]
#[must_use = "a cookie is sent by `Cookies::set`"]
pub struct Cookie {
    pub(crate) name: Cow<'static, str>,
    pub(crate) value: Cow<'static, str>,
    path: Cow<'static, str>,
    domain: Option<Cow<'static, str>>,
    max_age: Option<Duration>,
    same_site: SameSite,
    secure: Secure,
    scripts: Scripts,
    partition: Partition,
}

/// The requests from other sites that a cookie goes with (RFC 6265bis §4.1.2.7).
///
/// ```
/// # use gin::prelude::*;
/// use gin::cookies::{Cookie, SameSite};
///
/// fn embedded(cookies: &Cookies) -> gin::Result<()> {
///     // A widget in a frame of another site needs its cookie there. `None` implies `Secure`.
///     Ok(cookies.set(Cookie::new("widget", "7").same_site(SameSite::None).partitioned())?)
/// }
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SameSite {
    /// Requests from the same site only.
    Strict,
    /// Also navigations from other sites by links. This is the default.
    #[default]
    Lax,
    /// All requests. Such a cookie is `Secure`, and offers no protection from cross-site request forgery.
    None,
}

/// The transports that a cookie goes over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Secure {
    /// https only, if that is how the request came.
    AsRequested,
    Always,
    Never,
}

/// Access to a cookie for scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scripts {
    Refused,
    Allowed,
}

/// Storage of a cookie in frames: one for all embedding sites, or one for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Partition {
    Shared,
    PerSite,
}

impl Cookie {
    /// Creates a cookie with the default attributes.
    pub fn new(name: impl Into<Cow<'static, str>>, value: impl Into<Cow<'static, str>>) -> Cookie {
        Cookie {
            name: name.into(),
            value: value.into(),
            path: Cow::Borrowed("/"),
            domain: None,
            max_age: None,
            same_site: SameSite::Lax,
            secure: Secure::AsRequested,
            scripts: Scripts::Refused,
            partition: Partition::Shared,
        }
    }

    /// Sets the value.
    pub fn value(mut self, value: impl Into<Cow<'static, str>>) -> Cookie {
        self.value = value.into();
        self
    }

    /// Sets the time after which the browser forgets the cookie, in whole seconds. Default: when it is closed. Browsers allow at
    /// most 400 days.
    pub fn max_age(mut self, age: Duration) -> Cookie {
        self.max_age = Some(age);
        self
    }

    /// Sends the cookie only for this path and those below it. Default: `/`.
    pub fn path(mut self, path: impl Into<Cow<'static, str>>) -> Cookie {
        self.path = path.into();
        self
    }

    /// Sends the cookie to this domain and its subdomains. Default: only to the host that set it.
    pub fn domain(mut self, domain: impl Into<Cow<'static, str>>) -> Cookie {
        self.domain = Some(domain.into());
        self
    }

    /// Sets the requests from other sites that the cookie goes with. Default: [`SameSite::Lax`].
    #[doc(alias = "SetSameSite")]
    pub fn same_site(mut self, same_site: SameSite) -> Cookie {
        self.same_site = same_site;
        self
    }

    /// Sends the cookie over https only. Default: if the request came over https ([`Context::scheme`](crate::Context::scheme)).
    pub fn secure(mut self) -> Cookie {
        self.secure = Secure::Always;
        self
    }

    /// Sends the cookie over http as well.
    pub fn without_secure(mut self) -> Cookie {
        self.secure = Secure::Never;
        self
    }

    /// Lets scripts of the page read the cookie.
    pub fn without_http_only(mut self) -> Cookie {
        self.scripts = Scripts::Allowed;
        self
    }

    /// Keeps a cookie of its own for each site that embeds this one (CHIPS). Implies `Secure`.
    pub fn partitioned(mut self) -> Cookie {
        self.partition = Partition::PerSite;
        self
    }

    /// Returns the change that sets the cookie to `value`, which is a valid value already.
    pub(crate) fn set_to(
        &self,
        value: String,
        transport: Transport,
    ) -> Result<Change, CookieError> {
        let header = self.header(&value, self.max_age, transport)?;
        Ok(self.change(Some(value), header))
    }

    /// Returns the change that removes the cookie.
    pub(crate) fn removal(&self, transport: Transport) -> Result<Change, CookieError> {
        let header = self.header("", Some(Duration::ZERO), transport)?;
        Ok(self.change(None, header))
    }

    fn change(&self, value: Option<String>, header: http::HeaderValue) -> Change {
        let domain = self.domain.as_deref().map(str::to_ascii_lowercase);
        Change {
            identity: (self.name.to_string(), domain, self.path.to_string()),
            value,
            header,
        }
    }

    fn header(
        &self,
        value: &str,
        max_age: Option<Duration>,
        transport: Transport,
    ) -> Result<http::HeaderValue, CookieError> {
        self.check(value)?;
        let mut cookie = cookie::Cookie::build((&*self.name, value))
            .path(&*self.path)
            .same_site(match self.same_site {
                SameSite::Strict => cookie::SameSite::Strict,
                SameSite::Lax => cookie::SameSite::Lax,
                SameSite::None => cookie::SameSite::None,
            })
            .http_only(self.scripts == Scripts::Refused)
            .secure(self.is_secure(transport));
        if let Some(domain) = &self.domain {
            cookie = cookie.domain(&**domain);
        }
        if let Some(age) = max_age {
            let age = i64::try_from(age.as_secs()).unwrap_or(i64::MAX);
            cookie = cookie.max_age(cookie::time::Duration::seconds(age));
        }
        if self.partition == Partition::PerSite {
            cookie = cookie.partitioned(true);
        }
        let text = cookie.build().to_string();
        text.try_into()
            .map_err(|_| CookieError::bad_attribute(&self.name, "text that fits in no header"))
    }

    fn is_secure(&self, transport: Transport) -> bool {
        let follows = self.secure == Secure::AsRequested && transport == Transport::Https;
        self.secure == Secure::Always || follows || self.must_be_secure()
    }

    /// Returns `true` if browsers reject the cookie without `Secure`.
    fn must_be_secure(&self) -> bool {
        let prefixes = ["__Secure-", "__Host-", "__Http-", "__Host-Http-"];
        prefixes.iter().any(|prefix| self.has_prefix(prefix))
            || self.same_site == SameSite::None
            || self.partition == Partition::PerSite
    }

    /// Browsers compare prefixes without regard to case (RFC 6265bis §5.7).
    fn has_prefix(&self, prefix: &str) -> bool {
        let start = self.name.get(..prefix.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(prefix))
    }

    /// Checks everything that browsers would reject, or that would break out of its place in the header.
    fn check(&self, value: &str) -> Result<(), CookieError> {
        let name = &*self.name;
        if !is_token(name) {
            return Err(CookieError::BadName {
                name: name.to_owned(),
            });
        }
        let bad_attribute = |message| Err(CookieError::bad_attribute(name, message));
        if !self.path.starts_with('/') || !is_attribute(&self.path) {
            return bad_attribute(
                "a path begins with `/` and is ASCII without `;`, at most 1024 bytes",
            );
        }
        if self
            .domain
            .as_deref()
            .is_some_and(|domain| !is_domain(domain))
        {
            return bad_attribute("a domain is a name like `example.org`");
        }
        if self.has_prefix("__Host-") && (self.domain.is_some() || self.path != "/") {
            return bad_attribute(
                "a name with the prefix `__Host-` has the path `/` and no domain",
            );
        }
        let http_only = self.has_prefix("__Http-") || self.has_prefix("__Host-Http-");
        if http_only && self.scripts == Scripts::Allowed {
            return bad_attribute("a name with the prefix `__Http-` is not for scripts");
        }
        if self.secure == Secure::Never && self.must_be_secure() {
            return bad_attribute("its prefix, `SameSite=None` or partition needs `Secure`");
        }
        let size = name.len() + value.len();
        if size > CookieError::LIMIT {
            return Err(CookieError::TooLarge {
                name: name.to_owned(),
                size,
            });
        }
        Ok(())
    }
}

/// RFC 6265bis §4.1.1: any ASCII except controls and `;`. Browsers ignore longer ones (§5.6).
fn is_attribute(text: &str) -> bool {
    let is_allowed = |byte: u8| (b' '..=b'~').contains(&byte) && byte != b';';
    text.len() <= 1024 && text.bytes().all(is_allowed)
}

fn is_domain(domain: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-.".contains(&byte);
    !domain.is_empty() && domain.len() <= 255 && domain.bytes().all(is_allowed)
}

impl<N: Into<Cow<'static, str>>, V: Into<Cow<'static, str>>> From<(N, V)> for Cookie {
    fn from((name, value): (N, V)) -> Cookie {
        Cookie::new(name, value)
    }
}

/// The name without the value, which may be secret.
impl fmt::Debug for Cookie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cookie({})", self.name)
    }
}
