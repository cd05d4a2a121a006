//! `cargo gin routes`, and the description of an app that it prints.

mod description;
mod process;
mod table;

use std::io::Write as _;
use std::process::ExitCode;

use anyhow::Context as _;

use crate::cli::Routes;

pub(crate) use description::Description;
pub(crate) use process::describe;

/// Runs `cargo gin routes`.
pub(crate) fn print(options: &Routes) -> anyhow::Result<ExitCode> {
    let Some(description) = describe(&options.selection, &options.build, &options.launch)? else {
        return Ok(ExitCode::FAILURE);
    };
    let text = if options.json {
        let mut text = serde_json::to_string(&description.routes)?;
        text.push('\n');
        text
    } else {
        table::table(&description.routes)
    };
    let mut stdout = std::io::stdout().lock();
    stdout.write_all(text.as_bytes()).context("cannot write")?;
    Ok(ExitCode::SUCCESS)
}
