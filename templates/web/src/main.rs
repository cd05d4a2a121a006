//! A site: posts with pictures, by users who have signed up.

mod accounts;
mod assets;
mod form;
mod passwords;
mod posts;
mod store;
#[cfg(test)]
mod tests;

use std::env;
use std::path::PathBuf;

use gin::cookies::Key;
use gin::files::Dir;
use gin::middleware::{Csp, Csrf, RateLimit, SecurityHeaders};
use gin::prelude::*;
use gin::sessions::Sessions;

use crate::posts::Pictures;
use crate::store::Store;

#[gin::main]
async fn main() -> gin::Result<()> {
    let url = env::var("DATABASE_URL").unwrap_or_else(|_| "sqlite://site.db".to_owned());
    let pictures = PathBuf::from(env::var("PICTURES").unwrap_or_else(|_| "pictures".to_owned()));
    std::fs::create_dir_all(&pictures)?;
    app(Store::open(&url).await?, Pictures(pictures), key()?)
        .run()
        .await
}

/// Sessions are in cookies that this key encrypts, so that they outlive a restart. A release build needs a key of its own.
fn key() -> gin::Result<Key> {
    match env::var("COOKIE_KEY") {
        Err(_) if cfg!(debug_assertions) => {
            Ok(Key::new("a key for development, which anyone can read")?)
        }
        _ => Ok(Key::from_env("COOKIE_KEY")?),
    }
}

fn app(store: Store, pictures: Pictures, key: Key) -> Group {
    let templates = gin::templates!("templates").function("asset", assets::url);
    let doors = Group::new("")
        .with(RateLimit::per_minute(20))
        .mount(routes![accounts::sign_up, accounts::sign_in]);
    gin::default()
        .with(SecurityHeaders::new().csp(Csp::new()))
        .with(Csrf::new().tokens(key.clone()))
        .with(Sessions::cookie(key))
        .templates(templates)
        .body_limit(6 << 20)
        .files("/static", assets::dir())
        .files("/pictures", Dir::new(&pictures.0))
        .state(store)
        .state(pictures)
        .mount(routes![posts::home, posts::create, posts::remove])
        .mount(routes![
            accounts::sign_up_page,
            accounts::sign_in_page,
            accounts::sign_out
        ])
        .nest(doors)
        .fallback(absent)
        .on_error(problem)
}

/// The page of every other refusal: a picture that is too large, too many tries to sign in, a form of another site.
fn problem(_: &mut Context, problem: &Problem) -> View {
    let (status, title) = (problem.status().as_u16(), problem.title());
    View::new("problem.html", context! { status, title }).status(status)
}

async fn absent(user: Option<accounts::User>) -> View {
    View::new("absent.html", context! { user }).status(404)
}
