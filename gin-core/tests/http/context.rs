//! The context: the request, its values, and responses made by methods.

use gin::prelude::*;
use gin::response::Redirect;
use gin::testing::Client;

use crate::wire::Running;

#[tokio::test]
async fn a_context_has_the_whole_request() {
    let tell = async |cx: &mut Context| {
        let cookies = cx.cookies();
        let tags: Vec<_> = cx.query_all("tag").collect();
        cx.json(
            200,
            json!({
                "target": cx.uri().to_string(),
                "version": format!("{:?}", cx.version()),
                "type": cx.content_type(),
                "first": cx.query("tag"),
                "tags": tags,
                "none": cx.query("none"),
                "empty": cx.query("empty"),
                "cookie": cx.cookie("b"),
                "cookies": cookies.iter().count(),
                "pattern": cx.pattern(),
                "param": cx.param("name"),
                "params": cx.params().count(),
            }),
        )
    };
    let client = Client::new(Group::new("").get("/:name/*rest", tell));
    let response = client
        .get("/ann/x/y?tag=a+b&empty&tag=%26")
        .header("content-type", "text/plain; charset=utf-8")
        .header("cookie", "a=1; b=\"2\"")
        .header("cookie", "c=3")
        .await;
    response.is(200).has_json(json!({
        "target": "/ann/x/y?tag=a+b&empty&tag=%26",
        "version": "HTTP/1.1",
        "type": "text/plain",
        "first": "a b",
        "tags": ["a b", "&"],
        "none": null,
        "empty": "",
        "cookie": "2",
        "cookies": 3,
        "pattern": "/:name/*rest",
        "param": "ann",
        "params": 2,
    }));
}

#[tokio::test]
async fn a_context_has_the_address_of_the_other_end() {
    let server = Running::new(Group::new("").get("/", async |cx: &mut Context| {
        let remote = cx.remote_addr().expect("it is a TCP socket");
        assert_eq!(Some(remote.ip()), cx.remote_ip());
        remote.to_string()
    }))
    .await;
    let mut wire = server.connect().await;
    let address = wire.0.local_addr().expect("it is connected").to_string();
    wire.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n").await;
    wire.until(&format!("\r\n\r\n{address}")).await;
    let nowhere = async |cx: &mut Context| cx.remote_addr().is_none().to_string();
    let client = Client::new(Group::new("").get("/", nowhere));
    client.get("/").await.has_text("true");
}

struct Steps(Vec<&'static str>);

async fn count(cx: &mut Context, next: Next<'_>) -> Response {
    cx.set(Steps(vec!["before"]));
    let response = next.run(cx).await;
    let Some(Steps(steps)) = cx.take() else {
        return cx.status(500);
    };
    assert!(cx.get::<Steps>().is_none(), "it was taken");
    cx.string(response.status(), steps.join(", "))
}

#[tokio::test]
async fn a_middleware_sees_the_values_that_a_handler_sets() {
    let handler = async |cx: &mut Context| {
        let steps = cx.get_mut::<Steps>().expect("the middleware set it");
        steps.0.push("handler");
        cx.status(202)
    };
    let client = Client::new(Group::new("").with(count).get("/", handler));
    client.get("/").await.is(202).has_text("before, handler");
}

#[tokio::test]
async fn responses_are_made_by_methods_or_by_types() {
    let client = Client::new(
        Group::new("")
            .get("/string", async |cx: &mut Context| cx.string(201, "text"))
            .get("/html", async |cx: &mut Context| cx.html(201, "<p>"))
            .get("/data", async |cx: &mut Context| {
                cx.data(201, "image/png", vec![1, 2])
            })
            .get("/redirect", async |cx: &mut Context| cx.redirect(302, "/"))
            .get("/to", async || Redirect::to("/"))
            .get("/temporary", async || Redirect::temporary("/"))
            .get("/permanent", async || Redirect::permanent("/"))
            .patch("/patch", async || "patched"),
    );
    let cases = [
        ("/string", "text/plain; charset=utf-8"),
        ("/html", "text/html; charset=utf-8"),
        ("/data", "image/png"),
    ];
    for (path, media_type) in cases {
        let response = client.get(path).await.is(201);
        response.has_header("content-type", media_type);
    }
    let cases = [
        ("/redirect", 302),
        ("/to", 303),
        ("/temporary", 307),
        ("/permanent", 308),
    ];
    for (path, status) in cases {
        let response = client.get(path).await.is(status);
        response.has_header("location", "/");
    }
    client.patch("/patch").await.is(200).has_text("patched");
}
