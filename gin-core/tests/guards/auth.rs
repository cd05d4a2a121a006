//! Users by password and by token.

use gin::middleware::{BasicAuth, BasicUser, Credentials, Denial, Token, bearer};
use gin::prelude::*;
use gin::testing::Client;

use crate::flaws;

#[derive(Clone)]
struct Db(&'static str);

#[derive(Clone)]
struct Named(String);

/// `ann:open sesame` and `zoë:päss:wörd`.
const ANN: &str = "Basic YW5uOm9wZW4gc2VzYW1l";
const ZOE: &str = "Basic em/Dqzpww6Rzczp3w7ZyZA==";

async fn me(Extension(user): Extension<BasicUser>) -> String {
    user.name().to_owned()
}

fn accounts() -> BasicAuth {
    BasicAuth::accounts([("ann", "open sesame"), ("zoë", "päss:wörd")])
}

#[tokio::test]
async fn a_right_password_lets_its_user_in() {
    let client = Client::new(Group::new("").with(accounts()).get("/", me));
    let get = |value| client.get("/").header("authorization", value);
    get(ANN).await.is(200).has_text("ann");
    get(ZOE).await.is(200).has_text("zoë");
}

#[tokio::test]
async fn everything_else_is_challenged_in_the_shape_of_a_problem() {
    let client = Client::new(Group::new("").with(accounts()).get("/", me));
    for value in [
        None,
        // `ann:open sesam`, `ann:`, `ann`, `:open sesame`, `bob:open sesame`, `Ann:open sesame`
        Some("Basic YW5uOm9wZW4gc2VzYW0="),
        Some("Basic YW5uOg=="),
        Some("Basic YW5u"),
        Some("Basic Om9wZW4gc2VzYW1l"),
        Some("Basic Ym9iOm9wZW4gc2VzYW1l"),
        Some("Basic QW5uOm9wZW4gc2VzYW1l"),
        Some("Bearer YW5uOm9wZW4gc2VzYW1l"),
        Some("Basic"),
        Some("%"),
    ] {
        let mut request = client.get("/").header("accept", "application/json");
        if let Some(value) = value {
            request = request.header("authorization", value);
        }
        let response = request.await.is(401);
        response
            .has_header(
                "www-authenticate",
                r#"Basic realm="Restricted", charset="UTF-8""#,
            )
            .has_json(json!({ "title": "Unauthorized", "status": 401 }));
    }
}

#[tokio::test]
async fn a_guard_also_stands_before_what_does_not_exist() {
    let client = Client::new(Group::new("/admin").with(accounts()).get("/a", me));
    client.get("/admin/b").await.is(401);
    client.post("/admin/a").await.is(401);
    client
        .get("/admin/b")
        .header("authorization", ANN)
        .await
        .is(404);
}

#[tokio::test]
async fn a_proxy_has_a_status_and_headers_of_its_own() {
    let auth = accounts().proxy().realm("a \"proxy\"");
    let client = Client::new(Group::new("").with(auth).get("/", me));
    let response = client.get("/").header("authorization", ANN).await.is(407);
    response.has_header(
        "proxy-authenticate",
        r#"Basic realm="a \"proxy\"", charset="UTF-8""#,
    );
    let response = client.get("/").header("proxy-authorization", ANN).await;
    response.is(200).has_text("ann");
}

#[tokio::test]
async fn a_function_checks_passwords_with_the_apps_state() {
    async fn verify(credentials: Credentials, State(db): State<Db>) -> gin::Result<Option<Named>> {
        if credentials.name() == "broken" {
            return Err(std::io::Error::other("the database is down").into());
        }
        let is_right = credentials.has_password(db.0);
        Ok(is_right.then(|| Named(credentials.name().to_owned())))
    }

    let app = || {
        let name = async |Extension(Named(name)): Extension<Named>| name;
        Group::new("")
            .with(BasicAuth::verify(verify))
            .get("/", name)
    };
    assert!(flaws(app()).contains("needs State<Db>; give it with `.state(…)`"));
    let client = Client::new(app().state(Db("open sesame")));
    client
        .get("/")
        .header("authorization", ANN)
        .await
        .has_text("ann");
    client.get("/").header("authorization", ZOE).await.is(401);
    // `broken:x`: a failure of the check says nothing about the password.
    let response = client
        .get("/")
        .header("authorization", "Basic YnJva2VuOng=")
        .await;
    let response = response.is(500);
    assert_eq!(response.header("www-authenticate"), None);
}

#[test]
fn accounts_that_nobody_could_use_are_mistakes() {
    let auth = |name: &'static str, password: &'static str| {
        BasicAuth::accounts([("ann", "open sesame"), (name, password)])
    };
    let none: [(&str, &str); 0] = [];
    for (auth, flaw) in [
        (BasicAuth::accounts(none), "there are no accounts"),
        (auth("", "x"), "has no name"),
        (auth("bob", ""), "has no password"),
        (auth("b:b", "x"), "has a colon"),
        (auth("b\nb", "x"), "has control characters"),
        (auth("ann", "other"), "is there twice"),
        (accounts().realm("Büro"), "write it in ASCII"),
    ] {
        let line = line!() + 1;
        let found = flaws(Group::new("").with(auth).get("/", me));
        assert!(found.contains(flaw), "{found}");
        assert!(found.contains(&format!("auth.rs:{line}")), "{found}");
        assert!(!found.contains("other"), "{found}");
    }
}

#[derive(Clone)]
struct User(&'static str);

async fn verify(token: Token) -> Result<User, Denial> {
    match token.as_str() {
        "ann" => Ok(User("Ann")),
        "reader" => Err(Denial::scope("write admin")),
        "locked" => Err(gin::Error::new(401, "the account is locked").into()),
        "broken" => Err(gin::Error::from(std::io::Error::other("no database")).into()),
        _ => Err(Denial::invalid()),
    }
}

async fn name(Extension(user): Extension<User>) -> &'static str {
    user.0
}

#[tokio::test]
async fn a_token_has_a_user_or_a_reason() {
    let client = Client::new(
        Group::new("")
            .with(bearer(verify).realm("api"))
            .get("/", name),
    );
    for (value, status, challenge) in [
        (Some("Bearer ann"), 200, None),
        (Some("bearer ann"), 200, None),
        (None, 401, Some(r#"Bearer realm="api""#)),
        (Some(ANN), 401, Some(r#"Bearer realm="api""#)),
        (
            Some("Bearer eve"),
            401,
            Some(r#"Bearer realm="api", error="invalid_token""#),
        ),
        (
            Some("Bearer locked"),
            401,
            Some(r#"Bearer realm="api", error="invalid_token""#),
        ),
        (
            Some("Bearer reader"),
            403,
            Some(r#"Bearer realm="api", error="insufficient_scope", scope="write admin""#),
        ),
        (
            Some("Bearer"),
            400,
            Some(r#"Bearer realm="api", error="invalid_request""#),
        ),
        (
            Some("Bearer a b"),
            400,
            Some(r#"Bearer realm="api", error="invalid_request""#),
        ),
        (Some("Bearer broken"), 500, None),
    ] {
        let mut request = client.get("/").header("accept", "application/json");
        if let Some(value) = value {
            request = request.header("authorization", value);
        }
        let response = request.await.is(status);
        assert_eq!(response.header("www-authenticate"), challenge, "{value:?}");
        if status != 200 {
            response.has_header("content-type", "application/problem+json");
        }
    }
}

#[tokio::test]
async fn a_token_elsewhere_than_in_the_header_does_not_count() {
    let client = Client::new(Group::new("").with(bearer(verify)).post("/", name));
    client.post("/?access_token=ann").await.is(401);
    client.post("/").form("access_token=ann").await.is(401);
    let both = client.post("/").header("authorization", "Bearer ann");
    both.await.is(200);
}

#[tokio::test]
async fn an_optional_token_must_still_be_right() {
    let hello = async |user: Option<Extension<User>>| user.map_or("nobody", |user| user.0.0);
    let client = Client::new(
        Group::new("")
            .with(bearer(verify).optional())
            .get("/", hello),
    );
    client.get("/").await.is(200).has_text("nobody");
    client
        .get("/")
        .header("authorization", "Bearer ann")
        .await
        .has_text("Ann");
    client
        .get("/")
        .header("authorization", "Bearer eve")
        .await
        .is(401);
    client
        .get("/")
        .header("authorization", "Bearer")
        .await
        .is(400);
}

#[test]
fn a_handler_that_needs_a_user_needs_the_guard() {
    // A user of one guard is not that of another.
    let found = flaws(Group::new("").with(bearer(verify)).get("/", me));
    assert!(found.contains("needs Extension<BasicUser>"), "{found}");
    let found = flaws(Group::new("").with(accounts()).get("/", name));
    assert!(found.contains("needs Extension<User>"), "{found}");
    assert!(
        Group::new("")
            .with(bearer(verify))
            .get("/", name)
            .build()
            .is_ok()
    );
}

#[tokio::test]
async fn no_secret_is_printed() {
    async fn show(token: Token) -> Option<User> {
        assert_eq!(format!("{token:?}"), "Token");
        Some(User("Ann"))
    }
    let guard = bearer(show);
    assert!(!format!("{guard:?} {:?}", accounts()).contains("sesame"));
    let client = Client::new(Group::new("").with(guard).get("/", name));
    client
        .get("/")
        .header("authorization", "Bearer s3cr3t")
        .await
        .is(200);
}
