//! The server on gin-core.

use std::net::TcpListener as StdListener;
use std::path::Path;

use gin::Server;
use gin::extract::Multipart;
use gin::files::Dir;
use gin::middleware::{Compression, Cors, RequestId, Timeout};
use gin::prelude::*;
use gin::response::{Event, Sse};
use gin::sessions::{Session, Sessions};
use gin::templates::Templates;
use gin::websocket::WebSocket;
use tokio::net::TcpListener;
use tokio::sync::broadcast;

use crate::greeting::{GREETING, Greeting, TIMEOUT};
use crate::page::{ARTICLES, TEMPLATES, TITLE};
use crate::server::{BACKLOG, BODY_LIMIT};

type Events = broadcast::Sender<String>;

#[post("/upload")]
async fn upload(mut form: Multipart) -> gin::Result<String> {
    let mut length = 0;
    while let Some(mut field) = form.next().await? {
        while let Some(chunk) = field.chunk().await? {
            length += chunk.len();
        }
    }
    Ok(length.to_string())
}

#[get("/events")]
async fn events(State(events): State<Events>) -> Sse {
    let mut events = events.subscribe();
    Sse::from_writer(async move |writer| {
        while let Ok(data) = events.recv().await {
            writer.send(Event::data(data)).await?;
        }
        Ok(())
    })
}

#[post("/publish")]
async fn publish(State(events): State<Events>, event: String) -> StatusCode {
    let _ = events.send(event);
    StatusCode::NO_CONTENT
}

#[get("/echo")]
async fn echo(socket: WebSocket) -> Response {
    socket.on_upgrade(async |mut socket| {
        while let Some(message) = socket.recv().await {
            socket.send(message).await?;
        }
        Ok(())
    })
}

#[post("/sign-in")]
async fn sign_in(session: Session) -> gin::Result<StatusCode> {
    session.insert("user", "Ann")?;
    Ok(StatusCode::NO_CONTENT)
}

#[get("/user")]
async fn user(session: Session) -> gin::Result<String> {
    let user = session.get::<String>("user")?;
    Ok(user.unwrap_or_default())
}

#[get("/page")]
async fn page() -> View {
    View::new(
        "articles.html",
        context! { title => TITLE, articles => *ARTICLES },
    )
}

/// It is shorter than a response that is compressed.
#[get("/greeting")]
async fn greeting() -> Json<Greeting> {
    Json(GREETING)
}

/// Returns the greeting behind the middleware that services have.
fn around_json() -> Group {
    Group::new("")
        .with(Cors::new(["https://app.example"]))
        .with(RequestId::new())
        .with(Compression::new())
        .with(Timeout::new(TIMEOUT))
        .mount(routes![greeting])
}

pub(crate) async fn serve(listener: StdListener, directory: &Path) -> anyhow::Result<()> {
    let with_session = Group::new("")
        .with(Sessions::memory())
        .mount(routes![sign_in, user]);
    let app = Group::new("")
        .state(Events::new(BACKLOG))
        .templates(Templates::embedded(TEMPLATES))
        .body_limit(BODY_LIMIT)
        .files("/files", Dir::new(directory))
        .mount(routes![upload, events, publish, echo, page])
        .nest(with_session)
        .nest(around_json());
    let engine = Engine::new(app)?;
    let server = Server::new(engine)
        .listen(TcpListener::from_std(listener)?)
        .run();
    server.await.map_err(|error| anyhow::anyhow!("{error}"))
}
