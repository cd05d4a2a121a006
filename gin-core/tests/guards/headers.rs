//! Headers that make browsers stricter.

use std::time::Duration;

use gin::middleware::{Csp, SecurityHeaders};
use gin::prelude::*;
use gin::templates::Templates;
use gin::testing::{Client, TestResponse};

use crate::{flaws, over_https};

const DEFAULTS: [(&str, &str); 6] = [
    (
        "content-security-policy",
        "base-uri 'self'; frame-ancestors 'self'; object-src 'none'",
    ),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("referrer-policy", "strict-origin-when-cross-origin"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "SAMEORIGIN"),
];

async fn broken() -> &'static str {
    panic!("the handler is broken")
}

#[tokio::test]
async fn every_response_has_them() {
    let app = Group::new("")
        .with(Recovery::new())
        .with(SecurityHeaders::new());
    let app = app.get("/", async || "hello").get("/broken", broken);
    let app = app.get("/problem", async || Problem::new(422));
    let client = Client::new(app);
    for (path, status) in [
        ("/", 200),
        ("/broken", 500),
        ("/problem", 422),
        ("/nowhere", 404),
    ] {
        let response = client.get(path).await.is(status);
        for (name, value) in DEFAULTS {
            assert_eq!(response.header(name), Some(value), "{name} of {path}");
        }
        assert_eq!(response.header("strict-transport-security"), None);
    }
    client
        .post("/")
        .await
        .is(405)
        .has_header("x-content-type-options", "nosniff");
}

#[tokio::test]
async fn a_handlers_own_header_stays() {
    let own = async || {
        let policy = ("content-security-policy", "default-src 'none'");
        ([policy, ("x-frame-options", "DENY")], "own")
    };
    let client = Client::new(Group::new("").with(SecurityHeaders::new()).get("/", own));
    let response = client.get("/").await;
    response
        .has_header("content-security-policy", "default-src 'none'")
        .has_header("x-frame-options", "DENY")
        .has_header("x-content-type-options", "nosniff");
}

#[tokio::test]
async fn https_is_required_only_where_it_was_used() {
    let year = Duration::from_secs(31_536_000);
    for (headers, expected) in [
        (SecurityHeaders::new(), Some("max-age=31536000")),
        (
            SecurityHeaders::new().hsts(Duration::ZERO),
            Some("max-age=0"),
        ),
        (
            SecurityHeaders::new().hsts_with_subdomains(year),
            Some("max-age=31536000; includeSubDomains"),
        ),
        (
            SecurityHeaders::new().without(HeaderName::from_static("strict-transport-security")),
            None,
        ),
    ] {
        let client = over_https(Group::new("").with(headers).get("/", async || "hello"));
        let response = client.get("/").header("x-forwarded-proto", "https").await;
        assert_eq!(response.header("strict-transport-security"), expected);
        let response = client.get("/").await;
        assert_eq!(response.header("strict-transport-security"), None);
    }
}

#[tokio::test]
async fn frame_options_agree_with_the_policy() {
    for (policy, expected) in [
        (Csp::new(), Some("SAMEORIGIN")),
        (Csp::new().without("frame-ancestors"), Some("SAMEORIGIN")),
        (Csp::new().frame_ancestors(["'none'"]), Some("DENY")),
        (Csp::new().frame_ancestors(["https://a.example"]), None),
    ] {
        let app = Group::new("").with(SecurityHeaders::new().csp(policy));
        let response = Client::new(app.get("/", async || "hello")).get("/").await;
        assert_eq!(response.header("x-frame-options"), expected);
    }
}

#[tokio::test]
async fn the_innermost_of_nested_groups_counts() {
    let frames = SecurityHeaders::new().csp(Csp::new().frame_ancestors(["https://a.example"]));
    let inner = Group::new("/widget")
        .with(frames)
        .get("/", async || "widget");
    let app = Group::new("")
        .with(SecurityHeaders::new())
        .nest(inner)
        .get("/", async || "hello");
    let client = Client::new(app);
    let widget = client.get("/widget/").await;
    let policy = widget.header("content-security-policy").unwrap_or_default();
    assert!(
        policy.contains("frame-ancestors https://a.example"),
        "{policy}"
    );
    assert_eq!(widget.header("x-frame-options"), None);
    client
        .get("/")
        .await
        .has_header("x-frame-options", "SAMEORIGIN");
}

fn nonce_of(response: &TestResponse) -> String {
    let policy = response
        .header("content-security-policy")
        .unwrap_or_default();
    let nonce = policy
        .split("'nonce-")
        .nth(1)
        .and_then(|rest| rest.split('\'').next());
    nonce
        .unwrap_or_else(|| panic!("no nonce in {policy:?}"))
        .to_owned()
}

#[tokio::test]
async fn a_nonce_is_in_the_page_and_in_the_policy_and_never_the_same() {
    let templates = Templates::embedded([("a.html", r#"<script nonce="{{ nonce() }}"></script>"#)]);
    let app = Group::new("").with(SecurityHeaders::new().csp(Csp::strict()));
    let app = app
        .templates(templates)
        .get("/", async || View::new("a.html", ()));
    let client = Client::new(app);
    let (first, second) = (client.get("/").await, client.get("/").await);
    for response in [&first, &second] {
        let nonce = nonce_of(response);
        assert!(nonce.len() >= 22, "{nonce}");
        assert_eq!(
            response.text(),
            format!("<script nonce=\"{nonce}\"></script>")
        );
    }
    assert_ne!(nonce_of(&first), nonce_of(&second));
}

#[tokio::test]
async fn a_policy_without_a_nonce_makes_none() {
    let show = async |cx: &mut Context| cx.nonce().unwrap_or("none").to_owned();
    let client = Client::new(Group::new("").with(SecurityHeaders::new()).get("/", show));
    client.get("/").await.has_text("none");
}

#[tokio::test]
async fn a_policy_is_tried_out_beside_the_one_that_counts() {
    let headers = SecurityHeaders::new().csp_report_only(Csp::new());
    let client = Client::new(Group::new("").with(headers).get("/", async || "hello"));
    let response = client.get("/").await;
    response
        .has_header(DEFAULTS[0].0, DEFAULTS[0].1)
        .has_header(
            "content-security-policy-report-only",
            "default-src 'self'; base-uri 'self'; frame-ancestors 'self'; object-src 'none'",
        );
}

#[test]
fn a_policy_that_browsers_would_misread_is_a_mistake() {
    for (source, flaw) in [
        ("self", "the keyword has quotes: \"'self'\""),
        ("a.example; script-src *", "without `;` and `,`"),
    ] {
        let headers = SecurityHeaders::new().csp(Csp::new().img_src([source]));
        let found = flaws(Group::new("").with(headers));
        assert!(
            found.contains(flaw) && found.contains("headers.rs:"),
            "{found}"
        );
    }
}
