//! The baseline: everything that the last good build has read and made, as it was then.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use crate::builder::fast::node::{Node, Recorded, is_link_to};
use crate::builder::fast::stamp::Stamp;
use crate::builder::fast::transcript::{Artifact, Transcript};
use crate::builder::fast::unit::{UnitId, UnitKind};
use crate::inputs::{DepInfo, Inputs, Presence, ScriptRun, without_dots};
use crate::state::Effect;
use crate::workspace::Workspace;

/// Everything that the last good build has read and made.
#[derive(Clone, Debug)]
pub(super) struct Baseline {
    pub(super) transcript: Transcript,
    /// The units whose call was recorded.
    pub(super) nodes: BTreeMap<UnitId, Arc<Node>>,
    /// The other units that something may depend on, each with its name.
    pub(super) unrecorded: BTreeMap<UnitId, String>,
    /// The sources, each with the crates that have read it.
    pub(super) sources: BTreeMap<PathBuf, Users>,
    /// The state of all that was read, besides what was made. `None` if it may have changed meanwhile.
    pub(super) stamps: BTreeMap<PathBuf, Option<Stamp>>,
    pub(super) presences: BTreeMap<PathBuf, Presence>,
    /// The state of all that was made for each unit.
    pub(super) products: BTreeMap<UnitId, Vec<(PathBuf, Stamp)>>,
    /// The units that are being compiled, or whose compiler has failed.
    pub(super) pending: BTreeSet<UnitId>,
    /// The files that cargo locks for a build.
    pub(super) locks: BTreeSet<PathBuf>,
    /// Directories with cargo's output.
    pub(super) made: Vec<PathBuf>,
    /// A crate of which too little is known to leave anything out.
    pub(super) opaque: Option<String>,
}

/// The users of a source.
#[derive(Clone, Debug, Default)]
pub(super) struct Users {
    pub(super) units: BTreeSet<UnitId>,
    /// Crates whose call was not recorded.
    pub(super) unrecorded: BTreeSet<String>,
}

/// A good build of cargo.
#[derive(Debug)]
pub(crate) struct Lesson {
    pub(crate) workspace: Arc<Workspace>,
    pub(crate) transcript: Transcript,
    /// All inputs of the build.
    pub(crate) inputs: Inputs,
    pub(crate) scripts: Vec<ScriptRun>,
    pub(crate) began: SystemTime,
}

impl Baseline {
    /// Looks at all that a build has read and made. `recorded` are all units with a call, and `before` the state of files shortly
    /// before the build.
    pub(super) fn of(
        lesson: Lesson,
        recorded: &BTreeMap<UnitId, Recorded>,
        before: &BTreeMap<PathBuf, Stamp>,
    ) -> Baseline {
        let workspace = &lesson.workspace;
        let mut baseline = Baseline {
            made: workspace.output_dirs().map(Path::to_owned).to_vec(),
            transcript: Transcript::default(),
            nodes: BTreeMap::new(),
            unrecorded: BTreeMap::new(),
            sources: BTreeMap::new(),
            stamps: BTreeMap::new(),
            presences: BTreeMap::new(),
            products: BTreeMap::new(),
            pending: BTreeSet::new(),
            locks: BTreeSet::new(),
            opaque: None,
        };
        let manifests: BTreeSet<_> = workspace.manifests.iter().map(PathBuf::as_path).collect();
        for artifact in lesson.transcript.artifacts() {
            let is_local = manifests.contains(Path::new(&artifact.manifest));
            match call_of(artifact, recorded) {
                Some(recorded) => baseline.add(artifact, recorded.clone(), is_local),
                None => baseline.add_unrecorded(artifact, is_local.then_some(workspace)),
            }
        }
        baseline.add_inputs(&lesson);
        let read = std::mem::take(&mut baseline.stamps).into_keys();
        // What this build has written is newer than its begin, as products are.
        let written: BTreeSet<_> = lesson.transcript.script_outputs().collect();
        let read = read.map(|path| {
            let stamp = Stamp::of(&path, &baseline.made);
            let is_steady = before
                .get(&path)
                .is_some_and(|before| before.proves(&stamp));
            let is_old = !stamp.is_newer_than(lesson.began);
            let is_known = is_old || is_steady || written.contains(&path);
            (path, is_known.then_some(stamp))
        });
        baseline.stamps = read.collect();
        baseline.transcript = lesson.transcript;
        baseline
    }

    /// Adds a unit whose call is known.
    fn add(&mut self, artifact: &Artifact, recorded: Recorded, is_local: bool) {
        let node = Node::read(recorded, artifact);
        let id = node.unit().id.clone();
        let directory = node.unit().call.directory.clone();
        if is_local {
            for file in &node.dep_info.files {
                self.add_source(&directory.join(file), |users| {
                    users.units.insert(id.clone());
                });
            }
            let profile = node.unit().profile_directory();
            self.add_locks(profile.into_iter().chain(directories(artifact)));
        }
        self.products.insert(id.clone(), node.stamps());
        self.nodes.insert(id, Arc::new(node));
    }

    /// Adds a unit whose call is not known. The workspace is present if its sources can change.
    fn add_unrecorded(&mut self, artifact: &Artifact, workspace: Option<&Arc<Workspace>>) {
        let name = &artifact.target.name;
        let dep_info = match (&artifact.executable, id(artifact)) {
            // It has the sources of all crates below, which is right: whenever one changes, it has to be linked again.
            (Some(executable), _) if artifact.target.is_program() => {
                DepInfo::of_program(executable)
            }
            (_, Some(id)) => {
                self.unrecorded.insert(id.clone(), name.clone());
                let text = fs::read_to_string(id.dep_info()).ok();
                text.map(|text| DepInfo::parse(&text))
            }
            (_, None) => {
                self.opaque = Some(name.clone());
                return;
            }
        };
        let files = artifact.files.iter().map(|file| (file.clone(), None));
        self.stamps.extend(files);
        self.add_locks(directories(artifact));
        let Some(workspace) = workspace else {
            return;
        };
        let Some(dep_info) = dep_info else {
            self.opaque = Some(name.clone());
            return;
        };
        // Rustc was called in the root of the workspace, or in that of a package outside of it.
        let package = Path::new(&artifact.manifest).parent();
        let roots = package.into_iter().chain([workspace.target.root.as_path()]);
        for root in roots {
            for file in &dep_info.files {
                self.add_source(&root.join(file), |users| {
                    users.unrecorded.insert(name.clone());
                });
            }
        }
    }

    /// Notes that a unit is compiled again, and everything is as cargo would leave it.
    pub(super) fn confirm(&mut self, node: &Node) {
        let id = &node.unit().id;
        self.products.insert(id.clone(), node.stamps());
        self.pending.remove(id);
    }

    /// Adds a source by both of its names: as it is written, and without links.
    fn add_source(&mut self, path: &Path, add: impl Fn(&mut Users)) {
        let plain = without_dots(path);
        let resolved = plain.canonicalize().ok();
        for name in [Some(plain), resolved].into_iter().flatten() {
            self.stamps.insert(name.clone(), None);
            // What a build script has made is not the user's.
            if !self.made.iter().any(|made| name.starts_with(made)) {
                add(self.sources.entry(name).or_default());
            }
        }
    }

    fn add_locks<'a>(&mut self, directories: impl Iterator<Item = &'a Path>) {
        let files = directories.map(|directory| directory.join(".cargo-lock"));
        self.locks.extend(files.filter(|file| file.is_file()));
    }

    /// Adds everything else that cargo looks at.
    fn add_inputs(&mut self, lesson: &Lesson) {
        let read = lesson.inputs.paths();
        let read = read.filter(|(_, effect)| *effect != Effect::Restart);
        for (path, _) in read {
            self.stamps.insert(path.to_owned(), None);
        }
        let packages = lesson.inputs.packages().map(Path::to_owned);
        let outputs = lesson.transcript.script_outputs();
        self.stamps
            .extend(packages.chain(outputs).map(|path| (path, None)));
        for (path, _) in lesson.inputs.presences() {
            self.presences.insert(path.to_owned(), Presence::of(path));
        }
        // An input of a build script is not only a source.
        let scripts = Inputs::of_scripts(&lesson.scripts, &lesson.workspace);
        let declared: Vec<_> = scripts.paths().map(|(path, _)| path).collect();
        self.sources
            .retain(|source, _| !declared.iter().any(|path| source.starts_with(path)));
    }
}

/// Returns the call that has made an artifact.
fn call_of<'a>(
    artifact: &Artifact,
    recorded: &'a BTreeMap<UnitId, Recorded>,
) -> Option<&'a Recorded> {
    if artifact.target.is_program() {
        let mut programs = recorded.values();
        programs.find(|recorded| is_program(recorded, artifact))
    } else {
        recorded.get(&id(artifact)?)
    }
}

/// Returns the unit of an artifact that is not a program.
pub(super) fn id(artifact: &Artifact) -> Option<UnitId> {
    let mut files = artifact.files.iter();
    files.find_map(|file| UnitId::of_library(file).or_else(|| UnitId::of_script(file)))
}

/// Returns `true` if the call has made this program.
fn is_program(recorded: &Recorded, artifact: &Artifact) -> bool {
    let unit = &recorded.unit;
    let executable = artifact.executable.as_ref();
    unit.kind == UnitKind::Binary
        && unit.crate_name == artifact.target.name.replace('-', "_")
        && unit.manifest() == Some(&artifact.manifest)
        && executable.is_some_and(|executable| is_link_to(executable, &unit.product))
}

/// Returns the directories that may be those of the profile: an example is in one of their own.
fn directories(artifact: &Artifact) -> impl Iterator<Item = &Path> {
    let executable = artifact.executable.iter();
    executable.flat_map(|executable| executable.ancestors().skip(1).take(2))
}
