//! Bookmarks: JSON with SQLite, pagination, validation, login, session, flash messages, static files, an upload, a WebSocket, CORS.

#[path = "../../gin/src/db.rs"]
mod db;
mod error;

use std::sync::Arc;

use axum::extract::multipart::Multipart;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{DefaultBodyLimit, Form, FromRequestParts, Path, Query, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use minijinja::{Environment, context};
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast;
use tower_http::cors::CorsLayer;
use tower_http::services::ServeDir;
use tower_http::trace::TraceLayer;
use tower_sessions::{MemoryStore, Session, SessionManagerLayer};
use validator::Validate;

use crate::db::{Bookmark, Db, Listing, is_duplicate};
use crate::error::AppError;

#[derive(Clone)]
struct App {
    db: Db,
    created: broadcast::Sender<Bookmark>,
    templates: Arc<Environment<'static>>,
}

#[derive(Deserialize, Validate)]
struct Filter {
    tag: Option<String>,
    #[serde(default = "first")]
    #[validate(range(min = 1, message = "must be at least 1"))]
    page: i64,
    #[serde(default = "many")]
    #[validate(range(min = 1, max = 100, message = "must be from 1 to 100"))]
    per_page: i64,
}

fn first() -> i64 {
    1
}

fn many() -> i64 {
    20
}

#[derive(Deserialize, Validate)]
struct NewBookmark {
    #[validate(url(message = "is not a URL"))]
    url: String,
    #[validate(length(min = 1, max = 200, message = "must have 1 to 200 characters"))]
    title: String,
    #[serde(default)]
    tags: Vec<String>,
}

#[derive(Deserialize)]
struct Login {
    name: String,
    password: String,
}

#[derive(Serialize, Deserialize)]
struct Flash {
    text: String,
}

/// A user has signed in.
struct SignedIn;

impl<S: Send + Sync> FromRequestParts<S> for SignedIn {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<SignedIn, AppError> {
        let session = Session::from_request_parts(parts, state)
            .await
            .map_err(|_| AppError::Unauthorized)?;
        match session.get::<String>("user").await? {
            Some(_) => Ok(SignedIn),
            None => Err(AppError::Unauthorized),
        }
    }
}

async fn flash(session: &Session, text: impl Into<String>) -> Result<(), AppError> {
    let mut flashes: Vec<Flash> = session.get("flashes").await?.unwrap_or_default();
    flashes.push(Flash { text: text.into() });
    Ok(session.insert("flashes", flashes).await?)
}

async fn take_flashes(session: &Session) -> Result<Vec<Flash>, AppError> {
    Ok(session.remove("flashes").await?.unwrap_or_default())
}

fn render(app: &App, name: &str, values: minijinja::Value) -> Result<Html<String>, AppError> {
    Ok(Html(app.templates.get_template(name)?.render(values)?))
}

async fn list(
    State(app): State<App>,
    Query(filter): Query<Filter>,
) -> Result<Json<Listing>, AppError> {
    filter.validate()?;
    let listing = app
        .db
        .list(filter.tag.as_deref(), filter.page, filter.per_page)
        .await?;
    Ok(Json(listing))
}

async fn create(
    State(app): State<App>,
    _: SignedIn,
    Json(new): Json<NewBookmark>,
) -> Result<Response, AppError> {
    new.validate()?;
    let bookmark = insert(&app, &new).await?;
    let location = format!("/api/bookmarks/{}", bookmark.id);
    Ok((
        StatusCode::CREATED,
        [(header::LOCATION, location)],
        Json(bookmark),
    )
        .into_response())
}

async fn insert(app: &App, new: &NewBookmark) -> Result<Bookmark, AppError> {
    let bookmark = app
        .db
        .insert(&new.url, &new.title, &new.tags.join(" "))
        .await;
    let bookmark = bookmark.map_err(|error| match is_duplicate(&error) {
        true => AppError::Duplicate,
        false => error.into(),
    })?;
    let _ = app.created.send(bookmark.clone());
    Ok(bookmark)
}

async fn show(State(app): State<App>, Path(id): Path<i64>) -> Result<Json<Bookmark>, AppError> {
    app.db.get(id).await?.map(Json).ok_or(AppError::NotFound)
}

async fn update(
    State(app): State<App>,
    Path(id): Path<i64>,
    _: SignedIn,
    Json(new): Json<NewBookmark>,
) -> Result<Json<Bookmark>, AppError> {
    new.validate()?;
    let updated = app
        .db
        .update(id, &new.url, &new.title, &new.tags.join(" "))
        .await?;
    updated.map(Json).ok_or(AppError::NotFound)
}

async fn delete(
    State(app): State<App>,
    Path(id): Path<i64>,
    _: SignedIn,
) -> Result<StatusCode, AppError> {
    match app.db.delete(id).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(AppError::NotFound),
    }
}

async fn index(
    State(app): State<App>,
    session: Session,
    Query(filter): Query<Filter>,
) -> Result<Html<String>, AppError> {
    filter.validate()?;
    let listing = app
        .db
        .list(filter.tag.as_deref(), filter.page, filter.per_page)
        .await?;
    let user: Option<String> = session.get("user").await?;
    let messages = take_flashes(&session).await?;
    let values = context! { user, messages, items => listing.items, total => listing.total };
    render(&app, "index.html", values)
}

async fn login_page(State(app): State<App>) -> Result<Html<String>, AppError> {
    render(&app, "login.html", context! {})
}

async fn login(
    State(app): State<App>,
    session: Session,
    Form(login): Form<Login>,
) -> Result<Response, AppError> {
    if login.password != "secret" {
        let values = context! { name => login.name, error => "The password is wrong." };
        let page = render(&app, "login.html", values)?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    session.cycle_id().await?;
    session.insert("user", &login.name).await?;
    flash(&session, format!("Welcome, {}!", login.name)).await?;
    Ok(Redirect::to("/").into_response())
}

async fn logout(session: Session) -> Result<Redirect, AppError> {
    session.flush().await?;
    flash(&session, "Goodbye!").await?;
    Ok(Redirect::to("/"))
}

/// Imports a file with one URL a line.
async fn import(
    State(app): State<App>,
    session: Session,
    _: SignedIn,
    mut form: Multipart,
) -> Result<Redirect, AppError> {
    let mut count = 0;
    let bad =
        |error: axum::extract::multipart::MultipartError| AppError::BadRequest(error.body_text());
    while let Some(field) = form.next_field().await.map_err(bad)? {
        if field.name() != Some("file") {
            continue;
        }
        let text = field.text().await.map_err(bad)?;
        for url in text.lines().filter(|line| !line.is_empty()) {
            let new = NewBookmark {
                url: url.to_owned(),
                title: url.to_owned(),
                tags: Vec::new(),
            };
            new.validate()?;
            insert(&app, &new).await?;
            count += 1;
        }
    }
    flash(&session, format!("Imported {count} bookmarks.")).await?;
    Ok(Redirect::to("/"))
}

async fn live(State(app): State<App>, upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(|socket| send_created(app, socket))
}

async fn send_created(app: App, mut socket: WebSocket) {
    let mut created = app.created.subscribe();
    loop {
        tokio::select! {
            bookmark = created.recv() => {
                let Ok(bookmark) = bookmark else { return };
                let Ok(text) = serde_json::to_string(&bookmark) else { return };
                if socket.send(Message::Text(text.into())).await.is_err() {
                    return;
                }
            }
            message = socket.recv() => match message {
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                Some(Ok(_)) => {}
            }
        }
    }
}

fn router(db: Db) -> Router {
    let mut templates = Environment::new();
    templates.set_loader(minijinja::path_loader(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../templates"
    )));
    let app = App {
        db,
        created: broadcast::channel(16).0,
        templates: Arc::new(templates),
    };
    let sessions = SessionManagerLayer::new(MemoryStore::default()).with_secure(false);
    let cors = CorsLayer::new()
        .allow_origin(HeaderValue::from_static("https://app.example"))
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::DELETE])
        .allow_headers([header::CONTENT_TYPE])
        .allow_credentials(true);
    let api = Router::new()
        .route("/bookmarks", get(list).post(create))
        .route("/bookmarks/{id}", get(show).put(update).delete(delete))
        .layer(cors);
    Router::new()
        .nest("/api", api)
        .route("/", get(index))
        .route("/login", get(login_page).post(login))
        .route("/logout", post(logout))
        .route(
            "/import",
            post(import).layer(DefaultBodyLimit::max(10 << 20)),
        )
        .route("/live", get(live))
        .nest_service(
            "/static",
            ServeDir::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../static")),
        )
        .layer(sessions)
        .layer(TraceLayer::new_for_http())
        .with_state(app)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing_subscriber::fmt().init();
    let port = std::env::var("PORT").unwrap_or("8080".to_owned());
    let listener = tokio::net::TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    axum::serve(listener, router(Db::open().await?))
        .with_graceful_shutdown(shutdown())
        .await?;
    Ok(())
}

async fn shutdown() {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
        .expect("SIGTERM can be caught");
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::Request;
    use http_body_util::BodyExt;
    use tower::ServiceExt;

    use super::*;

    #[tokio::test]
    async fn an_unknown_bookmark_is_404() {
        let router = router(Db::open().await.unwrap());
        let request = Request::get("/api/bookmarks/7")
            .body(Body::empty())
            .unwrap();
        assert_eq!(router.oneshot(request).await.unwrap().status(), 404);
    }

    #[tokio::test]
    async fn a_bookmark_is_created_and_listed_by_who_has_signed_in() {
        let router = router(Db::open().await.unwrap());
        let login = Request::post("/login")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from("name=Ann&password=secret"))
            .unwrap();
        let response = router.clone().oneshot(login).await.unwrap();
        assert_eq!(response.status(), 303);
        let cookie = response.headers()["set-cookie"].to_str().unwrap();
        let cookie = cookie.split(';').next().unwrap().to_owned();

        let new = json!({ "url": "https://a.example", "title": "A", "tags": ["x", "y"] });
        let create = |cookie: &str| {
            Request::post("/api/bookmarks")
                .header("content-type", "application/json")
                .header("cookie", cookie)
                .body(Body::from(new.to_string()))
                .unwrap()
        };
        assert_eq!(
            router.clone().oneshot(create("")).await.unwrap().status(),
            401
        );
        assert_eq!(
            router
                .clone()
                .oneshot(create(&cookie))
                .await
                .unwrap()
                .status(),
            201
        );

        let list = Request::get("/api/bookmarks?tag=y")
            .body(Body::empty())
            .unwrap();
        let response = router.oneshot(list).await.unwrap();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        let listing: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(listing["total"], 1);
        assert_eq!(listing["items"][0]["title"], "A");
    }

    use serde_json::json;
}
