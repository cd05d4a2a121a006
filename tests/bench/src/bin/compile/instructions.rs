//! The instructions of rustc for an app after an edit, linking left out. They hardly depend on the load of the machine.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use gin_bench::valgrind::Tool;
use gin_bench::{Table, grouped};

use crate::above;
use crate::app::{App, Framework, Size};
use crate::edit::Cargo;

/// The frameworks that are compared. axum serves HTTP/1.1 only, which is the cheaper one.
const FRAMEWORKS: [Framework; 4] = [
    Framework::Baseline,
    Framework::Gin,
    Framework::Attributes,
    Framework::Axum,
];

/// Counts the instructions of the large apps after an edit of each file.
pub(crate) fn measure(cargo: &Cargo<'_>) -> Result<Table> {
    let apps = FRAMEWORKS.map(|framework| App::new(framework, Size::Large));
    for app in apps {
        cargo.build(app)?;
    }
    let caption = format!(
        "Millions of instructions of rustc after an edit of an app with {} handlers, under valgrind",
        Size::Large.handler_count()
    );
    above::table(
        caption,
        &apps,
        |count| grouped(&(count / 1_000_000)),
        |cause, app| {
            eprintln!("compile: instructions of {}, {}", app.name(), cause.label());
            // The edit is another one than that of the first build, and the one that is counted another than that.
            cargo.build_for(cause, app, 1)?;
            cargo.prepare(cause, app, 2)?;
            Counter::write(app, cargo)?.count(app, cargo)
        },
    )
}

/// A wrapper of rustc that counts the instructions of one crate.
struct Counter {
    script: PathBuf,
    log: PathBuf,
}

impl Counter {
    fn write(app: App, cargo: &Cargo<'_>) -> Result<Counter> {
        let counter = Counter {
            script: cargo.directory.join("count-instructions"),
            log: cargo.directory.join("instructions.log"),
        };
        let name = app.name().replace('-', "_");
        let options = Tool::Callgrind.options().join(" ");
        let log = counter.log.display();
        let text = format!(
            "#!/bin/sh\ncase \"$*\" in *\"--crate-name {name} \"*) exec valgrind {options} \"--log-file={log}\" \"$@\";; esac\nexec \"$@\"\n"
        );
        fs::write(&counter.script, text)?;
        fs::set_permissions(&counter.script, fs::Permissions::from_mode(0o755))?;
        Ok(counter)
    }

    /// Builds the app, and returns the instructions of its compiler.
    fn count(&self, app: App, cargo: &Cargo<'_>) -> Result<u64> {
        let status = Command::new("cargo")
            .args(["--quiet", "build", "--package", app.name()])
            .args(["--profile", cargo.profile.name()])
            .env("RUSTC_WRAPPER", &self.script)
            .current_dir(cargo.directory)
            .status()?;
        ensure!(status.success(), "cargo build of {} failed", app.name());
        Tool::Callgrind.count(&read(&self.log)?)
    }
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}
