//! A sign-in with a provider, by OAuth's code flow with PKCE (RFC 6749 §4.1, RFC 7636). The provider is local.

mod oauth;
mod provider;

use std::env;

use gin::middleware::Csrf;
use gin::prelude::*;
use gin::sessions::Sessions;
use reqwest::Client;

use crate::oauth::{Provider, callback, login};

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

#[post("/logout")]
async fn logout(session: Session) -> Redirect {
    session.flush();
    Redirect::to(home::url())
}

fn app(url: String) -> Group {
    let provider = Provider {
        url,
        client: Client::new(),
    };
    gin::default()
        .with(Csrf::new())
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
