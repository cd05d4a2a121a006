//! `cargo gin dev`: starts the tasks and runs the loop. Start reading in `attempts.rs`, then `attempt.rs`.
//!
//! Everything that shows state subscribes to the [`Status`](crate::state::Status). Everything that causes work sends an
//! [`Event`](crate::state::Event). Between the two is one straight-line attempt per change. The next change drops it, and
//! with it cargo or an app that is just starting.
//!
//! # Channels
//!
//! Tasks share nothing but channels, which `channels.rs` and `tasks.rs` lay. An mpsc channel is for things that happen, a watch channel for
//! how things are.
//!
//! | channel | carries | sent by | received by | kind |
//! |---|---|---|---|---|
//! | `event` | changes, barriers, notices | watcher, proxy, terminal | inbox | mpsc, 256 |
//! | `quit` | the request to end | terminal | `serve` | mpsc, 1 |
//! | `status` | the status | loop | watcher, fixer, proxy, terminal | watch |
//! | `scope` | the watched files | loop | watcher | watch |
//! | `barrier` | requests to wait for all changes so far | proxy (`Freshness`) | watcher, then inbox | mpsc, 64 |
//! | `assets` | styles and images that change without a build | inbox | proxy | watch |
//! | `forwarded` | the number of requests that the app has yet to respond to | proxy | app slot | watch |
//! | `demand` | the number of requests that wait for an app | proxy | app slot | watch |
//! | `fix` | suggestions to apply or undo | proxy | fixer | mpsc, 16 |
//! | `undoable` | the number of fixes that can be undone | fixer | proxy | watch |
//! | `run` | the run of a hook that began last | loop (`hooks`) | inbox | watch |
//! | `output` | the app's output | the app's readers | terminal | mpsc, 256 |
//! | `notice` | notices for the user | loop, inbox | terminal | mpsc, unbounded |
//!
//! A request that finds a proof (`watcher/proof`) sends no barrier. That is the one state which a task and a thread share under a lock.
//!
//! `output` is bounded, so an app that writes faster than the terminal shows has to wait. `notice` is not, so that the loop
//! never waits for a terminal that was stopped with Ctrl-S.

mod attempt;
mod attempts;
#[cfg(test)]
mod book;
mod burst;
mod channels;
mod compile;
mod crash_site;
mod dotenv;
mod echoes;
mod generated;
mod hint;
mod hook_writes;
mod hooks;
mod inbox;
mod listeners;
mod outcome;
mod restart;
mod sequel;
mod serve;
mod session;
mod setback;
mod settings;
mod signals;
mod startup;
mod status_writer;
mod tasks;
mod variables;
mod watched;

pub(crate) use dotenv::print as print_env;
pub(crate) use serve::run;
pub(crate) use settings::Settings;
pub(crate) use signals::Signals;
pub(crate) use variables::{directory, program};
