//! The database.

use std::str::FromStr as _;

use serde::Serialize;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions};
use sqlx::{FromRow, Result, query, query_as, query_scalar};

#[derive(Clone)]
pub struct Store(SqlitePool);

#[derive(Debug, Serialize, FromRow)]
pub struct Post {
    pub id: i64,
    pub author: i64,
    pub name: String,
    pub text: String,
    pub picture: Option<String>,
}

impl Store {
    /// Opens the database, and brings its schema up to date.
    pub async fn open(url: &str) -> gin::Result<Store> {
        let options = SqliteConnectOptions::from_str(url)?.create_if_missing(true);
        // Each connection to memory would be a database of its own.
        let most = if url.contains(":memory:") { 1 } else { 8 };
        let pool = SqlitePoolOptions::new()
            .max_connections(most)
            .connect_with(options)
            .await?;
        // Instances that start together migrate in turn.
        let mut transaction = pool.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::migrate!().run(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(Store(pool))
    }

    /// Returns the id of a new user, or `None` if the name is taken.
    pub async fn add_user(&self, name: &str, password: &str) -> Result<Option<i64>> {
        let sql =
            "INSERT INTO users (name, password) VALUES (?, ?) ON CONFLICT DO NOTHING RETURNING id";
        query_scalar(sql)
            .bind(name)
            .bind(password)
            .fetch_optional(&self.0)
            .await
    }

    /// Returns the id and the hash of the password of a user.
    pub async fn user(&self, name: &str) -> Result<Option<(i64, String)>> {
        let user = query_as("SELECT id, password FROM users WHERE name = ?").bind(name);
        user.fetch_optional(&self.0).await
    }

    /// Returns the latest posts.
    pub async fn posts(&self) -> Result<Vec<Post>> {
        let sql = "SELECT posts.*, users.name FROM posts JOIN users ON users.id = author ORDER BY posts.id DESC LIMIT 50";
        query_as(sql).fetch_all(&self.0).await
    }

    pub async fn add_post(&self, author: i64, text: &str, picture: Option<&str>) -> Result<()> {
        let sql = "INSERT INTO posts (author, text, picture) VALUES (?, ?, ?)";
        query(sql)
            .bind(author)
            .bind(text)
            .bind(picture)
            .execute(&self.0)
            .await
            .map(drop)
    }

    /// Deletes a post of this author, and returns its picture. Returns `None` if the author has not written it.
    pub async fn delete_post(&self, id: i64, author: i64) -> Result<Option<Option<String>>> {
        let sql = "DELETE FROM posts WHERE id = ? AND author = ? RETURNING picture";
        query_scalar(sql)
            .bind(id)
            .bind(author)
            .fetch_optional(&self.0)
            .await
    }
}
