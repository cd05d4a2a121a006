//! A sign-in with a provider, by OAuth's code flow with PKCE (RFC 6749 §4.1, RFC 7636). The provider is local.

mod provider;

use std::env;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use gin::prelude::*;
use gin::sessions::Sessions;
use reqwest::{Client, Url};
use serde::Deserialize;
use sha2::{Digest, Sha256};

/// The provider, and the app's account there.
#[derive(Clone)]
struct Provider {
    url: String,
    client: Client,
}

const ID: &str = "example";
const SECRET: &str = "not a secret of anybody";

#[derive(Deserialize)]
struct Callback {
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

#[get("/")]
async fn home(session: Session) -> Result<Html<&'static str>> {
    Ok(Html(match session.get::<String>("user")? {
        Some(_) => {
            "<p><a href=/me>Who am I?</a><form method=post action=/logout><button>Sign out</button></form>"
        }
        None => "<p><a href=/login>Sign in</a>",
    }))
}

#[get("/me")]
async fn me(session: Session) -> Result<String> {
    session.get("user")?.or_status(401, "sign in first")
}

/// Sends the browser to the provider. The session keeps what only this browser and the app know.
#[get("/login")]
async fn login(
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
async fn callback(
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
    Ok(Redirect::to(home::url()))
}

#[post("/logout")]
async fn logout(session: Session) -> Redirect {
    session.flush();
    Redirect::to(home::url())
}

/// Returns the address of `/callback`. The provider accepts only those that it knows, so a false `Host` leads nowhere.
fn redirect_uri(cx: &Context) -> Result<String> {
    let host = cx.host().or_status(400, "the request names no host")?;
    Ok(format!("{}://{host}{}", cx.scheme(), callback::url()))
}

/// Returns text of 256 random bits.
fn random() -> Result<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes))
}

fn app(url: String) -> Group {
    let provider = Provider {
        url,
        client: Client::new(),
    };
    gin::default()
        .with(Sessions::memory())
        .state(provider)
        .mount(routes![home, me, login, callback, logout])
}

#[gin::main]
async fn main() -> gin::Result<()> {
    let url = match env::var("PROVIDER_URL") {
        Ok(url) => url,
        Err(_) => provider::start("127.0.0.1:4444").await?,
    };
    app(url).run().await
}

#[cfg(test)]
mod tests;
