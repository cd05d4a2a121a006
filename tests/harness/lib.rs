//! The harness of the end-to-end tests: a project in a temporary directory, `cargo gin dev` in it, a client, and a browser.
//!
//! ```ignore
//! let app = Sandbox::new("axum").dev().await;
//! app.edit("src/main.rs", "fn main() { oops }");
//! app.page("/").await.shows("cannot find value `oops`");
//! ```

#![expect(
    clippy::missing_panics_doc,
    reason = "every helper panics when the test fails"
)]

mod axe;
mod browser;
mod client;
mod command;
mod dev;
mod emulation;
mod events;
mod gate;
mod postgres;
mod process;
mod program;
mod relay;
mod response;
mod sandbox;
mod secure;
mod shared;
mod terminal;
mod timeout;

pub use browser::{Browser, Tab};
pub use client::{Client, Connection, Request, free_port};
pub use dev::{Dev, Start};
pub use events::Events;
pub use gate::{Gate, Visitor};
pub use postgres::Postgres;
pub use process::Process;
pub use program::{Exit, Program};
pub use relay::Relay;
pub use response::{Response, ResponseStream};
pub use sandbox::Sandbox;
pub use secure::{Pair, Secure};
pub use terminal::Terminal;
pub use timeout::within;
