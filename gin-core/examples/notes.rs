//! A service of notes with a document of `OpenAPI`: run it, and open <http://127.0.0.1:8080/api/openapi>.
//!
//! `.ci/openapi` lets schemathesis send it requests by that document, and `.ci/client` calls it from TypeScript. The account is `ann`
//! with the password `open sesame`, and the token of the admin is `7f3a`.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use gin::extract::{Header, Upload, Valid};
use gin::files::Attachment;
use gin::middleware::{BasicAuth, BasicUser, Denial, RateLimit, RequestId, Token, bearer};
use gin::prelude::*;
use gin::response::{Event, Sse};
use gin::schemars::JsonSchema;
use gin::validator::Validate;
use serde::{Deserialize, Serialize};

/// A note.
#[derive(Clone, Serialize, JsonSchema)]
#[schemars(crate = "gin::schemars")]
struct Note {
    id: u32,
    title: String,
    text: String,
    priority: Priority,
    tags: Vec<String>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(crate = "gin::schemars")]
#[serde(rename_all = "lowercase")]
enum Priority {
    Low,
    #[default]
    Normal,
    High,
}

/// A note to be written.
#[derive(Deserialize, Validate, JsonSchema)]
#[validate(crate = "gin::validator")]
#[schemars(crate = "gin::schemars")]
struct NewNote {
    #[validate(length(min = 1, max = 80))]
    title: String,
    #[serde(default)]
    #[validate(length(max = 2000))]
    text: String,
    #[serde(default)]
    priority: Priority,
    #[serde(default)]
    #[validate(length(max = 8))]
    tags: Vec<String>,
}

/// The changes to a note.
#[derive(Deserialize, Validate, JsonSchema)]
#[validate(crate = "gin::validator")]
#[schemars(crate = "gin::schemars")]
struct Changes {
    #[validate(length(min = 1, max = 80))]
    title: Option<String>,
    priority: Option<Priority>,
}

#[derive(Deserialize, Validate, JsonSchema)]
#[validate(crate = "gin::validator")]
#[schemars(crate = "gin::schemars")]
struct Filter {
    /// Only notes with this tag.
    tag: Option<String>,
    priority: Option<Priority>,
    /// The number of notes to skip.
    #[serde(default)]
    skip: u16,
    /// The number of notes to return.
    #[serde(default = "many")]
    #[validate(range(min = 1, max = 100))]
    limit: u8,
}

fn many() -> u8 {
    20
}

#[derive(Serialize, JsonSchema)]
#[schemars(crate = "gin::schemars")]
struct Listing {
    items: Vec<Note>,
    total: usize,
}

#[derive(Clone, Default)]
struct Notes(Arc<Mutex<BTreeMap<u32, Note>>>);

impl Notes {
    fn with<T>(&self, run: impl FnOnce(&mut BTreeMap<u32, Note>) -> T) -> T {
        run(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Lists notes.
///
/// The newest come first.
#[get("")]
async fn list(
    State(notes): State<Notes>,
    Valid(Query(filter)): Valid<Query<Filter>>,
) -> Json<Listing> {
    let fits = |note: &&Note| {
        let has_tag = filter
            .tag
            .as_ref()
            .is_none_or(|tag| note.tags.contains(tag));
        has_tag && filter.priority.is_none_or(|own| own == note.priority)
    };
    let all: Vec<Note> = notes.with(|notes| notes.values().rev().filter(fits).cloned().collect());
    let total = all.len();
    let items = all
        .into_iter()
        .skip(filter.skip.into())
        .take(filter.limit.into());
    Json(Listing {
        items: items.collect(),
        total,
    })
}

/// Writes a note.
#[post("")]
async fn create(
    State(notes): State<Notes>,
    Valid(Json(new)): Valid<Json<NewNote>>,
) -> (StatusCode, [(HeaderName, String); 1], Json<Note>) {
    let note = notes.with(|notes| {
        let id = notes.keys().last().map_or(1, |last| last + 1);
        let NewNote {
            title,
            text,
            priority,
            tags,
        } = new;
        let note = Note {
            id,
            title,
            text,
            priority,
            tags,
        };
        notes.insert(id, note.clone());
        note
    });
    let location = [(
        gin::http::header::LOCATION,
        format!("/api/notes/{}", note.id),
    )];
    (StatusCode::CREATED, location, Json(note))
}

/// Returns a note.
#[get("/:id")]
async fn show(id: u32, State(notes): State<Notes>) -> Result<Json<Note>> {
    Ok(Json(notes.with(|notes| notes.get(&id).cloned()).or_404()?))
}

/// Changes a note.
#[patch("/:id")]
async fn change(
    id: u32,
    State(notes): State<Notes>,
    Valid(Json(changes)): Valid<Json<Changes>>,
) -> Result<Json<Note>> {
    let note = notes.with(|notes| {
        let note = notes.get_mut(&id)?;
        if let Some(title) = changes.title {
            note.title = title;
        }
        note.priority = changes.priority.unwrap_or(note.priority);
        Some(note.clone())
    });
    Ok(Json(note.or_404()?))
}

/// Deletes a note.
#[delete("/:id")]
async fn remove(id: u32, State(notes): State<Notes>) -> Result<StatusCode> {
    notes.with(|notes| notes.remove(&id)).or_404()?;
    Ok(StatusCode::NO_CONTENT)
}

/// The admin, whose token may delete all notes.
#[derive(Clone)]
struct Admin;

async fn verify(token: Token) -> Result<Admin, Denial> {
    match token.as_str() {
        "7f3a" => Ok(Admin),
        "guest" => Err(Denial::scope("admin")),
        _ => Err(Denial::invalid()),
    }
}

/// Deletes all notes.
#[delete("")]
async fn clear(State(notes): State<Notes>) -> StatusCode {
    notes.with(BTreeMap::clear);
    StatusCode::NO_CONTENT
}

/// Returns the notes as a file.
#[get("/export")]
async fn export(State(notes): State<Notes>) -> Attachment {
    let titles = notes.with(|notes| {
        let titles = notes.values().map(|note| format!("{}\n", note.title));
        titles.collect::<String>()
    });
    Attachment::new("notes.txt", titles)
}

/// Returns the name of the user.
#[get("/name")]
async fn name(Extension(user): Extension<BasicUser>) -> Json<String> {
    Json(user.name().to_owned())
}

#[derive(Deserialize, JsonSchema)]
#[schemars(crate = "gin::schemars")]
#[serde(deny_unknown_fields)]
struct Attached {
    label: String,
    file: Upload,
}

/// Measures a file.
#[post("/measure")]
async fn measure(Form(attached): Form<Attached>) -> String {
    format!("{}: {} bytes", attached.label, attached.file.len())
}

#[derive(Deserialize, JsonSchema)]
#[schemars(crate = "gin::schemars")]
struct Caller {
    x_request_name: Option<String>,
}

/// Greets the caller.
#[get("/hello/:name")]
async fn hello(name: &str, Header(caller): Header<Caller>) -> Html<String> {
    let _ = caller.x_request_name;
    Html(format!("<h1>Hello, {} letters!</h1>", name.chars().count()))
}

/// Counts the bytes of a text.
#[post("/count")]
async fn count(text: String) -> Json<usize> {
    Json(text.len())
}

/// Signs in, and goes home.
#[post("/sign-in")]
async fn sign_in(Form(_): Form<SignIn>) -> Redirect {
    Redirect::to("/api/notes")
}

#[derive(Deserialize, JsonSchema)]
#[schemars(crate = "gin::schemars")]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "the example lets everyone in")]
struct SignIn {
    name: String,
    password: String,
}

/// Counts to three.
#[get("/events")]
async fn events() -> Sse {
    Sse::from_writer(async |events| {
        for number in 1..=3 {
            events.send(Event::data(number.to_string())).await?;
        }
        Ok(())
    })
}

#[gin::main]
async fn main() -> gin::Result<()> {
    let notes = Group::new("/notes")
        .with(RateLimit::per_second(10_000))
        .mount(routes![
            list,
            create,
            show,
            change,
            remove,
            export,
            clear.with(bearer(verify))
        ]);
    let account = Group::new("/account")
        .with(BasicAuth::accounts([("ann", "open sesame")]))
        .mount(routes![name]);
    let api = Group::new("/api")
        .with(RequestId::new())
        .nest(notes)
        .nest(account)
        .mount(routes![
            measure,
            hello.timeout(Duration::from_secs(5)),
            count,
            sign_in,
            events
        ])
        .openapi("/openapi.json");
    gin::default().state(Notes::default()).nest(api).run().await
}
