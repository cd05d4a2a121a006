//! Layers of tower and tower-http around groups.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::time::Duration;

use futures_util::future::poll_immediate;
use gin::extract::Extension;
use gin::prelude::*;
use gin::testing::Client;
use gin::tower::Matched;
use http::{HeaderName, Request, header};
use tokio::sync::Notify;
use tower::limit::ConcurrencyLimitLayer;
use tower::load_shed::error::Overloaded;
use tower::retry::{Policy, RetryLayer};
use tower::timeout::error::Elapsed;
use tower::{ServiceBuilder, ServiceExt, service_fn};
use tower_http::add_extension::AddExtensionLayer;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::cors::CorsLayer;
use tower_http::decompression::RequestDecompressionLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::sensitive_headers::SetSensitiveRequestHeadersLayer;
use tower_http::timeout::{RequestBodyTimeoutLayer, ResponseBodyTimeoutLayer, TimeoutLayer};

const LONG: Duration = Duration::from_secs(60);

/// Sets its flag when it is dropped.
struct Guard(Arc<Notify>);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}

#[tokio::test]
async fn tower_https_stack_runs_around_a_group() {
    let id = HeaderName::from_static("x-request-id");
    let stack = ServiceBuilder::new()
        .layer(SetRequestIdLayer::new(id.clone(), MakeRequestUuid))
        .layer(PropagateRequestIdLayer::new(id))
        .layer(SetSensitiveRequestHeadersLayer::new([
            header::AUTHORIZATION,
        ]))
        .layer(CorsLayer::permissive())
        .layer(CompressionLayer::new())
        .layer(RequestDecompressionLayer::new())
        .layer(RequestBodyLimitLayer::new(64))
        .layer(RequestBodyTimeoutLayer::new(LONG))
        .layer(ResponseBodyTimeoutLayer::new(LONG))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::GATEWAY_TIMEOUT,
            LONG,
        ));
    let app = Group::new("/api")
        .layer(stack)
        .get("/text/:id", async |Path(_): Path<u32>| {
            "0123456789".repeat(100)
        })
        .post("/echo", async |body: String| body);
    let client = Client::new(app);

    let request = client
        .get("/api/text/7")
        .header("origin", "https://a.example");
    let response = request.header("accept-encoding", "gzip").await;
    response
        .is(200)
        .has_header("content-encoding", "gzip")
        .has_header("access-control-allow-origin", "*");
    let response = client.get("/api/text/7").header("x-request-id", "7f").await;
    response
        .has_header("x-request-id", "7f")
        .contains("0123456789");

    client
        .post("/api/echo")
        .body("hello")
        .await
        .is(200)
        .has_text("hello");
    client.post("/api/echo").body("x".repeat(65)).await.is(413);
    client
        .get("/api/nowhere")
        .await
        .is(404)
        .header("x-request-id")
        .expect("a 404 has it");

    let preflight = client
        .request("OPTIONS", "/api/echo")
        .header("origin", "https://a.example");
    let preflight = preflight
        .header("access-control-request-method", "POST")
        .await;
    preflight
        .is(200)
        .has_header("access-control-allow-methods", "*");
}

/// Shows in a header what the context has when the rest of the chain has run.
async fn outside(cx: &mut Context, next: Next<'_>) -> Response {
    cx.set("kept");
    let response = next.run(cx).await;
    let seen = cx.get::<&str>().copied().unwrap_or("lost");
    let target = cx.uri().to_string();
    let id = cx.param("id").unwrap_or("lost").to_owned();
    let agent = cx.header("user-agent").unwrap_or("lost").to_owned();
    (
        [("x-seen", format!("{seen} {target} {id} {agent}"))],
        response,
    )
        .into_response()
}

#[tokio::test(start_paused = true)]
async fn a_timeout_drops_the_handler_and_the_context_comes_back() {
    let dropped = Arc::new(Notify::new());
    let slow = async |State(guard): State<Arc<Notify>>| {
        let _guard = Guard(guard);
        std::future::pending::<()>().await;
    };
    let timeout = TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, LONG);
    let app = Group::new("")
        .state(dropped.clone())
        .with(outside)
        .layer(timeout)
        .layer(TimeoutLayer::with_status_code(
            StatusCode::GATEWAY_TIMEOUT,
            LONG * 2,
        ))
        .get("/slow/:id", slow);
    let response = Client::new(app)
        .get("/slow/7")
        .header("user-agent", "test")
        .await;
    response.is(504).has_header("x-seen", "kept /slow/7 7 test");
    dropped.notified().await;
}

#[tokio::test]
async fn a_layer_that_responds_by_itself_leaves_the_context_as_it_was() {
    async fn outside(cx: &mut Context, next: Next<'_>) -> Response {
        let response = next.run(cx).await;
        let body = cx.bytes().await.map_or(0, |bytes| bytes.len());
        let accept = cx.header("accept").unwrap_or("lost").to_owned();
        ([("x-seen", format!("{accept} {body}"))], response).into_response()
    }
    let closed = tower::layer::layer_fn(|_| {
        service_fn(async |_: Request<Body>| {
            Ok::<_, std::convert::Infallible>(http::Response::new("closed".to_owned()))
        })
    });
    let app = Group::new("")
        .with(outside)
        .layer(closed)
        .get("/", async || "open");
    let response = Client::new(app)
        .get("/")
        .header("accept", "text/html")
        .await;
    response
        .is(200)
        .has_text("closed")
        .has_header("x-seen", "text/html 0");
}

#[tokio::test]
async fn extensions_go_both_ways() {
    #[derive(Clone)]
    struct User(&'static str);
    #[derive(Clone)]
    struct Tenant(&'static str);

    async fn tenant(cx: &mut Context, next: Next<'_>) -> Response {
        cx.extensions_mut().insert(Tenant("acme"));
        next.run(cx).await
    }
    let show_layer = tower::util::MapRequestLayer::new(|mut request: Request<Body>| {
        let tenant = request
            .extensions()
            .get::<Tenant>()
            .expect("it was inserted")
            .0;
        let matched = request
            .extensions()
            .get::<Matched>()
            .expect("it is always there");
        let seen = format!(
            "{tenant} {} {:?}",
            matched.pattern().unwrap_or_default(),
            matched.param("id")
        );
        request
            .headers_mut()
            .insert("x-seen", HeaderValue::try_from(seen).expect("it is text"));
        request
    });
    let show = async |cx: &mut Context, Extension(user): Extension<User>| {
        let seen = cx.header("x-seen").unwrap_or_default().to_owned();
        format!(
            "{} {} {seen}",
            user.0,
            cx.get::<User>().map_or("none", |user| user.0)
        )
    };
    let app = Group::new("")
        .with(tenant)
        .layer(AddExtensionLayer::new(User("Ann")))
        .layer(show_layer)
        .get("/:id", show);
    let response = Client::new(app).get("/7").await;
    response.is(200).has_text("Ann Ann acme /:id Some(\"7\")");
}

#[tokio::test]
async fn a_panic_of_a_handler_unwinds_through_the_layer() {
    let app = Group::new("")
        .layer(CatchPanicLayer::custom(
            |_: Box<dyn std::any::Any + Send>| {
                http::Response::builder()
                    .status(418)
                    .body("caught".to_owned())
                    .expect("it is valid")
            },
        ))
        .get("/", async || {
            assert!(std::env::args().count() == 0, "oops");
        });
    Client::new(app).get("/").await.is(418).has_text("caught");
}

#[tokio::test]
async fn an_error_of_a_layer_is_a_problem_in_the_shape_of_the_group() {
    let fails = || {
        tower::layer::layer_fn(|_| {
            service_fn(async |_: Request<Body>| {
                Err::<Response, _>(tower::BoxError::from("the bank is closed"))
            })
        })
    };
    let client = Client::new(Group::new("").layer(fails()).get("/", async || "home"));
    let response = client.get("/").header("accept", "application/json").await;
    let response = response
        .is(500)
        .has_header("content-type", "application/problem+json");
    assert!(!response.text().contains("bank"));
    let cause = response
        .problem()
        .and_then(Problem::cause)
        .expect("the log has it");
    assert_eq!(cause.error().to_string(), "the bank is closed");
    assert!(
        cause.location().file().ends_with("layers.rs"),
        "{}",
        cause.location()
    );

    let own = tower::layer::layer_fn(|_| {
        service_fn(async |_: Request<Body>| {
            Err::<Response, _>(gin::Error::new(402, "pay first").into_std())
        })
    });
    let client = Client::new(Group::new("").layer(own).get("/", async || "home"));
    client.get("/").await.is(402).contains("pay first");
}

#[tokio::test(start_paused = true)]
async fn errors_of_tower_get_a_status_by_their_type() {
    let limits = ServiceBuilder::new()
        .load_shed()
        .concurrency_limit(1)
        .timeout(LONG);
    let app = Group::new("")
        .map_error(|_: &Overloaded| StatusCode::SERVICE_UNAVAILABLE)
        .map_error(|_: &Elapsed| StatusCode::GATEWAY_TIMEOUT)
        .layer(limits)
        .get("/slow", async || std::future::pending::<()>().await)
        .get("/fast", async || "fast");
    let client = Client::new(app);
    client.get("/fast").await.is(200);
    // One request holds the only permit, of the whole group, until it times out.
    let slow = client.get("/slow").into_future();
    let mut slow = std::pin::pin!(slow);
    assert!(poll_immediate(&mut slow).await.is_none());
    client.get("/fast").await.is(503);
    slow.await.is(504);
    client.get("/fast").await.is(200);
}

#[tokio::test]
async fn a_request_waits_until_the_service_is_ready() {
    let go = Arc::new(Notify::new());
    let slow = async |State(gate): State<Arc<Notify>>| {
        gate.notified().await;
        "slow"
    };
    let app = Group::new("")
        .state(go.clone())
        .layer(ConcurrencyLimitLayer::new(1))
        .get("/slow", slow)
        .get("/fast", async || "fast");
    let client = Client::new(app);
    let mut slow = client.get("/slow").into_future();
    assert!(poll_immediate(&mut slow).await.is_none());
    let mut fast = client.get("/fast").into_future();
    assert!(poll_immediate(&mut fast).await.is_none());
    go.notify_one();
    slow.await.has_text("slow");
    fast.await.has_text("fast");
}

/// Tries again after a 503, twice at most.
#[derive(Clone)]
struct Again(u32);

impl<E> Policy<Request<Body>, Response, E> for Again {
    type Future = std::future::Ready<()>;

    fn retry(
        &mut self,
        _: &mut Request<Body>,
        result: &mut Result<Response, E>,
    ) -> Option<Self::Future> {
        let is_busy = result
            .as_ref()
            .is_ok_and(|response| response.status() == 503);
        if !is_busy || self.0 == 0 {
            return None;
        }
        self.0 -= 1;
        Some(std::future::ready(()))
    }

    fn clone_request(&mut self, request: &Request<Body>) -> Option<Request<Body>> {
        let mut clone = Request::new(Body::empty());
        clone.method_mut().clone_from(request.method());
        clone.uri_mut().clone_from(request.uri());
        clone.headers_mut().clone_from(request.headers());
        clone.extensions_mut().clone_from(request.extensions());
        Some(clone)
    }
}

#[tokio::test]
async fn a_retry_runs_the_rest_of_the_chain_again() {
    let calls = Arc::new(AtomicU32::new(0));
    let flaky = async |Path(id): Path<u32>, State(calls): State<Arc<AtomicU32>>| match calls
        .fetch_add(1, SeqCst)
    {
        0 | 1 => Err(StatusCode::SERVICE_UNAVAILABLE),
        _ => Ok(format!("user {id}")),
    };
    let app = Group::new("")
        .state(calls.clone())
        .layer(RetryLayer::new(Again(2)))
        .get("/users/:id", flaky);
    Client::new(app)
        .get("/users/7")
        .await
        .is(200)
        .has_text("user 7");
    assert_eq!(calls.load(SeqCst), 3);
}

#[tokio::test]
async fn a_service_that_runs_in_another_task_works() {
    let spawned = tower::layer::layer_fn(|next: gin::tower::NextService| {
        service_fn(move |request: Request<Body>| {
            let next = next.clone();
            async move {
                tokio::spawn(next.oneshot(request))
                    .await
                    .expect("it does not panic")
            }
        })
    });
    let buffered = ServiceBuilder::new().buffer(8);
    let app = Group::new("")
        .layer(buffered)
        .layer(spawned)
        .get("/:id", async |Path(id): Path<u32>| format!("user {id}"));
    Client::new(app).get("/7").await.is(200).has_text("user 7");
}

#[tokio::test]
async fn a_changed_query_and_method_arrive_and_a_changed_path_does_not() {
    let rewrite = tower::util::MapRequestLayer::new(|mut request: Request<Body>| {
        let target = match request.uri().query() {
            Some(_) => "/users/7?page=2",
            None => "/elsewhere",
        };
        *request.uri_mut() = target.parse().expect("it is a target");
        request
    });
    let show = async |cx: &mut Context| format!("{} {:?}", cx.uri(), cx.param("id"));
    let client = Client::new(Group::new("").layer(rewrite).get("/users/:id", show));
    client
        .get("/users/7?page=1")
        .await
        .has_text("/users/7?page=2 Some(\"7\")");
    client
        .get("/users/7")
        .await
        .has_text("/users/7 Some(\"7\")");
}

#[tokio::test]
async fn a_body_that_a_layer_passes_on_keeps_the_limit_of_the_group() {
    let app = || {
        Group::new("")
            .body_limit(8)
            .post("/", async |body: String| body)
            .layer(RequestBodyTimeoutLayer::new(LONG))
    };
    let stream =
        |text: &'static str| Body::from_writer(async move |mut writer| writer.send(text).await);
    let client = Client::new(app());
    client
        .post("/")
        .body(stream("12345678"))
        .await
        .is(200)
        .has_text("12345678");
    client.post("/").body(stream("123456789")).await.is(413);
    client.post("/").body("").await.is(200).has_text("");
}
