//! The stamps of all inputs, as they were when they last counted. Whatever differs from them is a change.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::SystemTime;

use crate::inputs::Presence;
use crate::watcher::attributes::Look;
use crate::watcher::members::{Claim, Directory, Kind};
use crate::watcher::scope::{Scope, Work};
use crate::watcher::stamp::{Comparison, Stamp};
use crate::watcher::touch::Hidden;

/// The stamps of all inputs.
#[derive(Debug, Default)]
pub(super) struct Baseline {
    /// In the order of their paths, so that those in one directory are looked at one after the other.
    inputs: BTreeMap<PathBuf, Input>,
    presences: HashMap<PathBuf, Presence>,
    /// The files that aliases led to.
    aliases: HashMap<PathBuf, Option<PathBuf>>,
    /// The inputs that are directories, and the packages whose build script declares nothing.
    directories: BTreeMap<PathBuf, Directory>,
    /// The content that absent files had before.
    lost: HashMap<PathBuf, u64>,
    /// The path at which reading files for the first time goes on, if any are left.
    unread: Option<PathBuf>,
}

#[derive(Debug)]
struct Input {
    /// The work, if the scope names the path and not only a directory that it is in.
    named: Option<Work>,
    stamp: Stamp,
}

/// An input that has changed.
#[derive(Debug)]
pub(super) struct Difference {
    pub(super) path: PathBuf,
    pub(super) work: Work,
    /// The reason for which cargo would not notice the change.
    pub(super) hidden: Option<Hidden>,
}

impl Baseline {
    /// The files that are read at a time while nothing else is to be done.
    const READ_AT_ONCE: usize = 64;
    /// The most threads that look at the inputs.
    const THREADS: usize = 4;
    /// The fewest inputs that are worth a thread.
    const SHARE: usize = 1_000;

    /// Adopts the inputs of a new scope. Returns those that have changed while the build read them for the first time.
    pub(super) fn adopt(&mut self, scope: &Scope) -> Vec<Difference> {
        let mut former = std::mem::take(&mut self.inputs);
        let mut claims: BTreeMap<PathBuf, Option<Work>> = BTreeMap::new();
        for (path, effect) in scope.inputs() {
            let work = Work::certain(effect);
            let claim = claims.entry(path.to_owned()).or_default();
            *claim = Some(claim.map_or(work, |former| former.merged(work)));
        }
        self.adopt_directories(scope, &claims, &former);
        for directory in self.directories.values() {
            for member in directory.members() {
                claims.entry(member.clone()).or_default();
            }
        }
        let mut differences = Vec::new();
        for (path, named) in claims {
            let stamp = former.remove(&path).map(|input| input.stamp);
            let stamp = stamp.unwrap_or_else(|| {
                let stamp = Stamp::take(&path);
                let is_suspect = |began| stamp.is_newer_than(began);
                if scope.began().is_some_and(is_suspect) {
                    differences.push(self.difference(&path, named, None, None));
                }
                stamp
            });
            self.inputs.insert(path, Input { named, stamp });
        }
        self.unread = Some(PathBuf::new());
        self.adopt_presences(scope);
        self.adopt_aliases(scope);
        differences
    }

    fn adopt_presences(&mut self, scope: &Scope) {
        let mut known = std::mem::take(&mut self.presences);
        let presences = scope.presences().map(|(path, _)| {
            let presence = known.remove(path);
            let presence = presence.unwrap_or_else(|| Presence::of(path));
            (path.to_owned(), presence)
        });
        self.presences = presences.collect();
    }

    fn adopt_aliases(&mut self, scope: &Scope) {
        let mut known = std::mem::take(&mut self.aliases);
        let aliases = scope.aliases().map(|(name, file)| {
            let led_to = known.remove(name);
            let led_to = led_to.unwrap_or_else(|| Some(file.to_owned()));
            (name.to_owned(), led_to)
        });
        self.aliases = aliases.collect();
    }

    /// Lists the directories of a new scope. One that is known is listed again by the next verification.
    fn adopt_directories(
        &mut self,
        scope: &Scope,
        named: &BTreeMap<PathBuf, Option<Work>>,
        former: &BTreeMap<PathBuf, Input>,
    ) {
        let mut known = std::mem::take(&mut self.directories);
        let declared = named.iter().filter_map(|(path, work)| {
            let known = former.get(path);
            let is_directory =
                known.map_or_else(|| path.is_dir(), |input| input.stamp.is_directory());
            is_directory.then_some((path.as_path(), Kind::Declared((*work)?)))
        });
        let packages = scope.undeclared().map(|path| (path, Kind::Package));
        for (path, kind) in declared.chain(packages) {
            let directory = match known.remove(path) {
                Some(directory) if directory.kind() == kind => directory,
                _ => Directory::list(path, kind, scope),
            };
            self.directories.insert(path.to_owned(), directory);
        }
    }

    /// Compares all inputs with their stamps. Each difference is returned once.
    ///
    /// `skips` selects inputs that are left for later.
    pub(super) fn verify(
        &mut self,
        scope: &Scope,
        skips: impl Fn(&Path) -> bool,
    ) -> Vec<Difference> {
        let mut differences = Vec::new();
        let mut gone = self.list_again(scope, &mut differences);
        let mut doubtful = self.doubtful();
        while !doubtful.is_empty() {
            for path in doubtful.iter().filter(|path| !skips(path)) {
                differences.extend(self.compare(path, gone.remove(path), scope.ended()));
            }
            doubtful = self.list_new(scope);
        }
        for path in gone.keys().filter(|path| !skips(path)) {
            self.inputs.remove(path);
        }
        if !differences.is_empty() {
            self.unread = Some(PathBuf::new());
        }
        differences.extend(self.compare_presences(scope));
        differences.extend(self.compare_aliases(scope));
        differences
    }

    /// Takes the stamp of a path again, without a change.
    pub(super) fn restamp(&mut self, path: &Path) {
        if let Some(input) = self.inputs.get_mut(path) {
            input.stamp = Stamp::take(path);
        }
    }

    /// Takes the stamps of these paths again, without a change.
    pub(super) fn restamp_all(&mut self, selects: impl Fn(&Path) -> bool) {
        let selected = self.inputs.iter_mut().filter(|(path, _)| selects(path));
        selected.for_each(|(path, input)| input.stamp = Stamp::take(path));
    }

    /// Returns `true` if there may be files whose content is not known yet.
    pub(super) fn has_unread(&self) -> bool {
        self.unread.is_some()
    }

    /// Reads some files whose content is not known yet.
    pub(super) fn read_some(&mut self) {
        let Some(from) = self.unread.take() else {
            return;
        };
        let unread = self.inputs.range_mut(from..);
        let mut unread = unread.filter(|(_, input)| input.stamp.is_unread());
        for (path, input) in unread.by_ref().take(Self::READ_AT_ONCE) {
            input.stamp.read(path);
        }
        self.unread = unread.next().map(|(path, _)| path.clone());
    }

    /// Returns the inputs that can be written under another name.
    pub(super) fn files_with_other_names(&self) -> impl Iterator<Item = &Path> {
        let inputs = self.inputs.iter();
        let linked = inputs.filter(|(_, input)| input.stamp.has_other_names());
        linked.map(|(path, _)| path.as_path())
    }

    /// Returns `true` if the path is an input.
    pub(super) fn has(&self, path: &Path) -> bool {
        self.inputs.contains_key(path)
    }

    /// Returns the inputs that are directories, and the packages whose files are inputs, each with the directories in it.
    pub(super) fn directories(&self) -> impl Iterator<Item = (&Path, &Directory)> {
        let directories = self.directories.iter();
        directories.map(|(path, directory)| (path.as_path(), directory))
    }

    /// Lists the directories again whose members may have come or gone. Adds those that are reached by another link to
    /// `differences`, and returns the members that have gone.
    fn list_again(
        &mut self,
        scope: &Scope,
        differences: &mut Vec<Difference>,
    ) -> BTreeMap<PathBuf, Claim> {
        let stale = self.directories.iter();
        let stale = stale.filter(|(path, directory)| !directory.is_current(path));
        let stale: Vec<_> = stale
            .map(|(path, directory)| (path.clone(), directory.kind()))
            .collect();
        let mut gone = BTreeMap::new();
        for (path, kind) in stale {
            let Some(former) = self.list(&path, kind, scope) else {
                continue;
            };
            let members = former.members();
            gone.extend(members.map(|member| (member.clone(), former.claim(&path, member))));
            let present = self.directories.get(&path);
            if present.is_some_and(|present| present.is_other_link(&former)) {
                differences.push(Difference {
                    work: former.claim(&path, &path).work,
                    path,
                    hidden: None,
                });
            }
        }
        gone.retain(|path, _| !self.is_claimed(path));
        gone
    }

    /// Returns `true` if the scope or a directory has this path.
    fn is_claimed(&self, path: &Path) -> bool {
        let input = self.inputs.get(path);
        input.is_some_and(|input| input.named.is_some())
            || self
                .directories
                .values()
                .any(|directory| directory.has(path))
    }

    /// Lists the paths that have become directories. Returns their members.
    fn list_new(&mut self, scope: &Scope) -> Vec<PathBuf> {
        let inputs = self.inputs.iter();
        let new = inputs.filter(|(path, input)| {
            input.stamp.is_directory() && !self.directories.contains_key(*path)
        });
        let new =
            new.filter_map(|(path, input)| Some((path.clone(), Kind::Declared(input.named?))));
        let new: Vec<_> = new.collect();
        let mut members = Vec::new();
        for (path, kind) in new {
            self.list(&path, kind, scope);
            let listed = self.directories.get(&path);
            members.extend(listed.into_iter().flat_map(Directory::members).cloned());
        }
        members
    }

    /// Lists a directory, whose new members were absent until now. Returns it as it was before.
    fn list(&mut self, path: &Path, kind: Kind, scope: &Scope) -> Option<Directory> {
        let directory = Directory::list(path, kind, scope);
        for member in directory.members() {
            self.inputs.entry(member.clone()).or_insert_with(|| Input {
                named: None,
                stamp: Stamp::Absent,
            });
        }
        self.directories.insert(path.to_owned(), directory)
    }

    /// Returns the inputs whose attributes do not prove that they are the same. Several threads share a large number of inputs.
    fn doubtful(&self) -> Vec<PathBuf> {
        let inputs: Vec<_> = self.inputs.iter().collect();
        // Finding the number of cores reads files of the system.
        if inputs.len() <= Self::SHARE {
            return doubtful(&inputs);
        }
        let threads =
            thread::available_parallelism().map_or(1, |cores| cores.get().min(Self::THREADS));
        let share = inputs.len().div_ceil(threads).max(Self::SHARE);
        let mut shares = inputs.chunks(share);
        let own = shares.next().unwrap_or_default();
        thread::scope(|scope| {
            let others: Vec<_> = shares
                .map(|share| {
                    (
                        share,
                        thread::Builder::new().spawn_scoped(scope, || doubtful(share)),
                    )
                })
                .collect();
            let mut found = doubtful(own);
            for (share, thread) in others {
                let other = thread.ok().and_then(|thread| thread.join().ok());
                // A thread that could not be started leaves its share to this one.
                found.extend(other.unwrap_or_else(|| doubtful(share)));
            }
            found
        })
    }

    /// Compares an input with its stamp. `gone` is the claim of the directory that it has gone from.
    fn compare(
        &mut self,
        path: &Path,
        gone: Option<Claim>,
        ended: Option<SystemTime>,
    ) -> Option<Difference> {
        let input = self.inputs.get_mut(path)?;
        let new = match input.stamp.compare(path) {
            Comparison::Same => return None,
            Comparison::Restamped(new) => {
                input.stamp = new;
                return None;
            }
            Comparison::Changed(new) => new,
        };
        let named = input.named;
        let lost = self.lost.remove(path);
        let is_back = lost.is_some() && lost == new.content();
        if let (Some(content), Stamp::Absent) = (input.stamp.content(), &new) {
            self.lost.insert(path.to_owned(), content);
        }
        input.stamp = new;
        let is_gone = gone.is_some();
        let ended = ended.filter(|_| !is_back);
        let difference = self.difference(path, named, gone, ended);
        if is_gone {
            self.inputs.remove(path);
        }
        Some(difference)
    }

    fn difference(
        &self,
        path: &Path,
        named: Option<Work>,
        gone: Option<Claim>,
        ended: Option<SystemTime>,
    ) -> Difference {
        let own = named.map(|work| Claim {
            work,
            clock: path.to_owned(),
        });
        let directories = self
            .directories
            .iter()
            .filter(|(_, directory)| directory.has(path));
        let claims = directories.map(|(own, directory)| directory.claim(own, path));
        let claims: Vec<Claim> = own.into_iter().chain(claims).chain(gone).collect();
        let works = claims.iter().map(|claim| claim.work);
        let hidden = claims.iter().find(|claim| claim.is_missed(path, ended));
        Difference {
            path: path.to_owned(),
            work: works.reduce(Work::merged).unwrap_or(Work::CERTAIN),
            hidden: hidden.map(|claim| Hidden::Old(claim.clock.clone())),
        }
    }

    fn compare_presences(&mut self, scope: &Scope) -> Vec<Difference> {
        let mut differences = Vec::new();
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
        differences
    }

    /// Returns the aliases that lead elsewhere now.
    fn compare_aliases(&mut self, scope: &Scope) -> Vec<Difference> {
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
}

fn doubtful(inputs: &[(&PathBuf, &Input)]) -> Vec<PathBuf> {
    let mut look = Look::default();
    let inputs = inputs.iter();
    let doubtful = inputs.filter(|(path, input)| !input.stamp.proves(look.at(path).as_ref()));
    doubtful.map(|(path, _)| (*path).clone()).collect()
}
