//! The origin of a request, as browsers report it.

use http::header::{AUTHORIZATION, COOKIE, ORIGIN, REFERER};
use http::{HeaderName, HeaderValue};

use crate::failure::Problem;
use crate::middleware::origin::{Listed, is_own};
use crate::request::Context;

/// Fetch Metadata (W3C): the relation of the page to the app. Only browsers can set it, and pages cannot.
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The page that a request comes from, as far as the request shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Provenance {
    /// A page of this app, one that is allowed, or the user's own action.
    Own,
    /// Another page, with the reason for the log.
    Foreign(&'static str),
    /// No current browser sends such a request. It has nothing that a browser adds by itself.
    Harmless,
    /// No current browser sends such a request, but it has credentials that an old browser may have added by itself.
    Unknown,
}

impl Provenance {
    /// Returns the provenance of a request; the origins in `allowed` count as the app's own.
    pub(super) fn of(cx: &Context, allowed: &[Listed]) -> Provenance {
        let headers = cx.headers();
        let origin = headers.get(ORIGIN).map(|origin| text(Some(origin)));
        if let Some(origin) = origin
            && origin != "null"
            && allowed.iter().any(|listed| listed.allows(origin))
        {
            return Provenance::Own;
        }
        // Browsers send it to https and to this machine only, and it is not affected by proxies that change the host.
        match headers.get(SEC_FETCH_SITE) {
            None => {}
            Some(site) if site == "same-origin" || site == "none" => return Provenance::Own,
            Some(_) => return Provenance::Foreign("Sec-Fetch-Site names another site"),
        }
        match (origin, headers.get(REFERER)) {
            (Some("null"), _) => Provenance::Foreign("the page hides its Origin"),
            (Some(origin), _) if is_own_page(cx, origin) => Provenance::Own,
            (Some(_), _) => Provenance::Foreign(
                "Origin is not the host of the request; behind a proxy that changes the host, see `Group::proxies`",
            ),
            (None, Some(referer)) => match page_origin(text(Some(referer))) {
                Some(origin) if is_own_page(cx, origin) => Provenance::Own,
                _ => Provenance::Foreign("Referer is another site"),
            },
            (None, None) if has_ambient_credentials(cx) => Provenance::Unknown,
            (None, None) => Provenance::Harmless,
        }
    }
}

#[cfg(feature = "compression")]
impl Provenance {
    /// Returns `true` if the page of another site may have made the request with the user's credentials.
    pub(super) fn may_be_forged(cx: &Context) -> bool {
        has_ambient_credentials(cx) && Provenance::of(cx, &[]) != Provenance::Own
    }
}

impl Provenance {
    /// Returns the problem of a request that changes something and must not, with the reason for the log.
    pub(super) fn check(self) -> Result<(), Problem> {
        let reason = match self {
            Provenance::Own | Provenance::Harmless => return Ok(()),
            Provenance::Foreign(reason) => reason,
            Provenance::Unknown => {
                "the request has cookies or HTTP authentication, and no header that shows its origin"
            }
        };
        Err(Problem::new(403)
            .detail("the request does not come from a page of this site")
            .because(reason))
    }
}

fn is_own_page(cx: &Context, origin: &str) -> bool {
    is_own(origin, cx.scheme(), cx.host().unwrap_or_default())
}

/// Returns the origin of an address: `https://app.example` of `https://app.example/path`.
fn page_origin(address: &str) -> Option<&str> {
    let (scheme, rest) = address.split_once("://")?;
    let length = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    address.get(..scheme.len() + "://".len() + length)
}

/// Returns `true` if the request has what browsers add to requests of any page. A bearer token is not that.
fn has_ambient_credentials(cx: &Context) -> bool {
    let headers = cx.headers();
    let is_bearer = |value: &HeaderValue| {
        let scheme = value.as_bytes().get(.."bearer ".len());
        scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"bearer "))
    };
    headers.contains_key(COOKIE)
        || headers
            .get_all(AUTHORIZATION)
            .iter()
            .any(|value| !is_bearer(value))
}

fn text(value: Option<&HeaderValue>) -> &str {
    value
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}
