//! The workspace and its one binary that is built and run, with their directories.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::cargo::{Environment, Layers, Platform};
use crate::cli::{BuildOptions, EnvFileOptions, Selection};
use crate::os::reaper::Reaper;
use crate::source::Library;
use crate::state::Target;

/// The workspace and its one binary that is built and run.
#[derive(Clone, Debug)]
pub(crate) struct Workspace {
    pub(crate) target: Target,
    /// The id of its package, which no other package of its name has.
    pub(crate) package: String,
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
    /// The frameworks of the app that read variables of their own.
    pub(crate) frameworks: Vec<Framework>,
    /// The target triple of this machine.
    pub(crate) host: String,
    /// The platform that it is built for.
    pub(crate) platform: Platform,
    /// The files of `--env-file`.
    pub(crate) given_env_files: Vec<PathBuf>,
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

    /// Adds the files of variables that the options name.
    pub(crate) fn with_env_files(mut self, options: &EnvFileOptions) -> anyhow::Result<Workspace> {
        for file in &options.env_file {
            let file = std::path::absolute(file)
                .with_context(|| format!("cannot resolve {}", file.display()))?;
            self.given_env_files.push(file);
        }
        Ok(self)
    }

    /// Finds the platform that the options and cargo's configuration name.
    pub(crate) async fn on_platform(
        mut self,
        selection: &Selection,
        options: &BuildOptions,
        reaper: &Reaper,
    ) -> Workspace {
        // A configuration that cannot be read is reported when the app starts, unless cargo does it before.
        if let Ok(layers) = Layers::read(&selection.config) {
            let target = options.target.as_deref();
            self.platform = Platform::of(target, &self.host, &layers, reaper).await;
        }
        self
    }

    /// Returns the files of variables, those of greater precedence first. Only those of `--env-file` have to exist.
    pub(crate) fn env_files(&self) -> Vec<PathBuf> {
        let mut files: Vec<PathBuf> = self.given_env_files.iter().rev().cloned().collect();
        for directory in [&self.package_dir, &self.target.root] {
            for name in [".env.local", ".env"] {
                let file = directory.join(name);
                if !files.contains(&file) {
                    files.push(file);
                }
            }
        }
        files
    }

    /// Returns the workspace as one of its other binaries sees it.
    pub(crate) fn of_side(&self, side: &SideBinary) -> Workspace {
        let directory = side.manifest.parent().unwrap_or(&side.manifest);
        Workspace {
            kind: Kind::Bin,
            package: side.package.clone(),
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
    /// The id of its package.
    pub(crate) package: String,
    pub(crate) manifest: PathBuf,
    /// The variables in which cargo describes its package.
    pub(crate) environment: Environment,
}

/// A framework whose apps read their address from variables of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framework {
    /// `ROCKET_ADDRESS` and `ROCKET_PORT`.
    Rocket,
    /// `LEPTOS_SITE_ADDR`.
    Leptos,
}

impl Framework {
    /// All of them.
    pub(crate) const ALL: [Framework; 2] = [Framework::Rocket, Framework::Leptos];

    /// Returns the packages of which its apps depend on at least one.
    pub(crate) fn packages(self) -> &'static [&'static str] {
        match self {
            Framework::Rocket => &["rocket"],
            Framework::Leptos => &["leptos", "leptos_actix", "leptos_axum", "leptos_config"],
        }
    }

    /// Returns its variable for an address without a port, if it has one.
    pub(crate) fn address_variable(self) -> Option<&'static str> {
        match self {
            Framework::Rocket => Some("ROCKET_ADDRESS"),
            Framework::Leptos => None,
        }
    }

    /// Returns its variable for the port, with the value for an app that is to listen at this address.
    pub(crate) fn port_variable(self, ip: IpAddr, port: u16) -> (&'static str, String) {
        match self {
            Framework::Rocket => ("ROCKET_PORT", port.to_string()),
            Framework::Leptos => ("LEPTOS_SITE_ADDR", SocketAddr::new(ip, port).to_string()),
        }
    }
}

/// The kind of a target, by the option of cargo that selects it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `--bin`
    Bin,
    /// `--example`
    Example,
}
