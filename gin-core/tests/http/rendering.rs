//! The tests of gin's rendering as facts. Each row is one that gin's own tests pin down: here it holds, or is different by intent.
//!
//! | gin | here |
//! |---|---|
//! | `Render(code, r)` | `(status, value)`, for any value that implements `IntoResponse` |
//! | a code of 0 or less keeps the status | a number that is not a status is 500 |
//! | 1xx, 204 and 304 have no body | the same for 204 and 304; a handler cannot send a 1xx |
//! | an error while rendering is recorded | it is 500, and the log has it |
//! | a content type that was set before wins | headers around a value replace its own |
//! | `JSON` escapes `<`, with a charset | `Json` escapes nothing that JSON does not need (it is `PureJSON`); JSON has no charset (RFC 8259 §11) |
//! | `PureJSON` ends with a line feed | `Json` ends with the value |
//! | `IndentedJSON` by 4 spaces | `IndentedJson`, the same |
//! | `SecureJSON`, a prefix before arrays | `SecureJson`, the same |
//! | `AsciiJSON`, invalid beyond U+FFFF | `AsciiJson`, with pairs of surrogates |
//! | `JSONP` by `callback`, escaped | `Jsonp`; a callback that is not a name is 400; the script has `nosniff` |
//! | `XML`, a map is `<map>` | `Xml`, the same |
//! | `YAML`, `TOML`, `ProtoBuf`, `BSON`, `MsgPack` | `Yaml`, `Toml`, `Protobuf`, `Bson`, `MsgPack` |
//! | `PDF` | `cx.data(200, "application/pdf", bytes)` |
//! | `String(code, format, …)` | `cx.string(200, format!(…))` |
//! | `HTML(code, name, data)`, nil without a renderer | `View`; without `Templates` it is a mistake that `Engine::new` reports |
//! | `Redirect`, 201 and 300 to 308, else a panic | `Redirect`, 201, 300 to 303, 307 and 308, else 500 |
//! | `Data` sets the length | `cx.data`, the same |
//! | `DataFromReader(code, len, …)` | `Body::from_reader(reader).with_len(len)` |
//! | `File`, `FileFromFS`, `FileAttachment` | `File`, `Dir::open`, `Attachment`, whose names are those of RFC 8187 |
//! | `SSEvent`, `Stream` | `Sse`, `Body::from_writer` |
//! | `Negotiate`, `NegotiateFormat`, without q-values | `Negotiate`, `cx.accepts`, with them |
//! | without `Accept` the first offer | the same |
//! | no offer fits: 406 | the same, with the list of offers |
//! | no offers: a panic | no offers: 406 |
//! | `Status`, `Header(k, v)`, an empty value deletes | `(status, [(k, v)], value)`; an empty value is one |
//! | two renders send both bodies | a handler returns one response |
//! | `Writer`, `Size`, `Written`, wrappers | a middleware changes the response that `next.run(cx)` returns |
//! | `Hijack` | `cx.upgrade`, `WebSocket` |
//! | `CloseNotify` | the handler's future is dropped when the client leaves |
//! | `Pusher` | left out, as browsers have removed HTTP/2 push |

use std::collections::{BTreeMap, HashMap};

use bytes::Bytes;
use gin::formats::{MsgPack, Toml, Xml, Yaml};
use gin::prelude::*;
use gin::response::{AsciiJson, IndentedJson, Jsonp, Negotiate, SecureJson};
use gin::templates::Templates;
use gin::testing::Client;
use serde::Serialize;

use crate::wire::{Running, status};

/// A client of an app that returns `value`.
fn returns<T: IntoResponse + Clone + Send + Sync + 'static>(value: T) -> Client {
    let app = Group::new("").state(Value(value));
    Client::new(app.get("/", async |State(Value(value)): State<Value<T>>| value))
}

#[derive(Clone)]
struct Value<T>(T);

#[tokio::test]
async fn a_status_around_a_value_is_the_responses() {
    let client = returns((418, Json("tea")));
    client.get("/").await.is(418).has_text("\"tea\"");
    for status in [204, 304] {
        let response = returns((status, "text")).get("/").await;
        response.is(status).has_text("");
    }
    for status in [0, 99, 1000] {
        returns((status, "text")).get("/").await.is(500);
    }
}

#[tokio::test]
async fn a_value_that_cannot_be_serialized_is_a_500_and_in_the_log() {
    let client = returns(Json(HashMap::from([((1, 2), "keys are text")])));
    let response = client.get("/").await.is(500);
    let problem = response.problem().expect("it is a problem");
    assert!(problem.cause().is_some());
}

#[tokio::test]
async fn headers_around_a_value_replace_its_own() {
    let client = returns(([("content-type", "application/hal+json")], Json(7)));
    let response = client.get("/").await.has_text("7");
    response.has_header("content-type", "application/hal+json");
}

#[tokio::test]
async fn json_is_escaped_as_each_kind_needs_it() {
    let value = || json!({ "a": "<é😀>", "b": [1] });
    let cases = [
        (returns(Json(value())), "{\"a\":\"<é😀>\",\"b\":[1]}"),
        (
            returns(IndentedJson(value())),
            "{\n    \"a\": \"<é😀>\",\n    \"b\": [\n        1\n    ]\n}",
        ),
        (
            returns(AsciiJson(value())),
            "{\"a\":\"<\\u00e9\\ud83d\\ude00>\",\"b\":[1]}",
        ),
        (
            returns(SecureJson::new(value())),
            "{\"a\":\"<é😀>\",\"b\":[1]}",
        ),
        (
            returns(Jsonp(value())),
            "{\"a\":\"<\\u00e9\\ud83d\\ude00>\",\"b\":[1]}",
        ),
    ];
    for (client, text) in cases {
        let response = client.get("/").await.is(200).has_text(text);
        response.has_header("content-type", "application/json");
    }
    let list = || SecureJson::new(["a", "b"]);
    returns(list())
        .get("/")
        .await
        .has_text("while(1);[\"a\",\"b\"]");
    let client = returns(list().prefix(")]}',"));
    client.get("/").await.has_text(")]}',[\"a\",\"b\"]");
}

#[tokio::test]
async fn the_other_formats_have_their_media_types() {
    #[derive(Clone, Serialize)]
    struct User {
        name: &'static str,
    }
    let ann = || User { name: "Ann" };
    let map = BTreeMap::from([("name", "Ann")]);
    let cases = [
        (
            returns(Xml(ann())),
            "application/xml; charset=utf-8",
            &b"<User><name>Ann</name></User>"[..],
        ),
        (
            returns(Xml(map)),
            "application/xml; charset=utf-8",
            b"<map><name>Ann</name></map>",
        ),
        (returns(Yaml(ann())), "application/yaml", b"name: Ann\n"),
        (
            returns(Toml(ann())),
            "application/toml",
            b"name = \"Ann\"\n",
        ),
        (
            returns(MsgPack(ann())),
            "application/msgpack",
            b"\x81\xa4name\xa3Ann",
        ),
        (returns("text"), "text/plain; charset=utf-8", b"text"),
        (returns(Html("<p>")), "text/html; charset=utf-8", b"<p>"),
        (
            returns(Bytes::from_static(b"\0")),
            "application/octet-stream",
            b"\0",
        ),
    ];
    for (client, media_type, body) in cases {
        let response = client
            .get("/")
            .await
            .is(200)
            .has_header("content-type", media_type);
        assert_eq!(response.bytes(), body);
    }
}

#[tokio::test]
async fn an_offer_is_chosen_by_quality_and_else_by_its_order() {
    let offers = async || {
        let offers = Negotiate::only("Ann").html(|name| format!("<p>{name}"));
        offers
            .text(ToOwned::to_owned)
            .offer("application/json", Json)
    };
    let nothing = async || Negotiate::only("Ann");
    let app = Group::new("").get("/", offers).get("/nothing", nothing);
    let client = Client::new(app);
    client.get("/").await.has_text("<p>Ann");
    for (accept, text) in [
        ("*/*", "<p>Ann"),
        ("text/plain", "Ann"),
        ("text/plain;q=0.3, application/json;q=0.7", "\"Ann\""),
        ("text/plain, application/json", "Ann"),
        ("application/*", "\"Ann\""),
    ] {
        client
            .get("/")
            .header("accept", accept)
            .await
            .is(200)
            .has_text(text);
    }
    let response = client.get("/").header("accept", "image/png").await.is(406);
    response.contains("text/html, text/plain, application/json");
    client.get("/nothing").await.is(406);
}

#[tokio::test]
async fn a_view_is_an_offer_beside_json() {
    let show = async || {
        Negotiate::new("Ann").offer("text/html", |name| {
            View::new("show.html", context! { name })
        })
    };
    let templates = Templates::embedded([("show.html", "<p>{{ name }}")]);
    let app = Group::new("").templates(templates).get("/", show);
    let client = Client::new(app);
    client.get("/").await.has_json(json!("Ann"));
    let page = client.get("/").header("accept", "text/html").await.is(200);
    let page = page
        .has_text("<p>Ann")
        .has_header("content-type", "text/html; charset=utf-8");
    page.has_header("vary", "accept");
}

#[tokio::test]
async fn a_middleware_changes_the_response_that_the_handler_returned() {
    async fn shout(cx: &mut Context, next: Next<'_>) -> gin::Result<Response> {
        let response = next.run(cx).await;
        let body = response.into_body().collect_bytes(100).await?;
        Ok((202, String::from_utf8_lossy(&body).to_uppercase()).into_response())
    }
    let app = Group::new("").with(shout).get("/", async || "hello");
    Client::new(app).get("/").await.is(202).has_text("HELLO");
}

#[tokio::test]
async fn a_line_feed_in_a_header_never_reaches_a_socket() {
    const FORGED: &str = "/x\r\nset-cookie: admin=1\r\n\r\n<script>";
    let app = Group::new("")
        .get("/header", async || ([("x-name", FORGED)], "body"))
        .get("/redirect", async || Redirect::to(FORGED))
        .get("/data", async |cx: &mut Context| {
            cx.data(200, FORGED, "body")
        })
        .get("/jsonp", async || Jsonp(7))
        .get("/problem", async || {
            Problem::new(400).detail(FORGED).with("x", FORGED)
        });
    let server = Running::new(app).await;
    for (target, expected) in [
        ("/header", "500"),
        ("/redirect", "500"),
        ("/data", "500"),
        ("/jsonp?callback=f%0d%0aset-cookie:admin=1", "400"),
        ("/problem", "400"),
    ] {
        let response = server.get(target).await;
        assert_eq!(status(&response), expected, "{response}");
        let (head, body) = response.split_once("\r\n\r\n").expect("a head has an end");
        assert!(
            !head.to_ascii_lowercase().contains("set-cookie"),
            "{response}"
        );
        assert!(expected == "400" || !body.contains("script"), "{response}");
    }
    server.ended().await;
}

#[tokio::test]
async fn a_handler_cannot_send_an_informational_status() {
    let app = Group::new("").get("/:status", async |Path(status): Path<u16>| (status, "body"));
    let server = Running::new(app).await;
    for informational in [100, 101, 102, 103, 199] {
        let response = server.get(&format!("/{informational}")).await;
        assert_eq!(status(&response), "500", "{response}");
    }
    server.ended().await;
}
