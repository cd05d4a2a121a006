//! Manifests, read without cargo, as far as they lead to other files.

use std::fs;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

/// The part of a manifest that leads to other files.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Manifest {
    /// The root of a workspace, if this is one.
    pub(super) workspace: Option<Members>,
    /// The directory of the workspace's root, if `package.workspace` names it.
    pub(super) root: Option<PathBuf>,
    /// The directories of path dependencies and patches.
    pub(super) dependencies: Vec<PathBuf>,
    /// The sources of targets.
    pub(super) targets: Vec<PathBuf>,
}

/// The members of a workspace.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Members {
    /// Paths and patterns, as they are written.
    pub(super) included: Vec<String>,
    excluded: Vec<PathBuf>,
}

impl Manifest {
    /// Reads a manifest. Of one that is not TOML, the paths in it are found anyway.
    pub(super) fn read(path: &Path) -> Option<Manifest> {
        let text = fs::read(path).ok()?;
        let text = String::from_utf8_lossy(&text);
        let directory = path.parent()?;
        Some(match text.parse::<Table>() {
            Ok(table) => Manifest::of(&table, directory),
            Err(_) => Manifest::salvaged(&text, directory),
        })
    }

    fn of(table: &Table, directory: &Path) -> Manifest {
        let package = table_of(table, "package");
        let root = package.and_then(|package| text_of(package, "workspace"));
        let workspace = table_of(table, "workspace");
        Manifest {
            workspace: workspace.map(|workspace| Members::of(workspace, directory)),
            root: root.map(|root| directory.join(root)),
            dependencies: dependencies(table)
                .into_iter()
                .map(|path| directory.join(path))
                .collect(),
            targets: targets(table)
                .into_iter()
                .map(|path| directory.join(path))
                .collect(),
        }
    }

    /// Finds the paths in text that is not TOML.
    fn salvaged(text: &str, directory: &Path) -> Manifest {
        let mut manifest = Manifest::default();
        if text
            .lines()
            .any(|line| line.trim().starts_with("[workspace"))
        {
            manifest.workspace = Some(Members {
                included: listed(text, "members"),
                excluded: Vec::new(),
            });
        }
        for (_, after) in text
            .match_indices("path")
            .map(|(at, key)| text.split_at(at + key.len()))
        {
            if let Some(path) = quoted(after) {
                let is_source = Path::new(path).extension().is_some_and(|name| name == "rs");
                let path = directory.join(path);
                if is_source {
                    manifest.targets.push(path);
                } else {
                    manifest.dependencies.push(path);
                }
            }
        }
        manifest
    }
}

impl Members {
    fn of(workspace: &Table, directory: &Path) -> Members {
        let texts = |key| {
            let texts = workspace.get(key).and_then(Value::as_array);
            texts.into_iter().flatten().filter_map(Value::as_str)
        };
        let included = texts("members").chain(texts("default-members"));
        Members {
            included: included.map(str::to_owned).collect(),
            excluded: texts("exclude").map(|path| directory.join(path)).collect(),
        }
    }

    /// Returns `true` if the manifest at `path` does not belong to this workspace, whose root is in `directory`.
    pub(super) fn exclude(&self, path: &Path, directory: &Path) -> bool {
        let mut included = self.included.iter();
        self.excluded
            .iter()
            .any(|excluded| path.starts_with(excluded))
            && !included.any(|member| path.starts_with(directory.join(member)))
    }
}

/// Returns the paths in the tables of a `[patch]`, by source and name.
pub(super) fn patched(patches: &Table) -> Vec<PathBuf> {
    let sources = patches.values().filter_map(Value::as_table);
    sources.flat_map(paths).collect()
}

/// Returns the paths of the dependencies in all tables of a manifest.
fn dependencies(manifest: &Table) -> Vec<PathBuf> {
    const KINDS: [&str; 5] = [
        "dependencies",
        "dev-dependencies",
        "dev_dependencies",
        "build-dependencies",
        "build_dependencies",
    ];
    let targets = table_of(manifest, "target");
    let targets = targets.into_iter().flat_map(Table::values);
    let owners = targets
        .filter_map(Value::as_table)
        .chain(table_of(manifest, "workspace"))
        .chain([manifest]);
    let tables = owners.flat_map(|owner| KINDS.iter().filter_map(|kind| table_of(owner, kind)));
    let tables = tables.chain(table_of(manifest, "replace"));
    let mut found: Vec<_> = tables.flat_map(paths).collect();
    found.extend(table_of(manifest, "patch").map(patched).unwrap_or_default());
    found
}

/// Returns the paths of the dependencies in a table.
fn paths(dependencies: &Table) -> impl Iterator<Item = PathBuf> {
    let tables = dependencies.values().filter_map(Value::as_table);
    tables.filter_map(|table| text_of(table, "path").map(PathBuf::from))
}

/// Returns the sources of targets: those that are named, and those that cargo looks for.
fn targets(manifest: &Table) -> Vec<PathBuf> {
    const KINDS: [(&str, &str); 4] = [
        ("bin", "src/bin"),
        ("example", "examples"),
        ("test", "tests"),
        ("bench", "benches"),
    ];
    let Some(package) = table_of(manifest, "package") else {
        return Vec::new();
    };
    let mut found: Vec<PathBuf> = ["build.rs", "src/lib.rs", "src/main.rs"]
        .map(PathBuf::from)
        .to_vec();
    found.extend(text_of(package, "build").map(PathBuf::from));
    let library = table_of(manifest, "lib");
    found.extend(
        library
            .and_then(|library| text_of(library, "path"))
            .map(PathBuf::from),
    );
    for (kind, directory) in KINDS {
        let tables = manifest.get(kind).and_then(Value::as_array);
        for target in tables.into_iter().flatten().filter_map(Value::as_table) {
            match (text_of(target, "path"), text_of(target, "name")) {
                (Some(path), _) => found.push(path.into()),
                (None, Some(name)) => found.extend(sources(Path::new(directory), name)),
                (None, None) => {}
            }
        }
    }
    found
}

/// Returns the files that cargo takes for the source of the target `name` if they are in `directory`.
pub(super) fn sources(directory: &Path, name: &str) -> [PathBuf; 2] {
    [
        directory.join(format!("{name}.rs")),
        directory.join(name).join("main.rs"),
    ]
}

fn table_of<'a>(table: &'a Table, key: &str) -> Option<&'a Table> {
    table.get(key)?.as_table()
}

fn text_of<'a>(table: &'a Table, key: &str) -> Option<&'a str> {
    table.get(key)?.as_str()
}

/// Returns the strings in `key = ["string", "string"]`.
fn listed(text: &str, key: &str) -> Vec<String> {
    let list = text
        .split_once(key)
        .and_then(|(_, after)| after.split_once('['));
    let list = list.map_or("", |(_, list)| list.split(']').next().unwrap_or(list));
    let strings = list.split(['"', '\'']).skip(1).step_by(2);
    strings.map(str::to_owned).collect()
}

/// Returns the string in `= "string"`.
fn quoted(text: &str) -> Option<&str> {
    let value = text
        .trim_start_matches([' ', '\t', '"'])
        .strip_prefix('=')?;
    let value = value.trim_start_matches([' ', '\t']);
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let line = value.strip_prefix(quote)?.lines().next()?;
    line.split_once(quote).map(|(text, _)| text)
}
