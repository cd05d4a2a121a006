//! `tower`: its layers and services.

use std::task::{self, Poll};

use gin::prelude::*;
use gin::testing::Client;
use gin::{Body, Engine, http};
use tower_layer::layer_fn;
use tower_service::Service;

/// Marks the requests that go through it.
#[derive(Clone)]
struct Marking<S>(S);

impl<S: Service<http::Request<Body>>> Service<http::Request<Body>> for Marking<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, task: &mut task::Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(task)
    }

    fn call(&mut self, mut request: http::Request<Body>) -> S::Future {
        let mark = http::HeaderValue::from_static("yes");
        request.headers_mut().insert("x-marked", mark);
        self.0.call(request)
    }
}

#[tokio::test]
async fn layers_and_services_are_parts_of_an_app() {
    let inner = Group::new("").get("/users", async || "inner users");
    let inner = Engine::new(inner).expect("it is valid");
    let app = Group::new("")
        .layer(layer_fn(Marking))
        .service("/inner", inner)
        .get("/", async |cx: &mut Context| {
            cx.header("x-marked").or_404().map(ToOwned::to_owned)
        });
    let client = Client::new(app);
    client.get("/").await.is(200).has_text("yes");
    client
        .get("/inner/users")
        .await
        .is(200)
        .has_text("inner users");
}
