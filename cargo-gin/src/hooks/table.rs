//! The table of hooks in Cargo.toml: `[package.metadata.gin.on]`, and the same in `workspace.metadata`.

use anyhow::{Context as _, anyhow, bail, ensure};
use serde_json::Value;

use crate::hooks::plan::{Hook, Hooks, When};
use crate::os::line::CommandLine;
use crate::workspace::Section;

/// Reads the hooks. For each time, earlier sections win over later ones.
///
/// # Errors
///
/// The first mistake, with its table and its key.
pub(crate) fn hooks(sections: &[Section<'_>]) -> anyhow::Result<Hooks> {
    let mut hooks = Hooks::default();
    for section in sections {
        let Some(on) = section.table.get("on") else {
            continue;
        };
        let on = on.as_object().ok_or_else(|| {
            anyhow!("`on` cannot be {on}; it is a table with `build`, `start` or `ready`")
        });
        let on = on.with_context(|| section.place("on"))?;
        let mut read = Vec::new();
        for (key, value) in on {
            let found = one(key, value, section);
            read.extend(found.with_context(|| section.place(&format!("on.{key}")))?);
        }
        read.retain(|hook| !hooks.has(hook.when));
        hooks.0.extend(read);
    }
    Ok(hooks)
}

/// Reads the hooks of one time: a command, or several that run one after the other.
fn one(key: &str, value: &Value, section: &Section<'_>) -> anyhow::Result<Vec<Hook>> {
    let Some(when) = When::ALL.into_iter().find(|when| when.key() == key) else {
        bail!(
            "there is no such hook; `build` runs before cargo, `start` before the app, and `ready` once the app accepts connections"
        );
    };
    let texts = match value {
        Value::String(text) => vec![text.as_str()],
        Value::Array(texts) => {
            let texts: Option<Vec<_>> = texts.iter().map(Value::as_str).collect();
            texts.ok_or_else(|| anyhow!("each command is a text"))?
        }
        _ => bail!("a hook is a command, or a list of commands, and not {value}"),
    };
    let hook = |text: &str| {
        let line = CommandLine::split(text)?;
        ensure!(
            when == When::Ready || !line.has_port(),
            "{text:?} needs PORT, which is known only to `ready`"
        );
        Ok(Hook {
            when,
            text: text.to_owned(),
            line,
            directory: section.directory.to_owned(),
        })
    };
    texts.into_iter().map(hook).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use serde_json::json;

    use super::*;

    fn read(package: &Value) -> anyhow::Result<Hooks> {
        let workspace = json!({ "on": { "build": "make", "ready": "seed $PORT" } });
        let section = |name, table, directory| Section {
            name,
            table,
            directory: Path::new(directory),
        };
        hooks(&[
            section("package.metadata.gin", package, "/app"),
            section("workspace.metadata.gin", &workspace, "/"),
        ])
    }

    #[test]
    fn the_package_s_hooks_win_over_those_of_the_workspace() {
        let hooks = read(&json!({ "on": { "build": ["a", "b c"] } })).unwrap();
        let found: Vec<_> = (hooks.0.iter())
            .map(|hook| (hook.when, hook.text.as_str(), hook.directory.as_path()))
            .collect();
        let expected = [
            (When::Build, "a", Path::new("/app")),
            (When::Build, "b c", Path::new("/app")),
            (When::Ready, "seed $PORT", Path::new("/")),
        ];
        assert_eq!(found, expected);
        assert!(!hooks.has(When::Start));
        assert!(read(&Value::Null).unwrap().has(When::Build));
    }

    #[test]
    fn mistakes_are_reported_with_their_table() {
        for (on, reason) in [
            (
                json!(1),
                "in [package.metadata.gin.on]: `on` cannot be 1; it is a table",
            ),
            (
                json!({ "bild": "a" }),
                "in [package.metadata.gin.on.bild]: there is no such hook; `build` runs before cargo",
            ),
            (
                json!({ "build": true }),
                "in [package.metadata.gin.on.build]: a hook is a command",
            ),
            (json!({ "ready": ["a", 1] }), "each command is a text"),
            (json!({ "ready": "" }), "the command is empty"),
            (json!({ "build": "a 'b" }), "cannot split"),
            (
                json!({ "start": "seed ${PORT}" }),
                "needs PORT, which is known only to `ready`",
            ),
        ] {
            let error = format!("{:#}", read(&json!({ "on": on })).unwrap_err());
            assert!(error.contains(reason), "{error}\n{reason}");
        }
    }
}
