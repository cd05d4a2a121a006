//! The end of a session in a request: its changes are written, and the response gets the cookie.

use std::time::Duration;

use http::header::{CACHE_CONTROL, VARY};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::Value;

use crate::cookies::{Cookie, Key};
use crate::failure::{Panic, Problem};
use crate::request::Context;
use crate::response::{Response, respond};
use crate::sessions::clock;
use crate::sessions::error::StoreError;
use crate::sessions::load::InCookie;
use crate::sessions::middleware::{Backend, Config, failed, unavailable};
use crate::sessions::session::{CREATED, Fate, ID, Origin, Session, State, Values};
use crate::sessions::store::Store;
use crate::sessions::times::Times;
use crate::sessions::token::Token;

/// The cookie that the response gets.
enum Sent {
    Nothing,
    /// The secret of a session that lasts until then.
    Token(Token, i64),
    /// A whole session as JSON, to be encrypted.
    Private(Key, String, i64),
    Removal,
}

/// The values of a session as its last handler left them, for the dev server.
#[cfg(debug_assertions)]
pub(crate) struct Written(pub(crate) Value);

/// Writes the changes of `session`. A response whose changes cannot be written becomes a problem.
pub(super) async fn commit(
    config: &Config,
    cx: &mut Context,
    session: &Session,
    response: &mut Response,
) {
    let state = session.close();
    #[cfg(debug_assertions)]
    cx.set(Written(state.shown()));
    if is_panic(response) {
        return vary_by_cookie(response.headers_mut());
    }
    let written = match &config.backend {
        Backend::Store(store) => write(config, store, &state).await,
        Backend::Cookie(key) => Ok(seal(config, key, state)),
    };
    let sent = match written {
        Ok(sent) => send(config, cx, sent),
        Err(problem) => Err(problem),
    };
    match sent {
        Ok(Cached::Allowed) => {}
        Ok(Cached::WithoutCookie) => forbid_caching_of_cookie(response.headers_mut()),
        Err(problem) => *response = respond(cx, problem),
    }
    vary_by_cookie(response.headers_mut());
}

/// A handler that panics changes nothing, whether a `Recovery` is inside or outside of the sessions.
fn is_panic(response: &Response) -> bool {
    let cause = Problem::of(response).and_then(Problem::cause);
    cause.is_some_and(|cause| cause.error().is::<Panic>())
}

/// Writes the session to its store.
async fn write(config: &Config, store: &Store, state: &State) -> Result<Sent, Problem> {
    let origin = state
        .origin
        .and_then(|origin| Some((origin, origin.token?)));
    let written = match (origin, state.fate) {
        (None, _) if state.values.is_empty() => Ok(Sent::Nothing),
        (None, _) => create(config, store, state.values.clone()).await,
        (Some((origin, token)), Fate::Keep) if state.changed.is_empty() => {
            return Ok(touch(config, store, state, (origin, token)).await);
        }
        (Some((origin, token)), Fate::Keep) => {
            match update(config, store, state, origin, token).await {
                Ok(None) => return Err(Problem::new(StatusCode::CONFLICT).detail(ENDED)),
                Ok(Some(sent)) => Ok(sent),
                Err(error) => Err(error),
            }
        }
        (Some((_, token)), Fate::Renew) => renew(config, store, state, token).await,
        (Some((_, token)), Fate::End) => end(config, store, state, token).await,
    };
    written.map_err(unavailable)
}

const ENDED: &str = "the session ended while the request was handled; try again";

async fn create(config: &Config, store: &Store, mut values: Values) -> Result<Sent, StoreError> {
    let now = clock::now();
    values.insert(CREATED.to_owned(), Value::from(now));
    let (token, expiry) = (Token::random(), Times::of(&values, config).expiry(now, now));
    store.create(token.id(), values, expiry).await?;
    Ok(Sent::Token(token, expiry))
}

/// Writes the changes onto the session as it is by now. Returns `None` if it has ended.
async fn update(
    config: &Config,
    store: &Store,
    state: &State,
    origin: Origin,
    token: Token,
) -> Result<Option<Sent>, StoreError> {
    let id = token.id();
    let _turn = store.turn(id).await;
    let Some((current, _)) = store.load(id).await? else {
        return Ok(None);
    };
    let values = state.merged_into(current);
    let expiry = Times::of(&values, config).expiry(origin.created, clock::now());
    store.save(id, values, expiry).await?;
    Ok(Some(Sent::Token(token, expiry)))
}

/// Extends a session that was only read, if it is time. A failure loses no change, so it does not replace the response.
async fn touch(
    config: &Config,
    store: &Store,
    state: &State,
    (origin, token): (Origin, Token),
) -> Sent {
    if !Times::of(&state.values, config).is_touch_due(origin) {
        return Sent::Nothing;
    }
    match update(config, store, &State::default(), origin, token).await {
        Ok(sent) => sent.unwrap_or(Sent::Nothing),
        Err(error) => {
            tracing::warn!("a session was not extended: {error}");
            Sent::Nothing
        }
    }
}

/// Moves the values to a new id.
async fn renew(
    config: &Config,
    store: &Store,
    state: &State,
    old: Token,
) -> Result<Sent, StoreError> {
    let id = old.id();
    let _turn = store.turn(id).await;
    let values = match store.load(id).await? {
        Some((current, _)) => state.merged_into(current),
        // Another request has ended it. Nothing of it may come back; the values of this request begin a new one.
        None => state.own_values(),
    };
    let sent = create(config, store, values).await?;
    store.delete(id).await?;
    Ok(sent)
}

async fn end(
    config: &Config,
    store: &Store,
    state: &State,
    old: Token,
) -> Result<Sent, StoreError> {
    let id = old.id();
    let _turn = store.turn(id).await;
    store.delete(id).await?;
    if state.values.is_empty() {
        return Ok(Sent::Removal);
    }
    create(config, store, state.values.clone()).await
}

/// Returns the session as its cookie will have it.
fn seal(config: &Config, key: &Key, state: State) -> Sent {
    let (now, times) = (clock::now(), Times::of(&state.values, config));
    let mut is_new = false;
    let created = match (state.origin, state.fate) {
        (Some(_), Fate::End) if state.values.is_empty() => return Sent::Removal,
        (None, _) if state.values.is_empty() => return Sent::Nothing,
        (Some(origin), Fate::Keep) => {
            if state.changed.is_empty() && !times.is_touch_due(origin) {
                return Sent::Nothing;
            }
            origin.created
        }
        _ => {
            is_new = true;
            now
        }
    };
    let mut values = state.values;
    if is_new {
        values.insert(ID.to_owned(), Value::from(Token::random().text()));
    }
    values.insert(CREATED.to_owned(), Value::from(created));
    let expiry = times.expiry(created, now);
    let json = serde_json::to_string(&InCookie { expiry, values });
    let json = json.expect("values of JSON with names of text are JSON");
    Sent::Private(key.clone(), json, expiry)
}

/// The rule for caches of the response.
enum Cached {
    Allowed,
    WithoutCookie,
}

fn send(config: &Config, cx: &mut Context, sent: Sent) -> Result<Cached, Problem> {
    let cookie = config.cookie(cx);
    let cookies = cx.cookies();
    let result = match sent {
        Sent::Nothing => return Ok(Cached::Allowed),
        Sent::Removal => cookies.remove(cookie),
        Sent::Token(token, expiry) => cookies.put_raw(&lasting(cookie, expiry), token.text()),
        Sent::Private(key, json, expiry) => cookies
            .private(&key)
            .set(lasting(cookie, expiry).value(json)),
    };
    match result {
        Ok(()) => Ok(Cached::WithoutCookie),
        Err(error) => Err(failed(Box::new(error))),
    }
}

fn lasting(cookie: Cookie, expiry: i64) -> Cookie {
    let left = expiry.saturating_sub(clock::now());
    cookie.max_age(Duration::from_secs(u64::try_from(left).unwrap_or(0)))
}

/// RFC 9111 §5.2.2.4: a cache does not reuse the field without validation, and many treat the whole response so.
fn forbid_caching_of_cookie(headers: &mut HeaderMap) {
    let is_stored = |value: &HeaderValue| {
        let text = value.to_str().unwrap_or_default();
        !text.to_ascii_lowercase().contains("no-store")
    };
    if headers.get_all(CACHE_CONTROL).iter().all(is_stored) {
        let rule = HeaderValue::from_static("no-cache=\"Set-Cookie\"");
        headers.append(CACHE_CONTROL, rule);
    }
}

/// RFC 9110 §12.5.5: the response depends on the cookie that came with the request.
fn vary_by_cookie(headers: &mut HeaderMap) {
    let has = |value: &HeaderValue| {
        let mut names = value.to_str().unwrap_or_default().split(',').map(str::trim);
        names.any(|name| name == "*" || name.eq_ignore_ascii_case("cookie"))
    };
    if !headers.get_all(VARY).iter().any(has) {
        headers.append(VARY, HeaderValue::from_static("cookie"));
    }
}
