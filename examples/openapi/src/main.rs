//! A REST service of books, and the document of OpenAPI that its attributes make.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use gin::extract::Valid;
use gin::openapi::OpenApi;
use gin::prelude::*;
use gin::schemars::JsonSchema;
use gin::validator::Validate;
use serde::{Deserialize, Serialize};

/// A book.
#[derive(Clone, Serialize, JsonSchema)]
#[schemars(crate = "gin::schemars")]
struct Book {
    id: u32,
    title: String,
    year: u16,
}

/// A book to be added.
#[derive(Deserialize, Validate, JsonSchema)]
#[validate(crate = "gin::validator")]
#[schemars(crate = "gin::schemars")]
struct NewBook {
    #[validate(length(min = 1, max = 200))]
    title: String,
    /// The year of the first edition.
    #[validate(range(min = 1450))]
    year: u16,
}

#[derive(Deserialize, JsonSchema)]
#[schemars(crate = "gin::schemars")]
struct Filter {
    /// Only books that appeared in this year or later.
    since: Option<u16>,
}

type Books = Arc<Mutex<BTreeMap<u32, Book>>>;

/// Lists books.
#[get("/books")]
async fn list(State(books): State<Books>, Query(filter): Query<Filter>) -> Json<Vec<Book>> {
    let since = filter.since.unwrap_or(0);
    let books = books.lock().unwrap();
    Json(
        books
            .values()
            .filter(|book| book.year >= since)
            .cloned()
            .collect(),
    )
}

/// Adds a book.
#[post("/books")]
async fn add(
    State(books): State<Books>,
    Valid(Json(new)): Valid<Json<NewBook>>,
) -> (StatusCode, Json<Book>) {
    let mut books = books.lock().unwrap();
    let id = books.keys().last().map_or(1, |last| last + 1);
    let book = Book {
        id,
        title: new.title,
        year: new.year,
    };
    books.insert(id, book.clone());
    (StatusCode::CREATED, Json(book))
}

/// Returns a book.
#[get("/books/:id")]
async fn show(id: u32, State(books): State<Books>) -> Result<Json<Book>> {
    Ok(Json(books.lock().unwrap().get(&id).cloned().or_404()?))
}

/// Removes a book.
#[delete("/books/:id")]
async fn remove(id: u32, State(books): State<Books>) -> Result<StatusCode> {
    books.lock().unwrap().remove(&id).or_404()?;
    Ok(StatusCode::NO_CONTENT)
}

fn app() -> Group {
    let document = OpenApi::new("/openapi.json")
        .title("Books")
        .version("1.0.0");
    let api = Group::new("/api")
        .mount(routes![list, add, show, remove])
        .openapi(document);
    gin::default().state(Books::default()).nest(api)
}

#[gin::main]
async fn main() -> gin::Result<()> {
    app().run().await
}

#[cfg(test)]
mod tests;
