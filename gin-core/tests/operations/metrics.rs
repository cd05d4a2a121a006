//! Metrics: what is counted, and how many labels hostile clients can make.

use std::pin::pin;

use futures_util::poll;
use gin::operations::Metrics;
use gin::prelude::*;
use gin::prometheus_client::metrics::counter::Counter;
use gin::testing::Client;

use crate::wire::Running;

fn app() -> Group {
    Group::new("")
        .metrics("/metrics", &Metrics::new())
        .get("/users/:id", async || "a user")
        .post("/users", async |text: String| (201, text))
        .any("/any", async || "any")
        .get("/broken", async || -> &'static str { panic!("a bug") })
        .get("/stream", async || {
            Body::from_writer(async |mut out| {
                out.send("hello ").await;
                out.send("world").await;
            })
        })
        .get("/hangs", async || std::future::pending::<()>().await)
}

async fn page(client: &Client) -> String {
    client.get("/metrics").await.is(200).text().to_owned()
}

#[track_caller]
fn has(page: &str, line: &str) {
    assert!(page.lines().any(|own| own == line), "{line}\nin\n{page}");
}

/// The number of series of a metric.
fn series(page: &str, metric: &str) -> usize {
    let start = format!("{metric}{{");
    page.lines().filter(|line| line.starts_with(&start)).count()
}

#[tokio::test]
async fn requests_are_counted_by_method_route_and_status() {
    let client = Client::new(app());
    for id in 0..3 {
        client.get(&format!("/users/{id}")).await.is(200);
    }
    client.post("/users").body("hello").await.is(201);
    client.get("/nowhere").await.is(404);
    client.delete("/users").await.is(405);
    client.get("/broken").await.is(500);
    client.get("/stream").await.has_text("hello world");
    let page = page(&client).await;
    for line in [
        r#"http_requests_total{method="GET",route="/users/:id",status="200"} 3"#,
        r#"http_requests_total{method="POST",route="/users",status="201"} 1"#,
        r#"http_requests_total{method="GET",route="",status="404"} 1"#,
        r#"http_requests_total{method="DELETE",route="",status="405"} 1"#,
        r#"http_requests_total{method="GET",route="/broken",status="500"} 1"#,
        r#"http_request_duration_seconds_count{method="GET",route="/users/:id",status="200"} 3"#,
        r#"http_request_duration_seconds_bucket{method="GET",route="/users/:id",status="200",le="+Inf"} 3"#,
        r#"http_request_size_bytes_sum{method="POST",route="/users"} 5.0"#,
        r#"http_response_size_bytes_sum{method="GET",route="/users/:id"} 18.0"#,
        r#"http_response_size_bytes_sum{method="GET",route="/stream"} 11.0"#,
        "http_requests_in_flight 1",
    ] {
        has(&page, line);
    }
}

#[tokio::test]
async fn clients_cannot_make_labels() {
    let client = Client::new(app());
    client.get("/users/0").await.is(200);
    client.get("/metrics").await.is(200);
    for number in 0..1_000_u32 {
        let method = format!("M{number}");
        client.request(&method, &format!("/{number}")).await.is(404);
        client.request(&method, "/any").await.is(200);
        client.request(&method, "/users/7").await.is(405);
        client
            .get(&format!("/users/{number}?{number}"))
            .await
            .is(200);
        client.get(&format!("/{number}/%ff/{number}")).await.is(404);
    }
    let page = page(&client).await;
    // Users, metrics, and four of other methods or routes.
    assert_eq!(series(&page, "http_requests_total"), 6, "{page}");
    assert_eq!(series(&page, "http_response_size_bytes_sum"), 5, "{page}");
    has(
        &page,
        r#"http_requests_total{method="other",route="/any",status="200"} 1000"#,
    );
}

#[tokio::test]
async fn a_request_that_is_given_up_is_counted() {
    let client = Client::new(app());
    {
        let mut request = pin!(client.get("/hangs").into_future());
        assert!(poll!(request.as_mut()).is_pending());
        has(&page(&client).await, "http_requests_in_flight 2");
    }
    let page = page(&client).await;
    has(&page, "http_requests_in_flight 1");
    has(
        &page,
        r#"http_requests_total{method="GET",route="/hangs",status="499"} 1"#,
    );
}

#[tokio::test]
async fn the_format_is_the_one_that_the_client_accepts() {
    let client = Client::new(app());
    for (accept, content_type, end) in [
        (None, "text/plain; version=0.0.4; charset=utf-8", "\n"),
        (
            Some("*/*"),
            "text/plain; version=0.0.4; charset=utf-8",
            "\n",
        ),
        (
            Some(
                "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.2,*/*;q=0.1",
            ),
            "application/openmetrics-text; version=1.0.0; charset=utf-8",
            "# EOF\n",
        ),
    ] {
        let request = client.get("/metrics");
        let response = match accept {
            Some(accept) => request.header("accept", accept).await,
            None => request.await,
        };
        let response = response.is(200).has_header("content-type", content_type);
        let page = response.text();
        assert!(page.ends_with(end), "{page}");
        assert_eq!(page.contains("# EOF"), end.contains("EOF"), "{page}");
    }
}

#[tokio::test]
async fn metrics_of_the_app_stand_beside_the_others() {
    let metrics = Metrics::new();
    let orders = metrics.register("orders", "Orders", Counter::<u64>::default());
    let client = Client::new(Group::new("").metrics("/metrics", &metrics));
    orders.inc_by(7);
    has(&page(&client).await, "orders_total 7");
}

#[tokio::test]
async fn connections_are_those_of_the_server() {
    let server = Running::new(app()).await;
    let mut kept = server.connect().await;
    kept.send("GET /users/1 HTTP/1.1\r\nhost: a\r\n\r\n").await;
    kept.until("a user").await;
    let page = server.get("/metrics").await;
    has(&page, "http_connections_open 2");
    has(&page, "http_connections_accepted_total 2");
    has(&page, "http_connections_refused_total 0");
}
