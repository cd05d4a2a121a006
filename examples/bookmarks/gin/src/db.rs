//! The bookmarks, in a database of SQLite.

use serde::Serialize;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions};
use sqlx::{FromRow, Result};

// ANCHOR: types
#[derive(Clone)]
pub struct Db(SqlitePool);

#[derive(Debug, Clone, Serialize, FromRow)]
pub struct Bookmark {
    pub id: i64,
    pub url: String,
    pub title: String,
    pub tags: String,
}
// ANCHOR_END: types

/// A page of bookmarks, and the number of all of them.
#[derive(Debug, Serialize)]
pub struct Listing {
    pub items: Vec<Bookmark>,
    pub total: i64,
}

const SCHEMA: &str = "CREATE TABLE bookmarks (
    id INTEGER PRIMARY KEY, url TEXT NOT NULL UNIQUE, title TEXT NOT NULL, tags TEXT NOT NULL
)";

impl Db {
    // ANCHOR: open
    /// Opens a new database in memory.
    pub async fn open() -> Result<Db> {
        // A second connection would see a database of its own.
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None);
        let pool = pool
            .connect_with(SqliteConnectOptions::new().in_memory(true))
            .await?;
        sqlx::query(SCHEMA).execute(&pool).await?;
        Ok(Db(pool))
    }
    // ANCHOR_END: open

    pub async fn list(&self, tag: Option<&str>, page: i64, per_page: i64) -> Result<Listing> {
        let tag = tag.map_or("%".to_owned(), |tag| format!("% {tag} %"));
        let matches = "FROM bookmarks WHERE ' ' || tags || ' ' LIKE ?";
        let (total,) = sqlx::query_as(&format!("SELECT count(*) {matches}"))
            .bind(&tag)
            .fetch_one(&self.0)
            .await?;
        let items = sqlx::query_as(&format!(
            "SELECT * {matches} ORDER BY id DESC LIMIT ? OFFSET ?"
        ))
        .bind(&tag)
        .bind(per_page)
        .bind((page - 1) * per_page)
        .fetch_all(&self.0)
        .await?;
        Ok(Listing { items, total })
    }

    // ANCHOR: queries
    pub async fn get(&self, id: i64) -> Result<Option<Bookmark>> {
        sqlx::query_as("SELECT * FROM bookmarks WHERE id = ?")
            .bind(id)
            .fetch_optional(&self.0)
            .await
    }

    pub async fn insert(&self, url: &str, title: &str, tags: &str) -> Result<Bookmark> {
        sqlx::query_as("INSERT INTO bookmarks (url, title, tags) VALUES (?, ?, ?) RETURNING *")
            .bind(url)
            .bind(title)
            .bind(tags)
            .fetch_one(&self.0)
            .await
    }
    // ANCHOR_END: queries

    pub async fn update(
        &self,
        id: i64,
        url: &str,
        title: &str,
        tags: &str,
    ) -> Result<Option<Bookmark>> {
        sqlx::query_as("UPDATE bookmarks SET url = ?, title = ?, tags = ? WHERE id = ? RETURNING *")
            .bind(url)
            .bind(title)
            .bind(tags)
            .bind(id)
            .fetch_optional(&self.0)
            .await
    }

    pub async fn delete(&self, id: i64) -> Result<bool> {
        let deleted = sqlx::query("DELETE FROM bookmarks WHERE id = ?")
            .bind(id)
            .execute(&self.0)
            .await?;
        Ok(deleted.rows_affected() > 0)
    }
}

// ANCHOR: duplicate
/// Returns `true` if a row with the same unique value exists.
pub fn is_duplicate(error: &sqlx::Error) -> bool {
    error
        .as_database_error()
        .is_some_and(|error| error.is_unique_violation())
}
// ANCHOR_END: duplicate
