//! The routes of tasks.

use gin::extract::Valid;
use gin::prelude::*;
use gin::schemars::JsonSchema;
use gin::validator::Validate;
use serde::{Deserialize, Serialize};

use crate::auth::Client;
use crate::failure::Result;
use crate::store::{Status, Store, Task};

#[derive(Deserialize, Validate, JsonSchema)]
#[validate(crate = "gin::validator")]
#[schemars(crate = "gin::schemars")]
pub struct NewTask {
    #[validate(length(min = 1, max = 200))]
    title: String,
}

#[derive(Deserialize, Validate, JsonSchema)]
#[validate(crate = "gin::validator")]
#[schemars(crate = "gin::schemars")]
pub struct Change {
    #[validate(length(min = 1, max = 200))]
    title: String,
    status: Status,
}

#[derive(Deserialize, Validate, JsonSchema)]
#[validate(crate = "gin::validator")]
#[schemars(crate = "gin::schemars")]
pub struct Page {
    /// The last id of the page before.
    #[serde(default)]
    after: String,
    #[serde(default = "twenty")]
    #[validate(range(min = 1, max = 100))]
    limit: i64,
}

fn twenty() -> i64 {
    20
}

#[derive(Serialize, JsonSchema)]
#[schemars(crate = "gin::schemars")]
pub struct Tasks {
    items: Vec<Task>,
    /// The value of `after` for the next page. The last page has none.
    next: Option<String>,
}

/// Lists tasks, the oldest first.
#[get("/tasks")]
pub async fn list(
    State(store): State<Store>,
    Valid(Query(page)): Valid<Query<Page>>,
) -> Result<Json<Tasks>> {
    // One more shows a next page.
    let mut items = store.list(&page.after, page.limit + 1).await?;
    let has_next = items.len() as i64 > page.limit;
    items.truncate(page.limit as usize);
    let next = items
        .last()
        .filter(|_| has_next)
        .map(|last| last.id.clone());
    Ok(Json(Tasks { items, next }))
}

/// Returns a task.
#[get("/tasks/:id")]
pub async fn show(id: String, State(store): State<Store>) -> Result<Json<Task>> {
    Ok(Json(store.get(&id).await?))
}

/// Creates an open task.
#[post("/tasks")]
pub async fn create(
    State(store): State<Store>,
    Extension(client): Extension<Client>,
    Valid(Json(new)): Valid<Json<NewTask>>,
) -> Result<(StatusCode, [(HeaderName, String); 1], Json<Task>)> {
    let task = store.insert(&new.title, &client.name).await?;
    info!("{} created the task {}", client.name, task.id);
    let location = format!("/api{}", show::url(&task.id));
    Ok((
        StatusCode::CREATED,
        [(gin::http::header::LOCATION, location)],
        Json(task),
    ))
}

/// Changes the title and the status of a task.
#[put("/tasks/:id")]
pub async fn update(
    id: String,
    State(store): State<Store>,
    Valid(Json(change)): Valid<Json<Change>>,
) -> Result<Json<Task>> {
    Ok(Json(store.update(&id, &change.title, change.status).await?))
}

/// Deletes a task.
#[delete("/tasks/:id")]
pub async fn remove(id: String, State(store): State<Store>) -> Result<StatusCode> {
    store.delete(&id).await?;
    Ok(StatusCode::NO_CONTENT)
}
