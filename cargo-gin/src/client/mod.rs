//! `cargo gin client`: a typed client, written from the app's document of OpenAPI.

mod operation;
mod types;
mod typescript;

use std::fs;
use std::io::Write as _;
use std::process::ExitCode;

use anyhow::{Context as _, bail};

use crate::cli::Client;
use crate::routes::describe;

/// Runs `cargo gin client`.
pub(crate) fn print(options: &Client) -> anyhow::Result<ExitCode> {
    let Some(description) = describe(&options.selection, &options.build, &options.launch)? else {
        return Ok(ExitCode::FAILURE);
    };
    if description.openapi.is_null() {
        bail!(
            "the app's gin-core has no feature `openapi`, which describes its types; add it: `cargo add gin-core --features openapi`"
        );
    }
    let text = typescript::client(&description.openapi);
    match &options.output {
        Some(path) => {
            fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
        }
        None => std::io::stdout()
            .lock()
            .write_all(text.as_bytes())
            .context("cannot write")?,
    }
    Ok(ExitCode::SUCCESS)
}
