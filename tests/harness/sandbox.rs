//! A project in a temporary directory.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::command::{cargo, cargo_gin, command, own_cargo, root};
use crate::dev::Start;
use crate::program::{Exit, Program};
use crate::shared::Shared;
use crate::terminal::Terminal;
use crate::timeout::TIMEOUT;

/// A project that is deleted when this is dropped.
#[derive(Debug)]
pub struct Sandbox {
    _directory: TempDir,
    /// The directory of this user's data.
    data: TempDir,
    /// The directory of the app's package.
    package: PathBuf,
    /// Compiled dependencies, for a project that has any.
    shared: Option<Shared>,
    invocation: Invocation,
}

/// The ways in which a user starts `cargo-gin`.
#[derive(Clone, Copy, Debug)]
enum Invocation {
    /// `cargo-gin gin`, which is what cargo runs for `cargo gin`.
    Direct,
    /// `cargo gin`, with the command installed.
    Installed,
    /// `cargo run -p cargo-gin --`, in the repository.
    Repository,
}

impl Sandbox {
    /// Creates a copy of a fixture, and compiles its dependencies.
    ///
    /// `plain` is an app with one path dependency and no others, `actix`, `axum`, `hyper`, `leptos`, `listenfd` and `rocket` are apps on those
    /// crates, and `hello` is a new project of `cargo gin new`.
    pub fn new(fixture: &str) -> Sandbox {
        let mut sandbox = Sandbox::empty();
        match fixture {
            "plain" => sandbox.fill("plain", "app"),
            "hello" => sandbox.create("hello", Shared::take("hello")),
            framework => {
                sandbox.shared = Some(Shared::take(&format!("{framework}-app")));
                sandbox.fill("frameworks", framework);
            }
        }
        sandbox.built()
    }

    /// Returns this repository itself, which a test must not change. `cargo gin` is run by the README's command.
    pub fn of_repository() -> Sandbox {
        let mut sandbox = Sandbox::empty();
        root().clone_into(&mut sandbox.package);
        sandbox.invocation = Invocation::Repository;
        sandbox.shared = Some(Shared::take_own("hello"));
        sandbox.built()
    }

    /// Returns a package of the workspace `examples/WORKSPACE`, which a test must not change, and compiles its dependencies.
    ///
    /// The packages of a workspace share what is compiled, so that their tests wait for each other.
    pub fn example(workspace: &str, directory: &str, package: &str) -> Sandbox {
        let mut sandbox = Sandbox::empty();
        sandbox.package = root().join("examples").join(workspace).join(directory);
        sandbox.shared = Some(Shared::take(workspace).with_package(package));
        sandbox.built()
    }

    /// Creates a new project below this repository with the installed command, which also runs it.
    pub fn new_inside_repository() -> Sandbox {
        let mut sandbox = Sandbox::in_directory(&root().join("target"));
        sandbox.invocation = Invocation::Installed;
        sandbox.create("hello", Shared::take("hello"));
        sandbox.built()
    }

    /// Creates a project from one of the templates with heavy dependencies, and compiles those.
    ///
    /// They share what is compiled, so that their tests wait for each other.
    pub fn of_template(template: &str) -> Sandbox {
        let mut sandbox = Sandbox::empty();
        let shared = Shared::take("templates").with_package(template);
        sandbox.create(template, shared);
        sandbox.built()
    }

    /// Creates the plain app with this `src/main.rs`.
    pub fn with_main(main: &str) -> Sandbox {
        Sandbox::new("plain").with("src/main.rs", main)
    }

    /// Creates the plain app in a workspace `deep/workspace`, so that the directories above it belong to the test as well.
    pub fn deep() -> Sandbox {
        let mut sandbox = Sandbox::empty();
        sandbox.package.push("deep/workspace");
        sandbox.fill("plain", "app");
        sandbox
    }

    /// Creates an empty directory as the app's package, below a temporary one.
    pub fn empty_at(package: &str) -> Sandbox {
        let mut sandbox = Sandbox::empty();
        sandbox.package.push(package);
        fs::create_dir_all(&sandbox.package).expect("the directory can be created");
        sandbox
    }

    /// Creates the plain app with a build script that waits at the gate.
    pub fn with_gated_build() -> Sandbox {
        let sandbox = Sandbox::new("plain");
        let manifest = sandbox.read("Cargo.toml");
        let dependency = "\n[build-dependencies]\nhttp = { path = \"../http\" }\n";
        sandbox
            .with("Cargo.toml", &(manifest + dependency))
            .with("build.rs", "fn main() { http::wait_at_gate() }")
    }

    /// Creates an empty directory.
    pub fn empty() -> Sandbox {
        Sandbox::in_directory(&std::env::temp_dir())
    }

    fn in_directory(parent: &Path) -> Sandbox {
        fs::create_dir_all(parent).expect("the directory can be created");
        let directory = tempfile::Builder::new()
            .prefix("gin-e2e-")
            .tempdir_in(parent);
        let directory = directory.expect("a temporary directory can be created");
        let package = directory
            .path()
            .canonicalize()
            .expect("the directory exists");
        Sandbox {
            _directory: directory,
            data: tempfile::tempdir().expect("a temporary directory can be created"),
            package,
            shared: None,
            invocation: Invocation::Direct,
        }
    }

    /// Compiles the dependencies, without a timeout, and returns the project.
    #[must_use]
    pub fn built(self) -> Sandbox {
        if let Some(shared) = &self.shared {
            shared.build(&self.package, &shared.package);
        }
        self
    }

    fn fill(&mut self, workspace: &str, package: &str) {
        let fixtures = root().join("tests/fixtures");
        copy(&fixtures.join(workspace), &self.package);
        self.package = self.package.join(package);
    }

    /// Runs `cargo gin new` with a template of this name, and copies the `Cargo.lock` of its workspace.
    fn create(&mut self, name: &str, shared: Shared) {
        self.shared = Some(shared);
        let args = ["new", name, "--template", name];
        let created = self.cargo_gin().args(args).output();
        let created = created.expect("cargo-gin can be started");
        assert!(created.status.success(), "{created:?}");
        let stderr = String::from_utf8_lossy(&created.stderr);
        assert!(!stderr.contains("warning"), "{stderr}");
        self.package = self.package.join(name);
        let workspace = match name {
            "hello" => root().to_owned(),
            _ => root().join("templates"),
        };
        let lock = self.path("Cargo.lock");
        fs::copy(workspace.join("Cargo.lock"), lock).expect("the lock can be copied");
    }

    /// Writes a file, as [`Sandbox::edit`] does, and returns the project.
    #[must_use]
    pub fn with(self, path: &str, text: &str) -> Sandbox {
        self.edit(path, text);
        self
    }

    /// Returns the absolute path of a path relative to the app's package.
    pub fn path(&self, path: &str) -> PathBuf {
        // The system cannot resolve `..` if the package's directory has been moved away.
        match path.strip_prefix("../") {
            Some(rest) => self.package.with_file_name(rest),
            None => self.package.join(path),
        }
    }

    /// Reads a file.
    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).expect("the file can be read")
    }

    /// Writes a file in place, as many editors do.
    pub fn edit(&self, path: &str, text: &str) {
        let path = self.path(path);
        let directory = path.parent().expect("a file is in a directory");
        fs::create_dir_all(directory).expect("the directory can be created");
        fs::write(path, text).expect("the file can be written");
    }

    /// Replaces the first `old` in a file by `new`, in place.
    pub fn replace(&self, path: &str, old: &str, new: &str) {
        let text = self.read(path);
        assert!(text.contains(old), "{path} does not contain {old}");
        self.edit(path, &text.replacen(old, new, 1));
    }

    /// Writes a temporary file and renames it to `path`, as careful editors do.
    pub fn save_atomically(&self, path: &str, text: &str) {
        let beside = format!("{path}.tmp~");
        self.edit(&beside, text);
        self.rename(&beside, path);
    }

    /// Moves a file or a directory.
    pub fn rename(&self, from: &str, to: &str) {
        fs::rename(self.path(from), self.path(to)).expect("the file or directory can be moved");
    }

    /// Makes a link at `path` that leads to `target`, in place of an earlier link. The target is relative to the link's directory.
    pub fn link(&self, target: &str, path: &str) {
        let path = self.path(path);
        let directory = path.parent().expect("a link is in a directory");
        fs::create_dir_all(directory).expect("the directory can be created");
        let beside = path.with_extension("link~");
        symlink(target, &beside).expect("the link can be made");
        fs::rename(beside, path).expect("the link can be moved");
    }

    /// Deletes a file.
    pub fn remove(&self, path: &str) {
        fs::remove_file(self.path(path)).expect("the file can be deleted");
    }

    /// Deletes a directory and its contents.
    pub fn remove_directory(&self, path: &str) {
        fs::remove_dir_all(self.path(path)).expect("the directory can be deleted");
    }

    /// Returns `cargo gin dev` for the app's package, on a free port. It holds a request as long as a test waits.
    pub fn dev(self) -> Start {
        let mut command = self.cargo_gin();
        command.args(["dev", "--port", "0", "--message-format", "json"]);
        command.env("GIN_HOLD", format!("{}s", TIMEOUT.as_secs()));
        Start::new(self, command)
    }

    /// Starts `cargo gin` with these arguments in the app's package.
    pub fn start(&self, args: &[&str]) -> Program {
        let mut command = self.cargo_gin();
        command.args(args);
        Program::start(command)
    }

    /// Starts `cargo gin` on a terminal. Programs in the project's directory `bin` precede others.
    pub fn start_at_terminal(&self, args: &[&str]) -> Terminal {
        let mut command = self.cargo_gin();
        command.args(args);
        self.at_terminal(command)
    }

    /// Starts a shell on a terminal, with `cargo-gin` in `PATH`.
    pub fn shell(&self) -> Terminal {
        let mut bash = command("bash");
        bash.args(["--norc", "-i"]).current_dir(&self.package);
        self.at_terminal(bash)
    }

    fn at_terminal(&self, mut command: Command) -> Terminal {
        self.install(&mut command);
        Terminal::start(&command)
    }

    /// Adds the project's directory `bin` and that of `cargo-gin` to the front of `PATH`.
    fn install(&self, command: &mut Command) {
        let directory = cargo_gin().parent().expect("a binary is in a directory");
        let others = std::env::var_os("PATH").unwrap_or_default();
        let directories = [self.path("bin"), directory.to_owned()];
        let directories = directories
            .into_iter()
            .chain(std::env::split_paths(&others));
        let path = std::env::join_paths(directories).expect("no path contains a colon");
        command.env("PATH", path);
    }

    /// Starts `cargo gin` with these arguments and an environment variable.
    pub fn start_with(&self, args: &[&str], name: &str, value: &str) -> Program {
        let mut command = self.cargo_gin();
        command.args(args).env(name, value);
        Program::start(command)
    }

    /// Runs `cargo gin` with these arguments in the app's package until it exits.
    pub async fn run(&self, args: &[&str]) -> Exit {
        self.start(args).wait().await
    }

    /// Runs cargo with these arguments in the app's package until it exits.
    pub async fn cargo(&self, args: &[&str]) -> Exit {
        Program::start(self.own_cargo(args)).wait().await
    }

    /// As [`Sandbox::cargo`], with an environment variable.
    pub async fn cargo_with(&self, args: &[&str], name: &str, value: &str) -> Exit {
        let mut command = self.own_cargo(args);
        command.env(name, value);
        Program::start(command).wait().await
    }

    fn own_cargo(&self, args: &[&str]) -> Command {
        let mut command = cargo();
        command.args(args).current_dir(&self.package);
        if let Some(shared) = &self.shared {
            command.env("CARGO_TARGET_DIR", &shared.target);
        }
        command
    }

    /// Starts the program of the package, as it was compiled last, with these environment variables.
    pub fn start_app(&self, variables: &[(&str, &str)]) -> Program {
        let shared = self.shared.as_ref().expect("the package was compiled");
        let mut app = command(shared.program());
        app.envs(variables.iter().copied())
            .current_dir(&self.package);
        Program::start(app)
    }

    /// Returns `cargo gin` without arguments.
    fn cargo_gin(&self) -> Command {
        let mut command = match self.invocation {
            Invocation::Direct => {
                let mut command = command(cargo_gin());
                command.arg("gin");
                command
            }
            Invocation::Installed => {
                let mut command = cargo();
                self.install(&mut command);
                command.arg("gin");
                command
            }
            Invocation::Repository => {
                let mut command = own_cargo();
                command.args(["run", "-p", "cargo-gin", "--"]);
                command
            }
        };
        command.current_dir(&self.package);
        command.env("XDG_DATA_HOME", self.data.path());
        if let Some(shared) = &self.shared {
            command.env("CARGO_TARGET_DIR", &shared.target);
        }
        command
    }

    /// Returns a file in the directory of this user's data.
    pub fn data(&self, path: &str) -> PathBuf {
        self.data.path().join(path)
    }

    /// Returns the certificate of the authority that `--https` makes.
    pub fn authority(&self) -> PathBuf {
        self.data("cargo-gin/authority/ca.pem")
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("the directory can be created");
    for entry in fs::read_dir(from).expect("the fixture exists") {
        let entry = entry.expect("the fixture can be read");
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            copy(&from, &to);
        } else {
            // `fs::copy` may keep the time stamp, but cargo must find the file newer than its last build.
            let text = fs::read(&from).expect("the fixture can be read");
            fs::write(&to, text).expect("the file can be written");
        }
    }
}
