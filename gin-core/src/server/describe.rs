//! The description of an app, which `cargo gin routes` reads: the app writes it in place of serving.

use std::ffi::OsString;
use std::fs::OpenOptions;
use std::io::{self, Write as _};

use serde_json::{Value, json};

use crate::dispatch::{Engine, RouteEntry};

/// The variable with the file that the description is added to.
const VARIABLE: &str = "GIN_DESCRIBE";

/// Returns the file for the description, if one is requested.
pub(super) fn requested() -> Option<OsString> {
    std::env::var_os(VARIABLE).filter(|path| !path.is_empty())
}

/// Adds a line to the file. An app with several servers adds one for each.
pub(super) fn describe(engine: &Engine, file: OsString) -> io::Result<()> {
    let mut file = OpenOptions::new().append(true).create(true).open(file)?;
    file.write_all(format!("{}\n", description(engine)).as_bytes())
}

fn description(engine: &Engine) -> Value {
    let routes: Vec<_> = engine.routes().iter().map(RouteEntry::json).collect();
    #[cfg(feature = "openapi")]
    let document = engine.openapi();
    #[cfg(not(feature = "openapi"))]
    let document = Value::Null;
    json!({ "gin": env!("CARGO_PKG_VERSION"), "routes": routes, "openapi": document })
}
