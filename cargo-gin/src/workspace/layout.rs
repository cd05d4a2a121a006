//! The workspace and its one binary that is built and run, with their directories.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::cargo::Environment;
use crate::cli::BuildOptions;
use crate::source::Library;
use crate::state::Target;

/// The workspace and its one binary that is built and run.
#[derive(Clone, Debug)]
pub(crate) struct Workspace {
    pub(crate) target: Target,
    pub(crate) kind: Kind,
    pub(crate) package_dir: PathBuf,
    /// The manifests that can change: those of all members and all their dependencies, except packages that cargo has downloaded.
    pub(crate) manifests: Vec<PathBuf>,
    /// The directory of cargo's intermediate files: the target directory, unless `build.build-dir` is set.
    pub(crate) build_dir: PathBuf,
    /// The specification of a custom target, if the options name one.
    pub(crate) target_spec: Option<PathBuf>,
    /// The names of the local packages that have a build script, by their directories. A script may read any file in its own.
    pub(crate) scripted: BTreeMap<PathBuf, String>,
    /// The variables in which cargo describes the app's package.
    pub(crate) environment: Environment,
    /// The directory of the compiler's shared libraries.
    pub(crate) libraries: Option<PathBuf>,
    /// The other binaries that run beside it.
    pub(crate) sides: Vec<SideBinary>,
    /// `true` if the app takes a socket from `LISTEN_FDS`.
    pub(crate) takes_socket: bool,
}

impl Workspace {
    /// Applies the options that `cargo metadata` does not take.
    pub(crate) fn built_with(mut self, options: &BuildOptions) -> Workspace {
        let recipe = &mut self.target.recipe;
        if let Some(Ok(dir)) = options.target_dir.as_ref().map(std::path::absolute) {
            if self.build_dir == recipe.target_dir {
                self.build_dir.clone_from(&dir);
            }
            recipe.target_dir = dir;
        }
        let target = options.target.iter().map(Path::new);
        let mut specs = target.filter(|path| path.extension().is_some_and(|name| name == "json"));
        self.target_spec = specs.next().and_then(|path| std::path::absolute(path).ok());
        match &options.profile {
            Some(profile) => recipe.profile.clone_from(profile),
            None if options.release => "release".clone_into(&mut recipe.profile),
            None => {}
        }
        self
    }

    /// Returns the workspace as one of its other binaries sees it.
    pub(crate) fn of_side(&self, side: &SideBinary) -> Workspace {
        let directory = side.manifest.parent().unwrap_or(&side.manifest);
        Workspace {
            kind: Kind::Bin,
            package_dir: directory.to_owned(),
            environment: side.environment.clone(),
            ..self.clone()
        }
    }

    /// Returns the library from which its sources may be read.
    pub(crate) fn library(&self) -> Library {
        Library::new(&self.target.root, &self.target.packages).with_generated(self.output_dirs())
    }

    /// Returns the directories that cargo writes its output into.
    pub(crate) fn output_dirs(&self) -> [&Path; 2] {
        [&self.target.recipe.target_dir, &self.build_dir]
    }
}

/// Another binary of the workspace, which is built with the app's and runs beside it.
#[derive(Clone, Debug)]
pub(crate) struct SideBinary {
    pub(crate) name: String,
    pub(crate) package: String,
    pub(crate) manifest: PathBuf,
    /// The variables in which cargo describes its package.
    pub(crate) environment: Environment,
}

/// The kind of a target, by the option of cargo that selects it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `--bin`
    Bin,
    /// `--example`
    Example,
}
