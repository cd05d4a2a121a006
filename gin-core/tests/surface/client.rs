//! The client of `gin::testing` itself.

use gin::prelude::*;
use gin::testing::{self, Client, Rest};
use http::Request;

#[tokio::test]
async fn a_request_comes_from_the_address_that_is_set() {
    let app = Group::new("")
        .trust_proxies(["10.0.0.0/8"])
        .get("/", async |cx: &mut Context| {
            format!("{:?}", cx.client_ip())
        });
    let client = Client::new(app);
    let proxy = client.from("10.0.0.1:443");
    let forwarded = proxy
        .get("/")
        .header("x-forwarded-for", "203.0.113.9")
        .await;
    forwarded.has_text("Some(203.0.113.9)");
    let stranger = client.from("[2001:db8::1]:443");
    let forged = stranger
        .get("/")
        .header("x-forwarded-for", "203.0.113.9")
        .await;
    forged.has_text("Some(2001:db8::1)");
}

#[tokio::test]
async fn a_snapshot_is_the_same_in_every_run() {
    let app = Group::new("")
        .get("/json", async || {
            (
                [("x-b", "2"), ("x-a", "1")],
                Json(json!({ "b": [1], "a": 2 })),
            )
        })
        .get("/text", async || ([("x-a", "1")], "one\ntwo"))
        .get("/bytes", async || Bytes::from_static(b"\xff\xfe"))
        .get("/nothing", async || 204);
    let client = Client::new(app);
    for (path, expected) in [
        (
            "/json",
            "200 OK\ncontent-type: application/json\nx-a: 1\nx-b: 2\n\n{\n  \"a\": 2,\n  \"b\": [\n    1\n  ]\n}\n",
        ),
        (
            "/text",
            "200 OK\ncontent-type: text/plain; charset=utf-8\nx-a: 1\n\none\ntwo\n",
        ),
        (
            "/bytes",
            "200 OK\ncontent-type: application/octet-stream\n\n(2 bytes)\n",
        ),
        ("/nothing", "204 No Content\n"),
        (
            "/none",
            "404 Not Found\ncontent-type: text/plain; charset=utf-8\nvary: accept\n\n404 Not Found\n\n",
        ),
    ] {
        assert_eq!(client.get(path).await.snapshot(), expected, "{path}");
    }
}

#[tokio::test]
async fn redirects_are_followed_as_a_browser_does() {
    let echo = async |cx: &mut Context| -> gin::Result<Response> {
        let body = cx.bytes().await?;
        let body = String::from_utf8_lossy(&body).into_owned();
        Ok(cx.string(200, format!("{} {} {body}", cx.method(), cx.uri())))
    };
    let go = async |Path(status): Path<u16>| Redirect::with(status, "../echo?x=1#top");
    let app = Group::new("")
        .any("/go/:status", go)
        .any("/echo", echo)
        .get("/away", async || Redirect::to("https://example.com/"))
        .get("/loop", async || Redirect::to("/loop"));
    let client = Client::new(app).follow_redirects();
    for (status, text) in [
        (301, "GET /echo?x=1 "),
        (302, "GET /echo?x=1 "),
        (303, "GET /echo?x=1 "),
        (307, "POST /echo?x=1 hello"),
        (308, "POST /echo?x=1 hello"),
    ] {
        let request = client.post(&format!("/go/{status}")).body("hello");
        request.await.is(200).has_text(text);
    }
    client
        .put("/go/301")
        .body("hello")
        .await
        .has_text("PUT /echo?x=1 hello");
    client
        .get("/away")
        .await
        .is(303)
        .has_header("location", "https://example.com/");
    let turned = tokio::spawn(async move { client.get("/loop").await.status() }).await;
    let panic = turned.expect_err("the client gives up").into_panic();
    let text = panic.downcast_ref::<String>().expect("it says why");
    assert_eq!(text, "GET /loop was redirected more than 10 times");
}

#[tokio::test]
async fn a_failed_check_shows_the_error_behind_the_response() {
    let app = Group::new("")
        .get("/panic", async || -> &str { panic!("seven is odd") })
        .get("/error", async || -> gin::Result<()> {
            Ok(Err("the disk is full")?)
        });
    let client = Client::new(app);
    for (path, reason) in [("/panic", "seven is odd"), ("/error", "the disk is full")] {
        let response = client.get(path).await;
        let shown = format!("{response:?}");
        assert!(
            shown.contains("because: ") && shown.contains(reason),
            "{shown}"
        );
        assert!(
            !response.text().contains(reason),
            "the client never sees it"
        );
    }
}

#[tokio::test]
async fn a_middleware_is_tested_like_any_function() {
    async fn signed_in(cx: &mut Context, next: Next<'_>) -> Result<Response, StatusCode> {
        let name = cx
            .header("x-user")
            .ok_or(StatusCode::UNAUTHORIZED)?
            .to_owned();
        cx.set(name);
        Ok(next.run(cx).await)
    }
    let rest = Rest::of(async |cx: &mut Context| cx.get::<String>().cloned().unwrap_or_default());
    let request = Request::get("/").header("x-user", "Ann").body("");
    let mut cx = testing::context(request.expect("it is a request"));
    let response = signed_in(&mut cx, rest.next())
        .await
        .expect("she is signed in");
    assert_eq!(response.status(), 200);
    assert_eq!(cx.get::<String>().map(String::as_str), Some("Ann"));
    let mut cx = testing::context(Request::new(""));
    assert!(signed_in(&mut cx, rest.next()).await.is_err());
}

#[test]
fn a_context_of_a_request_has_its_params_and_state() {
    let client = Client::new(
        Group::new("/api")
            .state(7_u8)
            .get("/users/:id", async || ""),
    );
    let cx = client
        .from("203.0.113.9:1")
        .get("/api/users/x%20y")
        .into_context();
    assert_eq!(cx.pattern(), Some("/api/users/:id"));
    assert_eq!(cx.param("id"), Some("x y"));
    assert_eq!(cx.state::<u8>(), Some(&7));
    assert_eq!(
        cx.remote_ip().map(|ip| ip.to_string()).as_deref(),
        Some("203.0.113.9")
    );
}

#[tokio::test]
async fn a_request_has_one_host() {
    let host =
        async |cx: &mut Context| format!("{:?}", cx.headers().get_all("host").iter().count());
    let client = Client::new(Group::new("").get("/", host));
    client.get("/").await.has_text("1");
    client
        .get("/")
        .header("host", "a.example")
        .await
        .has_text("1");
}
