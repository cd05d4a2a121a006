//! A todo list in SQLite, through sqlx.

use gin::extract::Valid;
use gin::prelude::*;
use gin::validator::Validate;
use serde::{Deserialize, Serialize};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions};

#[derive(Debug, Serialize, sqlx::FromRow)]
struct Todo {
    id: i64,
    title: String,
    done: bool,
}

#[derive(Deserialize, Validate)]
#[validate(crate = "gin::validator")]
struct NewTodo {
    #[validate(length(min = 1, max = 200))]
    title: String,
}

#[derive(Deserialize)]
struct Change {
    done: bool,
}

#[get("/todos")]
async fn list(State(db): State<SqlitePool>) -> Result<Json<Vec<Todo>>> {
    let todos = sqlx::query_as("SELECT * FROM todos ORDER BY id");
    Ok(Json(todos.fetch_all(&db).await?))
}

#[post("/todos")]
async fn create(
    State(db): State<SqlitePool>,
    Valid(Json(new)): Valid<Json<NewTodo>>,
) -> Result<(StatusCode, Json<Todo>)> {
    let todo = sqlx::query_as("INSERT INTO todos (title) VALUES (?) RETURNING *").bind(new.title);
    Ok((StatusCode::CREATED, Json(todo.fetch_one(&db).await?)))
}

#[patch("/todos/:id")]
async fn change(
    id: i64,
    State(db): State<SqlitePool>,
    Json(change): Json<Change>,
) -> Result<Json<Todo>> {
    let todo = sqlx::query_as("UPDATE todos SET done = ? WHERE id = ? RETURNING *")
        .bind(change.done)
        .bind(id);
    Ok(Json(todo.fetch_optional(&db).await?.or_404()?))
}

#[delete("/todos/:id")]
async fn remove(id: i64, State(db): State<SqlitePool>) -> Result<StatusCode> {
    let removed = sqlx::query("DELETE FROM todos WHERE id = ?").bind(id);
    let removed = removed.execute(&db).await?.rows_affected() > 0;
    removed.then_some(StatusCode::NO_CONTENT).or_404()
}

/// Opens the database, and creates what it lacks.
async fn open(options: SqliteConnectOptions) -> sqlx::Result<SqlitePool> {
    // A database in memory belongs to its connection, so there is one, which stays.
    let pool = SqlitePoolOptions::new().max_connections(1);
    let pool = pool.idle_timeout(None).max_lifetime(None);
    let db = pool.connect_with(options.create_if_missing(true)).await?;
    let schema = "CREATE TABLE IF NOT EXISTS todos (
        id INTEGER PRIMARY KEY, title TEXT NOT NULL, done BOOLEAN NOT NULL DEFAULT FALSE
    )";
    sqlx::query(schema).execute(&db).await?;
    Ok(db)
}

fn app(db: SqlitePool) -> Group {
    gin::default()
        .state(db)
        .mount(routes![list, create, change, remove])
}

#[gin::main]
async fn main() -> gin::Result<()> {
    let url = std::env::var("DATABASE_URL").unwrap_or_else(|_| "sqlite:todo.db".to_owned());
    app(open(url.parse()?).await?).run().await
}

#[cfg(test)]
mod tests;
