//! `metrics`: numbers for Prometheus.

use gin::operations::Metrics;
use gin::prelude::*;
use gin::testing::Client;

#[tokio::test]
async fn requests_are_counted() {
    let app = Group::new("")
        .metrics("/metrics", &Metrics::new())
        .get("/users/:id", async || "a user");
    let client = Client::new(app);
    client.get("/users/7").await.is(200);
    let counted = "http_requests_total{method=\"GET\",route=\"/users/:id\",status=\"200\"} 1";
    client.get("/metrics").await.is(200).contains(counted);
}
