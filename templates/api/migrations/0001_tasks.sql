-- SQLite and PostgreSQL both understand this.
CREATE TABLE tasks (
    id TEXT PRIMARY KEY,
    title TEXT NOT NULL UNIQUE,
    status TEXT NOT NULL,
    created_by TEXT NOT NULL
);
