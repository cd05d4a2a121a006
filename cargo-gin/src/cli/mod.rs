//! The command line as types; no logic.

mod command;
mod dev;
mod invocation;
mod values;
mod variables;

pub(crate) use command::{Cli, Command, Env, New, TemplateName};
pub(crate) use dev::{
    Actions, AddressOptions, BuildOptions, Dev, EditorOptions, MessageFormat, RunOptions,
    Selection, TerminalOptions, WatchOptions,
};
pub(crate) use invocation::Invocation;
