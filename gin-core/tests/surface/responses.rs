//! Responses of every shape that a handler may return, and the shape of problems by `Accept`.

use std::collections::BTreeMap;

use gin::prelude::*;
use gin::response::{AppendHeaders, Jsonp, Negotiate, from_context};
use gin::testing::Client;

#[tokio::test]
async fn a_status_is_a_number_too() {
    let app = Group::new("")
        .get("/alone", async || 204)
        .get("/text", async || (404, "nothing here"))
        .get("/headers", async || {
            (201, [("location", "/users/7")], "made")
        })
        .get("/result", async || -> Result<&str, (u16, &str)> {
            Err((409, "taken"))
        })
        .get("/wrong", async || (1000, "no status"));
    let client = Client::new(app);
    client.get("/alone").await.is(204).has_text("");
    client.get("/text").await.is(404).has_text("nothing here");
    let made = client.get("/headers").await.is(201).has_text("made");
    made.has_header("location", "/users/7");
    client.get("/result").await.is(409).has_text("taken");
    client.get("/wrong").await.is(500);
}

#[tokio::test]
async fn a_header_with_a_line_feed_is_a_500_and_never_sent() {
    const FORGED: &str = "/x\r\nset-cookie: admin=1";
    let app = Group::new("")
        .get("/array", async || ([("x-name", FORGED)], "body"))
        .get("/name", async || ([("x-name\r\nx", "value")], "body"))
        .get("/append", async || {
            (AppendHeaders([("x-name", FORGED)]), "body")
        })
        .get("/redirect", async || Redirect::to(FORGED))
        .get("/data", async |cx: &mut Context| {
            cx.data(200, FORGED, "body")
        });
    let client = Client::new(app);
    for path in ["/array", "/name", "/append", "/redirect", "/data"] {
        let response = client
            .get(path)
            .await
            .is(500)
            .has_text("500 Internal Server Error\n");
        let cause = response.problem().and_then(Problem::cause);
        assert!(cause.is_some(), "{path}: the log has the reason");
        assert!(response.header("set-cookie").is_none());
    }
}

#[tokio::test]
async fn appended_headers_stand_beside_those_that_are_there() {
    let app = Group::new("")
        .get("/append", async || {
            (
                AppendHeaders([("x-a", "2"), ("x-a", "3")]),
                ([("x-a", "1")], "body"),
            )
        })
        .get("/replace", async || {
            ([("x-a", "4")], (AppendHeaders([("x-a", "2")]), "body"))
        })
        .get("/status", async || {
            (StatusCode::CREATED, (AppendHeaders([("x-a", "2")]), "body"))
        });
    let client = Client::new(app);
    for (path, status, expected) in [
        ("/append", 200, &["1", "2", "3"][..]),
        ("/replace", 200, &["4"]),
        ("/status", 201, &["2"]),
    ] {
        let response = client.get(path).await.is(status).has_text("body");
        let values = response.headers().get_all("x-a").iter();
        assert!(values.eq(expected.iter()), "{path}: {response:?}");
    }
}

#[tokio::test]
async fn headers_around_a_deferred_response_count_as_around_a_made_one() {
    fn made() -> impl IntoResponse + 'static {
        (AppendHeaders([("x-a", "1"), ("x-a", "2")]), "body")
    }
    fn deferred() -> impl IntoResponse + 'static {
        from_context(|_| from_context(|_| made()))
    }
    type Around = fn(Response) -> Response;
    let arounds: [(Around, &[&str]); 6] = [
        (
            |inner| (AppendHeaders([("x-a", "3"), ("x-a", "4")]), inner).into_response(),
            &["1", "2", "3", "4"],
        ),
        (|inner| ([("x-a", "3")], inner).into_response(), &["3"]),
        (
            |inner| {
                let replaced = ([("x-a", "3"), ("x-a", "4")], inner);
                (AppendHeaders([("x-a", "5")]), replaced).into_response()
            },
            &["3", "4", "5"],
        ),
        (
            |inner| {
                let appended = (AppendHeaders([("x-a", "3")]), inner);
                ([("x-a", "4")], appended).into_response()
            },
            &["4"],
        ),
        (
            |inner| {
                let appended = (AppendHeaders([("x-a", "3")]), inner);
                (201, AppendHeaders([("x-a", "4")]), appended).into_response()
            },
            &["1", "2", "3", "4"],
        ),
        (
            |inner| from_context(|_| (AppendHeaders([("x-a", "3")]), inner)).into_response(),
            &["1", "2", "3"],
        ),
    ];
    for (number, (around, expected)) in arounds.into_iter().enumerate() {
        let app = Group::new("")
            .get(
                "/made",
                move || async move { around(made().into_response()) },
            )
            .get("/deferred", move || async move {
                around(deferred().into_response())
            });
        let client = Client::new(app);
        for path in ["/made", "/deferred"] {
            let response = client.get(path).await.has_text("body");
            let values = response.headers().get_all("x-a").iter();
            assert!(values.eq(expected.iter()), "{number} {path}: {response:?}");
        }
    }
}

#[tokio::test]
async fn a_redirect_has_a_status_that_clients_follow_and_a_location_in_ascii() {
    let app = Group::new("")
        .get("/to/:status", async |Path(status): Path<u16>| {
            Redirect::with(status, "/there")
        })
        .get("/city", async || Redirect::to("/Zürich/a b?q=%20ü\\"));
    let client = Client::new(app);
    for status in [201, 300, 301, 302, 303, 307, 308] {
        let response = client.get(&format!("/to/{status}")).await;
        response.is(status).has_header("location", "/there");
    }
    for status in [200, 204, 304, 305, 306, 309, 400, 1000] {
        client.get(&format!("/to/{status}")).await.is(500);
    }
    let response = client.get("/city").await.is(303);
    response.has_header("location", "/Z%C3%BCrich/a%20b?q=%20%C3%BC%5C");
}

#[tokio::test]
async fn a_problem_has_the_shape_that_the_client_prefers() {
    const API: &str = "application/problem+json";
    const PAGE: &str = "text/html; charset=utf-8";
    const TEXT: &str = "text/plain; charset=utf-8";
    let client = Client::new(Group::new(""));
    for (accept, shape) in [
        ("*/*", TEXT),
        (
            "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            PAGE,
        ),
        ("application/json, text/plain, */*", API),
        ("text/html;q=0.1, application/json;q=0.9", API),
        ("application/json;q=0.1, text/html;q=0.9", PAGE),
        ("text/html;q=0, application/json;q=0, */*", TEXT),
        ("application/vnd.api+json", API),
        ("application/problem+json;q=0.5, text/html;q=0.4", API),
        ("application/*", API),
        ("text/*", TEXT),
        ("image/png", TEXT),
        ("APPLICATION/JSON", API),
    ] {
        let response = client
            .get("/nowhere")
            .header("accept", accept)
            .await
            .is(404);
        assert_eq!(response.header("content-type"), Some(shape), "{accept}");
    }
    let response = client
        .post("/nowhere")
        .json(&json!({}))
        .header("accept", "*/*")
        .await;
    response.has_header("content-type", API);
}

#[tokio::test]
async fn a_value_is_sent_as_the_client_accepts_it_with_the_status_and_headers_around_it() {
    let show = async || {
        let value =
            Negotiate::new(json!({ "id": 7 })).html(|value| format!("<b>{}</b>", value["id"]));
        (
            201,
            [("x-made", "yes")],
            value.offer("text/csv", |value| format!("id\n{}\n", value["id"])),
        )
    };
    let client = Client::new(Group::new("").get("/", show));
    let html = client
        .get("/")
        .header("accept", "text/*")
        .await
        .is(201)
        .has_text("<b>7</b>");
    html.has_header("content-type", "text/html; charset=utf-8")
        .has_header("x-made", "yes");
    let csv = client
        .get("/")
        .header("accept", "text/html;q=0, text/*")
        .await
        .is(201);
    csv.has_header("content-type", "text/csv; charset=utf-8")
        .has_header("vary", "accept");
    let refused = client
        .get("/")
        .header("accept", "image/png, application/json;q=0")
        .await
        .is(406);
    refused
        .contains("text/html, text/csv")
        .has_header("vary", "accept");
}

#[tokio::test]
async fn a_value_is_negotiated_among_the_formats_that_are_compiled_in() {
    let client = Client::new(Group::new("").get("/", async |cx: &mut Context| {
        cx.negotiate(203, BTreeMap::from([("id", 7)]))
    }));
    for (accept, content_type, body) in [
        ("*/*", "application/json", &b"{\"id\":7}"[..]),
        (
            "application/xml",
            "application/xml; charset=utf-8",
            b"<map><id>7</id></map>",
        ),
        ("application/yaml", "application/yaml", b"id: 7\n"),
        (
            "application/toml, */*;q=0.5",
            "application/toml",
            b"id = 7\n",
        ),
        (
            "application/msgpack",
            "application/msgpack",
            b"\x81\xa2id\x07",
        ),
        ("application/cbor", "application/cbor", b"\xa1bid\x07"),
        (
            "application/bson",
            "application/bson",
            b"\x0d\0\0\0\x10id\0\x07\0\0\0\0",
        ),
    ] {
        let response = client.get("/").header("accept", accept).await.is(203);
        let response = response
            .has_header("content-type", content_type)
            .has_header("vary", "accept");
        assert_eq!(response.bytes(), body, "{accept}");
    }
    let refused = client.get("/").header("accept", "text/csv").await.is(406);
    refused.contains("application/json, application/xml, application/yaml");
}

#[tokio::test]
async fn only_a_name_comes_back_as_a_jsonp_callback() {
    let client = Client::new(Group::new("").get("/", async || Jsonp(json!("\u{2028}</script>"))));
    let call = client.get("/?callback=a.b%5B0%5D").await.is(200);
    call.has_text("/**/a.b[0](\"\\u2028</script>\");")
        .has_header("x-content-type-options", "nosniff");
    for callback in ["alert(1)", "%3Cscript%3E", "a;b", "%0Aa", "a%00", "x=1"] {
        let response = client.get(&format!("/?callback={callback}")).await.is(400);
        let problem = response.problem().expect("it is a problem");
        assert_eq!(problem.fields().len(), 1, "{callback}");
    }
}
