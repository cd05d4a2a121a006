//! An app on axum inside a group of gin-core: it keeps its paths and gets gin's middleware around it.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path as AxumPath, State as AxumState};
use axum::routing::get as on_get;
use gin::middleware::{RequestId, Token, bearer};
use gin::prelude::*;

/// The app as it was, with its state and its own 404.
fn old() -> Router {
    let names = Arc::new(["Ann", "Bob"]);
    let show = async |AxumPath(id): AxumPath<usize>,
                      AxumState(names): AxumState<Arc<[&'static str; 2]>>| {
        names.get(id).copied().ok_or(StatusCode::NOT_FOUND)
    };
    Router::new()
        .route("/users/{id}", on_get(show))
        .with_state(names)
}

/// A route that has moved: it wins over the old one.
#[get("/v1/users/0")]
async fn ann() -> Json<serde_json::Value> {
    Json(json!({ "name": "Ann" }))
}

#[derive(Clone)]
struct Robot;

async fn verify(token: Token) -> Option<Robot> {
    token.is("7f3a").then_some(Robot)
}

fn app() -> Group {
    let guarded = Group::new("")
        .with(bearer(verify))
        .mount(routes![ann])
        .service("/v1", old());
    gin::default()
        .with(RequestId::new())
        .get("/", async || "home")
        .nest(guarded)
}

#[gin::main]
async fn main() -> gin::Result<()> {
    app().run().await
}

#[cfg(test)]
mod tests {
    use gin::testing::Client;

    use super::*;

    #[tokio::test]
    async fn old_routes_are_behind_the_new_guard() {
        let client = Client::new(app());
        client.get("/v1/users/1").await.is(401);
        let robot = client.with_header("authorization", "Bearer 7f3a");
        let bob = robot.get("/v1/users/1").await.is(200).has_text("Bob");
        assert!(bob.header("x-request-id").is_some());
        robot
            .get("/v1/users/0")
            .await
            .has_json(json!({ "name": "Ann" }));
        robot.get("/v1/users/2").await.is(404);
        robot.get("/v1/nowhere").await.is(404);
        client.get("/").await.has_text("home");
    }
}
