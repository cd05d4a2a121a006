//! An engine of gin-core inside an app on axum: what axum does not route is gin's, so that routes move one by one.

use axum::Router;
use axum::extract::{Extension as AxumExtension, Request};
use axum::middleware::{Next as AxumNext, from_fn};
use gin::prelude::*;
use gin::tower::given;
use tokio::net::TcpListener;

/// The user, whom a middleware of axum knows.
#[derive(Clone)]
struct User(String);

async fn known(mut request: Request, next: AxumNext) -> axum::response::Response {
    let name = request
        .headers()
        .get("x-user")
        .and_then(|name| name.to_str().ok());
    let user = User(name.unwrap_or("stranger").to_owned());
    request.extensions_mut().insert(user);
    next.run(request).await
}

/// A route that has not moved yet.
async fn old(AxumExtension(User(name)): AxumExtension<User>) -> String {
    format!("axum knows {name}")
}

/// One that has.
#[get("/new/:id")]
async fn new(id: u32, Extension(User(name)): Extension<User>) -> String {
    format!("gin shows {id} to {name}")
}

fn app() -> Result<Router> {
    // The engine checks that a user is given; it cannot see the middleware of axum.
    let gin = Engine::new(Group::new("").with(given::<User>()).mount(routes![new]))?;
    let old = axum::routing::get(old);
    Ok(Router::new()
        .route("/old", old)
        .fallback_service(gin)
        .layer(from_fn(known)))
}

#[gin::main]
async fn main() -> gin::Result<()> {
    let port = std::env::var("PORT").unwrap_or_else(|_| "8080".to_owned());
    let listener = TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    Ok(axum::serve(listener, app()?).await?)
}

#[cfg(test)]
mod tests {
    use tower::ServiceExt;

    use super::*;

    async fn get(path: &str) -> (u16, Bytes) {
        let request = gin::http::Request::get(format!("http://localhost{path}"))
            .header("x-user", "Ann")
            .body(axum::body::Body::empty());
        let response = app().unwrap().oneshot(request.unwrap()).await.unwrap();
        let status = response.status().as_u16();
        (
            status,
            axum::body::to_bytes(response.into_body(), 1024)
                .await
                .unwrap(),
        )
    }

    #[tokio::test]
    async fn both_serve_and_know_the_user() {
        assert_eq!(get("/old").await, (200, "axum knows Ann".into()));
        assert_eq!(get("/new/7").await, (200, "gin shows 7 to Ann".into()));
        assert_eq!(get("/new/x").await.0, 404);
        assert_eq!(get("/nowhere").await.0, 404);
    }
}
