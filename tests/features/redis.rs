//! `redis`: sessions and rate limits that servers share. Those of gin-core's own tests have a Redis; here, there is none.

use gin::middleware::RateLimit;
use gin::sessions::Sessions;
use tokio::net::TcpListener;

#[tokio::test]
async fn a_redis_that_is_not_there_is_an_error_at_the_start() {
    let listener = TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port is free");
    let address = listener.local_addr().expect("it is bound");
    drop(listener);
    let url = format!("redis://{address}");
    let sessions = Sessions::redis(&url).await.map(drop);
    let limit = RateLimit::per_second(1).redis(&url).await.map(drop);
    for result in [sessions, limit] {
        let error = result.expect_err("nothing listens").to_string();
        assert!(error.contains(&address.to_string()), "{error}");
    }
}
