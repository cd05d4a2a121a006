//! The tests of gin's flow, errors and values as facts. Each row is one that gin's own tests pin down: here it holds, or is different
//! by intent.
//!
//! | gin | here |
//! |---|---|
//! | a context is pooled and must not outlive its handler, except as a `Copy()` | a handler borrows it, so that the compiler checks that; a task gets owned values |
//! | `Next()` runs the rest, extra calls do nothing | `next.run(cx)` consumes `next`, so that a second call does not compile |
//! | the chain goes on when a middleware returns | it ends: a middleware that does not run `next` responds by itself |
//! | `Abort`, `IsAborted` | a response is returned; the middleware further out sees it |
//! | headers after `AbortWithStatus` are lost | middleware further out may change anything until the last one has returned |
//! | `AbortWithStatusJSON` | `return cx.json(401, value)` |
//! | `AbortWithError` sends an empty body and records the error | the error is returned; the body is a problem |
//! | `Error(err)` | `cx.error(error)`, of any error or text; nil cannot be passed |
//! | `Error{Type, Meta}`: public, private, bind, render | an error is private, a `Problem` is public; `Problem::with` adds members |
//! | `Errors.Last`, `String`, `JSON` | `cx.errors().last()`, `Display`, `Problem::to_json` |
//! | `Set`, `Get`, `Delete` by text | `cx.set`, `cx.get`, `cx.take` by type |
//! | `MustGet` panics | `Extension(value): Extension<T>`; `cx.get` returns an `Option` |
//! | `GetString`, `GetInt` and so on | a value has its type |
//! | `HandlerName` | the names in `engine.routes()` |
//! | `FullPath` | `cx.pattern()`, prefixes included |
//! | `context.Context` of the request, `Done` | the handler's future is dropped when the client leaves; `cx.shutdown()` for the server's end |
//! | `CreateTestContext` | `testing::context`, `TestRequest::into_context` |

use std::io;
use std::sync::{Arc, Mutex};

use gin::prelude::*;
use gin::testing::Client;

type Log = Arc<Mutex<Vec<&'static str>>>;

/// A middleware that notes when it begins and when the rest of the chain has responded.
async fn outer(cx: &mut Context, next: Next<'_>) -> Response {
    let log = cx.state::<Log>().cloned().expect("the group gives it");
    log.lock().expect("no test panics").push("outer");
    let mut response = next.run(cx).await;
    log.lock().expect("no test panics").push("after");
    response
        .headers_mut()
        .insert("x-outer", HeaderValue::from_static("seen"));
    response
}

#[tokio::test]
async fn a_middleware_that_does_not_run_the_rest_ends_the_chain() {
    async fn refuse(cx: &mut Context, _: Next<'_>) -> Response {
        cx.json(401, json!({ "error": "sign in" }))
    }
    let log = Log::default();
    let noted = log.clone();
    let handler =
        async |State(log): State<Log>| log.lock().expect("no test panics").push("handler");
    let app = Group::new("")
        .state(log)
        .with(outer)
        .with(refuse)
        .get("/", handler);
    let response = Client::new(app).get("/").await.is(401);
    response
        .has_json(json!({ "error": "sign in" }))
        .has_header("x-outer", "seen");
    assert_eq!(*noted.lock().expect("no test panics"), ["outer", "after"]);
}

#[tokio::test]
async fn an_error_that_a_middleware_returns_is_a_problem_with_a_body() {
    async fn refuse(_: &mut Context, _: Next<'_>) -> gin::Result<Response> {
        Err(io::Error::other("the directory is down")).or_status(503, "try again later")
    }
    let app = Group::new("").with(refuse).get("/", async || "hello");
    let response = Client::new(app).get("/").await.is(503);
    let response = response.has_text("503 Service Unavailable: try again later\n");
    let cause = response.problem().and_then(Problem::cause);
    assert_eq!(
        cause.expect("it is kept").error().to_string(),
        "the directory is down"
    );
}

#[tokio::test]
async fn errors_are_recorded_for_the_log_and_not_sent() {
    async fn show(cx: &mut Context, next: Next<'_>) -> Response {
        let mut response = next.run(cx).await;
        let last = cx
            .errors()
            .last()
            .map(ToString::to_string)
            .unwrap_or_default();
        let count = cx.errors().len().into();
        response.headers_mut().insert("x-errors", count);
        response
            .headers_mut()
            .insert("x-last", HeaderValue::try_from(last).expect("it is text"));
        response
    }
    let recover = async |cx: &mut Context| {
        cx.error(io::Error::other("the cache is down"));
        cx.error("the second cache is down");
        "from the database"
    };
    let app = Group::new("").with(show).get("/", recover);
    let response = Client::new(app)
        .get("/")
        .await
        .is(200)
        .has_text("from the database");
    response
        .has_header("x-errors", "2")
        .has_header("x-last", "the second cache is down");
}

#[tokio::test]
async fn values_of_a_request_are_kept_by_type_until_they_are_taken() {
    #[derive(Debug, PartialEq)]
    struct User(&'static str);

    async fn sign_in(cx: &mut Context, next: Next<'_>) -> Response {
        cx.set(User("Ann"));
        cx.set(User("Bob"));
        cx.set(7_u32);
        next.run(cx).await
    }
    async fn use_up(cx: &mut Context) -> gin::Result<String> {
        assert_eq!(cx.get::<User>(), Some(&User("Bob")));
        assert_eq!(cx.get::<i32>(), None, "7 is a u32");
        *cx.get_mut::<u32>().expect("it was set") += 1;
        assert_eq!(cx.take::<User>(), Some(User("Bob")));
        assert_eq!(cx.get::<User>(), None);
        cx.get::<u32>().map(ToString::to_string).or_404()
    }
    let app = Group::new("").with(sign_in).get("/", use_up);
    Client::new(app).get("/").await.is(200).has_text("8");
}

#[tokio::test]
async fn the_pattern_that_matched_has_the_prefixes_of_its_groups() {
    let pattern = async |cx: &mut Context| cx.pattern().unwrap_or("none").to_owned();
    let users = Group::new("/users/:id").get("/posts/*path", pattern);
    let app = Group::new("/api").nest(users).fallback(pattern);
    let client = Client::new(app);
    client
        .get("/api/users/7/posts/a/b")
        .await
        .has_text("/api/users/:id/posts/*path");
    client.get("/api/nowhere").await.has_text("none");
}
