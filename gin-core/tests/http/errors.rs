//! One shape for all that goes wrong.

use gin::{prelude::*, testing::Client};

async fn fail() -> gin::Result<String> {
    Ok(std::fs::read_to_string("/no/such/secret/file")?)
}

#[tokio::test]
async fn the_shape_depends_on_who_asks() {
    let client = Client::new(Group::new(""));
    client
        .get("/none")
        .header("accept", "application/json")
        .await
        .is(404)
        .has_header("content-type", "application/problem+json")
        .has_json(json!({ "title": "Not Found", "status": 404 }));
    client
        .get("/none")
        .header("accept", "text/html,application/xhtml+xml,*/*;q=0.8")
        .await
        .is(404)
        .has_header("content-type", "text/html; charset=utf-8")
        .shows("<h1>404 Not Found</h1>");
    client
        .get("/none")
        .await
        .is(404)
        .has_text("404 Not Found\n");
}

#[tokio::test]
async fn a_cause_stays_on_the_server() {
    let client = Client::new(Group::new("").get("/", fail));
    for accept in ["application/json", "text/html", "*/*"] {
        let answer = client.get("/").header("accept", accept).await.is(500);
        assert!(!answer.text().contains("No such file"), "{answer:?}");
        let cause = answer
            .problem()
            .and_then(gin::Problem::cause)
            .expect("the log has it");
        assert_eq!(cause.location().file(), file!());
    }
}

#[tokio::test]
async fn an_error_has_the_status_that_it_was_given() {
    let app = Group::new("").get("/:id", async |Path(id): Path<u8>| match id {
        0 => Err(gin::Error::new(404, "there is no user 0")),
        id => Ok(id.to_string()),
    });
    let client = Client::new(app);
    client.get("/0").await.is(404).shows("there is no user 0");
    client.get("/1").await.is(200).has_text("1");
}

#[tokio::test]
async fn one_hook_shapes_every_problem_of_its_group() {
    let api = Group::new("/api")
        .on_error(|_: &mut Context, problem: &Problem| {
            (
                problem.status(),
                Json(json!({ "code": problem.status().as_u16() })),
            )
        })
        .get("/fail", fail)
        .get("/panic", async || -> &'static str { panic!("boom") })
        .get("/page", async |Query(_): Query<Page>| "");
    let client = Client::new(Group::new("").nest(api));
    client
        .get("/api/fail")
        .await
        .is(500)
        .has_json(json!({ "code": 500 }));
    client
        .get("/api/panic")
        .await
        .is(500)
        .has_json(json!({ "code": 500 }));
    client
        .get("/api/page?number=x")
        .await
        .is(400)
        .has_json(json!({ "code": 400 }));
    client
        .get("/api/none")
        .await
        .is(404)
        .has_json(json!({ "code": 404 }));
    client
        .post("/api/fail")
        .await
        .is(405)
        .has_json(json!({ "code": 405 }))
        .has_header("allow", "GET, HEAD, OPTIONS");
    client
        .get("/none")
        .await
        .is(404)
        .has_text("404 Not Found\n");
}

#[derive(serde::Deserialize)]
struct Page {
    #[serde(rename = "number")]
    _number: u32,
}

#[tokio::test]
async fn a_page_escapes_what_it_shows() {
    let app = Group::new("").get("/", async || -> gin::Result<()> {
        Err(gin::Error::new(
            400,
            "<script>alert('1')</script> & \"more\"",
        ))
    });
    let answer = Client::new(app)
        .get("/")
        .header("accept", "text/html")
        .await
        .is(400);
    assert!(!answer.text().contains("<script>"), "{answer:?}");
}

async fn panic_with_text() -> &'static str {
    panic!("boom")
}

async fn panic_with_a_value() -> &'static str {
    std::panic::panic_any(7_u8)
}

async fn panic_in_drop() -> &'static str {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("dropped");
        }
    }
    let _bomb = Bomb;
    "never"
}

async fn panic_in_middleware(_: &mut Context, _: Next<'_>) -> Response {
    panic!("in the middle")
}

#[tokio::test]
async fn a_panic_is_a_500_with_its_place_in_the_log() {
    let app = Group::new("")
        .with(gin::middleware::Recovery::new())
        .get("/text", panic_with_text)
        .get("/value", panic_with_a_value)
        .get("/drop", panic_in_drop)
        .nest(
            Group::new("/in")
                .with(panic_in_middleware)
                .get("/", async || ""),
        );
    let client = Client::new(app);
    for path in ["/text", "/value", "/drop", "/in/"] {
        let answer = client
            .get(path)
            .await
            .is(500)
            .has_text("500 Internal Server Error\n");
        let cause = answer
            .problem()
            .and_then(gin::Problem::cause)
            .expect("the log has it");
        assert!(
            cause.error().to_string().contains(file!()),
            "{}",
            cause.error()
        );
    }
}

#[tokio::test]
async fn a_body_is_dropped_where_the_protocol_has_none() {
    let app = Group::new("")
        .get("/204", async || (StatusCode::NO_CONTENT, "text"))
        .get("/304", async || (StatusCode::NOT_MODIFIED, "text"));
    let client = Client::new(app);
    client.get("/204").await.is(204).has_text("");
    client.get("/304").await.is(304).has_text("");
}

#[tokio::test]
async fn a_header_that_cannot_be_sent_is_not_sent() {
    let app = Group::new("").get("/", async |cx: &mut Context| {
        cx.redirect(303, "/a\r\nset-cookie: x=1")
    });
    let answer = Client::new(app).get("/").await.is(500);
    assert!(answer.header("set-cookie").is_none());
}

#[tokio::test]
async fn headers_may_be_given_as_text() {
    let typed = async || {
        let name = HeaderName::from_static("x-a");
        ([(name, HeaderValue::from_static("b"))], "text")
    };
    let app = Group::new("")
        .get("/", async || ([("x-a", "b")], "text"))
        .get("/owned", async || ([("x-a", "b".to_owned())], "text"))
        .get("/typed", typed)
        .get("/split", async || ([("x-a", "b\r\nx-c: d")], "text"))
        .get("/no-name", async || ([("x a", "b")], "text"));
    let client = Client::new(app);
    for path in ["/", "/owned", "/typed"] {
        let answer = client.get(path).await.is(200);
        answer.has_header("x-a", "b").has_text("text");
    }
    for path in ["/split", "/no-name"] {
        assert_eq!(client.get(path).await.is(500).header("x-a"), None);
    }
}
