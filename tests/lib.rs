//! What the end-to-end tests share: a project in a folder of its own, `cargo gin dev` in it, and a client.
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

#[path = "harness/answer.rs"]
mod answer;
#[path = "harness/axe.rs"]
mod axe;
#[path = "harness/browser.rs"]
mod browser;
#[path = "harness/client.rs"]
mod client;
#[path = "harness/command.rs"]
mod command;
#[path = "harness/dev.rs"]
mod dev;
#[path = "harness/emulation.rs"]
mod emulation;
#[path = "harness/events.rs"]
mod events;
#[path = "harness/gate.rs"]
mod gate;
#[path = "harness/patience.rs"]
mod patience;
#[path = "harness/processes.rs"]
mod processes;
#[path = "harness/program.rs"]
mod program;
#[path = "harness/relay.rs"]
mod relay;
#[path = "harness/sandbox.rs"]
mod sandbox;
#[path = "harness/terminal.rs"]
mod terminal;

pub use answer::{Answer, Open};
pub use browser::{Browser, Tab};
pub use client::{Ask, Client, Line, free_port};
pub use dev::{Dev, Start};
pub use events::Events;
pub use gate::{Gate, Visitor};
pub use patience::within;
pub use processes::Process;
pub use program::{Ended, Program};
pub use relay::Relay;
pub use sandbox::Sandbox;
pub use terminal::Terminal;
