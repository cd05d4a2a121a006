//! The database: SQLite or PostgreSQL, whichever the URL names.

use gin::schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sqlx::any::{AnyPoolOptions, install_default_drivers};
use sqlx::{AnyConnection, AnyPool, Connection as _, FromRow, query, query_as};
use uuid::Uuid;

use crate::failure::{Failure, Result};

#[derive(Clone)]
pub struct Store(AnyPool);

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, FromRow, JsonSchema)]
#[schemars(crate = "gin::schemars")]
pub struct Task {
    pub id: String,
    pub title: String,
    #[sqlx(try_from = "String")]
    pub status: Status,
    /// The client that created it.
    pub created_by: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(crate = "gin::schemars")]
#[serde(rename_all = "lowercase")]
pub enum Status {
    Open,
    Done,
}

impl Store {
    /// Connects, and brings the schema up to date.
    pub async fn open(url: &str) -> gin::Result<Store> {
        install_default_drivers();
        // A pool tries for half a minute, and its error does not say why it failed.
        AnyConnection::connect(url).await?.close().await?;
        // Each connection to SQLite's memory would be a database of its own.
        let most = if url.contains(":memory:") { 1 } else { 8 };
        let pool = AnyPoolOptions::new()
            .max_connections(most)
            .connect(url)
            .await?;
        migrate(&pool, url).await?;
        Ok(Store(pool))
    }

    pub async fn ping(&self) -> sqlx::Result<()> {
        query("SELECT 1").execute(&self.0).await.map(drop)
    }

    /// Returns up to `limit` tasks in the order of their creation, those after the id `after`.
    pub async fn list(&self, after: &str, limit: i64) -> Result<Vec<Task>> {
        let tasks = query_as("SELECT * FROM tasks WHERE id > $1 ORDER BY id LIMIT $2");
        Ok(tasks.bind(after).bind(limit).fetch_all(&self.0).await?)
    }

    pub async fn get(&self, id: &str) -> Result<Task> {
        let task = query_as("SELECT * FROM tasks WHERE id = $1").bind(id);
        task.fetch_optional(&self.0).await?.ok_or(Failure::Absent)
    }

    pub async fn insert(&self, title: &str, created_by: &str) -> Result<Task> {
        // Ids of version 7 are in the order of their creation.
        let id = Uuid::now_v7().to_string();
        let sql =
            "INSERT INTO tasks (id, title, status, created_by) VALUES ($1, $2, $3, $4) RETURNING *";
        let task = query_as(sql)
            .bind(id)
            .bind(title)
            .bind(Status::Open.as_str())
            .bind(created_by);
        Ok(task.fetch_one(&self.0).await?)
    }

    pub async fn update(&self, id: &str, title: &str, status: Status) -> Result<Task> {
        let sql = "UPDATE tasks SET title = $1, status = $2 WHERE id = $3 RETURNING *";
        let task = query_as(sql).bind(title).bind(status.as_str()).bind(id);
        task.fetch_optional(&self.0).await?.ok_or(Failure::Absent)
    }

    pub async fn delete(&self, id: &str) -> Result<()> {
        let deleted = query("DELETE FROM tasks WHERE id = $1")
            .bind(id)
            .execute(&self.0)
            .await?;
        match deleted.rows_affected() {
            0 => Err(Failure::Absent),
            _ => Ok(()),
        }
    }
}

/// Brings the schema up to date. Instances that start together do it in turn: sqlx locks PostgreSQL, but not SQLite.
async fn migrate(pool: &AnyPool, url: &str) -> gin::Result<()> {
    let migrations = sqlx::migrate!();
    if !url.starts_with("sqlite") {
        return Ok(migrations.run(pool).await?);
    }
    let mut transaction = pool.begin_with("BEGIN IMMEDIATE").await?;
    migrations.run(&mut *transaction).await?;
    Ok(transaction.commit().await?)
}

impl Status {
    fn as_str(self) -> &'static str {
        match self {
            Status::Open => "open",
            Status::Done => "done",
        }
    }
}

impl TryFrom<String> for Status {
    type Error = String;

    fn try_from(text: String) -> std::result::Result<Status, String> {
        let all = [Status::Open, Status::Done];
        all.into_iter()
            .find(|status| status.as_str() == text)
            .ok_or(text)
    }
}
