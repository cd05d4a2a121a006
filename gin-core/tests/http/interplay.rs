//! Requests that several parts of an app handle together.

use std::collections::BTreeMap;

use gin::extract::Multipart;
use gin::formats::Yaml;
use gin::prelude::*;
use gin::testing::Client;

use crate::wire::Running;

/// A compressed form was read as one with an odd field, and compressed JSON as broken JSON.
#[tokio::test]
async fn a_compressed_body_is_refused_unless_it_is_taken_as_it_is() {
    type Fields = BTreeMap<String, String>;
    async fn first(mut form: Multipart) -> gin::Result<String> {
        Ok(form
            .next()
            .await?
            .map(|_| "field")
            .unwrap_or_default()
            .to_owned())
    }
    let app = Group::new("")
        .post("/form", async |Form(_): Form<Fields>| "form")
        .post("/json", async |Json(_): Json<Fields>| "json")
        .post("/yaml", async |Yaml(_): Yaml<Fields>| "yaml")
        .post("/multipart", first)
        .post("/bytes", async |bytes: Bytes| bytes);
    let client = Client::new(app);
    for (path, content_type) in [
        ("/form", "application/x-www-form-urlencoded"),
        ("/json", "application/json"),
        ("/yaml", "application/yaml"),
        ("/multipart", "multipart/form-data; boundary=b"),
    ] {
        for coding in ["gzip", "identity, br"] {
            let request = client.post(path).header("content-type", content_type);
            let request = request.header("content-encoding", coding);
            let response = request.body("\x1f\u{8b}").await.is(415);
            response.has_header("accept-encoding", "identity");
        }
    }
    let request = client.post("/json").header("content-encoding", "identity");
    request.json(&json!({})).await.is(200);
    let request = client.post("/bytes").header("content-encoding", "gzip");
    request.body("raw").await.is(200).has_text("raw");
}

/// A cache that had the page of an error would send it to an API client.
#[tokio::test]
async fn a_cache_keeps_one_error_for_each_kind_of_client() {
    let own = |_: &mut Context, problem: &Problem| (problem.status(), "own");
    let shaped = Group::new("/own").on_error(own);
    let number = async || gin::response::Negotiate::new(7);
    let client = Client::new(Group::new("").nest(shaped).get("/number", number));
    for accept in ["text/html", "application/json", "text/plain"] {
        let missing = client.get("/none").header("accept", accept).await;
        missing.is(404).has_header("vary", "accept");
    }
    let own = client.get("/own/none").await.is(404);
    assert_eq!(own.header("vary"), None);
    let refused = client.get("/number").header("accept", "image/png").await;
    let refused = refused.is(406);
    let vary: Vec<_> = refused.headers().get_all("vary").iter().collect();
    assert_eq!(vary, ["accept"]);
}

/// Only `application/json` in lower case counted.
#[tokio::test]
async fn a_client_that_sends_any_kind_of_json_gets_problems_as_json() {
    let app = Group::new("").post("/", async |Json(text): Json<String>| text);
    let client = Client::new(app);
    for sent in [
        "application/json",
        "Application/JSON; charset=utf-8",
        "application/vnd.api+json",
    ] {
        let request = client.post("/").header("content-type", sent).body("7");
        let problem = request.await.is(422);
        problem.has_header("content-type", "application/problem+json");
    }
}

/// The body came after the length of nothing, so that a client took it for the next response.
#[tokio::test]
async fn a_response_without_content_has_none_whatever_the_handler_returns() {
    let app = Group::new("").get("/:status", async |Path(status): Path<u16>| {
        (status, [("content-length", "6")], "a body")
    });
    let server = Running::new(app).await;
    for status in [204, 205, 304] {
        let head = format!("GET /{status} HTTP/1.1\r\nhost: a\r\n");
        let twice = format!("{head}\r\n{head}connection: close\r\n\r\n");
        let responses = server.exchange(twice).await;
        assert!(!responses.contains("body"), "{responses}");
        assert_eq!(responses.matches("HTTP/1.1 ").count(), 2, "{responses}");
        if status == 205 {
            assert_eq!(
                responses.matches("content-length: 0").count(),
                2,
                "{responses}"
            );
        }
    }
}

/// The first error of a request found that there were no templates.
#[test]
fn an_error_page_without_templates_is_found_at_the_start() {
    let page = |_: &mut Context, _: &Problem| View::new("error.html", ());
    let by_kind = |_: &std::io::Error| View::new("error.html", ());
    let line = line!() + 1;
    let app = Group::new("").on_error(page).map_error(by_kind);
    let error = app.build().expect_err("no templates").to_string();
    for name in ["on_error of", "map_error of"] {
        let flaw = format!("{name} / ({}:{line}) returns a View;", file!());
        assert!(error.contains(&flaw), "{error}");
    }
    let files = [("error.html", "an error")];
    let app = Group::new("").templates(gin::templates::Templates::embedded(files));
    let replaced = app.nest(Group::new("/in").on_error(page));
    assert!(replaced.build().is_ok());
    let plain = |_: &mut Context, _: &Problem| "an error";
    assert!(
        Group::new("")
            .on_error(page)
            .on_error(plain)
            .build()
            .is_ok()
    );
}
