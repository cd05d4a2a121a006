//! The tables of processes in Cargo.toml: `[package.metadata.gin.with.NAME]`, and the same in `workspace.metadata`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow, bail, ensure};
use serde::Deserialize;
use serde_json::Value;

use crate::os::line::CommandLine;
use crate::sides::plan::{Command, Plan, Readiness, Restart};
use crate::state::Route;
use crate::workspace::Section;

/// The processes that run.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Choice<'a> {
    All,
    /// Those with these names.
    Named(&'a [String]),
    None,
}

/// The table of a process.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    run: Option<String>,
    bin: Option<String>,
    #[serde(default)]
    args: Vec<String>,
    #[serde(default)]
    dir: PathBuf,
    routes: Option<Vec<String>>,
    #[serde(default)]
    except: Vec<String>,
    ready: Option<ReadyKey>,
    restart: Option<RestartKey>,
    #[serde(default)]
    env: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(
    untagged,
    expecting = "`ready` is \"port\", \"started\" or { line = \"TEXT\" }"
)]
enum ReadyKey {
    Word(ReadyWord),
    Line { line: String },
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum ReadyWord {
    Port,
    Started,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum RestartKey {
    OnExit,
    OnChange,
    Never,
}

/// Reads the plans of the chosen processes, in the order of their names. Earlier tables win over later ones.
///
/// # Errors
///
/// The first mistake, with its table and its key.
pub(crate) fn plans(sections: &[Section<'_>], choice: Choice<'_>) -> anyhow::Result<Vec<Plan>> {
    let mut plans: BTreeMap<String, Plan> = BTreeMap::new();
    for section in sections {
        let Some(with) = section.table.get("with").filter(|with| !is_option(with)) else {
            continue;
        };
        let own = section.name;
        let with = with.as_object().ok_or_else(|| {
            anyhow!(
                "`with` in [{own}] cannot be {with}; each process has a table, [{own}.with.NAME]"
            )
        })?;
        for (name, value) in with {
            let plan = plan(name, value, section.directory)
                .with_context(|| section.place(&format!("with.{name}")))?;
            plans.entry(name.clone()).or_insert(plan);
        }
    }
    let chosen = chosen(plans, choice)?;
    check_routes(&chosen)?;
    Ok(chosen)
}

/// Returns `true` if `with` is the option `--with`, which names processes.
pub(crate) fn is_option(with: &Value) -> bool {
    with.is_string() || with.is_array()
}

fn plan(name: &str, value: &Value, directory: &Path) -> anyhow::Result<Plan> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    ensure!(
        !name.is_empty() && name.chars().all(is_plain),
        "a name consists of letters, digits, `-` and `_`"
    );
    let table = Table::deserialize(value)?;
    let command = command(table.run, table.bin, table.args)?;
    let restart = match table.restart {
        None | Some(RestartKey::OnExit) => Restart::OnExit,
        Some(RestartKey::Never) => Restart::Never,
        Some(RestartKey::OnChange) if matches!(command, Command::Binary { .. }) => {
            Restart::OnChange
        }
        Some(RestartKey::OnChange) => {
            bail!(
                "`restart` can be \"on-change\" only with `bin`; a command watches its files itself"
            )
        }
    };
    let except = routes("except", &table.except)?;
    let routes = match &table.routes {
        Some(texts) => routes("routes", texts)?,
        None if except.is_empty() => Vec::new(),
        None => vec![Route::Below("/".to_owned())],
    };
    if let Some(stray) = except
        .iter()
        .find(|except| !routes.iter().any(|route| route.covers(except)))
    {
        bail!(
            "`except` has {:?}, which is the app's anyway: no pattern in `routes` includes it",
            stray.pattern()
        );
    }
    if let Some(both) = except.iter().find(|except| routes.contains(except)) {
        bail!("`routes` and `except` both have {:?}", both.pattern());
    }
    let ready = match table.ready {
        None | Some(ReadyKey::Word(ReadyWord::Started)) if routes.is_empty() => Readiness::Started,
        None | Some(ReadyKey::Word(ReadyWord::Port)) => Readiness::Port,
        Some(ReadyKey::Word(ReadyWord::Started)) => bail!(
            "`ready` cannot be \"started\" for a process with `routes`; its requests wait for \"port\" or {{ line = \"TEXT\" }}"
        ),
        Some(ReadyKey::Line { line }) => Readiness::Line(line),
    };
    Ok(Plan {
        name: name.into(),
        command,
        directory: directory.join(table.dir),
        routes,
        except,
        ready,
        restart,
        environment: table.env,
    })
}

/// Reads the patterns of a key.
fn routes(key: &str, texts: &[String]) -> anyhow::Result<Vec<Route>> {
    let routes = texts.iter().map(|text| {
        let route = Route::parse(text);
        route.map_err(|fault| anyhow!("`{key}` has {text:?}, but {}", fault.rule()))
    });
    routes.collect()
}

fn command(run: Option<String>, bin: Option<String>, args: Vec<String>) -> anyhow::Result<Command> {
    match (run, bin) {
        (Some(_), None) if !args.is_empty() => {
            bail!("`args` are those of `bin`; `run` has its own")
        }
        (Some(run), None) => Ok(Command::Line(
            CommandLine::split(&run).context("`run` is not a command")?,
        )),
        (None, Some(name)) => Ok(Command::Binary { name, args }),
        (Some(_), Some(_)) => bail!("`run` and `bin` exclude each other"),
        (None, None) => bail!(
            "there is nothing to run; add `run = \"COMMAND\"`, or `bin = \"NAME\"` of the workspace"
        ),
    }
}

fn chosen(plans: BTreeMap<String, Plan>, choice: Choice<'_>) -> anyhow::Result<Vec<Plan>> {
    match choice {
        Choice::All => Ok(plans.into_values().collect()),
        Choice::None => Ok(Vec::new()),
        Choice::Named(names) => {
            if let Some(unknown) = names.iter().find(|name| !plans.contains_key(*name)) {
                let known: Vec<_> = plans.keys().map(String::as_str).collect();
                let known = match known.as_slice() {
                    [] => "there is none in [package.metadata.gin.with]".to_owned(),
                    known => format!("known are {}", known.join(", ")),
                };
                bail!("--with {unknown}: there is no such process; {known}");
            }
            let is_named = |plan: &Plan| names.iter().any(|name| **name == *plan.name);
            Ok(plans.into_values().filter(is_named).collect())
        }
    }
}

/// Refuses a pattern that two processes have.
fn check_routes(plans: &[Plan]) -> anyhow::Result<()> {
    let mut owners: BTreeMap<String, &str> = BTreeMap::new();
    for plan in plans {
        for route in &plan.routes {
            let pattern = route.pattern();
            if let Some(owner) = owners.insert(pattern.clone(), &plan.name)
                && owner != &*plan.name
            {
                bail!(
                    "both `{owner}` and `{}` have the route {pattern:?}; leave it to one of them",
                    plan.name
                );
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(package: &Value, choice: Choice<'_>) -> anyhow::Result<Vec<Plan>> {
        let workspace = json!({ "with": { "css": { "run": "tailwindcss --watch", "restart": "never" }, "vite": { "run": "other" } } });
        let tables = [
            Section {
                name: "package.metadata.gin",
                table: package,
                directory: Path::new("/app"),
            },
            Section {
                name: "workspace.metadata.gin",
                table: &workspace,
                directory: Path::new("/"),
            },
        ];
        plans(&tables, choice)
    }

    #[test]
    fn tables_are_read_and_the_package_s_win() {
        let package = json!({ "port": 1, "with": { "vite": {
            "run": "npm run dev",
            "dir": "frontend",
            "routes": ["/", "/src/*"],
            "env": { "MODE": "dev" },
        } } });
        let all = read(&package, Choice::All).unwrap();
        let [css, vite] = all.as_slice() else {
            panic!("{all:?}")
        };
        assert_eq!(
            (&*css.name, css.directory.as_path()),
            ("css", Path::new("/"))
        );
        assert_eq!(
            (css.ready.clone(), css.restart),
            (Readiness::Started, Restart::Never)
        );
        assert_eq!(vite.directory, Path::new("/app/frontend"));
        assert_eq!(
            (vite.ready.clone(), vite.restart),
            (Readiness::Port, Restart::OnExit)
        );
        assert_eq!(vite.routes.len(), 2);
        assert_eq!(
            vite.command,
            Command::Line(CommandLine::split("npm run dev").unwrap())
        );
        let named = read(&package, Choice::Named(&["css".to_owned()])).unwrap();
        assert_eq!(named.len(), 1);
        assert!(read(&package, Choice::None).unwrap().is_empty());
    }

    #[test]
    fn mistakes_are_reported_with_their_table() {
        let line = json!({ "run": "x", "routes": ["/"], "ready": { "line": "go" } });
        assert!(read(&json!({ "with": { "x": line } }), Choice::All).is_ok());
        for (with, reason) in [
            (json!(1), "`with` in [package.metadata.gin] cannot be 1"),
            (
                json!({ "x": {} }),
                "in [package.metadata.gin.with.x]: there is nothing to run",
            ),
            (
                json!({ "x": { "run": "" } }),
                "in [package.metadata.gin.with.x]: `run` is not a command: the command is empty",
            ),
            (json!({ "x": { "rnu": "a" } }), "unknown field `rnu`"),
            (
                json!({ "x": { "run": "a", "routes": ["a"] } }),
                "`routes` has \"a\", but a route begins with `/`",
            ),
            (
                json!({ "x": { "run": "a", "ready": "soon" } }),
                "`ready` is \"port\", \"started\" or { line",
            ),
            (
                json!({ "x": { "run": "a", "ready": "started", "routes": ["/"] } }),
                "cannot be \"started\"",
            ),
            (
                json!({ "x": { "run": "a", "restart": "always" } }),
                "unknown variant `always`",
            ),
            (
                json!({ "x": { "run": "a", "except": ["api"] } }),
                "`except` has \"api\", but a route begins with `/`",
            ),
            (
                json!({ "x": { "run": "a", "routes": ["/src/*"], "except": ["/api/*"] } }),
                "`except` has \"/api/*\", which is the app's anyway",
            ),
            (
                json!({ "x": { "run": "a", "routes": ["/a"], "except": ["/a"] } }),
                "`routes` and `except` both have \"/a\"",
            ),
            (json!({ "x y": { "run": "a" } }), "a name consists of"),
            (
                json!({ "x": { "run": "a", "routes": ["/"] }, "y": { "run": "b", "routes": ["/"] } }),
                "both `x` and `y` have the route \"/\"",
            ),
        ] {
            let error = read(&json!({ "with": with }), Choice::All).unwrap_err();
            let error = format!("{error:#}");
            assert!(error.contains(reason), "{error}\n{reason}");
        }
        let unknown = read(&Value::Null, Choice::Named(&["vit".to_owned()])).unwrap_err();
        assert_eq!(
            unknown.to_string(),
            "--with vit: there is no such process; known are css, vite"
        );
    }
}
