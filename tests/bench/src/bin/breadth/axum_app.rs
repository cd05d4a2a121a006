//! The server on axum, with the crates that apps on axum use.

use std::convert::Infallible;
use std::net::TcpListener as StdListener;
use std::path::Path;
use std::sync::Arc;

use axum::extract::multipart::MultipartError;
use axum::extract::ws::{WebSocket, WebSocketUpgrade};
use axum::extract::{DefaultBodyLimit, Multipart, State};
use axum::http::{HeaderValue, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{Html, Response};
use axum::routing::{get, post};
use axum::serve::ListenerExt;
use axum::{Json, Router};
use futures_util::{Stream, StreamExt};
use minijinja::value::Serde;
use minijinja::{Environment, context};
use tokio::net::TcpListener;
use tokio::sync::broadcast;
use tokio_stream::wrappers::BroadcastStream;
use tower_http::compression::CompressionLayer;
use tower_http::cors::CorsLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::services::ServeDir;
use tower_http::timeout::TimeoutLayer;
use tower_sessions::{MemoryStore, Session, SessionManagerLayer};

use crate::greeting::{GREETING, Greeting, TIMEOUT};
use crate::page::{ARTICLES, TEMPLATES, TITLE};
use crate::server::{BACKLOG, BODY_LIMIT};

#[derive(Clone)]
struct App {
    events: broadcast::Sender<String>,
    templates: Arc<Environment<'static>>,
}

async fn upload(mut form: Multipart) -> Result<String, MultipartError> {
    let mut length = 0;
    while let Some(mut field) = form.next_field().await? {
        while let Some(chunk) = field.chunk().await? {
            length += chunk.len();
        }
    }
    Ok(length.to_string())
}

async fn events(State(app): State<App>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let events = BroadcastStream::new(app.events.subscribe());
    let events =
        events.filter_map(async |event| event.ok().map(|data| Ok(Event::default().data(data))));
    Sse::new(events).keep_alive(KeepAlive::default())
}

async fn publish(State(app): State<App>, event: String) -> StatusCode {
    let _ = app.events.send(event);
    StatusCode::NO_CONTENT
}

async fn echo(upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(async |mut socket: WebSocket| {
        while let Some(Ok(message)) = socket.recv().await {
            if socket.send(message).await.is_err() {
                return;
            }
        }
    })
}

async fn sign_in(session: Session) -> Result<StatusCode, StatusCode> {
    let inserted = session.insert("user", "Ann").await;
    inserted.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    Ok(StatusCode::NO_CONTENT)
}

async fn user(session: Session) -> Result<String, StatusCode> {
    let user = session.get::<String>("user").await;
    let user = user.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    Ok(user.unwrap_or_default())
}

async fn page(State(app): State<App>) -> Result<Html<String>, StatusCode> {
    let values = context! { title => TITLE, articles => Serde(&*ARTICLES) };
    let page = app.templates.get_template("articles.html");
    let page = page.and_then(|template| template.render(values));
    page.map(Html)
        .map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}

async fn greeting() -> Json<Greeting> {
    Json(GREETING)
}

/// Returns the greeting behind the layers that services have.
fn around_json<S: Clone + Send + Sync + 'static>() -> Router<S> {
    let origin = HeaderValue::from_static("https://app.example");
    Router::new()
        .route("/greeting", get(greeting))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            TIMEOUT,
        ))
        .layer(CompressionLayer::new())
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
        .layer(CorsLayer::new().allow_origin([origin]))
}

pub(crate) async fn serve(listener: StdListener, directory: &Path) -> anyhow::Result<()> {
    let mut templates = Environment::new();
    for (name, source) in TEMPLATES {
        templates.add_template(name, source)?;
    }
    let state = App {
        events: broadcast::Sender::new(BACKLOG),
        templates: Arc::new(templates),
    };
    let sessions = SessionManagerLayer::new(MemoryStore::default());
    let with_session = Router::new()
        .route("/sign-in", post(sign_in))
        .route("/user", get(user))
        .layer(sessions);
    let app = Router::new()
        .nest_service("/files", ServeDir::new(directory))
        .route(
            "/upload",
            post(upload).layer(DefaultBodyLimit::max(BODY_LIMIT)),
        )
        .route("/events", get(events))
        .route("/publish", post(publish))
        .route("/echo", get(echo))
        .route("/page", get(page))
        .with_state(state)
        .merge(with_session)
        .merge(around_json());
    // Without it, a client that delays its ACKs waits 40 ms for the body of a small file, which comes after the head.
    let listener = TcpListener::from_std(listener)?.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    Ok(axum::serve(listener, app).await?)
}
