//! Inputs of projects in temporary directories.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use tempfile::TempDir;

use crate::cargo::{Environment, Platform};
use crate::diagnostics::{Diagnostic, Diagnostics, Level, Message, Origin};
use crate::inputs::{Inputs, ScriptRun};
use crate::state::{Effect, Recipe, Target};
use crate::workspace::{Kind, Workspace};

/// Files in a temporary directory.
struct Project(TempDir);

impl Project {
    fn new(files: &[(&str, &str)]) -> Project {
        let project = Project(tempfile::tempdir().unwrap());
        for (name, text) in files {
            project.write(name, text);
        }
        project
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The inputs of a cargo that is called beside the manifest.
    fn manifests(&self, manifest: &str) -> Inputs {
        let manifest = self.path(manifest);
        Inputs::of_manifests(&manifest, manifest.parent().unwrap(), &[])
    }

    /// A workspace in `ws` with the package `ws/app`, built into `ws/target`.
    fn workspace(&self) -> Workspace {
        Workspace {
            sides: Vec::new(),
            target: Target {
                role: crate::state::Role::App,
                package: "app".to_owned(),
                name: "app".to_owned(),
                root: self.path("ws"),
                packages: vec![self.path("ws/app")],
                reports: false,
                recipe: Recipe {
                    target_dir: self.path("ws/target"),
                    ..Recipe::default()
                },
            },
            kind: Kind::Bin,
            package_dir: self.path("ws/app"),
            manifests: vec![self.path("ws/app/Cargo.toml")],
            build_dir: self.path("ws/target"),
            target_spec: None,
            scripted: BTreeMap::new(),
            environment: Environment::default(),
            libraries: None,
            takes_socket: false,
            package: "app".to_owned(),
            frameworks: Vec::new(),
            host: String::new(),
            platform: Platform::default(),
            given_env_files: Vec::new(),
        }
    }

    fn script(&self, package: &str, output: &str) -> ScriptRun {
        let directory = format!("ws/target/debug/build/{}-1", package.replace('/', "_"));
        self.write(&format!("{directory}/output"), output);
        ScriptRun {
            package: self.path(package),
            out_dir: self.path(&directory).join("out"),
        }
    }

    /// The paths in the project, by their names in it.
    fn names<'a>(
        &self,
        paths: impl Iterator<Item = (&'a Path, Effect)>,
    ) -> BTreeMap<String, Effect> {
        let inside = paths.filter_map(|(path, effect)| {
            let name = path.strip_prefix(self.0.path()).ok()?;
            Some((name.to_str()?.to_owned(), effect))
        });
        inside.collect()
    }

    fn read(&self, inputs: &Inputs) -> BTreeSet<String> {
        self.names(inputs.paths()).into_keys().collect()
    }

    fn present(&self, inputs: &Inputs) -> BTreeSet<String> {
        self.names(inputs.presences()).into_keys().collect()
    }
}

#[track_caller]
fn assert_has(names: &BTreeSet<String>, expected: &[&str]) {
    for name in expected {
        assert!(names.contains(*name), "{name} is not in {names:#?}");
    }
}

#[track_caller]
fn assert_lacks(names: &BTreeSet<String>, others: &[&str]) {
    for name in others {
        assert!(!names.contains(*name), "{name} is in {names:#?}");
    }
}

#[test]
fn the_manifests_of_all_path_dependencies_are_inputs() {
    let project = Project::new(&[
        (
            "ws/Cargo.toml",
            "[workspace]\nmembers = ['app']\nexclude = ['other']\ndependencies.shared = { path = 'shared' }\n\
             [patch.crates-io]\nserde = { path = '../patched' }\n[replace]\n'log:1.0.0' = { path = 'replaced' }",
        ),
        (
            "ws/app/Cargo.toml",
            "[package]\nname = 'app'\n[dependencies]\na = { path = '../../a' }\n[dev-dependencies]\nb = { path = '../../b' }\n\
             [build-dependencies]\nc.path = '../../c'\n[target.'cfg(unix)'.dependencies]\nd = { path = '../../d' }",
        ),
        ("a/Cargo.toml", "[dependencies]\nf = { path = '../f' }"),
    ]);
    let names = project.read(&project.manifests("ws/app/Cargo.toml"));
    let packages = [
        "ws",
        "ws/app",
        "ws/shared",
        "ws/replaced",
        "patched",
        "a",
        "b",
        "c",
        "d",
        "f",
    ];
    let manifests = packages.map(|package| format!("{package}/Cargo.toml"));
    assert_has(&names, &manifests.each_ref().map(String::as_str));
    assert_has(&names, &["ws/Cargo.lock", "Cargo.toml"]);
    assert_lacks(&names, &["ws/app/Cargo.lock"]);
}

#[test]
fn a_manifest_that_is_not_toml_stops_only_its_own_branch() {
    let broken = "[workspace]\nmembers = [\n  'app', \"new\"\n]\n[dependencies]\nx = { path = \"../x\" }\ny = { path='../y'\n[lib]\npath = 'l.rs'\n";
    let project = Project::new(&[
        ("ws/Cargo.toml", broken),
        (
            "ws/app/Cargo.toml",
            "[package]\nname = 'app'\n[dependencies]\na = { path = '../../a' }",
        ),
    ]);
    let inputs = project.manifests("ws/app/Cargo.toml");
    let names = [
        "ws/Cargo.toml",
        "ws/Cargo.lock",
        "ws/new/Cargo.toml",
        "x/Cargo.toml",
        "y/Cargo.toml",
        "a/Cargo.toml",
    ];
    assert_has(&project.read(&inputs), &names);
    assert_has(&project.present(&inputs), &["ws/l.rs"]);
}

#[test]
fn a_member_that_a_pattern_selects_is_an_input_before_it_exists() {
    let project = Project::new(&[
        (
            "ws/Cargo.toml",
            "[workspace]\nmembers = ['crates/*', 'tools/x-?', 'deep/**', 'gone']",
        ),
        ("ws/crates/a/Cargo.toml", "[package]\nname = 'a'"),
        ("ws/crates/empty/README.md", ""),
        ("ws/tools/x-1/src/lib.rs", ""),
        ("ws/tools/other/src/lib.rs", ""),
        ("ws/deep/one/two/Cargo.toml", ""),
    ]);
    let inputs = project.manifests("ws/Cargo.toml");
    let names = project.read(&inputs);
    let members = [
        "crates/a",
        "crates/empty",
        "tools/x-1",
        "deep/one",
        "deep/one/two",
        "gone",
    ];
    let members = members.map(|member| format!("ws/{member}/Cargo.toml"));
    assert_has(&names, &members.each_ref().map(String::as_str));
    assert_lacks(&names, &["ws/tools/other/Cargo.toml"]);
    let directories = ["ws/crates", "ws/tools", "ws/deep", "ws/deep/one"];
    assert_has(&project.present(&inputs), &directories);
}

#[test]
fn a_manifest_above_the_package_is_an_input_up_to_the_root() {
    let package = "[package]\nname = 'app'";
    for (above, lock, is_seen) in [
        ("[workspace]\nmembers = ['b/app']", "a/Cargo.lock", false),
        ("[workspace]\nexclude = ['b']", "a/b/app/Cargo.lock", true),
        ("[package]\nname = 'above'", "a/b/app/Cargo.lock", true),
        (
            "[package]\nworkspace = '../elsewhere'",
            "elsewhere/Cargo.lock",
            false,
        ),
        ("[workspace", "a/Cargo.lock", false),
    ] {
        let project = Project::new(&[("a/Cargo.toml", above), ("a/b/app/Cargo.toml", package)]);
        let names = project.read(&project.manifests("a/b/app/Cargo.toml"));
        assert_has(&names, &["a/Cargo.toml", "a/b/Cargo.toml", lock]);
        // Above a root there are no more candidates.
        assert_eq!(names.contains("Cargo.toml"), is_seen, "{above}");
    }
}

#[test]
fn the_sources_of_targets_count_by_their_presence() {
    let project = Project::new(&[(
        "app/Cargo.toml",
        "[package]\nname = 'app'\nbuild = 'make.rs'\n[lib]\npath = '../lib.rs'\n[[bin]]\nname = 'x'\n[[test]]\nname = 't'\npath = 't.rs'",
    )]);
    let inputs = project.manifests("app/Cargo.toml");
    let names = [
        "build.rs",
        "make.rs",
        "src/lib.rs",
        "src/main.rs",
        "src/bin/x.rs",
        "src/bin/x/main.rs",
        "t.rs",
    ];
    let names = names.map(|name| format!("app/{name}"));
    assert_has(
        &project.present(&inputs),
        &names.each_ref().map(String::as_str),
    );
    assert_has(&project.present(&inputs), &["lib.rs"]);
    assert_lacks(&project.read(&inputs), &["app/src/main.rs"]);
}

#[test]
fn configuration_above_the_package_and_all_that_it_includes_are_inputs() {
    let project = Project::new(&[
        (
            "a/.cargo/config.toml",
            "include = ['more.toml', { path = 'none.toml', optional = true }]\npaths = ['replaced']",
        ),
        (
            "a/.cargo/more.toml",
            "include = 'deep/most.toml'\nbuild.target = 'my.json'",
        ),
        (
            "a/.cargo/deep/most.toml",
            "patch.crates-io.x = { path = 'x' }\n[broken",
        ),
        ("a/app/Cargo.toml", "[package]\nname = 'app'"),
        ("here/.cargo/config", "patch.crates-io.y = { path = 'y' }"),
    ]);
    let manifest = project.path("a/app/Cargo.toml");
    let inputs = Inputs::of_manifests(&manifest, &project.path("here"), &[]);
    let names = [
        "a/app/.cargo/config",
        "a/app/.cargo/config.toml",
        "a/.cargo/config",
        "a/.cargo/config.toml",
        "a/.cargo/more.toml",
        "a/.cargo/none.toml",
        "a/.cargo/deep/most.toml",
        ".cargo/config.toml",
        "here/.cargo/config",
        "here/.cargo/config.toml",
        "a/replaced/Cargo.toml",
        "here/y/Cargo.toml",
        "a/my.json",
        "a/app/rust-toolchain.toml",
        "a/rust-toolchain",
        "here/rust-toolchain",
    ];
    assert_has(&project.read(&inputs), &names);
    assert!(
        project
            .names(inputs.paths())
            .values()
            .all(|effect| *effect == Effect::Resolve)
    );
}

#[test]
fn a_good_build_read_what_dep_info_and_scripts_name() {
    let project = Project::new(&[("ws/target/debug/my.app", ""), ("ws/app/src/main.rs", "")]);
    let path = |name: &str| project.path(name).display().to_string();
    let dep_info = format!(
        "{}: {} {} {} {} {}\n",
        path("ws/target/debug/my.app"),
        path("ws/app/src/main.rs"),
        path("ws/app/../../ui/index.html"),
        path("ws/target/debug/build/app-1/out/gen.rs"),
        path("ws/target/site/page.html"),
        path("ws/app/my\\ page.html"),
    );
    project.write("ws/target/debug/my.d", &dep_info);
    let scripts = [
        project.script("ws/app", "cargo:rerun-if-changed=../../proto\n"),
        project.script("ws/plain", ""),
        project.script("ws/variable", "cargo::rerun-if-env-changed=X"),
        project.script(
            "registry/sys",
            &format!("cargo::rerun-if-changed={}", path("include/x.h")),
        ),
    ];
    let mut workspace = project.workspace();
    workspace.libraries = Some(project.path("rust/lib/rustlib/x/lib"));
    workspace.target_spec = Some(project.path("my.json"));
    let packages = ["ws/plain", "ws/variable"].map(|name| project.path(name).join("Cargo.toml"));
    workspace.manifests.extend(packages);
    let inputs = Inputs::of_build(
        &project.path("ws/target/debug/my.app"),
        &scripts,
        &workspace,
    )
    .unwrap();
    let names = project.names(inputs.paths());
    let rustc = format!("rust/bin/rustc{}", std::env::consts::EXE_SUFFIX);
    let expected = BTreeMap::from([
        ("ws/app/src/main.rs".to_owned(), Effect::Rebuild),
        ("ui/index.html".to_owned(), Effect::Rebuild),
        ("ws/target/site/page.html".to_owned(), Effect::Rebuild),
        ("ws/app/my page.html".to_owned(), Effect::Rebuild),
        ("proto".to_owned(), Effect::Rebuild),
        ("include/x.h".to_owned(), Effect::Rebuild),
        ("my.json".to_owned(), Effect::Rebuild),
        (rustc, Effect::Resolve),
        ("ws/.env".to_owned(), Effect::Restart),
        ("ws/.env.local".to_owned(), Effect::Restart),
        ("ws/app/.env".to_owned(), Effect::Restart),
        ("ws/app/.env.local".to_owned(), Effect::Restart),
    ]);
    assert_eq!(names, expected);
    let packages: Vec<_> = inputs.packages().collect();
    assert_eq!(packages, [project.path("ws/plain")]);
    assert_has(&project.present(&inputs), &["ws/app/src/bin/app/main.rs"]);
}

#[test]
fn a_build_without_dep_info_has_unknown_inputs() {
    let project = Project::new(&[]);
    let executable = project.path("ws/target/debug/app");
    assert_eq!(
        Inputs::of_build(&executable, &[], &project.workspace()),
        None
    );
}

#[test]
fn the_names_in_dep_info_are_relative_to_its_base() {
    let rule = "ws/target/debug/app: ws/app/src/main.rs ws/../x.rs\n";
    let project = Project::new(&[("ws/target/debug/app.d", rule)]);
    let executable = project.path("ws/target/debug/app");
    let inputs = Inputs::of_build(&executable, &[], &project.workspace()).unwrap();
    assert_has(&project.read(&inputs), &["ws/app/src/main.rs", "x.rs"]);
}

fn message(text: &str, children: Vec<Message>) -> Message {
    Message {
        message: text.to_owned(),
        code: None,
        level: Level::Error,
        spans: Vec::new(),
        children,
        rendered: None,
    }
}

/// The files of the project that could mend a build that failed with this diagnostic a moment ago.
fn menders(project: &Project, diagnostic: Diagnostic) -> BTreeMap<String, Effect> {
    let mut diagnostics = Diagnostics::default();
    diagnostics.push(diagnostic);
    let began = SystemTime::now();
    let inputs = Inputs::of_failed_build(&diagnostics, &[], &project.workspace(), began);
    project.names(inputs.paths())
}

#[test]
fn a_failed_build_is_mended_by_files_that_rustc_mentions() {
    let project = Project::new(&[
        ("ws/app/Cargo.toml", ""),
        ("ws/target/debug/deps/app.rlib", ""),
    ]);
    let missing = project.path("ws/app/../../ui/index.html");
    let library = project.path("ws/target/debug/deps/app.rlib");
    let help = message(
        "create file \"app/src/gone.rs\" or \"app/src/gone/mod.rs\"",
        Vec::new(),
    );
    let text = format!(
        "couldn't read `{}`: No such file; `{}`",
        missing.display(),
        library.display()
    );
    let message = message(
        &text,
        vec![
            help,
            message("see /x.rs and the file at `rustc-ice-1.txt`", Vec::new()),
        ],
    );
    let diagnostic = Diagnostic::new(Origin::Rustc, "app", message);
    let names: Vec<_> = menders(&project, diagnostic).into_keys().collect();
    let expected = [
        "ui/index.html",
        "ws/app/app/src/gone.rs",
        "ws/app/app/src/gone/mod.rs",
        "ws/app/src/gone.rs",
        "ws/app/src/gone/mod.rs",
    ];
    assert_eq!(names, expected);
}

#[test]
fn a_failed_build_is_mended_by_files_that_a_script_or_cargo_mentions() {
    let project = Project::new(&[("ws/app/Cargo.toml", ""), ("other/src/lib.rs", "")]);
    let text = format!(
        "failed to run custom build command\n  --- stdout\n  cargo:rerun-if-changed=schema\n  --- stderr\n  no ../../proto/a.proto: \
         not found\nfailed to read `{}`",
        project.path("other").display()
    );
    let names = menders(&project, Diagnostic::error(Origin::BuildScript, &text));
    let expected = BTreeMap::from([
        ("other/Cargo.toml".to_owned(), Effect::Resolve),
        ("proto/a.proto".to_owned(), Effect::Rebuild),
        ("ws/app/schema".to_owned(), Effect::Rebuild),
        ("ws/schema".to_owned(), Effect::Rebuild),
    ]);
    assert!(
        expected
            .iter()
            .all(|(name, effect)| names.get(name) == Some(effect)),
        "{names:?}"
    );
}

#[test]
fn a_failed_build_is_mended_by_files_that_its_crates_have_read() {
    let dep_info = "/t/app.d: app/src/main.rs ../shared/m.rs\n\napp/src/main.rs:\n";
    let project = Project::new(&[
        ("ws/target/debug/deps/app-1.d", dep_info),
        ("ws/target/debug/deps/old-1.d", "/t/old.d: old.rs"),
        ("ws/target/debug/app.d", "/t/app: relative/to/a/base.rs"),
    ]);
    let began = SystemTime::now();
    let old = fs::File::options()
        .write(true)
        .open(project.path("ws/target/debug/deps/old-1.d"))
        .unwrap();
    old.set_modified(began - Duration::from_mins(1)).unwrap();
    let script = project.script("ws/app", "cargo:rerun-if-changed=../../proto");
    let diagnostics = Diagnostics::default();
    let inputs = Inputs::of_failed_build(&diagnostics, &[script], &project.workspace(), began);
    let names: Vec<_> = project.read(&inputs).into_iter().collect();
    assert_eq!(names, ["proto", "shared/m.rs", "ws/app/src/main.rs"]);
}

#[test]
fn a_failed_load_is_mended_by_files_that_cargo_mentions() {
    let project = Project::new(&[("app/Cargo.toml", ""), ("outside/x/src/lib.rs", "")]);
    let text = format!(
        "failed to get `x` as a dependency of package `app v0.1.0 ({})`\n\nCaused by:\n  unable to update {}\n\nCaused by:\n  can't find \
         `y` bin at `src/bin/y.rs`",
        project.path("app").display(),
        project.path("outside/x").display()
    );
    let inputs = Inputs::of_failed_load(&text, &project.path("app/Cargo.toml"));
    let names = project.read(&inputs);
    assert_has(
        &names,
        &[
            "outside/x/Cargo.toml",
            "app/Cargo.toml",
            "app/src/bin/y.rs",
            "outside/x/src/bin/y.rs",
        ],
    );
}

#[test]
fn the_greater_effect_of_a_path_wins() {
    for (first, second) in [
        (Effect::Rebuild, Effect::Resolve),
        (Effect::Resolve, Effect::Rebuild),
    ] {
        let mut inputs = Inputs::default();
        inputs.add("/x/a", first);
        let mut others = Inputs::default();
        others.add("/x/b/../a", second);
        inputs.merge(others);
        let paths: Vec<_> = inputs.paths().collect();
        assert_eq!(paths, [(Path::new("/x/a"), Effect::Resolve)]);
    }
}
