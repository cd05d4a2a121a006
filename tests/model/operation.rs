//! The operations: each way in which files change, on a random file.

use std::path::PathBuf;

use crate::project::Project;
use crate::random::Random;
use crate::slots::{self, DECLARED, DIRECTORIES, SLOTS};
use crate::{edits, links, moves};

/// A kind of operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Write,
    Save,
    Remake,
    Comment,
    Touch,
    OldTime,
    Burst,
    Break,
    MoveAway,
    MoveBack,
    Wipe,
    WipeAndRemake,
    Replace,
    ReplaceByLink,
    SwapDirectory,
    SwapFile,
    OtherName,
    LinkAgain,
    MoveModule,
    Add,
    Delete,
    Rename,
    Mend,
}

/// An operation that was done.
#[derive(Clone, Debug)]
pub(crate) struct Done {
    pub(crate) kind: Kind,
    pub(crate) path: PathBuf,
}

/// The kinds, each as often as it is chosen.
const KINDS: [(Kind, usize); 22] = [
    (Kind::Write, 10),
    (Kind::Save, 10),
    (Kind::Remake, 5),
    (Kind::Comment, 2),
    (Kind::Touch, 3),
    (Kind::OldTime, 3),
    (Kind::Burst, 3),
    (Kind::Break, 4),
    (Kind::MoveAway, 4),
    (Kind::MoveBack, 4),
    (Kind::Wipe, 3),
    (Kind::WipeAndRemake, 4),
    (Kind::Replace, 4),
    (Kind::ReplaceByLink, 3),
    (Kind::SwapDirectory, 4),
    (Kind::SwapFile, 4),
    (Kind::OtherName, 5),
    (Kind::LinkAgain, 3),
    (Kind::MoveModule, 3),
    (Kind::Add, 4),
    (Kind::Delete, 3),
    (Kind::Rename, 3),
];

impl Kind {
    /// Returns `true` if the sources may be the same afterwards, so that a dev server can leave cargo out.
    pub(crate) fn is_touch(self) -> bool {
        matches!(self, Kind::Touch | Kind::MoveBack | Kind::Delete)
    }
}

/// Does a random operation, or one that mends a failing build.
pub(crate) fn operate(project: &mut Project, random: &mut Random) -> Done {
    let failing = project.failing();
    if !failing.is_empty() && random.chance(60) {
        let name: &&str = random.pick(&failing);
        return mend(project, random, name);
    }
    loop {
        let kind = choose(random);
        if let Some(path) = apply(kind, project, random) {
            return Done { kind, path };
        }
    }
}

fn mend(project: &mut Project, random: &mut Random, name: &str) -> Done {
    if random.chance(50)
        && let Some(path) = moves::move_back(project, random)
    {
        return Done {
            kind: Kind::MoveBack,
            path,
        };
    }
    let declared = DECLARED.iter().find(|(declared, _)| *declared == name);
    let path = match declared {
        Some((_, directory)) => edits::add(project, random, directory),
        None => edits::mend(project, slots::named(name)),
    };
    Done {
        kind: Kind::Mend,
        path,
    }
}

fn choose(random: &mut Random) -> Kind {
    let total = KINDS.iter().map(|(_, weight)| weight).sum();
    let mut left = random.below(total);
    for (kind, weight) in KINDS {
        match left.checked_sub(weight) {
            Some(rest) => left = rest,
            None => return kind,
        }
    }
    Kind::Write
}

/// Does an operation of this kind, and returns its path, unless the project does not allow it now.
fn apply(kind: Kind, project: &mut Project, random: &mut Random) -> Option<PathBuf> {
    let slot = random.pick(&SLOTS);
    let directory = random.pick(&DIRECTORIES);
    let (_, declared) = random.pick(&DECLARED);
    match kind {
        Kind::Write | Kind::Mend => Some(edits::write(project, slot)),
        Kind::Save => Some(edits::save(project, slot)),
        Kind::Remake => edits::remake(project, slot),
        Kind::Comment => edits::comment(project, slot),
        Kind::Touch => edits::touch(project, slot),
        Kind::OldTime => edits::write_with_old_time(project, slot),
        Kind::Burst => Some(edits::burst(project, random)),
        Kind::Break => edits::break_code(project, slot),
        Kind::Add => Some(edits::add(project, random, declared)),
        Kind::Delete => edits::delete(project, random, declared),
        Kind::Rename => edits::rename(project, random, declared),
        Kind::MoveAway => moves::move_away(project, random),
        Kind::MoveBack => moves::move_back(project, random),
        Kind::Wipe => moves::wipe(project, directory),
        Kind::WipeAndRemake => moves::wipe_and_remake(project, directory),
        Kind::Replace => moves::replace(project, directory),
        Kind::MoveModule => moves::move_module(project),
        Kind::ReplaceByLink => links::replace_by_link(project, directory),
        Kind::SwapDirectory => Some(links::swap_directory(project)),
        Kind::SwapFile => Some(links::swap_file(project, random)),
        Kind::OtherName => links::other_name(project, random),
        Kind::LinkAgain => Some(links::link_again(project)),
    }
}
