//! Compiled dependencies that tests share.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::command::{cargo, own_cargo, target_directory};

/// A target directory that outlives the test, so that dependencies are compiled once, and the lock for the package in it.
///
/// Each package has its own target directory, because cargo locks it for a build. While one test compiled a framework, the
/// dev servers of all others would wait, and their held requests would time out. The cost is small, since packages that need
/// different features of a dependency cannot share it anyway.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) package: String,
    pub(crate) target: PathBuf,
    cargo: fn() -> Command,
    _lock: File,
}

impl Shared {
    /// Waits until no other test uses the package.
    ///
    /// The fixture must be copied afterwards: cargo takes both copies for one package, and rebuilds only what is newer.
    pub(crate) fn take(package: &str) -> Shared {
        Shared::new(package, target_directory().join("e2e").join(package), cargo)
    }

    /// As [`Shared::take`], in the target directory of this workspace, which the package belongs to.
    pub(crate) fn take_own(package: &str) -> Shared {
        Shared::new(package, target_directory(), own_cargo)
    }

    fn new(package: &str, target: PathBuf, cargo: fn() -> Command) -> Shared {
        fs::create_dir_all(&target).expect("the directory can be created");
        let lock = File::create(target.join(format!("e2e-{package}.lock")));
        let lock = lock.expect("the lock file can be created");
        lock.lock().expect("the lock can be taken");
        Shared {
            package: package.to_owned(),
            target,
            cargo,
            _lock: lock,
        }
    }

    /// Returns it for another package, which is compiled there as well.
    pub(crate) fn with_package(self, package: &str) -> Shared {
        Shared {
            package: package.to_owned(),
            ..self
        }
    }

    /// Returns the program of the package, as it was compiled last.
    pub(crate) fn program(&self) -> PathBuf {
        self.target.join("debug").join(&self.package)
    }

    /// Builds a package of the workspace in `directory`.
    pub(crate) fn build(&self, directory: &Path, package: &str) {
        let built = (self.cargo)()
            .args(["build", "--quiet", "--package", package])
            .env("CARGO_TARGET_DIR", &self.target)
            .current_dir(directory)
            .status()
            .expect("cargo can be started");
        assert!(built.success(), "{} does not build", self.package);
    }
}
