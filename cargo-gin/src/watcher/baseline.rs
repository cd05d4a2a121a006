//! The stamps of all inputs, as they were when they last counted. Whatever differs from them is a change.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::inputs::Presence;
use crate::state::Effect;
use crate::watcher::listing::{self, Member};
use crate::watcher::scope::{Scope, Work};
use crate::watcher::stamp::{Comparison, Stamp};
use crate::watcher::touch::Hidden;

/// The stamps of all inputs.
#[derive(Debug, Default)]
pub(super) struct Baseline {
    stamps: HashMap<PathBuf, Stamp>,
    presences: HashMap<PathBuf, Presence>,
    /// The files that aliases led to.
    aliases: HashMap<PathBuf, Option<PathBuf>>,
    /// The inputs that are directories.
    directories: HashMap<PathBuf, Directory>,
    /// The files of packages that git tracks although it ignores them.
    tracked: HashMap<PathBuf, Vec<PathBuf>>,
    /// The content that absent files had before.
    lost: HashMap<PathBuf, u64>,
}

/// An input that has changed.
#[derive(Debug)]
pub(super) struct Difference {
    pub(super) path: PathBuf,
    pub(super) work: Work,
    /// The reason for which cargo would not notice the change.
    pub(super) hidden: Option<Hidden>,
}

/// An input that is a directory, or a package.
#[derive(Debug)]
struct Directory {
    work: Work,
    members: BTreeSet<PathBuf>,
    /// The times of the links among them, which cargo counts besides those of their targets.
    links: BTreeMap<PathBuf, Option<SystemTime>>,
    clock: Clock,
}

/// The path whose time cargo compares when a member of a directory changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Clock {
    /// The directory's own, or one of any path in it.
    Directory,
    /// The member's.
    Member,
}

/// A path to look at.
struct Input {
    path: PathBuf,
    work: Work,
    /// The path whose time cargo compares.
    clock: PathBuf,
}

impl Baseline {
    /// Adopts the inputs of a new scope. Returns those that have changed while the build read them for the first time.
    pub(super) fn adopt(&mut self, scope: &Scope) -> Vec<Difference> {
        let mut known = std::mem::take(&mut self.tracked);
        let tracked = scope.undeclared().map(|package| {
            let files = known.remove(package);
            // Git takes milliseconds, so it is not run for every build.
            let files = files.unwrap_or_else(|| listing::tracked_although_ignored(package));
            (package.to_owned(), files)
        });
        self.tracked = tracked.collect();
        let (inputs, directories) = list(scope, &self.tracked);
        let mut stamps = HashMap::with_capacity(inputs.len());
        let mut differences = Vec::new();
        for Input { path, work, .. } in inputs {
            // A path that is listed again has its stamp already.
            if stamps.contains_key(&path) {
                continue;
            }
            let stamp = self.stamps.remove(&path).unwrap_or_else(|| {
                let stamp = Stamp::take(&path);
                let is_suspect = |began| stamp.is_newer_than(began);
                if scope.began().is_some_and(is_suspect) {
                    differences.push(Difference {
                        path: path.clone(),
                        work,
                        hidden: None,
                    });
                }
                stamp
            });
            stamps.insert(path, stamp);
        }
        self.stamps = stamps;
        self.directories = directories;
        let mut known = std::mem::take(&mut self.presences);
        let presences = scope.presences().map(|(path, _)| {
            let presence = known.remove(path);
            (
                path.to_owned(),
                presence.unwrap_or_else(|| Presence::of(path)),
            )
        });
        self.presences = presences.collect();
        let mut known = std::mem::take(&mut self.aliases);
        let aliases = scope.aliases().map(|(name, file)| {
            let led_to = known.remove(name);
            (
                name.to_owned(),
                led_to.unwrap_or_else(|| Some(file.to_owned())),
            )
        });
        self.aliases = aliases.collect();
        differences
    }

    /// Compares all inputs with their stamps. Each difference is returned once.
    ///
    /// `skips` selects inputs that are left for later.
    pub(super) fn verify(
        &mut self,
        scope: &Scope,
        skips: impl Fn(&Path) -> bool,
    ) -> Vec<Difference> {
        let (mut inputs, directories) = list(scope, &self.tracked);
        let mut differences = Vec::new();
        for (path, former) in &self.directories {
            let present = directories.get(path);
            inputs.extend(former.gone(path, present));
            differences.extend(
                present
                    .into_iter()
                    .flat_map(|present| present.new_links(former)),
            );
        }
        self.directories = directories;
        let inputs = inputs.into_iter().filter(|input| !skips(&input.path));
        differences.extend(inputs.filter_map(|input| self.difference(input, scope.ended())));
        for (path, effect) in scope.presences() {
            let presence = Presence::of(path);
            if self.presences.get(path) != Some(&presence) {
                self.presences.insert(path.to_owned(), presence);
                differences.push(Difference {
                    path: path.to_owned(),
                    work: Work::certain(effect),
                    hidden: None,
                });
            }
        }
        differences.extend(self.swapped(scope));
        differences
    }

    /// Returns the aliases that lead elsewhere now.
    fn swapped(&mut self, scope: &Scope) -> Vec<Difference> {
        let mut differences = Vec::new();
        for (name, file) in scope.aliases() {
            let leads_to = name.canonicalize().ok();
            if self.aliases.get(name) == Some(&leads_to) {
                continue;
            }
            let is_hidden = leads_to.as_deref() != Some(file) && file.exists();
            self.aliases.insert(name.to_owned(), leads_to);
            differences.push(Difference {
                path: name.to_owned(),
                work: Work::CERTAIN,
                hidden: is_hidden.then(|| Hidden::Linked(file.to_owned())),
            });
        }
        differences
    }

    /// Takes the stamp of a path again, without a change.
    pub(super) fn restamp(&mut self, path: &Path) {
        if let Some(stamp) = self.stamps.get_mut(path) {
            *stamp = Stamp::take(path);
        }
    }

    /// Takes the stamps of these paths again, without a change.
    pub(super) fn restamp_all(&mut self, selects: impl Fn(&Path) -> bool) {
        let selected = self.stamps.iter_mut().filter(|(path, _)| selects(path));
        selected.for_each(|(path, stamp)| *stamp = Stamp::take(path));
    }

    /// Returns the inputs that can be written under another name.
    pub(super) fn files_with_other_names(&self) -> impl Iterator<Item = &Path> {
        let linked = self
            .stamps
            .iter()
            .filter(|(_, stamp)| stamp.has_other_names());
        linked.map(|(path, _)| path.as_path())
    }

    /// Returns `true` if the path is an input.
    pub(super) fn has(&self, path: &Path) -> bool {
        self.stamps.contains_key(path)
    }

    /// Returns the inputs that are directories, each with the paths in it.
    pub(super) fn directories(&self) -> impl Iterator<Item = (&Path, &BTreeSet<PathBuf>)> {
        let directories = self.directories.iter();
        directories.map(|(path, directory)| (path.as_path(), &directory.members))
    }

    fn difference(&mut self, input: Input, ended: Option<SystemTime>) -> Option<Difference> {
        let Input { path, work, clock } = input;
        let known = self.stamps.get(&path).unwrap_or(&Stamp::Absent);
        let new = match known.compare(&path) {
            Comparison::Same => return None,
            Comparison::Restamped(new) => {
                self.stamps.insert(path, new);
                return None;
            }
            Comparison::Changed(new) => new,
        };
        let lost = self.lost.remove(&path);
        let is_back = lost.is_some() && lost == new.content();
        if let (Some(content), Stamp::Absent) = (known.content(), &new) {
            self.lost.insert(path.clone(), content);
        }
        let is_old = ended.is_some_and(|ended| new.seems_older_than(ended));
        let is_hidden = work.effect == Effect::Rebuild && is_old && !is_back;
        self.stamps.insert(path.clone(), new);
        Some(Difference {
            path,
            work,
            hidden: is_hidden.then_some(Hidden::Old(clock)),
        })
    }
}

impl Directory {
    /// A directory that a build script declared.
    fn declared(effect: Effect, members: Vec<Member>) -> Directory {
        let links = members.iter().filter(|member| member.is_link);
        Directory {
            work: Work::certain(effect),
            links: links
                .map(|link| (link.path.clone(), link_time(&link.path)))
                .collect(),
            members: members.into_iter().map(|member| member.path).collect(),
            clock: Clock::Directory,
        }
    }

    /// A package whose build script declares nothing.
    fn package(files: Vec<PathBuf>) -> Directory {
        Directory {
            work: Work::ASSUMED,
            links: BTreeMap::new(),
            members: files.into_iter().collect(),
            clock: Clock::Member,
        }
    }

    /// Returns the links that are not those of `former`, which was the same directory.
    fn new_links(&self, former: &Directory) -> Vec<Difference> {
        let is_new =
            |(path, time): &(&PathBuf, &Option<SystemTime>)| former.links.get(*path) != Some(time);
        let new = self.links.iter().filter(is_new);
        new.map(|(path, _)| Difference {
            path: path.clone(),
            work: self.work,
            hidden: None,
        })
        .collect()
    }

    fn input(&self, own: &Path, member: &Path) -> Input {
        Input {
            path: member.to_owned(),
            work: self.work,
            clock: match self.clock {
                Clock::Directory => own.to_owned(),
                Clock::Member => member.to_owned(),
            },
        }
    }

    /// Returns the members that are not in `present`, which is the same directory now.
    fn gone(&self, own: &Path, present: Option<&Directory>) -> Vec<Input> {
        let is_present =
            |path: &&PathBuf| present.is_some_and(|present| present.members.contains(*path));
        let gone = self.members.iter().filter(|path| !is_present(path));
        gone.map(|member| self.input(own, member)).collect()
    }
}

fn link_time(path: &Path) -> Option<SystemTime> {
    let metadata = fs::symlink_metadata(path).ok()?;
    metadata.modified().ok()
}

/// Lists all inputs. Those that are directories are listed with all that is in them.
///
/// `tracked` are the files of packages that git tracks although it ignores them.
fn list(
    scope: &Scope,
    tracked: &HashMap<PathBuf, Vec<PathBuf>>,
) -> (Vec<Input>, HashMap<PathBuf, Directory>) {
    let mut inputs = Vec::new();
    let mut directories = HashMap::new();
    for (path, effect) in scope.inputs() {
        if path.is_dir() {
            let members = listing::all_in(path, scope);
            directories.insert(path.to_owned(), Directory::declared(effect, members));
        }
        inputs.push(Input {
            path: path.to_owned(),
            work: Work::certain(effect),
            clock: path.to_owned(),
        });
    }
    for package in scope.undeclared() {
        let mut members = listing::package_files(package, scope);
        members.extend(tracked.get(package).into_iter().flatten().cloned());
        directories.insert(package.to_owned(), Directory::package(members));
    }
    for (path, directory) in &directories {
        let members = directory.members.iter();
        inputs.extend(members.map(|member| directory.input(path, member)));
    }
    (inputs, directories)
}
