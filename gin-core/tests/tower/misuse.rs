//! Layers that call the rest of the chain in ways that it cannot run.

use gin::prelude::*;
use gin::testing::Client;
use gin::tower::NextService;
use http::Request;
use tower::{ServiceExt, service_fn};

fn cause(problem: Option<&Problem>) -> String {
    let cause = problem
        .and_then(Problem::cause)
        .expect("the log has the mistake");
    cause.error().to_string()
}

#[tokio::test]
async fn a_request_of_the_layers_own_is_a_500() {
    let fresh = tower::layer::layer_fn(|next: NextService| {
        service_fn(move |_: Request<Body>| next.clone().oneshot(Request::new(Body::empty())))
    });
    let client = Client::new(Group::new("").layer(fresh).get("/", async || "home"));
    let response = client.get("/").await;
    let response = response.is(500).has_text("500 Internal Server Error\n");
    assert!(cause(response.problem()).contains("lacks the extensions"));
}

#[tokio::test]
async fn a_second_call_at_the_same_time_is_a_500() {
    let hedged = tower::layer::layer_fn(|next: NextService| {
        service_fn(move |request: Request<Body>| {
            let next = next.clone();
            async move {
                let mut twin = Request::new(Body::empty());
                twin.extensions_mut().clone_from(request.extensions());
                let (first, second) =
                    tokio::join!(next.clone().oneshot(request), next.oneshot(twin));
                let (first, second) = (first?, second?);
                assert_eq!(first.status(), 200);
                Ok::<_, std::convert::Infallible>(second)
            }
        })
    });
    let slow = async || {
        tokio::task::yield_now().await;
        "home"
    };
    let client = Client::new(Group::new("").layer(hedged).get("/", slow));
    let response = client.get("/").await;
    let response = response.is(500).has_text("500 Internal Server Error\n");
    assert!(cause(response.problem()).contains("twice at the same time"));
}
