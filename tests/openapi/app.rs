//! An API to try: params, queries, bodies, files and credentials.

use std::net::SocketAddr;

use gin::extract::{Header, Upload};
use gin::middleware::{BasicAuth, BasicUser, Token, bearer};
use gin::openapi::OpenApi;
use gin::prelude::*;
use gin::response::{Event, Sse};
use gin::schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;

#[derive(Serialize, Deserialize, JsonSchema)]
#[schemars(crate = "gin::schemars")]
#[serde(rename_all = "lowercase")]
enum Size {
    Small,
    Large,
}

#[derive(Deserialize, JsonSchema)]
#[schemars(crate = "gin::schemars")]
struct Options {
    /// Only things of this size.
    size: Option<Size>,
    tags: Vec<String>,
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[schemars(crate = "gin::schemars")]
struct Thing {
    name: String,
    size: Size,
}

#[derive(Deserialize, JsonSchema)]
#[schemars(crate = "gin::schemars")]
struct Photo {
    title: String,
    file: Upload,
}

#[derive(Deserialize, JsonSchema)]
#[schemars(crate = "gin::schemars")]
struct Caller {
    x_caller: Option<String>,
}

/// Replaces a thing.
///
/// The thing must exist.
#[put("/:id")]
async fn replace(
    id: u32,
    Query(options): Query<Options>,
    Header(caller): Header<Caller>,
    Json(thing): Json<Thing>,
) -> Result<([(HeaderName, &'static str); 1], Json<Value>)> {
    (id < 100).then_some(()).or_404()?;
    let header = [(gin::http::header::ETAG, "\"7\"")];
    let tags = options.tags;
    let json = json!({ "id": id, "tags": tags, "caller": caller.x_caller, "thing": thing });
    let _ = options.size;
    Ok((header, Json(json)))
}

type Value = serde_json::Value;

/// Uploads a photo.
#[post("/photos")]
async fn upload(Form(photo): Form<Photo>) -> String {
    format!("{} has {} bytes", photo.title, photo.file.len())
}

/// Counts.
#[get("/events")]
#[deprecated = "use the counter"]
async fn events() -> Sse {
    Sse::from_writer(async |events| {
        for number in 1..=3 {
            events.send(Event::data(number.to_string())).await?;
        }
        Ok(())
    })
}

/// Returns the user.
#[get("/user")]
async fn user(Extension(user): Extension<BasicUser>) -> String {
    user.name().to_owned()
}

/// Deletes everything.
#[delete("/all")]
async fn clear() -> StatusCode {
    StatusCode::NO_CONTENT
}

#[derive(Clone)]
struct Admin;

async fn verify(token: Token) -> Option<Admin> {
    token.is("7f3a").then_some(Admin)
}

/// Starts the app in the background, and returns its address.
pub(crate) async fn start() -> SocketAddr {
    let things = Group::new("/things").mount(routes![replace, upload, events]);
    let users = Group::new("/users")
        .with(BasicAuth::accounts([("ann", "open sesame")]))
        .mount(routes![user]);
    let settings = OpenApi::new("/openapi.json").title("Things <and> more");
    let api = Group::new("/api")
        .mount(routes![clear.with(bearer(verify))])
        .nest(things)
        .nest(users)
        .openapi(settings.description("All about things."));
    let listener = TcpListener::bind("127.0.0.1:0").await;
    let listener = listener.expect("there is a free port");
    let address = listener.local_addr().expect("it is bound");
    let engine = api.build().expect("the app is right");
    tokio::spawn(gin::Server::new(engine).listen(listener).run());
    address
}
