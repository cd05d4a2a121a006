//! Keeps the app's pages up to date.

mod appended;
mod document;
mod policy;
