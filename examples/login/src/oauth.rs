//! The two requests of a browser by which it signs in: to the provider, and back with a code.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use gin::prelude::*;
use reqwest::{Client, Url};
use serde::Deserialize;
use sha2::{Digest, Sha256};

/// The provider, and the app's account there.
#[derive(Clone)]
pub struct Provider {
    pub url: String,
    pub client: Client,
}

pub const ID: &str = "example";
pub const SECRET: &str = "not a secret of anybody";

#[derive(Deserialize)]
pub struct Callback {
    code: String,
    state: String,
}

#[derive(Deserialize)]
struct Tokens {
    access_token: String,
}

#[derive(Deserialize)]
struct User {
    name: String,
}

/// Sends the browser to the provider. The session keeps what only this browser and the app know.
#[get("/login")]
pub async fn login(
    cx: &mut Context,
    session: Session,
    State(provider): State<Provider>,
) -> Result<Redirect> {
    let (state, verifier) = (random()?, random()?);
    let challenge = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(&verifier));
    let url = Url::parse_with_params(
        &format!("{}/authorize", provider.url),
        [
            ("response_type", "code"),
            ("client_id", ID),
            ("redirect_uri", &redirect_uri(cx)?),
            ("state", &state),
            ("code_challenge_method", "S256"),
            ("code_challenge", &challenge),
        ],
    )?;
    session.insert("login", (state, verifier))?;
    Ok(Redirect::to(url))
}

/// Takes the browser back, with a code that the provider changes for a token.
#[get("/callback")]
pub async fn callback(
    cx: &mut Context,
    session: Session,
    State(provider): State<Provider>,
    Query(callback): Query<Callback>,
) -> Result<Redirect> {
    let login: Option<(String, String)> = session.get("login")?;
    // It is good for one attempt. Without this check, a stranger's link could sign a user in as the stranger.
    session.remove("login");
    let (state, verifier) = login.or_status(400, "this sign-in did not begin here")?;
    (state == callback.state)
        .then_some(())
        .or_status(400, "this sign-in did not begin here")?;
    let exchange = [
        ("grant_type", "authorization_code"),
        ("client_id", ID),
        ("client_secret", SECRET),
        ("redirect_uri", &redirect_uri(cx)?),
        ("code", &callback.code),
        ("code_verifier", &verifier),
    ];
    let tokens = provider
        .client
        .post(format!("{}/token", provider.url))
        .form(&exchange);
    let tokens: Tokens = tokens.send().await?.error_for_status()?.json().await?;
    let user = provider
        .client
        .get(format!("{}/user", provider.url))
        .bearer_auth(tokens.access_token);
    let user: User = user.send().await?.error_for_status()?.json().await?;
    // A new id, so that nobody who knew the old one is signed in.
    session.renew();
    session.insert("user", user.name)?;
    Ok(Redirect::to(crate::home::url()))
}

/// Returns the address of `/callback`. The provider accepts only those that it knows, so a false `Host` leads nowhere.
fn redirect_uri(cx: &Context) -> Result<String> {
    let host = cx.host().or_status(400, "the request names no host")?;
    Ok(format!("{}://{host}{}", cx.scheme(), callback::url()))
}

/// Returns text of 256 random bits.
pub fn random() -> Result<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes))
}
