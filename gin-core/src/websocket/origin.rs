//! The pages that may connect.

use std::sync::Arc;

use crate::app::{At, Group, Part, PlacedRoute};
use crate::failure::Problem;
use crate::middleware::origin::{Listed, parse_all};

/// The origins of pages that may connect.
///
/// A browser lets any page connect to any server, with the user's cookies, and only reports where the page is from (RFC 6455 §10.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Origins {
    /// The host that the request is for.
    SameHost,
    Listed(Arc<[Listed]>),
    Any,
}

/// The pages that may open a `WebSocket`.
#[cfg_attr(docsrs, doc(cfg(feature = "websocket")))]
impl Group {
    /// Lets pages of these origins open a [`WebSocket`](crate::websocket::WebSocket) of this group, beside those of the request's own
    /// host: `https://app.example`, or `https://*.app.example` for all subdomains.
    ///
    /// A browser lets any page connect, with the cookies of the user, so other origins are refused by 403 before the handler runs.
    /// A client that sends no `Origin`, and thus is not a browser, may always connect. The setting of the innermost group counts.
    ///
    /// Text that is not an origin is an error of [`Engine::new`](crate::Engine::new).
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client, websocket::WebSocket};
    /// async fn chat(ws: WebSocket) -> Response {
    ///     ws.on_upgrade(async |_| Ok(()))
    /// }
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let client = Client::new(Group::new("").websocket_origins(["https://app.example"]).get("/chat", chat));
    /// let from = |origin| client.get("/chat").header("origin", origin).websocket();
    /// assert!(from("https://app.example").await.is_ok());
    /// from("https://other.example").await.unwrap_err().is(403);
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[doc(alias("CheckOrigin", "allowed_origins"))]
    #[track_caller]
    pub fn websocket_origins<'a>(self, origins: impl IntoIterator<Item = &'a str>) -> Group {
        let (listed, flaws) = parse_all(origins);
        let at = At::caller();
        let flaws = flaws.iter();
        let flaws = flaws.map(|flaw| format!("`websocket_origins` at {at}: {flaw}"));
        let mut group = self.state(Origins::Listed(listed.into()));
        group.parts.push(Arc::new(Checked(flaws.collect())));
        group
    }

    /// Lets pages of any origin open a `WebSocket` of this group.
    ///
    /// A page of someone else can then act as the user whose browser shows it, unless the app authenticates by other means than
    /// cookies.
    #[doc(alias = "CheckOrigin")]
    pub fn any_websocket_origin(self) -> Group {
        self.state(Origins::Any)
    }
}

/// The flaws of a list of origins.
struct Checked(Vec<String>);

impl Part for Checked {
    fn assemble(&self, _: &[PlacedRoute]) -> Vec<String> {
        self.0.clone()
    }
}

impl Origins {
    /// Checks the `Origin` of a request for `host`. A client that is not a browser sends none, and may connect.
    pub(super) fn check(&self, origin: Option<&[u8]>, host: Option<&str>) -> Result<(), Problem> {
        let Some(origin) = origin else {
            return Ok(());
        };
        let origin = std::str::from_utf8(origin).unwrap_or("");
        let is_own = || host.is_some_and(|host| is_of_host(origin, host));
        let is_allowed = match self {
            Origins::SameHost => is_own(),
            Origins::Listed(listed) => {
                let origin = origin.to_ascii_lowercase();
                is_own() || listed.iter().any(|listed| listed.allows(&origin))
            }
            Origins::Any => true,
        };
        if is_allowed {
            return Ok(());
        }
        Err(Problem::new(403).detail("pages of this origin may not connect"))
    }
}

/// Returns `true` if `origin` is a page of `host`. A proxy may have removed TLS, so that the scheme does not count.
fn is_of_host(origin: &str, host: &str) -> bool {
    let Some((scheme, authority)) = origin.split_once("://") else {
        return false;
    };
    let default = match scheme {
        "https" => ":443",
        _ => ":80",
    };
    let host = host.strip_suffix(default).unwrap_or(host);
    let authority = authority.strip_suffix(default).unwrap_or(authority);
    !host.is_empty() && authority.eq_ignore_ascii_case(host)
}

#[cfg(test)]
mod tests {
    use super::{Origins, parse_all};

    #[test]
    fn only_pages_of_the_host_connect_by_default() {
        for (origin, host, may) in [
            (None, "a.example", true),
            (Some("https://a.example"), "a.example", true),
            (Some("http://a.example"), "a.example", true),
            (Some("http://A.example:8080"), "a.example:8080", true),
            (Some("https://a.example"), "a.example:443", true),
            (Some("http://a.example"), "a.example:80", true),
            (Some("http://[::1]:3000"), "[::1]:3000", true),
            (Some("https://a.example"), "a.example:80", false),
            (Some("http://a.example:8081"), "a.example:8080", false),
            (Some("https://b.example"), "a.example", false),
            (Some("https://a.example.evil"), "a.example", false),
            (Some("https://evila.example"), "a.example", false),
            (Some("null"), "a.example", false),
            (Some(""), "a.example", false),
            (Some("file://"), "a.example", false),
            (Some("file://"), "", false),
        ] {
            let checked = Origins::SameHost.check(origin.map(str::as_bytes), Some(host));
            assert_eq!(checked.is_ok(), may, "{origin:?} on {host}");
        }
        let no_host = Origins::SameHost.check(Some(b"http://a"), None);
        assert!(no_host.is_err());
    }

    #[test]
    fn a_list_adds_to_the_host() {
        let (listed, flaws) = parse_all(["https://app.example/", "https://*.cdn.example"]);
        assert!(flaws.is_empty());
        let origins = Origins::Listed(listed.into());
        for (origin, may) in [
            (&b"https://app.example"[..], true),
            (b"https://APP.example", true),
            (b"https://a.example", true),
            (b"https://x.cdn.example", true),
            (b"https://cdn.example", false),
            (b"http://app.example", false),
            (b"https://b.example", false),
            (b"null", false),
            (b"\xff", false),
        ] {
            let checked = origins.check(Some(origin), Some("a.example"));
            assert_eq!(checked.is_ok(), may, "{}", origin.escape_ascii());
        }
        assert!(Origins::Any.check(Some(b"null"), None).is_ok());
    }
}
