//! The other programs that this one stands in for, by the names of links to it.

use std::ffi::{OsStr, OsString};
use std::process::ExitCode;

use crate::builder::fast::early;
use crate::builder::fast::wrapper;

/// Runs the program by whose name this one was called. Returns `None` if it was called by its own.
pub(crate) fn stand_in(program: &OsStr, words: &[OsString]) -> Option<anyhow::Result<ExitCode>> {
    if let Some(directory) = wrapper::directory(program) {
        Some(wrapper::pass_on(directory, words))
    } else if let Some(directory) = early::linker_directory(program) {
        Some(early::link(directory, words))
    } else if early::is_maker(program) {
        Some(early::make(words))
    } else {
        None
    }
}
