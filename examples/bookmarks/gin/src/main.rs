//! Bookmarks: JSON with SQLite, pagination, validation, login, session, flash messages, static files, an upload, a WebSocket, CORS.

mod db;

use gin::extract::Valid;
use gin::failure::Place;
use gin::files::Dir;
use gin::middleware::Cors;
use gin::prelude::*;
use gin::sessions::Sessions;
use gin::validator::Validate;
use gin::websocket::WebSocket;
use serde::Deserialize;
use tokio::sync::broadcast;

use crate::db::{Bookmark, Db, Listing, is_duplicate};

type Created = broadcast::Sender<Bookmark>;

#[derive(Deserialize, Validate)]
#[validate(crate = "gin::validator")]
struct Filter {
    tag: Option<String>,
    #[serde(default = "first")]
    #[validate(range(min = 1))]
    page: i64,
    #[serde(default = "many")]
    #[validate(range(min = 1, max = 100))]
    per_page: i64,
}

fn first() -> i64 {
    1
}

fn many() -> i64 {
    20
}

#[derive(Deserialize, Validate)]
#[validate(crate = "gin::validator")]
struct NewBookmark {
    #[validate(url)]
    url: String,
    #[validate(length(min = 1, max = 200))]
    title: String,
    #[serde(default)]
    tags: Vec<String>,
}

#[derive(Deserialize)]
struct Login {
    name: String,
    password: String,
}

#[derive(Deserialize)]
struct Import {
    file: Upload,
}

async fn signed_in(cx: &mut Context, next: Next<'_>) -> gin::Result<Response> {
    let session = Session::from_context(cx).await?;
    session
        .get::<String>("user")?
        .or_status(401, "sign in first")?;
    Ok(next.run(cx).await)
}

#[get("/bookmarks")]
async fn list(
    State(db): State<Db>,
    Valid(Query(filter)): Valid<Query<Filter>>,
) -> gin::Result<Json<Listing>> {
    let listing = db
        .list(filter.tag.as_deref(), filter.page, filter.per_page)
        .await?;
    Ok(Json(listing))
}

// ANCHOR: show
#[get("/bookmarks/:id")]
async fn show(id: i64, State(db): State<Db>) -> gin::Result<Json<Bookmark>> {
    Ok(Json(
        db.get(id)
            .await?
            .or_status(404, "there is no such bookmark")?,
    ))
}
// ANCHOR_END: show

#[post("/bookmarks")]
async fn create(
    State(db): State<Db>,
    State(created): State<Created>,
    Valid(Json(new)): Valid<Json<NewBookmark>>,
) -> gin::Result<impl IntoResponse> {
    let bookmark = insert(&db, &created, &new).await?;
    let location = format!("/api{}", show::url(bookmark.id));
    Ok((201, [("location", location)], Json(bookmark)))
}

// ANCHOR: insert
async fn insert(db: &Db, created: &Created, new: &NewBookmark) -> gin::Result<Bookmark> {
    let bookmark = db.insert(&new.url, &new.title, &new.tags.join(" ")).await;
    let bookmark = bookmark.map_err(|error| match is_duplicate(&error) {
        true => gin::Error::new(409, "this URL is saved already"),
        false => error.into(),
    })?;
    let _ = created.send(bookmark.clone());
    Ok(bookmark)
}
// ANCHOR_END: insert

#[put("/bookmarks/:id")]
async fn update(
    id: i64,
    State(db): State<Db>,
    Valid(Json(new)): Valid<Json<NewBookmark>>,
) -> gin::Result<Json<Bookmark>> {
    let updated = db
        .update(id, &new.url, &new.title, &new.tags.join(" "))
        .await?;
    Ok(Json(updated.or_status(404, "there is no such bookmark")?))
}

#[delete("/bookmarks/:id")]
async fn delete(id: i64, State(db): State<Db>) -> gin::Result<StatusCode> {
    match db.delete(id).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(gin::Error::new(404, "there is no such bookmark")),
    }
}

#[get("/")]
async fn index(
    session: Session,
    State(db): State<Db>,
    Valid(Query(filter)): Valid<Query<Filter>>,
) -> gin::Result<View> {
    let listing = db
        .list(filter.tag.as_deref(), filter.page, filter.per_page)
        .await?;
    let user = session.get::<String>("user")?;
    let messages = session.flashes();
    Ok(View::new(
        "index.html",
        context! { user, messages, items => listing.items, total => listing.total },
    ))
}

#[get("/login")]
async fn login_page() -> View {
    View::new("login.html", ())
}

#[post("/login")]
async fn login(session: Session, Form(login): Form<Login>) -> gin::Result<Response> {
    if login.password != "secret" {
        let values = context! { name => login.name, error => "The password is wrong." };
        return Ok((422, View::new("login.html", values)).into_response());
    }
    session.renew();
    session.insert("user", &login.name)?;
    session.flash("info", format!("Welcome, {}!", login.name));
    Ok(Redirect::to("/").into_response())
}

#[post("/logout")]
async fn logout(session: Session) -> Redirect {
    session.flush();
    session.flash("info", "Goodbye!");
    Redirect::to("/")
}

/// Imports a file with one URL a line.
#[post("/import")]
async fn import(
    session: Session,
    State(db): State<Db>,
    State(created): State<Created>,
    Form(form): Form<Import>,
) -> gin::Result<Redirect> {
    let text = form.file.text().await?;
    let urls = text.lines().filter(|line| !line.is_empty());
    let mut count = 0;
    for url in urls {
        let new = NewBookmark {
            url: url.to_owned(),
            title: url.to_owned(),
            tags: Vec::new(),
        };
        gin::extract::validate(&new, Place::BODY)?;
        insert(&db, &created, &new).await?;
        count += 1;
    }
    session.flash("info", format!("Imported {count} bookmarks."));
    Ok(Redirect::to("/"))
}

#[get("/live")]
async fn live(ws: WebSocket, State(created): State<Created>) -> Response {
    let mut created = created.subscribe();
    ws.on_upgrade(async move |mut socket| {
        while let Ok(bookmark) = created.recv().await {
            socket.send_json(&bookmark).await?;
        }
        Ok(())
    })
}

fn app(db: Db) -> Group {
    let cors = Cors::new(["https://app.example"]).credentials();
    let writing = Group::new("")
        .with(signed_in)
        .mount(routes![create, update, delete]);
    let api = Group::new("/api")
        .with(cors)
        .mount(routes![list, show])
        .nest(writing);
    gin::default()
        .with(Sessions::memory())
        .templates(gin::templates!("../templates"))
        .state(db)
        .state(Created::new(16))
        .nest(api)
        .mount(routes![index, login_page, login, logout, live])
        .nest(
            Group::new("")
                .with(signed_in)
                .body_limit(10 << 20)
                .mount(routes![import]),
        )
        .files(
            "/static",
            Dir::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../static")),
        )
}

// ANCHOR: main
#[gin::main]
async fn main() -> gin::Result<()> {
    app(Db::open().await?).run().await
}
// ANCHOR_END: main

#[cfg(test)]
mod tests {
    use gin::testing::Client;

    use super::*;

    // ANCHOR: test
    #[tokio::test]
    async fn an_unknown_bookmark_is_404() {
        let client = Client::new(app(Db::open().await.unwrap()));
        client.get("/api/bookmarks/7").await.is(404);
    }
    // ANCHOR_END: test

    #[tokio::test]
    async fn a_bookmark_is_created_and_listed_by_who_has_signed_in() {
        let client = Client::new(app(Db::open().await.unwrap()));
        let new = json!({ "url": "https://a.example", "title": "A", "tags": ["x", "y"] });
        client.post("/api/bookmarks").json(&new).await.is(401);
        client
            .post("/login")
            .form("name=Ann&password=secret")
            .await
            .is(303);
        client.post("/api/bookmarks").json(&new).await.is(201);
        let bookmark = json!({ "id": 1, "url": "https://a.example", "title": "A", "tags": "x y" });
        let listing = json!({ "items": [bookmark], "total": 1 });
        client.get("/api/bookmarks?tag=y").await.has_json(listing);
    }
}
