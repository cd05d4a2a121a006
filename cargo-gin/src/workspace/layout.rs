//! The workspace and the one binary of it that is built and run: where all of it lies.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::cargo::Environment;
use crate::cli::BuildOptions;
use crate::source::Library;
use crate::state::Target;

/// The workspace and the one binary of it that is built and run.
#[derive(Clone, Debug)]
pub(crate) struct Workspace {
    /// The binary.
    pub(crate) target: Target,
    /// Is it an example?
    pub(crate) kind: Kind,
    /// The package's own folder.
    pub(crate) package_dir: PathBuf,
    /// Where cargo puts what only it needs: the target folder, unless `build.build-dir` says otherwise.
    pub(crate) build_dir: PathBuf,
    /// The names of those local packages that have a build script, by their folders. A script may read any file in its own.
    pub(crate) scripted: BTreeMap<PathBuf, String>,
    /// What cargo tells the app of its package.
    pub(crate) environment: Environment,
    /// Where the compiler's shared libraries are.
    pub(crate) libraries: Option<PathBuf>,
    /// Can the app take a socket from `LISTEN_FDS`?
    pub(crate) takes_socket: bool,
}

impl Workspace {
    /// The same with options of which `cargo metadata` knows nothing.
    pub(crate) fn built_with(mut self, options: &BuildOptions) -> Workspace {
        let recipe = &mut self.target.recipe;
        if let Some(Ok(dir)) = options.target_dir.as_ref().map(std::path::absolute) {
            if self.build_dir == recipe.folder {
                self.build_dir.clone_from(&dir);
            }
            recipe.folder = dir;
        }
        match &options.profile {
            Some(profile) => recipe.profile.clone_from(profile),
            None if options.release => "release".clone_into(&mut recipe.profile),
            None => {}
        }
        self
    }

    /// Where its sources may be read from.
    pub(crate) fn library(&self) -> Library {
        Library::new(&self.target.root, &self.target.packages).with_made(self.made())
    }

    /// The folders that cargo puts what it makes in.
    pub(crate) fn made(&self) -> [&Path; 2] {
        [&self.target.recipe.folder, &self.build_dir]
    }
}

/// What cargo calls the target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `--bin`
    Bin,
    /// `--example`
    Example,
}
