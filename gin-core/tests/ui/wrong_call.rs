#![allow(unused)]

use gin::prelude::*;
use gin::testing::Client;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct New {
    name: String,
}

#[derive(Serialize, Deserialize)]
struct Other {}

#[derive(Deserialize)]
struct Silent {}

#[post("/users/:id")]
async fn create(id: u64, Json(new): Json<New>) -> gin::Result<Redirect> {
    Ok(Redirect::to("/"))
}

#[post("/silent")]
async fn silent(Json(_): Json<Silent>) -> Problem {
    Problem::new(409)
}

fn main() {
    let new = New { name: String::new() };
    let _ = create::with(7, Other {});
    let _ = create::with(7);
    let _ = create::with("ann", new);
    let _ = silent::with(Silent {});
}

async fn value(client: Client) {
    let created: u32 = client.call(create::with(7, New { name: String::new() })).await.value();
    let _ = client.call(silent::with(Silent {})).await.value();
}
