//! The terminal: phases as lines or as JSON events, the app's output, and keys.

mod browser;
mod human;
mod json;
#[cfg(unix)]
mod keyboard;
mod keys;
mod name_colors;
mod notifier;
mod qr;
mod reader;
mod reported;
mod run;
mod screen;
mod still;
mod wait_log;

pub(crate) use run::{Browser, Commands, Inputs, QuitReason, Terminal, Urls};
