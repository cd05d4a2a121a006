//! Requests that the page of another site makes in the user's name.

use gin::cookies::Key;
use gin::middleware::{BasicAuth, Csrf};
use gin::prelude::*;
use gin::sessions::Sessions;
use gin::templates::Templates;
use gin::testing::{Client, TestRequest, TestResponse};

use crate::{flaws, over_https};

fn app(csrf: Csrf) -> Group {
    let group = Group::new("").with(csrf).get("/", async || "page");
    let group = group
        .post("/", async || "done")
        .delete("/", async || "gone");
    group.post("/form", async |Form(form): Form<Vec<(String, String)>>| {
        format!("{form:?}")
    })
}

/// Adds headers, each `name: value`.
fn with<'a>(request: TestRequest<'a>, headers: &[&str]) -> TestRequest<'a> {
    headers.iter().fold(request, |request, header| {
        let (name, value) = header
            .split_once(": ")
            .expect("a header has a name and a value");
        request.header(name, value)
    })
}

#[tokio::test]
async fn only_the_apps_own_pages_change_something() {
    let client = Client::new(app(Csrf::new().allow(["https://admin.example"])));
    for (headers, passes) in [
        // Current browsers.
        (&["sec-fetch-site: same-origin"][..], true),
        (&["sec-fetch-site: none"], true),
        (&["sec-fetch-site: same-site"], false),
        (&["sec-fetch-site: cross-site"], false),
        (&["sec-fetch-site: of-2030"], false),
        (
            &["sec-fetch-site: same-origin", "sec-fetch-site: cross-site"],
            false,
        ),
        (
            &["origin: http://localhost", "origin: http://evil.test"],
            false,
        ),
        (&["sec-fetch-site: same-origin", "origin: null"], true),
        (
            &[
                "sec-fetch-site: same-origin",
                "cookie: id=7",
                "origin: http://localhost",
            ],
            true,
        ),
        (
            &["sec-fetch-site: cross-site", "origin: http://localhost"],
            false,
        ),
        (
            &[
                "sec-fetch-site: cross-site",
                "origin: https://admin.example",
            ],
            true,
        ),
        (
            &[
                "sec-fetch-site: cross-site",
                "origin: https://admin.example.evil.test",
            ],
            false,
        ),
        (
            &["sec-fetch-site: cross-site", "referer: http://localhost/"],
            false,
        ),
        // Over plain http there is no `Sec-Fetch-Site`.
        (&["origin: http://localhost"], true),
        (&["origin: https://localhost"], true),
        (&["origin: http://localhost:8080"], false),
        (&["origin: http://localhost.evil.test"], false),
        (&["origin: http://evil.test"], false),
        (&["origin: null"], false),
        (&["origin: "], false),
        (&["origin: null", "referer: http://localhost/"], false),
        (&["origin: https://admin.example"], true),
        // Old browsers.
        (&["referer: http://localhost/form?a=b"], true),
        (&["referer: http://evil.test/?http://localhost/"], false),
        (&["referer: http://localhost.evil.test/"], false),
        (&["referer: http://localhost@evil.test/"], false),
        (&["cookie: id=7"], false),
        (&["authorization: Basic YTpi"], false),
        (&["authorization: Negotiate YTpi"], false),
        // Not browsers, or nothing to abuse.
        (&[], true),
        (&["authorization: Bearer 7f3a"], true),
        (&["authorization: Bearer 7f3a", "cookie: id=7"], false),
    ] {
        let expected = if passes { 200 } else { 403 };
        for request in [client.post("/"), client.delete("/")] {
            with(request, headers).await.is(expected);
        }
        with(client.get("/"), headers).await.is(200);
        with(client.request("OPTIONS", "/"), headers).await.is(204);
    }
}

#[tokio::test]
async fn a_page_over_http_is_foreign_to_an_app_over_https() {
    let client = over_https(app(Csrf::new()));
    for (origin, status) in [
        ("https://app.example", 200),
        ("http://app.example", 403),
        ("https://localhost", 403),
    ] {
        let request = client.post("/").header("x-forwarded-proto", "https");
        let request = request.header("x-forwarded-host", "app.example");
        request.header("origin", origin).await.is(status);
    }
}

#[tokio::test]
async fn the_host_of_a_proxy_that_is_not_trusted_does_not_count() {
    let client = Client::new(app(Csrf::new()));
    let request = client.post("/").header("x-forwarded-host", "evil.test");
    request.header("origin", "http://evil.test").await.is(403);
}

#[tokio::test]
async fn a_refusal_is_a_problem_without_text_for_developers() {
    let client = Client::new(app(Csrf::new()));
    let request = client.post("/").header("origin", "http://evil.test");
    let response = request.header("accept", "application/json").await.is(403);
    let cause = response
        .problem()
        .and_then(Problem::cause)
        .expect("the log has a reason");
    assert!(cause.error().to_string().contains("Group::proxies"));
    response.has_json(json!({
        "title": "Forbidden",
        "status": 403,
        "detail": "the request does not come from a page of this site",
    }));
}

#[tokio::test]
async fn a_password_that_the_browser_adds_is_protected() {
    let auth = BasicAuth::accounts([("ann", "open sesame")]);
    let client = Client::new(
        Group::new("")
            .with(Csrf::new())
            .with(auth)
            .post("/", async || "done"),
    );
    let request = || {
        client
            .post("/")
            .header("authorization", "Basic YW5uOm9wZW4gc2VzYW1l")
    };
    request()
        .header("sec-fetch-site", "cross-site")
        .await
        .is(403);
    request()
        .header("sec-fetch-site", "same-origin")
        .await
        .is(200);
}

#[test]
fn origins_that_protect_nothing_are_mistakes() {
    for (origin, flaw) in [
        ("null", "the origin `null` is that of any page"),
        ("*", "`*` is not an origin"),
        ("app.example", "write its scheme and host"),
    ] {
        let found = flaws(app(Csrf::new().allow([origin])));
        assert!(
            found.contains(flaw) && found.contains("csrf.rs:"),
            "{found}"
        );
    }
}

fn with_tokens() -> Group {
    let templates = Templates::embedded([("form.html", "<form method=post>{{ csrf() }}</form>")]);
    let form = async || View::new("form.html", ());
    let key = Key::new("a secret of 32 bytes for the tests").expect("it is long enough");
    app(Csrf::new().tokens(key))
        .templates(templates)
        .get("/form", form)
}

fn token(page: &TestResponse) -> String {
    let field = page.text().split("name=\"csrf_token\" value=\"").nth(1);
    let token = field.and_then(|rest| rest.split('"').next());
    token.expect("the form has a token").to_owned()
}

#[tokio::test]
async fn an_old_browser_passes_with_its_own_token_only() {
    let browser = Client::new(with_tokens());
    let token = token(&browser.get("/form").await);
    let send = |form: String| browser.post("/form").form(form);
    // The handler gets the whole form.
    send(format!("name=Ann&csrf_token={token}"))
        .await
        .is(200)
        .contains("Ann");
    browser
        .post("/")
        .header("x-csrf-token", &token)
        .await
        .is(200);
    send(String::new()).await.is(403);
    send("csrf_token=".to_owned()).await.is(403);
    send("csrf_token=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA".to_owned())
        .await
        .is(403);
    browser
        .post("/")
        .header("x-csrf-token", "guess")
        .await
        .is(403);

    // The attacker's token belongs to the attacker's cookie.
    let attacker = browser.another();
    let stolen = self::token(&attacker.get("/form").await);
    send(format!("csrf_token={stolen}")).await.is(403);
}

#[tokio::test]
async fn a_cookie_that_another_host_has_planted_has_no_valid_signature() {
    let browser = Client::new(with_tokens());
    browser.set_cookie("csrf", "AAAAAAAAAAAAAAAAAAAAAA");
    let form = "csrf_token=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    browser.post("/form").form(form).await.is(403);
}

#[tokio::test]
async fn a_token_lets_in_no_page_of_another_site() {
    let browser = Client::new(with_tokens());
    let token = token(&browser.get("/form").await);
    for foreign in [
        "sec-fetch-site: cross-site",
        "origin: null",
        "origin: http://evil.test",
    ] {
        let request = browser.post("/").header("x-csrf-token", &token);
        with(request, &[foreign]).await.is(403);
    }
}

#[tokio::test]
async fn a_page_with_a_token_is_for_one_browser_and_never_the_same() {
    let browser = Client::new(with_tokens());
    let first = browser.get("/form").await;
    let first = first
        .has_header("cache-control", "private, no-cache")
        .has_header("vary", "cookie");
    let cookie = first
        .header("set-cookie")
        .expect("the browser is new")
        .to_owned();
    assert!(
        cookie.ends_with("; HttpOnly; SameSite=Lax; Path=/"),
        "{cookie}"
    );
    let second = browser.get("/form").await;
    assert_eq!(second.header("set-cookie"), None);
    assert_ne!(
        token(&first),
        token(&second),
        "a token that repeats leaks by compression"
    );
}

#[tokio::test]
async fn a_page_without_a_token_stays_as_it_is() {
    let response = Client::new(with_tokens()).get("/").await.is(200);
    for name in ["set-cookie", "cache-control", "vary"] {
        assert_eq!(response.header(name), None, "{name}");
    }
}

#[tokio::test]
async fn over_https_no_other_host_can_set_the_cookie() {
    let client = over_https(with_tokens());
    let response = client
        .get("/form")
        .header("x-forwarded-proto", "https")
        .await;
    let cookie = response.header("set-cookie").expect("the browser is new");
    assert!(
        cookie.starts_with("__Host-csrf=") && cookie.contains("Secure"),
        "{cookie}"
    );
}

#[tokio::test]
async fn a_client_of_tests_passes_as_a_browser() {
    let client = Client::new(with_tokens());
    client.get("/form").await.is(200);
    let browser = client.with_header("sec-fetch-site", "same-origin");
    browser.post("/form").form("a=1").await.is(200);
    // It does not hide another one.
    let foreign = browser.post("/").header("sec-fetch-site", "cross-site");
    foreign.await.is(403);
    client.post("/").await.is(403);
}

/// A sibling subdomain can plant cookies for the whole domain, together with a token that belongs to them.
#[tokio::test]
async fn a_pair_of_cookie_and_token_that_a_subdomain_has_planted_is_refused() {
    let client = over_https(with_tokens());
    let attacker = client.another();
    let page = attacker.get("/form");
    let page = page.header("x-forwarded-proto", "https").await;
    let token = token(&page);
    let cookie = page.header("set-cookie").expect("the browser is new");
    let value = cookie.trim_start_matches("__Host-csrf=");
    let value = value.split(';').next().unwrap_or_default();
    let post = |cookie: String| {
        let request = client.post("/").header("x-forwarded-proto", "https");
        request
            .header("x-csrf-token", &token)
            .header("cookie", &cookie)
    };
    // The pair is sound: it is the way of the cookie that is refused.
    post(format!("__Host-csrf={value}")).await.is(200);
    // A browser sets no cookie with the prefix for a domain.
    post(format!("csrf={value}")).await.is(403);
    for sender in [
        "sec-fetch-site: same-site",
        "origin: https://evil.app.example",
    ] {
        let request = post(format!("__Host-csrf={value}"));
        with(request, &[sender]).await.is(403);
    }
}

/// Returns apps whose tokens belong to sessions: with a store and with cookies, and with the sessions outside and inside of the guard.
fn with_sessions() -> Vec<(String, Group)> {
    let key = || Key::new("a secret of 32 bytes for the tests").expect("it is long enough");
    let sign_in = async |session: Session| -> gin::Result<&'static str> {
        session.renew();
        session.insert("user", "Ann")?;
        Ok("signed in")
    };
    let visit = async |session: Session| -> gin::Result<View> {
        session.insert("visited", true)?;
        Ok(View::new("form.html", ()))
    };
    let form = async || View::new("form.html", ());
    let page = "<form method=post>{{ csrf() }}</form>";
    let mut apps = Vec::new();
    for (store, sessions) in [
        ("memory", Sessions::memory()),
        ("cookie", Sessions::cookie(key())),
    ] {
        for order in ["outside", "inside"] {
            let csrf = Csrf::new().tokens(key());
            let group = Group::new("").templates(Templates::embedded([("form.html", page)]));
            let group = match order {
                "outside" => group.with(sessions.clone()).with(csrf),
                _ => group.with(csrf).with(sessions.clone()),
            };
            let group = group
                .get("/form", form)
                .get("/visit", visit)
                .post("/", async || "done")
                .post("/sign-in", sign_in);
            apps.push((format!("{store}, {order}"), group));
        }
    }
    apps
}

async fn sign_in(browser: &Client) {
    let request = browser.post("/sign-in");
    request
        .header("sec-fetch-site", "same-origin")
        .await
        .is(200);
}

async fn send(browser: &Client, token: &str) -> u16 {
    let response = browser.post("/").header("x-csrf-token", token).await;
    response.status().as_u16()
}

#[tokio::test]
async fn a_token_belongs_to_the_session_of_its_page() {
    for (name, app) in with_sessions() {
        let browser = Client::new(app);
        // A page that begins the session.
        let first = token(&browser.get("/visit").await);
        assert_eq!(send(&browser, &first).await, 200, "{name}");
        // Another change of the session leaves it the same one.
        let second = token(&browser.get("/visit").await);
        for token in [&first, &second] {
            assert_eq!(send(&browser, token).await, 200, "{name}");
        }
        sign_in(&browser).await;
        for token in [&first, &second] {
            assert_eq!(send(&browser, token).await, 403, "{name}");
        }
        let third = token(&browser.get("/form").await);
        assert_eq!(send(&browser, &third).await, 200, "{name}");
    }
}

#[tokio::test]
async fn a_token_of_another_session_is_refused_with_its_cookie() {
    for (name, app) in with_sessions() {
        let victim = Client::new(app);
        sign_in(&victim).await;
        let own = token(&victim.get("/form").await);
        assert_eq!(send(&victim, &own).await, 200, "{name}");
        for is_signed_in in [false, true] {
            let attacker = victim.another();
            if is_signed_in {
                sign_in(&attacker).await;
            }
            let stolen = token(&attacker.get("/form").await);
            let planted = attacker.cookie("csrf").expect("the attacker has one");
            assert_eq!(send(&attacker, &stolen).await, 200, "{name}");
            victim.set_cookie("csrf", &planted);
            assert_eq!(send(&victim, &stolen).await, 403, "{name} {is_signed_in}");
        }
        // A new page mends it.
        let own = token(&victim.get("/form").await);
        assert_eq!(send(&victim, &own).await, 200, "{name}");
    }
}

#[tokio::test]
async fn a_pair_that_was_planted_before_the_user_signs_in_is_worthless_after() {
    for (name, app) in with_sessions() {
        let victim = Client::new(app);
        let attacker = victim.another();
        let stolen = token(&attacker.get("/form").await);
        let planted = attacker.cookie("csrf").expect("the attacker has one");
        victim.set_cookie("csrf", &planted);
        sign_in(&victim).await;
        assert_eq!(send(&victim, &stolen).await, 403, "{name}");
        victim.get("/form").await.is(200);
        assert_eq!(send(&victim, &stolen).await, 403, "{name}");
    }
}

#[tokio::test]
async fn a_route_without_sessions_leaves_the_token_of_a_session_as_it_is() {
    let key = Key::generate();
    let page = Templates::embedded([("form.html", "<form method=post>{{ csrf() }}</form>")]);
    let form = async || View::new("form.html", ());
    let visit = async |session: Session| -> gin::Result<View> {
        session.insert("visited", true)?;
        Ok(View::new("form.html", ()))
    };
    let shop = Group::new("/shop").with(Sessions::memory());
    let shop = shop.get("/", visit).post("/", async || "bought");
    let app = Group::new("").with(Csrf::new().tokens(key)).templates(page);
    let browser = Client::new(app.get("/form", form).nest(shop));
    let of_shop = token(&browser.get("/shop/").await);
    let outside = browser.get("/form").await;
    assert_eq!(outside.header("set-cookie"), None);
    for token in [of_shop, token(&outside)] {
        let request = browser.post("/shop/").header("x-csrf-token", &token);
        request.await.is(200);
    }
}
