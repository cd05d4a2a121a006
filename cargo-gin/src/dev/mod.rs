//! `cargo gin dev`: starts the tasks and holds the loop. Start reading in `attempts.rs`.
//!
//! Whatever shows state subscribes to the [`Status`](crate::state::Status); whatever causes work sends an
//! [`Event`](crate::state::Event). Between the two is one straight-line attempt per change, which the next change
//! drops, and with it cargo or an app that is just starting.

mod attempt;
mod attempts;
mod burst;
mod dotenv;
mod generated;
mod inbox;
mod inputs;
mod listeners;
mod restart;
mod serve;
mod session;
mod setback;
mod settings;
mod signals;
mod startup;
mod status_writer;
mod tasks;
mod variables;

pub(crate) use dotenv::print as print_env;
pub(crate) use serve::run;
pub(crate) use settings::Settings;
