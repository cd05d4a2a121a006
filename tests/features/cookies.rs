//! `cookies`: setting and signing them.

use gin::cookies::{Key, SignedCookies};
use gin::prelude::*;
use gin::testing::Client;

async fn visit(cookies: SignedCookies) -> gin::Result<String> {
    let before = cookies.get("visit").unwrap_or_else(|| "no".to_owned());
    cookies.set(("visit", "a"))?;
    Ok(before)
}

#[tokio::test]
async fn a_signed_cookie_comes_back_unless_it_was_changed() {
    let app = Group::new("").state(Key::generate()).get("/", visit);
    let client = Client::new(app);
    client.get("/").await.is(200).has_text("no");
    client.get("/").await.is(200).has_text("a");
    let signed = client.cookie("visit").expect("it was set");
    client.set_cookie("visit", &format!("b{signed}"));
    client.get("/").await.is(200).has_text("no");
}
