//! Tokens for old browsers: each belongs to a signed cookie of the browser (double submit).

use http::header::{CACHE_CONTROL, CONTENT_ENCODING, VARY};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::cookies::{Cookie, Key};
use crate::failure::Problem;
use crate::middleware::auth::is_equal;
use crate::middleware::csrf::token::{CsrfToken, Secret, unmask};
use crate::middleware::provenance::Provenance;
use crate::middleware::random;
use crate::request::{Context, pairs};
use crate::response::{Response, put};

const HEADER: HeaderName = HeaderName::from_static("x-csrf-token");
const FIELD: &str = "csrf_token";

/// The cookie of the browser that sent a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Browser {
    Known,
    New,
}

/// The secret of the browser's cookie.
struct Sent(Option<Secret>);

/// Keeps the token of the browser that sent the request, which may be a new one.
pub(super) fn start(cx: &mut Context, key: &Key) -> Browser {
    let name = cookie_name(cx);
    let sent = cx.cookies().signed(key).get(name);
    let sent: Option<Secret> = sent.and_then(|text| random::parse(&text));
    cx.set(Sent(sent));
    cx.set(CsrfToken::of(sent.unwrap_or_else(random::bytes)));
    match sent {
        Some(_) => Browser::Known,
        None => Browser::New,
    }
}

/// Gives a new browser its cookie, if the response may have a token.
pub(super) fn finish(cx: &mut Context, key: &Key, browser: Browser, response: &mut Response) {
    let Some(token) = cx.get::<CsrfToken>().filter(|token| token.is_used()) else {
        return;
    };
    let secret = token.secret();
    let headers = response.headers_mut();
    let vary = (VARY, HeaderValue::from_static("cookie"));
    put(headers, &HeaderMap::from_iter([vary]));
    let private = HeaderValue::from_static("private, no-cache");
    headers.entry(CACHE_CONTROL).or_insert(private);
    if let (Browser::New, Some(secret)) = (browser, secret) {
        let cookie = Cookie::new(cookie_name(cx), random::text(&secret));
        let set = cx.cookies().signed(key).set(cookie);
        set.unwrap_or_else(|error| tracing::error!("a token has no cookie: {error}"));
    }
}

/// Returns the provenance of a request that only a token can show: its own if the token belongs to the browser's cookie.
///
/// # Errors
///
/// The problem of a body that did not come whole.
pub(super) async fn provenance(cx: &mut Context) -> Result<Provenance, Problem> {
    let Some(Sent(Some(secret))) = cx.get() else {
        return Ok(Provenance::Unknown);
    };
    let secret = *secret;
    let token = match cx.headers().get(&HEADER) {
        Some(header) => header.to_str().ok().and_then(unmask),
        None => field(cx).await?,
    };
    let is_own = token.is_some_and(|token| is_equal(&token, &secret));
    Ok(if is_own {
        Provenance::Own
    } else {
        Provenance::Foreign("the token is missing or wrong")
    })
}

async fn field(cx: &mut Context) -> Result<Option<Secret>, Problem> {
    let is_form = cx
        .content_type()
        .is_some_and(|sent| sent.eq_ignore_ascii_case("application/x-www-form-urlencoded"));
    if !is_form || cx.headers().contains_key(CONTENT_ENCODING) {
        return Ok(None);
    }
    let body = cx.read_body().await?;
    let text = str::from_utf8(&body).unwrap_or_default();
    let token = pairs(text).find_map(|(name, value)| (name == FIELD).then_some(value));
    Ok(token.and_then(|token| unmask(&token)))
}

/// The prefix keeps other hosts, such as subdomains, from setting the cookie.
fn cookie_name(cx: &Context) -> &'static str {
    match cx.scheme() {
        "https" => "__Host-csrf",
        _ => "csrf",
    }
}
