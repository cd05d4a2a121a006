//! A shop whose tests are the point: see `tests.rs`.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use gin::extract::Valid;
use gin::prelude::*;
use gin::sessions::Sessions;
use gin::validator::Validate;
use serde::{Deserialize, Serialize};
use tokio::time::sleep;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate)]
#[validate(crate = "gin::validator")]
struct Item {
    #[validate(length(min = 1))]
    name: String,
    #[validate(range(min = 1))]
    cents: u32,
}

type Stock = Arc<Mutex<HashMap<u32, Item>>>;

#[put("/items/:id")]
async fn put_item(
    id: u32,
    State(stock): State<Stock>,
    Valid(Json(item)): Valid<Json<Item>>,
) -> Json<Item> {
    stock.lock().unwrap().insert(id, item.clone());
    Json(item)
}

#[get("/items/:id")]
async fn item(id: u32, State(stock): State<Stock>) -> Result<Json<Item>> {
    Ok(Json(stock.lock().unwrap().get(&id).cloned().or_404()?))
}

#[post("/basket/:id")]
async fn add(id: u32, session: Session, State(stock): State<Stock>) -> Result<StatusCode> {
    stock
        .lock()
        .unwrap()
        .contains_key(&id)
        .then_some(())
        .or_404()?;
    let mut basket: Vec<u32> = session.get("basket")?.unwrap_or_default();
    basket.push(id);
    session.insert("basket", basket)?;
    Ok(StatusCode::NO_CONTENT)
}

#[get("/basket")]
async fn basket(session: Session) -> Result<Json<Vec<u32>>> {
    Ok(Json(session.get("basket")?.unwrap_or_default()))
}

/// Takes a minute, in which the report is made.
#[get("/report")]
async fn report() -> &'static str {
    sleep(Duration::from_secs(60)).await;
    "all is well"
}

/// Lets in staff only.
async fn staff(cx: &mut Context, next: Next<'_>) -> Response {
    if cx.header("x-staff") != Some("yes") {
        return Problem::new(403).detail("for staff").into_response();
    }
    next.run(cx).await
}

fn app(stock: Stock) -> Group {
    let inside = Group::new("").with(staff).mount(routes![put_item, report]);
    gin::default()
        .with(Sessions::memory())
        .state(stock)
        .nest(inside)
        .mount(routes![item, add, basket])
}

#[gin::main]
async fn main() -> gin::Result<()> {
    let pen = Item {
        name: "Pen".to_owned(),
        cents: 120,
    };
    app(Arc::new(Mutex::new(HashMap::from([(1, pen)]))))
        .run()
        .await
}

#[cfg(test)]
mod tests;
