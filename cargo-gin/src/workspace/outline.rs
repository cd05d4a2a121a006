//! The outline of a workspace: its manifests as files, read without cargo, which may have to wait for a lock or a registry.
//!
//! It serves until `cargo metadata` has responded. A manifest that cannot be read counts as empty: cargo will report it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path, PathBuf};

use serde_json::Value;
use toml::Table;

use crate::cli::Selection;
use crate::workspace::spec::PackageSpec;

/// The options of `cargo gin dev` in the manifests. A missing table is null.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Tables {
    pub(crate) package: Value,
    pub(crate) workspace: Value,
}

/// The directories of the manifests that hold the options.
#[derive(Clone, Debug)]
pub(crate) struct Directories {
    pub(crate) package: PathBuf,
    pub(crate) workspace: PathBuf,
}

/// The manifests of a workspace.
#[derive(Debug)]
pub(crate) struct Outline {
    /// The manifest that cargo is called with.
    own: Manifest,
    /// The manifest of the workspace's root, which may be the same.
    root: Manifest,
}

/// The target that cargo is expected to choose.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Expected {
    pub(crate) package: String,
    pub(crate) name: String,
}

/// A manifest as a file.
#[derive(Clone, Debug)]
struct Manifest {
    path: PathBuf,
    table: Table,
}

impl Outline {
    /// Reads the manifest that cargo is called with, and that of its workspace.
    pub(crate) fn read(manifest: &Path) -> Outline {
        let own = Manifest::read(&resolve(Path::new(""), manifest));
        let root = match own.table("workspace") {
            Some(_) => own.clone(),
            None => root_of(&own).unwrap_or_else(|| own.clone()),
        };
        Outline { own, root }
    }

    /// Returns `[workspace.metadata.gin]`.
    pub(crate) fn workspace_table(&self) -> Value {
        gin_table(self.root.table("workspace"))
    }

    /// Returns the options of `cargo gin dev`.
    pub(crate) fn tables(&self, selection: &Selection) -> Tables {
        let package = self.package(selection);
        let table = package
            .as_ref()
            .and_then(|package| package.table("package"));
        Tables {
            package: gin_table(table),
            workspace: self.workspace_table(),
        }
    }

    /// Returns the directories of the manifests that [`Outline::tables`] come from.
    pub(crate) fn directories(&self, selection: &Selection) -> Directories {
        let package = self.package(selection);
        Directories {
            package: package.as_ref().unwrap_or(&self.own).directory().to_owned(),
            workspace: self.root.directory().to_owned(),
        }
    }

    /// Returns the package that is run, if that is clear.
    fn package(&self, selection: &Selection) -> Option<Manifest> {
        let packages = self.packages(selection);
        match packages.as_slice() {
            [package] => Some(package.clone()),
            several => chosen(several, selection).map(|(package, _)| package.clone()),
        }
    }

    /// Returns the target that cargo is expected to choose, with empty names where that is unclear.
    pub(crate) fn expected(&self, selection: &Selection) -> Expected {
        let packages = self.packages(selection);
        let chosen = chosen(&packages, selection);
        let expected = chosen.map(|(package, name)| Expected {
            package: package.name().to_owned(),
            name,
        });
        expected.unwrap_or_default()
    }

    /// Returns the packages that may have the target, as `cargo metadata` would be read.
    fn packages(&self, selection: &Selection) -> Vec<Manifest> {
        if let Some(text) = &selection.package {
            let spec = PackageSpec::parse(text);
            let mut members = self.members("members");
            members.retain(|member| member.fits(&spec));
            return members;
        }
        if self.own.table("package").is_some() {
            return vec![self.own.clone()];
        }
        let defaults = self.members("default-members");
        if defaults.is_empty() {
            self.members("members")
        } else {
            defaults
        }
    }

    /// Returns the packages that a key of `[workspace]` lists, and with `members` those that they depend on.
    fn members(&self, key: &str) -> Vec<Manifest> {
        let directory = self.root.directory();
        let workspace = self.root.table("workspace");
        let listed = |key| texts(workspace.and_then(|workspace| workspace.get(key)));
        let below =
            |key| -> Vec<PathBuf> { listed(key).map(|path| directory.join(path)).collect() };
        let (excluded, explicit) = (below("exclude"), below("members"));
        let mut waiting: Vec<PathBuf> = listed(key)
            .flat_map(|pattern| expand(directory, pattern))
            .map(|member| member.join("Cargo.toml"))
            .collect();
        waiting.reverse();
        if key == "members" {
            waiting.extend([self.own.path.clone(), self.root.path.clone()]);
        }
        let mut found: Vec<Manifest> = Vec::new();
        let mut known = BTreeSet::new();
        while let Some(path) = waiting.pop() {
            let is_in = |list: &[PathBuf]| list.iter().any(|listed| path.starts_with(listed));
            // As in cargo, a member that is listed by its own path stays one in an excluded directory.
            let is_excluded = is_in(&excluded) && !is_in(&explicit);
            if is_excluded || !path.starts_with(directory) || !known.insert(path.clone()) {
                continue;
            }
            let manifest = Manifest::read(&path);
            if key == "members" {
                waiting.extend(manifest.path_dependencies());
            }
            if manifest.table("package").is_some() {
                found.push(manifest);
            }
        }
        found
    }
}

impl Manifest {
    fn read(path: &Path) -> Manifest {
        let text = fs::read_to_string(path).unwrap_or_default();
        Manifest {
            path: path.to_owned(),
            table: text.parse().unwrap_or_default(),
        }
    }

    fn directory(&self) -> &Path {
        self.path.parent().unwrap_or(&self.path)
    }

    fn table(&self, key: &str) -> Option<&Table> {
        self.table.get(key)?.as_table()
    }

    /// Returns a key of `[package]`.
    fn of_package(&self, key: &str) -> Option<&toml::Value> {
        self.table("package")?.get(key)
    }

    fn name(&self) -> &str {
        let name = self.of_package("name");
        name.and_then(toml::Value::as_str).unwrap_or_default()
    }

    /// Returns `true` if a specification names it. A version that it inherits is not looked up.
    fn fits(&self, spec: &PackageSpec) -> bool {
        let version = self.of_package("version").and_then(toml::Value::as_str);
        spec.fits(self.name(), version, self.directory())
    }

    /// Returns the manifests of the packages in directories that it depends on, which are members of its workspace, too.
    fn path_dependencies(&self) -> Vec<PathBuf> {
        let dependencies = self.table("dependencies").into_iter().flatten();
        let paths = dependencies.filter_map(|(_, dependency)| dependency.get("path")?.as_str());
        let manifests = paths.map(|path| resolve(self.directory(), path).join("Cargo.toml"));
        manifests.collect()
    }

    /// Returns the names of its targets of this kind, as cargo finds them.
    fn targets(&self, kind: Kind) -> BTreeSet<String> {
        let tables = self.table.get(kind.key()).and_then(toml::Value::as_array);
        let tables = tables.into_iter().flatten();
        let listed = tables.filter_map(|target| Some(target.get("name")?.as_str()?.to_owned()));
        let mut names: BTreeSet<String> = listed.collect();
        if self.of_package(kind.switch()) == Some(&toml::Value::Boolean(false)) {
            return names;
        }
        if kind == Kind::Bin && self.directory().join("src/main.rs").is_file() {
            names.insert(self.name().to_owned());
        }
        let files = fs::read_dir(self.directory().join(kind.directory()));
        for file in files.into_iter().flatten().flatten() {
            let path = file.path();
            let is_target = match path.extension() {
                Some(extension) => extension == "rs",
                None => path.join("main.rs").is_file(),
            };
            if let (true, Some(name)) = (is_target, path.file_stem()) {
                names.insert(name.to_string_lossy().into_owned());
            }
        }
        names
    }
}

/// The kind of a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Bin,
    Example,
}

impl Kind {
    /// Returns its table in a manifest.
    fn key(self) -> &'static str {
        match self {
            Kind::Bin => "bin",
            Kind::Example => "example",
        }
    }

    /// Returns the key that turns off the search for files.
    fn switch(self) -> &'static str {
        match self {
            Kind::Bin => "autobins",
            Kind::Example => "autoexamples",
        }
    }

    fn directory(self) -> &'static str {
        match self {
            Kind::Bin => "src/bin",
            Kind::Example => "examples",
        }
    }
}

/// Returns the one target that the options name, or the only one, with its package.
fn chosen<'a>(packages: &'a [Manifest], selection: &Selection) -> Option<(&'a Manifest, String)> {
    let kind = match selection.example {
        Some(_) => Kind::Example,
        None => Kind::Bin,
    };
    let mut candidates: Vec<(&Manifest, String)> = packages
        .iter()
        .flat_map(|package| {
            package
                .targets(kind)
                .into_iter()
                .map(move |name| (package, name))
        })
        .collect();
    let named = selection.bin.as_deref().or(selection.example.as_deref());
    let mut defaults = packages
        .iter()
        .filter_map(|package| package.of_package("default-run")?.as_str());
    let default = defaults.next().filter(|_| defaults.next().is_none());
    if let Some(wanted) = named.or(default) {
        candidates.retain(|(_, name)| name == wanted);
    }
    match candidates.len() {
        1 => candidates.pop(),
        _ => None,
    }
}

/// Finds the root of the workspace that a package belongs to, if it is not its own.
fn root_of(own: &Manifest) -> Option<Manifest> {
    if let Some(root) = own.of_package("workspace") {
        let directory = resolve(own.directory(), root.as_str()?);
        return Some(Manifest::read(&directory.join("Cargo.toml")));
    }
    let above = own.directory().ancestors().skip(1);
    above
        .map(|directory| directory.join("Cargo.toml"))
        .filter(|path| path.is_file())
        .map(|path| Manifest::read(&path))
        .find(|manifest| manifest.table("workspace").is_some())
        .filter(|root| {
            let workspace = root.table("workspace");
            let mut excluded = texts(workspace.and_then(|workspace| workspace.get("exclude")));
            !excluded.any(|path| own.path.starts_with(root.directory().join(path)))
        })
}

fn gin_table(table: Option<&Table>) -> Value {
    let gin = table.and_then(|table| table.get("metadata")?.get("gin"));
    gin.and_then(|gin| serde_json::to_value(gin).ok())
        .unwrap_or_default()
}

fn texts(array: Option<&toml::Value>) -> impl Iterator<Item = &str> {
    let values = array.and_then(toml::Value::as_array);
    values.into_iter().flatten().filter_map(toml::Value::as_str)
}

/// Returns the directories that a pattern of `members` means. Only `*` and `?` are understood, which nearly all patterns use.
fn expand(directory: &Path, pattern: &str) -> Vec<PathBuf> {
    let mut found = vec![directory.to_owned()];
    for part in pattern.split('/') {
        found = found.iter().flat_map(|found| below(found, part)).collect();
    }
    found.sort();
    found
}

/// Returns the directories in `directory` that a part of a pattern means.
fn below(directory: &Path, part: &str) -> Vec<PathBuf> {
    if !part.contains(['*', '?']) {
        return vec![resolve(directory, part)];
    }
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    entries
        .filter(|entry| fits(part.as_bytes(), entry.file_name().as_encoded_bytes()))
        .map(|entry| entry.path())
        .filter(|path| path.is_dir())
        .collect()
}

/// Returns `true` if a name fits a pattern with `*` and `?`.
fn fits(pattern: &[u8], name: &[u8]) -> bool {
    match (pattern.split_first(), name.split_first()) {
        (None, None) => true,
        (Some((b'*', rest)), None) => fits(rest, name),
        (Some((b'*', rest)), Some((_, after))) => fits(rest, name) || fits(pattern, after),
        (Some((b'?', rest)), Some((_, after))) => fits(rest, after),
        (Some((byte, rest)), Some((first, after))) => byte == first && fits(rest, after),
        (None, Some(_)) | (Some(_), None) => false,
    }
}

/// Joins two paths without `.` and `..`, as cargo does.
fn resolve(directory: &Path, path: impl AsRef<Path>) -> PathBuf {
    let mut resolved = directory.to_owned();
    for part in path.as_ref().components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => drop(resolved.pop()),
            part => resolved.push(part),
        }
    }
    resolved
}

#[cfg(test)]
mod tests {
    use clap::FromArgMatches as _;

    use super::*;
    use crate::cli::{Cli, Command};

    /// Returns the selection of a command line.
    fn selection(args: &str) -> Selection {
        let line = ["cargo-gin", "dev"]
            .into_iter()
            .chain(args.split_whitespace());
        let matches = Cli::parser().try_get_matches_from(line).unwrap();
        match Cli::from_arg_matches(&matches).unwrap().command {
            Command::Dev(dev) => dev.selection,
            _ => unreachable!("it is `dev`"),
        }
    }

    /// Creates a workspace of two apps, a library that one depends on, and an excluded package.
    fn workspace() -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        let package = |name: &str, port: u16, more: &str| {
            format!("package = {{ name = '{name}', metadata.gin.port = {port} }}\n{more}")
        };
        for (path, text) in [
            (
                "Cargo.toml",
                "workspace = { members = ['apps/*', './more/c?'], exclude = ['apps/none'], metadata.gin.hold = '1s' }"
                    .to_owned(),
            ),
            ("apps/a/Cargo.toml", package("a", 1, "dependencies.lib.path = '../../lib'")),
            ("apps/a/src/main.rs", String::new()),
            ("apps/none/Cargo.toml", package("none", 2, "")),
            ("apps/none/src/main.rs", String::new()),
            ("apps/broken/Cargo.toml", "package = [".to_owned()),
            ("lib/Cargo.toml", package("lib", 3, "")),
            ("lib/src/lib.rs", String::new()),
            ("lib/examples/demo.rs", String::new()),
            ("more/ca/Cargo.toml", package("ca", 4, "[[bin]]\nname = 'server'")),
            ("more/ca/src/bin/tool/main.rs", String::new()),
        ] {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        root
    }

    #[test]
    fn the_package_is_chosen_as_cargo_and_the_options_do() {
        let root = workspace();
        for (manifest, args, port, package, name) in [
            ("apps/a", "", Some(1), "a", "a"),
            ("apps/none", "", Some(2), "none", "none"),
            ("lib", "", Some(3), "", ""),
            ("lib", "--example=demo", Some(3), "lib", "demo"),
            ("apps/a", "-p ca --bin tool", Some(4), "ca", "tool"),
            ("apps/a", "-p lib --example demo", Some(3), "lib", "demo"),
            ("", "--bin=server", Some(4), "ca", "server"),
            ("", "-p a", Some(1), "a", "a"),
            ("", "-p a@0.1.0", Some(1), "a", "a"),
            ("", "-p nobody", None, "", ""),
            ("", "", None, "", ""),
        ] {
            let outline = Outline::read(&root.path().join(manifest).join("Cargo.toml"));
            let selection = selection(args);
            let tables = outline.tables(&selection);
            let found = tables.package.get("port").and_then(Value::as_u64);
            assert_eq!(found, port, "{manifest} {args}");
            let expected = Expected {
                package: package.to_owned(),
                name: name.to_owned(),
            };
            assert_eq!(outline.expected(&selection), expected, "{manifest} {args}");
            let hold = (manifest != "apps/none").then_some("1s");
            assert_eq!(tables.workspace["hold"].as_str(), hold, "{manifest} {args}");
        }
    }

    #[test]
    fn a_member_listed_by_its_path_is_one_in_an_excluded_directory() {
        let root = workspace();
        let text = "workspace = { members = ['apps/*', 'more/ca'], exclude = ['more', 'apps/a'] }";
        fs::write(root.path().join("Cargo.toml"), text).unwrap();
        let outline = Outline::read(&root.path().join("Cargo.toml"));
        let expected = |args| outline.expected(&selection(args)).package;
        assert_eq!(expected("-p ca --bin tool"), "ca");
        assert_eq!(expected("-p a"), "");
    }

    #[test]
    fn the_only_default_run_of_a_workspace_is_expected() {
        let root = workspace();
        let text = "package = { name = 'ca', default-run = 'tool' }";
        fs::write(root.path().join("more/ca/Cargo.toml"), text).unwrap();
        let outline = Outline::read(&root.path().join("Cargo.toml"));
        let expected = outline.expected(&selection(""));
        assert_eq!((&*expected.package, &*expected.name), ("ca", "tool"));
    }

    #[test]
    fn a_manifest_that_cannot_be_read_is_empty() {
        let root = workspace();
        for path in ["apps/broken/Cargo.toml", "apps/absent/Cargo.toml"] {
            let outline = Outline::read(&root.path().join(path));
            assert_eq!(
                outline.tables(&selection("")).package,
                Value::Null,
                "{path}"
            );
            assert_eq!(outline.expected(&selection("")), Expected::default());
        }
    }

    #[test]
    fn the_root_may_be_named() {
        let root = workspace();
        let path = root.path().join("apps/none/Cargo.toml");
        fs::write(&path, "package = { name = 'none', workspace = '../..' }").unwrap();
        let table = Outline::read(&path).workspace_table();
        assert_eq!(table["hold"], "1s");
    }
}
