//! The functions that an app's crate compiles for one more handler, by what the handler takes and returns. They do not depend on the
//! load of the machine.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use gin_bench::Table;

use crate::edit::Cargo;

/// The package whose handlers are counted.
pub(crate) const PACKAGE: &str = "glue";

/// Parts of the names that the app's own function and type have, and nothing else. rustc's list has no crate before them.
const OWN: [&str; 2] = ["own_handler", "OwnInput"];

/// A handler, and the features of gin-core that it needs.
struct Case {
    label: &'static str,
    handler: &'static str,
}

const CASES: [Case; 7] = [
    case(
        "`String`",
        "async fn own_handler() -> String { \"text\".to_owned() }",
    ),
    case(
        "`Path<u64>`",
        "async fn own_handler(Path(id): Path<u64>) -> String { id.to_string() }",
    ),
    case(
        "`Query<T>`",
        "async fn own_handler(Query(input): Query<OwnInput>) -> String { input.text }",
    ),
    case(
        "`Form<T>`",
        "async fn own_handler(Form(input): Form<OwnInput>) -> String { input.text }",
    ),
    case(
        "`Json<T>`",
        "async fn own_handler(Json(input): Json<OwnInput>) -> Json<OwnInput> { Json(input) }",
    ),
    case(
        "`Session`",
        "async fn own_handler(session: gin::sessions::Session) -> String { session.flush(); String::new() }",
    ),
    case(
        "`View`",
        "async fn own_handler() -> View { View::new(\"home.html\", ()) }",
    ),
];

const fn case(label: &'static str, handler: &'static str) -> Case {
    Case { label, handler }
}

/// Functions of the app's crate by their names.
type Functions = BTreeSet<String>;

/// Counts the functions of each handler that the app without it does not have.
pub(crate) fn measure(cargo: &Cargo<'_>) -> Result<Table> {
    let none = functions(cargo, "", "")?;
    let mut rows = Vec::new();
    for Case { label, handler } in CASES {
        eprintln!("compile: functions of a handler with {label}");
        let all = functions(cargo, handler, ".get(\"/:id\", own_handler)")?;
        let more: Vec<_> = all.difference(&none).collect();
        let own = more
            .iter()
            .filter(|function| OWN.iter().any(|own| function.contains(own)));
        let own = own.count();
        rows.push(vec![
            label.to_owned(),
            own.to_string(),
            (more.len() - own).to_string(),
        ]);
    }
    let header = ["", "of the app's types", "of other types"];
    Ok(Table::new(
        "Functions that the app's crate compiles for one handler more (`-Zprint-mono-items`)",
        header,
        rows,
    ))
}

/// Writes the package, without a handler.
pub(crate) fn write(directory: &Path, workspace: &Path) -> Result<()> {
    let package = directory.join(PACKAGE);
    fs::create_dir_all(package.join("src"))?;
    write_source(directory, "", "")?;
    let gin = workspace.join("gin-core");
    let manifest = format!(
        "[package]\nname = \"{PACKAGE}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\n\
         gin-core = {{ path = \"{}\", features = [\"sessions\", \"templates\"] }}\n\
         serde = {{ version = \"1\", features = [\"derive\"] }}\n",
        gin.display()
    );
    Ok(fs::write(package.join("Cargo.toml"), manifest)?)
}

fn write_source(directory: &Path, handler: &str, route: &str) -> Result<()> {
    let text = MAIN.replace("HANDLER", handler).replace("ROUTE", route);
    let path = directory.join(PACKAGE).join("src/main.rs");
    fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))
}

/// Compiles the app with this handler, and returns the functions that rustc generates for it.
fn functions(cargo: &Cargo<'_>, handler: &str, route: &str) -> Result<Functions> {
    write_source(cargo.directory, handler, route)?;
    let output = Command::new("cargo")
        .args(["--quiet", "rustc", "--package", PACKAGE])
        .args(["--profile", cargo.profile.name(), "--"])
        .args(["-Zprint-mono-items=yes", "--allow=warnings"])
        // The option is not stable.
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_INCREMENTAL", "0")
        .current_dir(cargo.directory)
        .output()
        .context("cannot run cargo")?;
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(
        output.status.success(),
        "cargo rustc of {PACKAGE} failed: {errors}"
    );
    Ok(functions_in(&String::from_utf8_lossy(&output.stdout)))
}

/// Returns the functions in rustc's list, which also has statics and each item's unit of code generation.
fn functions_in(list: &str) -> Functions {
    let names = list.lines().filter_map(|line| {
        let item = line.strip_prefix("MONO_ITEM fn ")?;
        Some(item.split(" @@ ").next().unwrap_or(item).to_owned())
    });
    names.collect()
}

/// An app that has the types of all handlers, so that only the handler itself differs.
const MAIN: &str = "
use gin::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Deserialize, Serialize)]
struct OwnInput {
    text: String,
    number: Option<u64>,
}

HANDLER

#[gin::main]
async fn main() -> gin::Result<()> {
    Group::new(\"\")ROUTE.run().await
}
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_in_several_units_counts_once_and_a_static_does_not() {
        let list = "MONO_ITEM fn main @@ glue.1[External]\nMONO_ITEM static A @@ glue.1[Internal]\n\
                    MONO_ITEM fn <u8 as B>::b @@ glue.1[Internal] glue.2[Internal]\n    Finished\n";
        let functions = functions_in(list);
        assert_eq!(Vec::from_iter(functions), ["<u8 as B>::b", "main"]);
    }
}
