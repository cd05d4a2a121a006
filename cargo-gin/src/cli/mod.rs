//! The command line as types; no logic.

mod command;
mod dev;
mod invocation;
mod values;
mod variables;

pub(crate) use command::{Cli, Client, Command, Env, New, Routes, TemplateName};
pub(crate) use dev::{
    Actions, AddressOptions, BuildOptions, Dev, EditorOptions, MessageFormat, RunOptions,
    Selection, TerminalOptions, WatchOptions,
};
pub(crate) use invocation::Invocation;
