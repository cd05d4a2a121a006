//! Methods that HTML forms cannot send.

use gin::middleware::{Csrf, MethodOverride};
use gin::prelude::*;
use gin::testing::Client;

use crate::flaws;

fn app() -> Group {
    let show = async |cx: &mut Context, Form(form): Form<Vec<(String, String)>>| {
        format!("{} {}", cx.method(), form.len())
    };
    let group = Group::new("").method_override(MethodOverride::new());
    let group = group
        .post("/", show)
        .put("/", show)
        .patch("/", show)
        .delete("/", show);
    group
        .get("/", async || "page")
        .post("/json", async |cx: &mut Context| cx.method().to_string())
}

#[tokio::test]
async fn a_form_and_a_header_name_the_method() {
    let client = Client::new(app());
    for method in ["PUT", "PATCH", "DELETE", "POST", "put"] {
        let expected = method.to_ascii_uppercase();
        let form = format!("a=1&_method={method}");
        client
            .post("/")
            .form(form)
            .await
            .is(200)
            .has_text(&format!("{expected} 2"));
        let request = client
            .post("/")
            .form("a=1")
            .header("x-http-method-override", method);
        request.await.is(200).has_text(&format!("{expected} 1"));
    }
    client.post("/").form("a=1").await.has_text("POST 1");
}

#[tokio::test]
async fn no_other_method_can_be_named() {
    let client = Client::new(app().get("/json", async || "read"));
    for method in [
        "GET", "HEAD", "OPTIONS", "CONNECT", "TRACE", "", "PUT,GET", "X",
    ] {
        client
            .post("/")
            .form(format!("_method={method}"))
            .await
            .is(400);
        let request = client.post("/").header("x-http-method-override", method);
        request.await.is(400);
    }
}

#[tokio::test]
async fn only_post_requests_stand_for_others() {
    let client = Client::new(app());
    client
        .get("/")
        .header("x-http-method-override", "DELETE")
        .await
        .has_text("page");
    client.get("/?_method=DELETE").await.has_text("page");
    client
        .post("/?_method=DELETE")
        .form("a=1")
        .await
        .has_text("POST 1");
    let put = client
        .put("/")
        .form("a=1")
        .header("x-http-method-override", "DELETE");
    put.await.has_text("PUT 1");
}

#[tokio::test]
async fn another_body_is_not_looked_into() {
    let client = Client::new(app());
    client
        .post("/json")
        .json(&json!({ "_method": "DELETE" }))
        .await
        .has_text("POST");
    client
        .post("/json")
        .body("_method=DELETE")
        .await
        .has_text("POST");
    let multipart = client
        .post("/json")
        .multipart(|form| form.text("_method", "DELETE"));
    multipart.await.has_text("POST");
}

#[tokio::test]
async fn a_form_of_another_site_deletes_nothing() {
    let client = Client::new(app());
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "http://evil.test"),
        ("origin", "null"),
        ("referer", "http://evil.test/"),
        // An old browser, which does not show where its form is from.
        ("cookie", "id=7"),
    ] {
        let request = client.post("/").form("_method=DELETE").header(name, value);
        request.await.is(403);
        // Without the field it is the POST that the page could always send.
        client
            .post("/")
            .form("a=1")
            .header(name, value)
            .await
            .is(200);
    }
    for (name, value) in [
        ("sec-fetch-site", "same-origin"),
        ("origin", "http://localhost"),
    ] {
        let request = client.post("/").form("_method=DELETE").header(name, value);
        request
            .header("cookie", "id=7")
            .await
            .is(200)
            .has_text("DELETE 1");
    }
}

#[tokio::test]
async fn a_header_of_another_site_needs_the_same() {
    let client = Client::new(app());
    let request = || {
        client
            .post("/")
            .form("a=1")
            .header("x-http-method-override", "DELETE")
    };
    request().header("origin", "http://evil.test").await.is(403);
    // A page of another site cannot set the header without permission, so this is a program.
    request()
        .header("cookie", "id=7")
        .await
        .is(200)
        .has_text("DELETE 1");
}

#[tokio::test]
async fn the_guard_against_forged_requests_sees_the_method() {
    let client = Client::new(app().with(Csrf::new()));
    let request = || {
        client
            .post("/")
            .form("_method=DELETE")
            .header("cookie", "id=7")
    };
    request().await.is(403);
    request()
        .header("sec-fetch-site", "same-origin")
        .await
        .has_text("DELETE 1");
}

#[tokio::test]
async fn a_form_beyond_the_limit_keeps_the_limit_of_its_route() {
    let large = Group::new("/large")
        .body_limit(1000)
        .post("/", async |text: String| text.len().to_string());
    let app = Group::new("")
        .method_override(MethodOverride::new())
        .body_limit(10)
        .nest(large);
    let client = Client::new(app);
    let form = format!("_method=DELETE&a={}", "x".repeat(100));
    client
        .post("/large/")
        .form(form)
        .await
        .is(200)
        .has_text("117");
}

#[test]
fn it_is_a_setting_of_the_outermost_group() {
    let inner = Group::new("/api").method_override(MethodOverride::new());
    let found = flaws(Group::new("").nest(inner));
    assert!(found.contains("method_override.rs:"), "{found}");
    assert!(found.contains("set it on the outermost group"), "{found}");
}
