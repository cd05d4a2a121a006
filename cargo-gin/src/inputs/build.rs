//! The inputs of a good build, from the files that cargo writes beside the binary and for each build script.

use std::fs;
use std::path::{Path, PathBuf};

use crate::cargo::{self, ConfigFile};
use crate::inputs::dep_info::DepInfo;
use crate::inputs::manifest::sources;
use crate::inputs::{Inputs, ScriptRun};
use crate::state::Effect;
use crate::workspace::Workspace;

impl Inputs {
    /// Reads the files that `executable` was built from. Returns `None` if cargo has not written them down. It may wait for a second.
    pub(crate) fn of_build(
        executable: &Path,
        scripts: &[ScriptRun],
        workspace: &Workspace,
    ) -> Option<Inputs> {
        let dep_info = DepInfo::of_program(executable)?;
        let configured = configured_base();
        let base = dep_info.base(executable).or(configured.as_deref());
        let base = base.unwrap_or(&workspace.target.root);
        let mut inputs = Inputs::of_scripts(scripts, workspace);
        let output = Output::of(workspace);
        for file in &dep_info.files {
            let file = base.join(file);
            if let Some(package) = package_of_cut(&file) {
                inputs.add_package(package);
            }
            inputs.add_read(file, &output);
        }
        for source in target_sources(workspace) {
            inputs.add_presence(source, Effect::Resolve);
        }
        for file in workspace.env_files() {
            inputs.add(file, Effect::Restart);
        }
        if let Some(spec) = &workspace.target_spec {
            inputs.add(spec, Effect::Rebuild);
        }
        inputs.add_toolchain(workspace);
        Some(inputs)
    }

    /// Reads what build scripts declare. A local package whose script declares nothing counts as a whole.
    pub(crate) fn of_scripts(scripts: &[ScriptRun], workspace: &Workspace) -> Inputs {
        let mut inputs = Inputs::default();
        let output = Output::of(workspace);
        for script in scripts {
            match script.declared() {
                Some(paths) => {
                    for path in paths {
                        inputs.add_read(path, &output);
                    }
                }
                None if is_local(&script.package, workspace) => inputs.add_package(&script.package),
                None => {}
            }
        }
        inputs
    }

    /// Adds a file that the build has read, unless cargo has made it or takes it for immutable.
    pub(super) fn add_read(&mut self, path: PathBuf, output: &Output) {
        if output.is_foreign(&path) {
            self.add(path, Effect::Rebuild);
        }
    }

    /// Adds the compiler, which an update of the toolchain replaces.
    fn add_toolchain(&mut self, workspace: &Workspace) {
        // The libraries are in `lib/rustlib/TARGET/lib`.
        let sysroot =
            (workspace.libraries.iter()).find_map(|libraries| libraries.ancestors().nth(4));
        if let Some(sysroot) = sysroot {
            let name = format!("rustc{}", std::env::consts::EXE_SUFFIX);
            self.add(sysroot.join("bin").join(name), Effect::Resolve);
        }
    }
}

/// The files that a build makes itself or that never change.
pub(super) struct Output {
    /// The directories that cargo writes its output into.
    made: Vec<PathBuf>,
    /// The directories of downloaded packages and toolchains. Cargo does not look for changes in them either.
    downloaded: Vec<PathBuf>,
}

impl Output {
    pub(super) fn of(workspace: &Workspace) -> Output {
        let homes = [
            ("CARGO_HOME", ".cargo", ["registry", "git"].as_slice()),
            ("RUSTUP_HOME", ".rustup", &["toolchains"]),
        ];
        let downloaded = homes.iter().flat_map(|(variable, default, names)| {
            let home = cargo::home(variable, default).into_iter();
            home.flat_map(|home| names.iter().map(move |name| home.join(name)))
        });
        Output {
            made: workspace.output_dirs().map(Path::to_owned).to_vec(),
            downloaded: downloaded.collect(),
        }
    }

    /// Returns `true` unless cargo has made or downloaded the file. Other programs, such as bundlers, may write into its output
    /// directory as well.
    pub(super) fn is_foreign(&self, path: &Path) -> bool {
        const CARGOS: [&str; 5] = [".fingerprint", "build", "deps", "examples", "incremental"];
        let is_made = self.made.iter().any(|made| {
            let inside = path.strip_prefix(made).ok();
            // `PROFILE/deps`, or `TRIPLE/PROFILE/deps` for a cross build.
            let directories = inside.into_iter().flat_map(Path::components);
            let mut directories = directories.skip(1).take(2);
            directories.any(|directory| CARGOS.iter().any(|name| directory.as_os_str() == *name))
        });
        !is_made && !self.downloaded.iter().any(|dir| path.starts_with(dir))
    }
}

/// Returns the package of a file whose name rustc has cut at a line break. `None` if the file is there.
///
/// Cargo misses the file and compiles the crate at every build. Further names may be lost with the rest of the line.
fn package_of_cut(file: &Path) -> Option<&Path> {
    let (directory, name) = (file.parent()?, file.file_name()?);
    if file.exists() {
        return None;
    }
    let beginning = [name.as_encoded_bytes(), b"\n"].concat();
    let mut entries = fs::read_dir(directory).ok()?.flatten();
    entries.find(|entry| entry.file_name().as_encoded_bytes().starts_with(&beginning))?;
    let mut packages = directory.ancestors();
    packages.find(|directory| directory.join("Cargo.toml").exists())
}

/// Returns the directory that cargo is configured to write names of files relative to.
fn configured_base() -> Option<PathBuf> {
    let directory = std::env::current_dir().ok()?;
    if let Some(base) = std::env::var_os("CARGO_BUILD_DEP_INFO_BASEDIR") {
        return Some(directory.join(base));
    }
    let home = cargo::home("CARGO_HOME", ".cargo");
    base_in(&ConfigFile::all(&directory, home.as_deref()))
}

/// Returns the first value of `build.dep-info-basedir`.
fn base_in(files: &[ConfigFile]) -> Option<PathBuf> {
    files.iter().find_map(|file| {
        let base = file.value("build", "dep-info-basedir")?.as_str()?;
        Some(file.base().join(base))
    })
}

fn is_local(package: &Path, workspace: &Workspace) -> bool {
    let manifest = package.join("Cargo.toml");
    // A vendored package has checksums. Cargo does not look for changes in it.
    workspace.manifests.contains(&manifest) && !package.join(".cargo-checksum.json").exists()
}

/// Returns the places where cargo looks for the source of the workspace's target.
fn target_sources(workspace: &Workspace) -> Vec<PathBuf> {
    let directories = ["src/bin", "examples"].map(|dir| workspace.package_dir.join(dir));
    let sources = directories
        .iter()
        .map(|dir| sources(dir, &workspace.target.name));
    sources.flatten().collect()
}
