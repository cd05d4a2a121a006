//! The scope: the files that matter, and the effect of a change to each.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::cli::{Polling, WatchOptions};
use crate::fix::TEMPORARY_FILE;
use crate::inputs::Inputs;
use crate::state::{Cause, Certainty, Change, ChangedFiles, Effect, Relaunch};
use crate::watcher::ignored::Ignored;
use crate::workspace::Workspace;

/// The watched files: the inputs of the build, which are verified, and whatever else is in the packages.
#[derive(Clone, Debug)]
pub(crate) struct Scope {
    base: Arc<Base>,
    /// The inputs of the last good build, and those that a later one lacked.
    build: Arc<Inputs>,
    knowledge: Knowledge,
    /// The time for which cargo has run last.
    run: Option<Run>,
}

/// The time for which cargo has run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Run {
    began: SystemTime,
    /// The latest time that cargo may compare those of files with: each crate has the time at which its compiler was started. An
    /// earlier run counts if the clock has gone back since.
    ended: SystemTime,
}

/// A time that cargo takes for later than its last run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NextTime {
    Now(SystemTime),
    /// The clock has gone back since that run. This is a time after it.
    AfterRun(SystemTime),
}

/// The certainty with which the inputs of the next build are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Knowledge {
    /// There was no build yet, or its inputs are not known. It may read any source.
    Nothing,
    /// The last build failed. Any file may be the one that it lacks.
    Partial,
    /// The last build was good.
    Complete,
}

/// The part of a scope that only a changed manifest changes.
#[derive(Debug)]
struct Base {
    root: PathBuf,
    packages: Vec<PathBuf>,
    /// The inputs of cargo before it compiles.
    inputs: Inputs,
    /// The directories that cargo writes its output into.
    made: Vec<PathBuf>,
    options: WatchOptions,
}

/// The work that a change to a file takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Work {
    pub(super) effect: Effect,
    pub(super) certainty: Certainty,
    pub(super) relaunch: Relaunch,
}

impl Scope {
    /// The scope of a workspace that has not been built yet. Cargo began to read `inputs` at `began`.
    pub(crate) fn new(
        workspace: &Workspace,
        options: &WatchOptions,
        inputs: Inputs,
        began: SystemTime,
    ) -> Scope {
        let base = Base {
            root: workspace.target.root.clone(),
            packages: workspace.target.packages.clone(),
            inputs,
            made: workspace.output_dirs().map(Path::to_owned).to_vec(),
            options: options.clone(),
        };
        Scope::of(base, Some(Run::until_now(began)))
    }

    /// The scope of a directory whose manifest was not read yet, or cannot be read.
    pub(crate) fn unread(directory: &Path, options: &WatchOptions, inputs: Inputs) -> Scope {
        let base = Base {
            root: directory.to_owned(),
            packages: vec![directory.to_owned()],
            inputs,
            made: vec![directory.join("target")],
            options: options.clone(),
        };
        Scope::of(base, None)
    }

    fn of(mut base: Base, run: Option<Run>) -> Scope {
        let options = &mut base.options;
        for path in options.path.iter_mut().chain(&mut options.exclude_dir) {
            // A path that does not exist yet cannot be resolved.
            if let Ok(resolved) = path.canonicalize().or_else(|_| std::path::absolute(&path)) {
                *path = resolved;
            }
        }
        Scope {
            base: Arc::new(base),
            build: Arc::default(),
            knowledge: Knowledge::Nothing,
            run,
        }
    }

    /// The scope with the inputs of former builds, until there is a new one.
    pub(crate) fn with_build_of(self, former: &Scope) -> Scope {
        Scope {
            build: Arc::clone(&former.build),
            knowledge: match former.knowledge {
                Knowledge::Nothing => Knowledge::Nothing,
                Knowledge::Partial | Knowledge::Complete => Knowledge::Partial,
            },
            run: self.run.map(|run| run.following(former.run)),
            ..self
        }
    }

    /// The scope after a good build, which began at `began` and read `inputs`.
    pub(crate) fn built(&self, inputs: Inputs, began: SystemTime) -> Scope {
        Scope {
            base: Arc::clone(&self.base),
            build: Arc::new(inputs),
            knowledge: Knowledge::Complete,
            run: Some(Run::until_now(began).following(self.run)),
        }
    }

    /// The scope after a failure of the build that began at `began`. It lacked, or read, `inputs`.
    pub(crate) fn failed(&self, inputs: Inputs, began: SystemTime) -> Scope {
        let mut build = (*self.build).clone();
        build.merge(inputs);
        Scope {
            base: Arc::clone(&self.base),
            build: Arc::new(build),
            knowledge: Knowledge::Partial,
            run: Some(Run::until_now(began).following(self.run)),
        }
    }

    /// The scope after a good build that began at `began`, and whose inputs are not known. It may have read any source.
    pub(crate) fn unlisted(&self, began: SystemTime) -> Scope {
        Scope {
            knowledge: Knowledge::Nothing,
            run: Some(Run::until_now(began).following(self.run)),
            ..self.clone()
        }
    }

    /// Returns all inputs of the next build, those that are not watched among them.
    pub(crate) fn all_inputs(&self) -> Inputs {
        let mut inputs = self.base.inputs.clone();
        inputs.merge((*self.build).clone());
        inputs
    }

    /// `--poll`.
    pub(super) fn polling(&self) -> Polling {
        self.base.options.poll
    }

    /// Returns the inputs, each with the effect of a change. A path may appear more than once.
    pub(super) fn inputs(&self) -> impl Iterator<Item = (&Path, Effect)> {
        let all = self.base.inputs.paths().chain(self.build.paths());
        all.filter(|(path, _)| !self.is_excluded(path))
    }

    /// Returns the paths of which only the presence counts, each with the effect of a change. A path may appear more than once.
    pub(super) fn presences(&self) -> impl Iterator<Item = (&Path, Effect)> {
        let all = self.base.inputs.presences().chain(self.build.presences());
        all.filter(|(path, _)| !self.is_excluded(path))
    }

    /// Returns the names through links, each with the file that it led to and that cargo compares.
    pub(super) fn aliases(&self) -> impl Iterator<Item = (&Path, &Path)> {
        let aliases = self.build.aliases();
        aliases.filter(|(name, _)| !self.is_excluded(name))
    }

    /// Returns the packages whose build script declares no inputs.
    pub(super) fn undeclared(&self) -> impl Iterator<Item = &Path> {
        self.build.packages()
    }

    /// Returns the time at which cargo began to read what it has read last.
    pub(super) fn began(&self) -> Option<SystemTime> {
        self.run.map(|run| run.began)
    }

    /// Returns the latest time that cargo may compare those of files with.
    pub(super) fn ended(&self) -> Option<SystemTime> {
        self.run.map(|run| run.ended)
    }

    /// Returns a time that cargo takes for later than its last run.
    pub(super) fn next_time(&self) -> NextTime {
        /// More than the time of a compiler's start can be beyond the noted end.
        const MARGIN: Duration = Duration::from_secs(1);
        let now = SystemTime::now();
        match self.ended() {
            Some(ended) if ended > now => NextTime::AfterRun(ended + MARGIN),
            _ => NextTime::Now(now),
        }
    }

    /// Returns `true` if the inputs of the next build are known.
    pub(super) fn is_certain(&self) -> bool {
        self.knowledge == Knowledge::Complete
    }

    /// Returns the directories that are watched recursively.
    pub(super) fn roots(&self) -> impl Iterator<Item = &Path> {
        let extra = self.base.options.path.iter();
        self.base.packages.iter().chain(extra).map(PathBuf::as_path)
    }

    /// Returns `true` if the path is below a watched root.
    pub(super) fn covers(&self, path: &Path) -> bool {
        self.roots().any(|root| path.starts_with(root)) && !self.excludes(path)
    }

    /// Returns `true` if the path is never watched.
    pub(super) fn excludes(&self, path: &Path) -> bool {
        self.is_made(path) || self.is_target_being_made(path) || self.is_excluded(path)
    }

    /// Returns `true` if the path is in a directory of `--exclude-dir`.
    pub(super) fn is_excluded(&self, path: &Path) -> bool {
        let mut excluded = self.base.options.exclude_dir.iter();
        excluded.any(|directory| path.starts_with(directory))
    }

    /// Returns the work for a change to a file other than an input, or `None` if the file does not matter.
    pub(super) fn work(&self, path: &Path, ignored: &mut Ignored) -> Option<Work> {
        if !self.covers(path) || is_scratch(path) {
            return None;
        }
        let options = &self.base.options;
        let is_ignored = ignored.has(path);
        let is_named = options.path.iter().any(|named| path.starts_with(named));
        if is_named || options.all && !is_ignored && !is_hidden(path) {
            return Some(Work {
                certainty: Certainty::Assumed,
                relaunch: Relaunch::Always,
                ..Work::CERTAIN
            });
        }
        if !self.is_certain() {
            let is_source = path.extension().is_some_and(|extension| extension == "rs");
            let is_first = self.knowledge == Knowledge::Nothing;
            if is_first && is_source && !is_ignored {
                return Some(Work::CERTAIN);
            }
            // A temporary file that is gone again mends nothing.
            return (is_source || path.exists()).then_some(Work::POSSIBLE);
        }
        // A style sheet that a compiler of styles writes is often ignored.
        let is_style = path.extension().is_some_and(|extension| extension == "css");
        let is_shown = !is_ignored || is_style;
        (is_shown && !is_hidden(path)).then_some(Work::RELOAD)
    }

    /// Returns the file at this path, whose name is relative to the workspace's root.
    pub(super) fn file(&self, path: &Path) -> ChangedFiles {
        ChangedFiles::one(path, &self.base.root)
    }

    /// Returns the change with `path` as its cause.
    pub(super) fn change(&self, path: &Path, work: Work) -> Change {
        Change {
            cause: Cause::Changed(self.file(path)),
            effect: work.effect,
            certainty: work.certainty,
            relaunch: work.relaunch,
        }
    }

    /// Returns the change after events were lost: any file may have changed, those that count only by `--all` or `--path` among them.
    pub(super) fn unknown_change(&self) -> Change {
        let options = &self.base.options;
        let counts_more = options.all || !options.path.is_empty();
        Change {
            relaunch: if counts_more {
                Relaunch::Always
            } else {
                Relaunch::IfDifferent
            },
            ..Change::new(Cause::Overflow, Effect::Resolve)
        }
    }

    /// Returns `true` if the scopes differ at most in the inputs of builds.
    pub(super) fn has_base_of(&self, other: &Scope) -> bool {
        Arc::ptr_eq(&self.base, &other.base)
    }

    /// Returns `true` if this is the other scope, or a copy of it.
    pub(super) fn is_the_same_as(&self, other: &Scope) -> bool {
        self.has_base_of(other)
            && Arc::ptr_eq(&self.build, &other.build)
            && self.knowledge == other.knowledge
            && self.run == other.run
    }

    fn is_made(&self, path: &Path) -> bool {
        self.base.made.iter().any(|made| path.starts_with(made))
    }

    /// Cargo creates its target directory under a name like `target4Jr6qG` and then renames it.
    fn is_target_being_made(&self, path: &Path) -> bool {
        let mut made = self.base.made.iter();
        made.any(|made| is_being_made(made, path) == Some(true))
    }
}

impl Run {
    fn until_now(began: SystemTime) -> Run {
        /// No compiler is as fast. The clock of a file system, which dates the next save, lags behind by less.
        const FASTEST: Duration = Duration::from_millis(20);
        let now = SystemTime::now();
        Run {
            began,
            ended: now.checked_sub(FASTEST).unwrap_or(now).max(began),
        }
    }

    fn following(self, former: Option<Run>) -> Run {
        let ended = former.map_or(self.ended, |former| former.ended.max(self.ended));
        Run { ended, ..self }
    }
}

impl Work {
    /// A build for a file that is surely read.
    pub(super) const CERTAIN: Work = Work {
        effect: Effect::Rebuild,
        certainty: Certainty::Certain,
        relaunch: Relaunch::IfDifferent,
    };

    /// A build for a file of a package whose build script declares nothing.
    pub(super) const ASSUMED: Work = Work {
        certainty: Certainty::Assumed,
        ..Work::CERTAIN
    };

    /// A build for a file that may be the one that the last build lacked.
    const POSSIBLE: Work = Work {
        certainty: Certainty::Possible,
        ..Work::CERTAIN
    };

    /// The work for an input.
    pub(super) fn certain(effect: Effect) -> Work {
        Work {
            effect,
            ..Work::CERTAIN
        }
    }

    /// The work of both.
    pub(super) fn merged(self, other: Work) -> Work {
        Work {
            effect: self.effect.max(other.effect),
            certainty: self.certainty.max(other.certainty),
            relaunch: self.relaunch.max(other.relaunch),
        }
    }

    /// No build: the app reads the file when it runs.
    pub(super) const RELOAD: Work = Work {
        effect: Effect::Reload,
        ..Work::CERTAIN
    };
}

/// Returns `true` if `path` is below the temporary directory that cargo will rename to `made`.
fn is_being_made(made: &Path, path: &Path) -> Option<bool> {
    let (parent, name) = (made.parent()?, made.file_name()?);
    let first = path.strip_prefix(parent).ok()?.components().next()?;
    let first = first.as_os_str().as_encoded_bytes();
    let suffix = first.strip_prefix(name.as_encoded_bytes())?;
    Some(suffix.len() == 6 && suffix.is_ascii())
}

/// Returns `true` for a file that an editor keeps beside the one it edits.
fn is_scratch(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    name.is_none_or(|name| {
        let is_swap = name.starts_with('.') && name.rsplit_once(".sw").is_some();
        is_swap
            || name.starts_with(TEMPORARY_FILE)
            || name.starts_with('#')
            || name.starts_with(".#")
            || name.ends_with('~')
            || name.bytes().all(|byte| byte.is_ascii_digit())
            || is_of_sed(name)
    })
}

/// Returns `true` for a file that `sed -i` writes and then renames, such as `sedPOrjHm`.
fn is_of_sed(name: &str) -> bool {
    let random = name.strip_prefix("sed").unwrap_or_default();
    let is_word = random.bytes().all(|byte| byte.is_ascii_lowercase());
    random.len() == 6 && random.bytes().all(|byte| byte.is_ascii_alphanumeric()) && !is_word
}

fn is_hidden(path: &Path) -> bool {
    let name = path.file_name();
    name.is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
}
