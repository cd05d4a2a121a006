//! The variables of a package's `.env` file.

use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context as _;

use crate::cli::Env;
use crate::workspace::{Manifests, Unloadable};

/// `cargo gin env`: prints the variables, a line each.
pub(crate) fn print(env: &Env) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("cannot start the runtime")?;
    let manifests = runtime
        .block_on(Manifests::read(&env.selection))
        .map_err(Unloadable::into_error)?;
    let workspace = manifests.choose(&env.selection)?;
    let mut stdout = std::io::stdout().lock();
    for (name, value) in variables(&workspace.package_dir)? {
        writeln!(stdout, "{name}={value}").context("cannot write")?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The variables that the file sets, in its order. A package without one sets none.
pub(super) fn variables(package: &Path) -> anyhow::Result<Vec<(String, String)>> {
    let path = package.join(".env");
    if !path.is_file() {
        return Ok(Vec::new());
    }
    dotenvy::from_path_iter(&path)
        .and_then(Iterator::collect)
        .with_context(|| format!("cannot read {}", path.display()))
}
