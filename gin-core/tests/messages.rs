//! Messages of a session in pages whose handlers do not take the session.

use gin::prelude::*;
use gin::sessions::{Id, Record, SessionStore, Sessions, async_trait, session_store};
use gin::templates::{Templates, View};
use gin::testing::Client;

const PAGES: [(&str, &str); 3] = [
    (
        "layout.html",
        "{% for flash in flashes() %}[{{ flash.text }}]{% endfor %}{% block content %}{% endblock %}",
    ),
    (
        "home.html",
        "{% extends 'layout.html' %}{% block content %}home{% endblock %}",
    ),
    (
        "error.html",
        "{% extends 'layout.html' %}{% block content %}error{% endblock %}",
    ),
];

async fn save(session: Session) -> Redirect {
    session.flash("info", "saved");
    Redirect::to("/")
}

fn app() -> Group {
    Group::new("")
        .with(Sessions::memory())
        .templates(Templates::embedded(PAGES))
        .post("/", save)
        .get("/", async || View::new("home.html", ()))
        .get("/json", async || Json(1))
}

#[tokio::test]
async fn a_view_takes_the_messages_by_itself() {
    let client = Client::new(app());
    client.get("/").await.has_text("home");
    client.post("/").await.is(303);
    // A handler without a view leaves the message where it is.
    let json = client.get("/json").await.has_text("1");
    assert_eq!(json.header("vary"), None);
    let page = client.get("/").await.has_text("[saved]home");
    page.has_header("vary", "cookie");
    client.get("/").await.has_text("home");
}

#[tokio::test]
async fn every_way_to_return_a_view_shows_messages() {
    let app = app()
        .get("/context", async |cx: &mut Context| {
            cx.view(200, "home.html", ())
        })
        .get("/result", async || -> gin::Result<View> {
            Ok(View::new("home.html", ()))
        })
        .get("/status", async || {
            (StatusCode::CREATED, View::new("home.html", ()))
        })
        .fallback(async || View::new("error.html", ()).status(404));
    let client = Client::new(app);
    for (path, status, text) in [
        ("/context", 200, "home"),
        ("/result", 200, "home"),
        ("/status", 201, "home"),
        ("/nowhere", 404, "error"),
    ] {
        client.post("/").await.is(303);
        let page = client.get(path).await.is(status);
        page.has_text(&format!("[saved]{text}"));
        client.get(path).await.has_text(text);
    }
}

#[tokio::test]
async fn middleware_inside_the_sessions_sees_the_whole_page() {
    async fn length(cx: &mut Context, next: Next<'_>) -> Response {
        let mut response = next.run(cx).await;
        let length = response.body().len().expect("the page is whole");
        response.headers_mut().insert("x-length", length.into());
        response
    }
    let inner = Group::new("/inner")
        .with(length)
        .get("/", async || View::new("home.html", ()));
    let client = Client::new(app().nest(inner));
    client.post("/").await.is(303);
    let page = client.get("/inner/").await.has_text("[saved]home");
    page.has_header("x-length", "11")
        .has_header("content-type", "text/html; charset=utf-8");
}

#[tokio::test]
async fn the_page_of_an_error_leaves_the_messages_to_the_next() {
    let app = app()
        .get("/missing", async || -> gin::Result<View> {
            None::<View>.or_404()
        })
        .get("/panic", async || -> View { panic!("a bug") })
        .on_error(|_, problem| View::new("error.html", ()).status(problem.status()))
        .with(Recovery::new());
    let client = Client::new(app);
    client.post("/").await.is(303);
    client.get("/missing").await.is(404).has_text("error");
    client.get("/panic").await.is(500).has_text("error");
    client.get("/").await.has_text("[saved]home");
}

#[tokio::test]
async fn pages_without_messages_do_not_depend_on_the_session() {
    let app = Group::new("")
        .with(Sessions::memory())
        .templates(Templates::embedded([("home.html", "home")]))
        .post("/", save)
        .get("/", async || View::new("home.html", ()));
    let client = Client::new(app);
    client.post("/").await.is(303);
    let page = client.get("/").await.has_text("home");
    assert_eq!(page.header("vary"), None);
}

/// A store that is down.
#[derive(Debug)]
struct Down;

#[async_trait]
impl SessionStore for Down {
    async fn save(&self, _: &Record) -> session_store::Result<()> {
        Err(session_store::Error::Backend("down".to_owned()))
    }

    async fn load(&self, _: &Id) -> session_store::Result<Option<Record>> {
        Err(session_store::Error::Backend("down".to_owned()))
    }

    async fn delete(&self, _: &Id) -> session_store::Result<()> {
        Err(session_store::Error::Backend("down".to_owned()))
    }
}

#[tokio::test]
async fn a_store_that_is_down_does_not_take_the_page_with_it() {
    let app = Group::new("")
        .with(Sessions::new(Down))
        .templates(Templates::embedded(PAGES))
        .get("/", async || View::new("home.html", ()))
        .get("/own", async |_: Session| View::new("home.html", ()));
    let client = Client::new(app);
    let cookie = format!("session={}", "A".repeat(22));
    client
        .get("/")
        .header("cookie", &cookie)
        .await
        .is(200)
        .has_text("home");
    client.get("/own").header("cookie", &cookie).await.is(503);
}
