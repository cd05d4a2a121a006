//! A project in a folder of its own.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::command::{cargo, cargo_gin, command, root, target_directory};
use crate::dev::Start;
use crate::program::{Exit, Program};
use crate::terminal::Terminal;
use crate::timeout::TIMEOUT;

/// A copy of a fixture, gone when it is dropped.
#[derive(Debug)]
pub struct Sandbox {
    folder: TempDir,
    /// Where the app's package is.
    package: PathBuf,
    /// What is already compiled, for a fixture that has dependencies, and the right to use it.
    shared: Option<Shared>,
    door: Door,
}

/// A package and a target directory that outlive the test, so that dependencies are compiled once. Two tests never have
/// the same one at the same time.
///
/// Each package has a target directory of its own: cargo lets only one build at a time use one, and while one test
/// compiled a framework, every other's dev server would wait for it, until its requests are no longer held. It costs
/// hardly more, since packages that need other features of a dependency do not share it anyway.
#[derive(Debug)]
struct Shared {
    package: String,
    target: PathBuf,
    _lock: File,
}

/// The ways in which a person starts `cargo-gin`.
#[derive(Clone, Copy, Debug)]
enum Door {
    /// `cargo-gin gin`, which is what cargo runs for `cargo gin`.
    Direct,
    /// `cargo gin`, with the command installed.
    Installed,
    /// `cargo run -p cargo-gin --`, in the repository.
    Clone,
}

impl Sandbox {
    /// A copy of a fixture: `plain` is an app without dependencies but one by path; `actix`, `axum`, `hyper` and
    /// `listenfd` are what they are called after; `hello` is what `cargo gin new` makes.
    pub fn new(fixture: &str) -> Sandbox {
        let mut sandbox = Sandbox::empty();
        match fixture {
            "plain" => sandbox.fill("plain", "app"),
            "hello" => sandbox.create("hello"),
            framework => {
                sandbox.shared = Some(Shared::take(&format!("{framework}-app")));
                sandbox.fill("frameworks", framework);
            }
        }
        sandbox.built()
    }

    /// This repository itself, to be looked at only. `cargo gin` is what the README has a newcomer run here.
    pub fn of_repository() -> Sandbox {
        let mut sandbox = Sandbox::empty();
        root().clone_into(&mut sandbox.package);
        sandbox.door = Door::Clone;
        sandbox.shared = Some(Shared::in_target("hello", target_directory()));
        sandbox.built()
    }

    /// A new project below this repository, made and run by the installed command.
    pub fn new_inside_repository() -> Sandbox {
        let mut sandbox = Sandbox::in_folder(&root().join("target"));
        sandbox.door = Door::Installed;
        sandbox.create("hello");
        sandbox.built()
    }

    /// The plain app with another `src/main.rs`.
    pub fn with_main(main: &str) -> Sandbox {
        Sandbox::new("plain").with("src/main.rs", main)
    }

    /// The plain app with a build script that waits at the gate.
    pub fn with_gated_build() -> Sandbox {
        let sandbox = Sandbox::new("plain");
        let manifest = sandbox.read("Cargo.toml");
        let dependency = "\n[build-dependencies]\nhttp = { path = \"../http\" }\n";
        sandbox
            .with("Cargo.toml", &(manifest + dependency))
            .with("build.rs", "fn main() { http::wait_at_gate() }")
    }

    /// A folder with nothing in it.
    pub fn empty() -> Sandbox {
        Sandbox::in_folder(&std::env::temp_dir())
    }

    fn in_folder(around: &Path) -> Sandbox {
        fs::create_dir_all(around).expect("the folder can be made");
        let folder = tempfile::Builder::new()
            .prefix("gin-e2e-")
            .tempdir_in(around);
        let folder = folder.expect("there is room for a folder");
        let package = folder.path().canonicalize().expect("the folder is there");
        Sandbox {
            folder,
            package,
            shared: None,
            door: Door::Direct,
        }
    }

    /// The same with what is shared compiled, however long that takes.
    fn built(self) -> Sandbox {
        if let Some(shared) = &self.shared {
            shared.build(&self.package, &shared.package);
        }
        self
    }

    fn fill(&mut self, workspace: &str, package: &str) {
        let fixtures = root().join("tests/fixtures");
        copy(&fixtures.join(workspace), self.folder.path());
        self.package = self.package.join(package);
    }

    /// A new project, with the versions of its dependencies that we are built with ourselves.
    fn create(&mut self, name: &str) {
        self.shared = Some(Shared::take(name));
        let created = self.cargo_gin().args(["new", name]).output();
        let created = created.expect("cargo-gin can be started");
        assert!(created.status.success(), "{created:?}");
        let words = String::from_utf8_lossy(&created.stderr);
        assert!(!words.contains("warning"), "{words}");
        self.package = self.package.join(name);
        let lock = self.path("Cargo.lock");
        fs::copy(root().join("Cargo.lock"), lock).expect("the lock can be copied");
    }

    /// The same with one more file, or another text in it.
    #[must_use]
    pub fn with(self, path: &str, text: &str) -> Sandbox {
        self.edit(path, text);
        self
    }

    /// The absolute path of one that is relative to the app's package.
    pub fn path(&self, path: &str) -> PathBuf {
        // Not left to the system: the package's own folder may be gone.
        match path.strip_prefix("../") {
            Some(rest) => self.package.with_file_name(rest),
            None => self.package.join(path),
        }
    }

    /// What a file holds.
    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).expect("the file can be read")
    }

    /// Writes a file in place, as many editors do.
    pub fn edit(&self, path: &str, text: &str) {
        let path = self.path(path);
        let folder = path.parent().expect("a file is in a folder");
        fs::create_dir_all(folder).expect("the folder can be made");
        fs::write(path, text).expect("the file can be written");
    }

    /// Writes a file in place, with another text at a place where it says `old`.
    pub fn replace(&self, path: &str, old: &str, new: &str) {
        let text = self.read(path);
        assert!(text.contains(old), "{path} does not say {old}");
        self.edit(path, &text.replacen(old, new, 1));
    }

    /// Writes a file beside and moves it into place, as careful editors do.
    pub fn save_atomically(&self, path: &str, text: &str) {
        let beside = format!("{path}.tmp~");
        self.edit(&beside, text);
        self.rename(&beside, path);
    }

    /// Moves a file or a folder.
    pub fn rename(&self, from: &str, to: &str) {
        fs::rename(self.path(from), self.path(to)).expect("it can be moved");
    }

    /// Deletes a file.
    pub fn remove(&self, path: &str) {
        fs::remove_file(self.path(path)).expect("the file can be deleted");
    }

    /// Deletes a folder with all that is in it.
    pub fn remove_directory(&self, path: &str) {
        fs::remove_dir_all(self.path(path)).expect("the folder can be deleted");
    }

    /// `cargo gin dev` in the app's package, on a free port. A request waits for the app as long as a test does.
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

    /// The same on a terminal, with what is in the project's folder `bin` before other programs.
    pub fn start_at_terminal(&self, args: &[&str]) -> Terminal {
        let mut command = self.cargo_gin();
        command.args(args);
        self.at_terminal(command)
    }

    /// A shell on a terminal, which finds `cargo-gin`.
    pub fn shell(&self) -> Terminal {
        let mut bash = command("bash");
        bash.args(["--norc", "-i"]).current_dir(&self.package);
        self.at_terminal(bash)
    }

    fn at_terminal(&self, mut command: Command) -> Terminal {
        self.install(&mut command);
        Terminal::start(&command)
    }

    /// Puts `cargo-gin` where `command` finds programs, after what is in the project's folder `bin`.
    fn install(&self, command: &mut Command) {
        let folder = cargo_gin().parent().expect("a binary is in a folder");
        let others = std::env::var_os("PATH").unwrap_or_default();
        let folders = [self.path("bin"), folder.to_owned()];
        let folders = folders.into_iter().chain(std::env::split_paths(&others));
        let path = std::env::join_paths(folders).expect("a path has no colon");
        command.env("PATH", path);
    }

    /// Starts `cargo gin` with these arguments and a variable.
    pub fn start_with(&self, args: &[&str], name: &str, value: &str) -> Program {
        let mut command = self.cargo_gin();
        command.args(args).env(name, value);
        Program::start(command)
    }

    /// Runs `cargo gin` with these arguments in the app's package, to its end.
    pub async fn run(&self, args: &[&str]) -> Exit {
        self.start(args).wait().await
    }

    /// Runs cargo with these arguments in the app's package, to its end.
    pub async fn cargo(&self, args: &[&str]) -> Exit {
        let mut command = cargo();
        command.args(args).current_dir(&self.package);
        if let Some(shared) = &self.shared {
            command.env("CARGO_TARGET_DIR", &shared.target);
        }
        Program::start(command).wait().await
    }

    /// `cargo gin`, ready for arguments.
    fn cargo_gin(&self) -> Command {
        let mut command = match self.door {
            Door::Direct => {
                let mut command = command(cargo_gin());
                command.arg("gin");
                command
            }
            Door::Installed => {
                let mut command = cargo();
                self.install(&mut command);
                command.arg("gin");
                command
            }
            Door::Clone => {
                let mut command = cargo();
                command.args(["run", "-p", "cargo-gin", "--"]);
                command
            }
        };
        command.current_dir(&self.package);
        if let Some(shared) = &self.shared {
            command.env("CARGO_TARGET_DIR", &shared.target);
        }
        command
    }
}

impl Shared {
    /// Waits until no other test has the package. To cargo both are the same one, and the newer files win: what is
    /// copied must be copied afterwards.
    fn take(package: &str) -> Shared {
        Shared::in_target(package, target_directory().join("e2e").join(package))
    }

    fn in_target(package: &str, target: PathBuf) -> Shared {
        fs::create_dir_all(&target).expect("the folder can be made");
        let lock = File::create(target.join(format!("e2e-{package}.lock")));
        let lock = lock.expect("the lock can be made");
        lock.lock().expect("the lock can be had");
        Shared {
            package: package.to_owned(),
            target,
            _lock: lock,
        }
    }

    /// Builds packages of the workspace in `folder`.
    fn build(&self, folder: &Path, package: &str) {
        let built = cargo()
            .args(["build", "--quiet", "--package", package])
            .env("CARGO_TARGET_DIR", &self.target)
            .current_dir(folder)
            .status()
            .expect("cargo can be started");
        assert!(built.success(), "{} does not build", self.package);
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("the folder can be made");
    for entry in fs::read_dir(from).expect("the fixture is there") {
        let entry = entry.expect("the fixture can be read");
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            copy(&from, &to);
        } else {
            // Unlike a copy, a new file is newer than what was built before.
            let text = fs::read(&from).expect("the fixture can be read");
            fs::write(&to, text).expect("the file can be written");
        }
    }
}
