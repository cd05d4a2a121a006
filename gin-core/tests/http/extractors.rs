//! Extractors: from a request to the arguments of a handler.

use std::collections::BTreeMap;

use gin::extract::{Header, Severity};
use gin::prelude::*;
use gin::testing::Client;
use serde::{Deserialize, Serialize};

use crate::formats::post;
use crate::wire::{Running, status};

#[derive(Debug, Serialize, Deserialize)]
struct Page {
    #[serde(default)]
    number: u32,
    #[serde(default)]
    tag: Vec<String>,
    order: Option<Order>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Order {
    Up,
    Down,
}

#[tokio::test]
async fn a_query_becomes_a_struct() {
    let client = Client::new(Group::new("").get("/", async |Query(page): Query<Page>| Json(page)));
    client
        .get("/?number=2&tag=a&tag=b+c&order=up")
        .await
        .has_json(json!({ "number": 2, "tag": ["a", "b c"], "order": "up" }));
    client
        .get("/")
        .await
        .has_json(json!({ "number": 0, "tag": [], "order": null }));
    client.get("/?order=").await.is(200);
    let problem = client
        .get("/?number=x")
        .header("accept", "application/json")
        .await
        .is(400);
    assert_eq!(
        problem.json::<BTreeMap<String, serde_json::Value>>()["errors"][0]["path"],
        "number"
    );
    client.get("/?order=left").await.is(400).contains("order");
}

#[tokio::test]
async fn a_path_becomes_a_value_a_tuple_or_a_struct() {
    #[derive(Deserialize)]
    struct Comment {
        post: u32,
        id: u8,
    }
    let app = Group::new("")
        .get("/one/:id", async |Path(id): Path<u32>| id.to_string())
        .get("/two/:a/:b", async |Path((a, b)): Path<(String, i8)>| {
            format!("{a} {b}")
        })
        .get("/posts/:post/:id", async |Path(comment): Path<Comment>| {
            format!("{} {}", comment.post, comment.id)
        });
    let client = Client::new(app);
    client.get("/one/7").await.is(200).has_text("7");
    client.get("/one/x").await.is(404).contains("id");
    client.get("/two/a%20b/-3").await.is(200).has_text("a b -3");
    client.get("/posts/1/2").await.is(200).has_text("1 2");
    client.get("/posts/1/256").await.is(404);
}

#[derive(Debug, Serialize, Deserialize)]
struct User {
    name: String,
    age: Option<u8>,
}

#[tokio::test]
async fn a_body_becomes_json_a_form_text_or_bytes() {
    let app = Group::new("")
        .post("/json", async |Json(user): Json<User>| Json(user))
        .post("/form", async |Form(user): Form<User>| Json(user))
        .post("/text", async |text: String| text)
        .post("/bytes", async |bytes: Bytes| bytes.len().to_string());
    let client = Client::new(app);
    let ann = json!({ "name": "Ann", "age": 7 });
    client
        .post("/json")
        .json(&ann)
        .await
        .is(200)
        .has_json(ann.clone());
    client
        .post("/json")
        .body("{}")
        .await
        .is(415)
        .contains("application/json");
    client
        .post("/json")
        .header("content-type", "application/json")
        .body("{")
        .await
        .is(400);
    client
        .post("/form")
        .form("name=Ann&age=7")
        .await
        .is(200)
        .has_json(ann);
    client
        .post("/form")
        .form("age=7")
        .await
        .is(422)
        .contains("name: is missing");
    client
        .post("/text")
        .body("café")
        .await
        .is(200)
        .has_text("café");
    client.post("/text").body(&b"\xff"[..]).await.is(400);
    client
        .post("/bytes")
        .body(&b"\xff\xfe"[..])
        .await
        .is(200)
        .has_text("2");
}

#[tokio::test]
async fn a_body_can_be_read_again() {
    async fn peek(cx: &mut Context, next: Next<'_>) -> gin::Result<Response> {
        let bytes = cx.bytes().await?;
        cx.set(bytes.len());
        Ok(next.run(cx).await)
    }
    let handler = async |first: String, second: Bytes| format!("{first} {}", second.len());
    Client::new(Group::new("").with(peek).post("/", handler))
        .post("/")
        .body("abc")
        .await
        .has_text("abc 3");
}

#[tokio::test]
async fn the_body_limit_of_the_nearest_group_applies() {
    let length = async |bytes: Bytes| bytes.len().to_string();
    let big = Group::new("/big").body_limit(4 << 20).post("/", length);
    let client = Client::new(Group::new("").post("/", length).nest(big));
    client.post("/").body(vec![0; 2 << 20]).await.is(200);
    client
        .post("/")
        .body(vec![0; (2 << 20) + 1])
        .await
        .is(413)
        .contains("the body is larger than 2097152 bytes");
    client.post("/big/").body(vec![0; 3 << 20]).await.is(200);
}

struct Token(String);

impl FromContext for Token {
    type Rejection = StatusCode;

    async fn from_context(cx: &mut Context) -> Result<Token, StatusCode> {
        let token = cx.header("x-token").ok_or(StatusCode::UNAUTHORIZED)?;
        Ok(Token(token.to_owned()))
    }
}

#[tokio::test]
async fn option_takes_an_absent_value_and_result_an_invalid_one() {
    let app = Group::new("")
        .get("/token", async |token: Option<Token>| {
            token.map_or_else(|| "none".to_owned(), |token| token.0)
        })
        .post("/option", async |user: Option<Json<User>>| {
            user.is_some().to_string()
        })
        .post(
            "/result",
            async |user: Result<Json<User>, Rejection>| match user {
                Ok(_) => "ok",
                Err(rejection) if rejection.severity() == Severity::Invalid => "invalid",
                Err(_) => "absent",
            },
        );
    let client = Client::new(app);
    client.get("/token").await.has_text("none");
    client
        .get("/token")
        .header("x-token", "t")
        .await
        .has_text("t");
    client.post("/option").await.has_text("false");
    client
        .post("/option")
        .json(&json!({ "name": "Ann" }))
        .await
        .has_text("true");
    client.post("/option").json(&json!({})).await.is(422);
    client
        .post("/result")
        .json(&json!({}))
        .await
        .has_text("invalid");
    client.post("/result").await.has_text("absent");
}

#[tokio::test]
async fn an_optional_path_is_none_only_without_params() {
    let show = async |id: Option<Path<u32>>| id.map_or(0, |Path(id)| id).to_string();
    let client = Client::new(Group::new("").get("/all", show).get("/users/:id", show));
    client.get("/all").await.has_text("0");
    client.get("/users/7").await.has_text("7");
    client.get("/users/x").await.is(404);
    client.get("/users/%ff").await.is(400);
}

#[derive(Debug, Deserialize)]
struct Basket {
    #[serde(rename = "items")]
    _items: Vec<Item>,
}

#[derive(Debug, Deserialize)]
struct Item {
    #[serde(rename = "name")]
    _name: String,
    #[serde(rename = "count")]
    _count: u8,
}

#[tokio::test]
async fn json_that_does_not_fit_is_described_by_its_path() {
    let app = Group::new("").post("/", async |Json(_): Json<Basket>| "");
    let server = Running::new(app).await;
    let cases = [
        (
            r#"{"items": [{"name": "a", "count": 1}, {"name": 7, "count": 1}]}"#,
            422,
            "items[1].name: invalid type: integer `7`, expected a string at line 1 column 48",
        ),
        (
            r#"{"items": [{"count": 1}]}"#,
            422,
            "items[0].name: is missing",
        ),
        (
            "{\n  \"items\": [\n    {\"name\": \"}\\\"]\", \"count\": 300}]}",
            422,
            "items[0].count: invalid value",
        ),
        (r#"{"items": 7}"#, 422, "items: invalid type"),
        ("{}", 422, "items: is missing"),
        ("\u{feff}{}", 422, "items: is missing"),
        (
            "7",
            422,
            "invalid type: integer `7`, expected an object at line 1",
        ),
        (r#"{"items": ["#, 400, "not JSON"),
        ("", 400, "not JSON"),
        (
            "\u{feff}\u{feff}{}",
            400,
            "not JSON: expected value at line 1 column 1",
        ),
        (
            r#"{"items": [{"name": "\ud800", "count": 1}]}"#,
            400,
            "items[0].name: ",
        ),
        (
            r#"{"items": [{"name": "a", "count": 1e400}]}"#,
            400,
            "items[0].count: number out of range",
        ),
        (
            r#"{"items": [{"name": "a", "count": -0}]}"#,
            422,
            "items[0].count: invalid type",
        ),
        (
            r#"{"items": [{"name": "a", "count": 18446744073709551616}]}"#,
            422,
            "items[0].count: invalid type",
        ),
        (
            r#"{"items": [], "items": []}"#,
            422,
            "duplicate field `items`",
        ),
    ];
    let headers = "content-type: application/json\r\naccept: text/plain\r\n";
    for (json, expected, said) in cases {
        let response = post(&server, "/", headers, json.as_bytes()).await;
        assert_eq!(status(&response), expected.to_string(), "{json}");
        assert!(response.contains(said), "{json}: {response}");
    }
    let deep = "[".repeat(100_000);
    let response = post(&server, "/", headers, deep.as_bytes()).await;
    assert_eq!(status(&response), "400");
}

#[tokio::test]
async fn bind_chooses_by_method_and_content_type() {
    let bind = async |cx: &mut Context| match cx.bind::<User>().await {
        Ok(user) => cx.json(200, user),
        Err(rejection) => rejection.into_response(),
    };
    let client = Client::new(Group::new("").get("/", bind).post("/", bind));
    let ann = json!({ "name": "Ann", "age": 7 });
    client.get("/?name=Ann&age=7").await.has_json(ann.clone());
    client.post("/").json(&ann).await.has_json(ann.clone());
    client.post("/").form("name=Ann&age=7").await.has_json(ann);
    client
        .post("/")
        .header("content-type", "text/csv")
        .body("a,b")
        .await
        .is(415);
}

#[tokio::test]
async fn headers_and_cookies_are_read_by_name() {
    #[derive(Deserialize)]
    struct Caller {
        user_agent: String,
        x_retry: Option<u8>,
    }
    let app = Group::new("")
        .get("/", async |Header(caller): Header<Caller>| {
            format!("{} {:?}", caller.user_agent, caller.x_retry)
        })
        .get("/cookies", async |cookies: Cookies| {
            cookies.get("b").unwrap_or_default()
        });
    let client = Client::new(app);
    client
        .get("/")
        .header("user-agent", "test")
        .header("x-retry", "2")
        .await
        .has_text("test Some(2)");
    client
        .get("/")
        .await
        .is(400)
        .contains("user_agent: is missing");
    client
        .get("/cookies")
        .header("cookie", "a=1; b=2")
        .header("cookie", "c=3")
        .await
        .has_text("2");
}
