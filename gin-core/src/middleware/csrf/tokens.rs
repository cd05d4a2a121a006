//! Tokens for old browsers: each belongs to a signed cookie of the browser (double submit), which belongs to its session.
//!
//! A cookie of another session is one that somebody has planted, or is left from before the user signed in. The session that the
//! browser will have is known only after the whole chain, so the cookie is set there.

use std::sync::Arc;

use http::header::{CACHE_CONTROL, CONTENT_ENCODING, VARY};
use http::{HeaderMap, HeaderName, HeaderValue, Method};

use crate::cookies::{Cookie, Key};
use crate::failure::Problem;
use crate::middleware::auth::is_equal;
use crate::middleware::csrf::token::{CsrfToken, Secret, unmask};
use crate::middleware::provenance::Provenance;
use crate::middleware::{Chain, SessionMark, random};
use crate::request::{Context, pairs};
use crate::response::{Response, put};

const HEADER: HeaderName = HeaderName::from_static("x-csrf-token");
const FIELD: &str = "csrf_token";

/// The cookie of the browser that sent a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Browser {
    /// It keeps its cookie.
    Known,
    /// It gets a cookie with the next token.
    New,
}

/// The secret of the browser's cookie, if that belongs to its session.
struct Sent(Option<Secret>);

/// A cookie to be set once the chain has responded.
struct Due {
    key: Key,
    secret: Secret,
    chain: Arc<Chain>,
}

/// Keeps the token of the browser that sent the request, which may be a new one.
pub(super) fn start(cx: &mut Context, key: &Key, chain: &Chain) -> Browser {
    let sent = sent_secret(cx, key, chain);
    cx.set(Sent(sent));
    // A user may be signed in by another method, and what is known from before is worthless then.
    let kept = sent.filter(|_| matches!(*cx.method(), Method::GET | Method::HEAD));
    cx.set(CsrfToken::of(kept.unwrap_or_else(random::bytes)));
    match kept {
        Some(_) => Browser::Known,
        None => Browser::New,
    }
}

fn sent_secret(cx: &mut Context, key: &Key, chain: &Chain) -> Option<Secret> {
    let name = cookie_name(cx);
    let text = cx.cookies().signed(key).get(name)?;
    let (secret, session) = parse(&text);
    // A route without sessions has none to protect.
    let is_own = chain
        .session_mark(cx)
        .is_none_or(|SessionMark(own)| own.as_deref() == session);
    random::parse(secret).filter(|_| is_own)
}

/// Returns the secret in a cookie's value, and the session that it belongs to.
fn parse(text: &str) -> (&str, Option<&str>) {
    match text.split_once('.') {
        Some((secret, session)) => (secret, Some(session)),
        None => (text, None),
    }
}

/// Gives a new browser its cookie, if the response may have a token.
pub(super) fn finish(
    cx: &mut Context,
    key: &Key,
    browser: Browser,
    chain: Arc<Chain>,
    response: &mut Response,
) {
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
        let key = key.clone();
        cx.set(Due { key, secret, chain });
    }
}

/// Sets the cookie that is due, for the session that the browser has from now on.
pub(crate) fn set_due_cookie(cx: &mut Context) {
    let Some(Due { key, secret, chain }) = cx.take() else {
        return;
    };
    let mut value = random::text(&secret);
    if let Some(SessionMark(Some(session))) = chain.session_mark(cx) {
        value = value + "." + &session;
    }
    let cookie = Cookie::new(cookie_name(cx), value);
    let set = cx.cookies().signed(&key).set(cookie);
    set.unwrap_or_else(|error| tracing::error!("a token has no cookie: {error}"));
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
