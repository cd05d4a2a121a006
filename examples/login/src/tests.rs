//! Visits of a browser, to the app without a socket and to a provider with one.

use gin::testing::Client as Browser;
use reqwest::Url;

use super::*;

async fn app_with_provider() -> Browser {
    let url = provider::start("127.0.0.1:0").await.unwrap();
    // Browsers send it, and `Csrf` requires it.
    Browser::new(app(url)).with_header("sec-fetch-site", "same-origin")
}

/// Signs in as Ann at the provider. Returns the path that it sends the browser back to.
async fn approve(url: &str) -> String {
    let page = reqwest::get(url).await.unwrap().text().await.unwrap();
    let path = page.split('"').find(|text| text.ends_with("/Ann")).unwrap();
    let url = Url::parse(url).unwrap().join(path).unwrap();
    let browser = Client::builder().redirect(reqwest::redirect::Policy::none());
    let response = browser.build().unwrap().get(url).send().await.unwrap();
    let back = Url::parse(response.headers()["location"].to_str().unwrap()).unwrap();
    format!("{}?{}", back.path(), back.query().unwrap())
}

#[tokio::test]
async fn a_user_signs_in_and_out() {
    let browser = app_with_provider().await;
    browser.get("/me").await.is(401);
    let to_provider = browser.get("/login").await.is(303);
    let back = approve(to_provider.header("location").unwrap()).await;
    browser.get(&back).await.is(303).has_header("location", "/");
    browser.get("/me").await.is(200).has_text("Ann");
    browser.post("/logout").await.is(303);
    browser.get("/me").await.is(401);
}

#[tokio::test]
async fn a_sign_in_that_began_elsewhere_is_refused() {
    let ann = app_with_provider().await;
    let eve = ann.another();
    let to_provider = eve.get("/login").await.is(303);
    let back = approve(to_provider.header("location").unwrap()).await;
    ann.get(&back).await.is(400);
    ann.get("/login").await.is(303);
    ann.get(&back).await.is(400);
    ann.get("/me").await.is(401);
}

/// PKCE: a code that leaks on its way through the browser is worth nothing without the verifier, which does not travel.
#[tokio::test]
async fn a_code_without_its_verifier_is_refused() {
    let url = provider::start("127.0.0.1:0").await.unwrap();
    let browser = Browser::new(app(url.clone()));
    let to_provider = browser.get("/login").await.is(303);
    let back = approve(to_provider.header("location").unwrap()).await;
    let back = Url::parse("http://localhost").unwrap().join(&back).unwrap();
    let code = back.query_pairs().find(|(name, _)| name == "code").unwrap();
    let exchange = [
        ("client_id", oauth::ID),
        ("client_secret", oauth::SECRET),
        ("redirect_uri", "http://localhost/callback"),
        ("code", &code.1),
        ("code_verifier", "a guess"),
    ];
    let token = Client::new().post(format!("{url}/token")).form(&exchange);
    assert_eq!(token.send().await.unwrap().status(), 400);
}
