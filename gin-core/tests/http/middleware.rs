//! Middleware: its order, stopping the chain, and the values that it passes on.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use gin::BoxFuture;
use gin::extract::Extension;
use gin::middleware::{Middleware, with_fn};
use gin::prelude::*;
use gin::testing::Client;

type Steps = Arc<Mutex<Vec<&'static str>>>;

/// A middleware that records when it is entered and left.
struct Recording {
    steps: Steps,
    entered: &'static str,
    left: &'static str,
}

impl Middleware for Recording {
    fn call<'a>(&'a self, cx: &'a mut Context, next: Next<'a>) -> BoxFuture<'a, Response> {
        Box::pin(async move {
            note(&self.steps, self.entered);
            let response = next.run(cx).await;
            note(&self.steps, self.left);
            response
        })
    }
}

fn note(steps: &Steps, step: &'static str) {
    steps.lock().expect("no test panics").push(step);
}

#[tokio::test]
async fn middleware_nests_whatever_the_order_of_calls() {
    let steps = Steps::default();
    let noting = |entered, left| Recording {
        steps: steps.clone(),
        entered,
        left,
    };
    let handler = async |State(steps): State<Steps>| note(&steps, "handler");
    let child = Group::new("/in")
        .get("/x", handler)
        .with(noting("inner", "/inner"));
    let app = Group::new("")
        .nest(child)
        .with(noting("outer", "/outer"))
        .state(steps.clone());
    Client::new(app).get("/in/x").await.is(200);
    let steps = steps.lock().expect("no test panics");
    assert_eq!(*steps, ["outer", "inner", "handler", "/inner", "/outer"]);
}

/// A name to mark responses with. It is not `Clone`, as requests share it.
struct Name(&'static str);

async fn mark_with(Name(name): &Name, cx: &mut Context, next: Next<'_>) -> Response {
    let mut response = next.run(cx).await;
    let name = HeaderValue::from_static(name);
    response.headers_mut().append("x-name", name);
    response
}

fn marked() -> Group {
    let limit = async |limit: &usize, cx: &mut Context, next: Next<'_>| {
        if cx.path().len() > *limit {
            return StatusCode::URI_TOO_LONG.into_response();
        }
        next.run(cx).await
    };
    let route = Route::new(&["GET"], "/route", async || "hello");
    Group::new("")
        .with(with_fn(Name("outer"), mark_with))
        .with(with_fn(10, limit))
        .with(with_fn(Name("inner"), mark_with))
        .mount([route.with(with_fn(Name("own"), mark_with))])
}

#[tokio::test]
async fn one_function_is_a_middleware_with_many_values() {
    let client = Client::new(marked());
    for (path, status, expected) in [
        ("/route", 200, &["own", "inner", "outer"][..]),
        ("/no-such-route", 414, &["outer"]),
    ] {
        let response = client.get(path).await.is(status);
        let names = response.headers().get_all("x-name");
        assert!(names.iter().eq(expected), "{path}: {names:?}");
    }
}

#[test]
fn a_function_with_a_value_is_listed_by_its_name() {
    let engine = marked().build().expect("the group is sound");
    let names = &engine.routes()[0].middlewares;
    let is_named = |full: &&&str| full.ends_with("::mark_with");
    assert_eq!(names.iter().filter(is_named).count(), 3, "{names:?}");
}

async fn refuse(_: &mut Context, _: Next<'_>) -> StatusCode {
    StatusCode::FORBIDDEN
}

#[tokio::test]
async fn a_middleware_that_does_not_run_next_stops_the_chain() {
    let app = Group::new("")
        .with(refuse)
        .get("/", async || -> &'static str {
            panic!("the handler must not run")
        });
    Client::new(app).get("/").await.is(403);
}

struct User(&'static str);

async fn identify(cx: &mut Context, next: Next<'_>) -> Result<Response, StatusCode> {
    let token = cx.header("authorization").ok_or(StatusCode::UNAUTHORIZED)?;
    if token != "ann" {
        return Err(StatusCode::FORBIDDEN);
    }
    cx.set(User("Ann"));
    let response = next.run(cx).await;
    assert_eq!(cx.pattern(), Some("/me"), "the context comes back");
    Ok(response)
}

async fn me(cx: &mut Context) -> String {
    let user = cx.get::<User>().expect("the middleware set it");
    format!("I am {}", user.0)
}

#[tokio::test]
async fn question_marks_stop_the_chain_and_values_pass_down_it() {
    let client = Client::new(Group::new("").with(identify).get("/me", me));
    client.get("/me").await.is(401);
    client
        .get("/me")
        .header("authorization", "eve")
        .await
        .is(403);
    client
        .get("/me")
        .header("authorization", "ann")
        .await
        .is(200)
        .has_text("I am Ann");
}

async fn mark(cx: &mut Context, next: Next<'_>) -> Response {
    let mut response = next.run(cx).await;
    response
        .headers_mut()
        .insert("x-mark", HeaderValue::from_static("1"));
    response
}

#[tokio::test]
async fn redirects_and_misses_run_the_middleware() {
    let client = Client::new(Group::new("").with(mark).post("/x/", async || "x"));
    client.get("/none").await.is(404).has_header("x-mark", "1");
    client.get("/x/").await.is(405).has_header("x-mark", "1");
    client.post("/x").await.is(308).has_header("x-mark", "1");
    client
        .request("OPTIONS", "/x/")
        .await
        .is(204)
        .has_header("x-mark", "1");
    client.get("/%zz").await.is(400).has_header("x-mark", "1");
}

#[tokio::test]
async fn a_group_handles_its_own_misses() {
    let api = Group::new("/api")
        .with(mark)
        .fallback(async || (StatusCode::NOT_FOUND, "no such endpoint"))
        .get("/users", async || "users");
    let quiet = Group::new("")
        .with(refuse)
        .get("/locked", async || "locked");
    let client = Client::new(
        Group::new("")
            .nest(api)
            .nest(quiet)
            .fallback(async || "home"),
    );
    client
        .get("/api/none")
        .await
        .is(404)
        .has_header("x-mark", "1")
        .has_text("no such endpoint");
    client
        .get("/api")
        .await
        .is(404)
        .has_text("no such endpoint");
    client
        .post("/api/users")
        .await
        .is(405)
        .has_header("x-mark", "1");
    client.get("/apix").await.is(200).has_text("home");
    client.get("/locked").await.is(403);
}

#[tokio::test]
async fn the_state_of_the_nearest_group_counts() {
    let inner = Group::new("/in")
        .state("inner")
        .get("/", async |State(text): State<&'static str>| text);
    let app = Group::new("")
        .nest(inner)
        .state("outer")
        .get("/out", async |State(text): State<&'static str>| text);
    let client = Client::new(app);
    client.get("/in/").await.has_text("inner");
    client.get("/out").await.has_text("outer");
}

#[derive(Clone)]
struct Account(&'static str);

async fn sign_in(cx: &mut Context, next: Next<'_>) -> Response {
    if cx.header("x-user").is_some() {
        cx.set(Account("Ann"));
    }
    next.run(cx).await
}

async fn account(Extension(Account(name)): Extension<Account>) -> &'static str {
    name
}

#[tokio::test]
async fn an_extension_is_the_value_that_a_middleware_set() {
    let guest = async |account: Option<Extension<Account>>| match account {
        Some(Extension(Account(name))) => name,
        None => "guest",
    };
    let app = Group::new("")
        .with(sign_in)
        .get("/", account)
        .get("/guest", guest);
    let client = Client::new(app);
    client
        .get("/")
        .header("x-user", "1")
        .await
        .is(200)
        .has_text("Ann");
    client.get("/guest").await.is(200).has_text("guest");
    let response = client
        .get("/")
        .await
        .is(500)
        .has_text("500 Internal Server Error\n");
    let cause = response.problem().and_then(Problem::cause);
    let text = cause.expect("the log has it").error().to_string();
    assert!(text.contains("Account> for this request"), "{text}");
}

#[test]
fn an_extension_that_nothing_can_set_is_found_at_the_start() {
    let line = line!() + 1;
    let app = Group::new("").with(Recovery::new()).get("/", account);
    let error = app.build().expect_err("nothing sets it").to_string();
    let place = format!("GET / (gin-core/tests/http/middleware.rs:{line}) needs Extension<");
    assert!(error.contains(&place), "{error}");
    assert!(error.contains("add it with `.with(…)`"), "{error}");
}

#[tokio::test]
async fn a_cached_value_is_made_once_in_a_request() {
    #[derive(Clone)]
    struct Loads(u32);

    async fn load(cx: &mut Context) -> u32 {
        let loads = cx.cached(async |cx| {
            tokio::task::yield_now().await;
            let State(Count(count)) = State::from_context(cx).await.expect("it is provided");
            Loads(count.fetch_add(1, Ordering::Relaxed))
        });
        loads.await.0
    }

    async fn first(cx: &mut Context, next: Next<'_>) -> Response {
        load(cx).await;
        next.run(cx).await
    }

    #[derive(Clone, Default)]
    struct Count(Arc<AtomicU32>);

    let twice = async |cx: &mut Context| format!("{} {}", load(cx).await, load(cx).await);
    let app = Group::new("")
        .with(first)
        .state(Count::default())
        .get("/", twice);
    let client = Client::new(app);
    client.get("/").await.has_text("0 0");
    client.get("/").await.has_text("1 1");
}
