//! The start of a session in a request: from its cookie to its values.

use serde::{Deserialize, Serialize};

use crate::cookies::CookieError;
use crate::request::Context;
use crate::sessions::clock;
use crate::sessions::error::StoreError;
use crate::sessions::middleware::{Backend, Config};
use crate::sessions::session::{CREATED, ID, Origin, Session, State, Values};
use crate::sessions::times::Times;
use crate::sessions::token::Token;

/// A whole session, as its cookie has it.
#[derive(Serialize, Deserialize)]
pub(super) struct InCookie {
    pub(super) expiry: i64,
    pub(super) values: Values,
}

/// Loads the session that the request's cookie names, or begins one if there is none.
pub(super) async fn load(config: &Config, cx: &mut Context) -> Result<Session, StoreError> {
    let name = config.cookie(cx).name;
    let cookies = cx.cookies();
    let (found, limit) = match &config.backend {
        Backend::Store(store) => {
            let token = cookies.raw(&name).and_then(|text| Token::parse(&text));
            let loaded = match token {
                Some(token) => store.load(token.id()).await?,
                None => None,
            };
            (loaded.map(|(values, expiry)| (token, values, expiry)), None)
        }
        Backend::Cookie(key) => {
            let text = cookies.private(key).get(&name);
            let found = text.and_then(|text| serde_json::from_str::<InCookie>(&text).ok());
            let found = found.map(|InCookie { expiry, values }| (None, values, expiry));
            (found, Some(limit(&name)))
        }
    };
    let state = found.and_then(|(token, values, expiry)| known(config, token, values, expiry));
    Ok(Session::new(state.unwrap_or_default(), limit))
}

/// Returns what distinguishes the session of the browser from all others, as its cookie shows without the store.
pub(super) fn mark(config: &Config, cx: &mut Context) -> Option<String> {
    let name = config.cookie(cx).name;
    let cookies = cx.cookies();
    match &config.backend {
        Backend::Store(_) => {
            let token = cookies.raw(&name).and_then(|text| Token::parse(&text))?;
            Some(token.id().to_string())
        }
        Backend::Cookie(key) => {
            let text = cookies.private(key).get(&name)?;
            let InCookie { values, .. } = serde_json::from_str(&text).ok()?;
            let id = values.get(ID).or_else(|| values.get(CREATED))?;
            Some(id.as_str().map_or_else(|| id.to_string(), str::to_owned))
        }
    }
}

/// Returns the state of a session, unless its time is over.
fn known(config: &Config, token: Option<Token>, values: Values, expiry: i64) -> Option<State> {
    let now = clock::now();
    let created = values.get(CREATED).and_then(serde_json::Value::as_i64)?;
    let end = Times::of(&values, config).end(created);
    (now < expiry && now < end).then(|| State {
        origin: Some(Origin {
            token,
            created,
            expiry,
        }),
        values,
        ..State::default()
    })
}

/// Returns the largest size of the values in a cookie, in bytes of JSON. AES-256-GCM adds 28 bytes, Base64 a third, and 104 bytes are
/// for the times and the id.
fn limit(name: &str) -> usize {
    const SEALED: usize = 28;
    const OWN: usize = 104;
    let encoded = CookieError::LIMIT - name.len().min(CookieError::LIMIT);
    (encoded / 4 * 3).saturating_sub(SEALED + OWN)
}
