//! The server on actix-web, with its own crates. Its sessions are in cookies or in Redis, not in memory, so that it has none here.

use std::net::TcpListener;
use std::path::Path;

use actix_files::Files;
use actix_multipart::{Multipart, MultipartError};
use actix_web::error::ErrorInternalServerError;
use actix_web::http::header::{CONTENT_TYPE, HeaderValue};
use actix_web::rt::{System, spawn};
use actix_web::web::{Bytes, Data, Html, Payload, get, post};
use actix_web::{App, Error, HttpRequest, HttpResponse, HttpServer};
use actix_ws::{AggregatedMessage, handle};
use futures_util::{StreamExt, TryStreamExt};
use minijinja::value::Serde;
use minijinja::{Environment, context};
use tokio::sync::broadcast;
use tokio_stream::wrappers::BroadcastStream;

use crate::page::{ARTICLES, TEMPLATES, TITLE};
use crate::server::BACKLOG;

/// The most that a WebSocket message may have, in bytes. The default is 64 KiB with its header.
const MESSAGE_LIMIT: usize = 1 << 20;

type Events = broadcast::Sender<String>;

async fn upload(mut form: Multipart) -> Result<String, MultipartError> {
    let mut length = 0;
    while let Some(mut field) = form.try_next().await? {
        while let Some(chunk) = field.try_next().await? {
            length += chunk.len();
        }
    }
    Ok(length.to_string())
}

async fn events(events: Data<Events>) -> HttpResponse {
    let events = BroadcastStream::new(events.subscribe());
    let events = events.map_ok(|data| Bytes::from(format!("data: {data}\n\n")));
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, HeaderValue::from_static("text/event-stream")))
        .streaming(events)
}

async fn publish(events: Data<Events>, event: String) -> HttpResponse {
    let _ = events.send(event);
    HttpResponse::NoContent().finish()
}

async fn echo(request: HttpRequest, body: Payload) -> Result<HttpResponse, Error> {
    let (response, mut session, messages) = handle(&request, body)?;
    let messages = messages
        .max_frame_size(MESSAGE_LIMIT)
        .aggregate_continuations();
    let mut messages = messages.max_continuation_size(MESSAGE_LIMIT);
    spawn(async move {
        while let Some(Ok(AggregatedMessage::Text(text))) = messages.next().await {
            if session.text(text).await.is_err() {
                return;
            }
        }
    });
    Ok(response)
}

async fn page(templates: Data<Environment<'static>>) -> Result<Html, Error> {
    let values = context! { title => TITLE, articles => Serde(&*ARTICLES) };
    let page = templates.get_template("articles.html");
    let page = page.and_then(|template| template.render(values));
    page.map(Html::new).map_err(ErrorInternalServerError)
}

pub(crate) fn serve(listener: TcpListener, directory: &Path) -> anyhow::Result<()> {
    let mut templates = Environment::new();
    for (name, source) in TEMPLATES {
        templates.add_template(name, source)?;
    }
    let templates = Data::new(templates);
    let sender = Data::new(Events::new(BACKLOG));
    let directory = directory.to_owned();
    let app = move || {
        App::new()
            .app_data(templates.clone())
            .app_data(sender.clone())
            .service(Files::new("/files", &directory))
            .route("/upload", post().to(upload))
            .route("/events", get().to(events))
            .route("/publish", post().to(publish))
            .route("/echo", get().to(echo))
            .route("/page", get().to(page))
    };
    let server = HttpServer::new(app).workers(1).tcp_nodelay(true);
    let server = server.listen(listener)?.run();
    Ok(System::new().block_on(server)?)
}
