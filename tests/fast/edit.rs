//! The edits.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::PathBuf;
use std::time::SystemTime;

use gin_tests::Sandbox;

use crate::random::Random;
use crate::workspace::{ABOUT, CRATES, DATA, LIBRARIES, SLOTS, State, USES};

/// A kind of edit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// A new word in a source.
    Word,
    /// New words in a few sources.
    Words,
    /// A new error, or the end of one.
    Error,
    /// A new error that only the code generator finds, or the end of one.
    Late,
    /// The end of all errors.
    Mend,
    /// A new warning, or the end of one.
    Warning,
    /// A new time of a source.
    Touch,
    /// Another file in the place of a source, with an old time.
    Replace,
    /// A module that comes or goes.
    Module,
    /// An included file that goes or comes back.
    Include,
    /// Another input of a build script.
    Script,
    /// Another manifest.
    Manifest,
    /// Another part of the standard library that the app uses.
    Use,
    /// A new word in a source, and a `cargo build` of the user's at once.
    Cargo,
}

impl Kind {
    const WEIGHTED: [(Kind, usize); 13] = [
        (Kind::Word, 26),
        (Kind::Words, 14),
        (Kind::Error, 14),
        (Kind::Late, 6),
        (Kind::Warning, 10),
        (Kind::Touch, 4),
        (Kind::Replace, 4),
        (Kind::Module, 4),
        (Kind::Include, 4),
        (Kind::Script, 3),
        (Kind::Manifest, 3),
        (Kind::Use, 4),
        (Kind::Cargo, 4),
    ];

    /// Returns a random kind. Errors do not last, since the next build after one of cargo's is one of cargo's again.
    pub(crate) fn random(state: &State, random: &mut Random) -> Kind {
        if state.response().is_none() && random.chance(60) {
            return Kind::Mend;
        }
        let mut number = random.below(100);
        for (kind, weight) in Kind::WEIGHTED {
            match number.checked_sub(weight) {
                Some(rest) => number = rest,
                None => return kind,
            }
        }
        Kind::Word
    }
}

/// Makes an edit.
pub(crate) fn edit(kind: Kind, state: &mut State, sandbox: &Sandbox, random: &mut Random) {
    let slot = random.below(SLOTS.len());
    match kind {
        Kind::Word | Kind::Cargo => renew(state, slot),
        Kind::Words => {
            for _ in 0..2 + random.below(3) {
                renew(state, random.below(SLOTS.len()));
            }
        }
        Kind::Mend => {
            state.broken.clear();
            state.late.clear();
            state.is_text_gone = false;
        }
        Kind::Error => toggle(&mut state.broken, &CRATES, random),
        Kind::Late => toggle(&mut state.late, &LIBRARIES, random),
        Kind::Warning => toggle(&mut state.warned, &CRATES, random),
        Kind::Touch => {
            let file = File::options().write(true).open(source(sandbox, random));
            let file = file.expect("the source can be opened");
            file.set_modified(SystemTime::now())
                .expect("the time can be set");
        }
        Kind::Replace => return replace(state, sandbox),
        Kind::Module => state.has_deep = !state.has_deep,
        Kind::Include => state.is_text_gone = !state.is_text_gone,
        Kind::Use => state.used = random.below(USES.len()),
        Kind::Script => renew(state, DATA),
        Kind::Manifest => renew(state, ABOUT),
    }
    state.write(sandbox);
}

fn renew(state: &mut State, slot: usize) {
    state.words[slot] += 1;
}

fn toggle(crates: &mut BTreeSet<&'static str>, of: &[&'static str], random: &mut Random) {
    let name = *random.pick(of);
    if !crates.remove(name) {
        crates.insert(name);
    }
}

fn source(sandbox: &Sandbox, random: &mut Random) -> PathBuf {
    const SOURCES: [&str; 3] = ["leaf/src/lib.rs", "mid/src/lib.rs", "app/src/main.rs"];
    let source = *random.pick(&SOURCES);
    sandbox.path(source)
}

/// Renames a new file, with the time of the old one, to the name of a source, as a restored backup is.
fn replace(state: &mut State, sandbox: &Sandbox) {
    let path = sandbox.path("mid/src/lib.rs");
    let modified = fs::metadata(&path).and_then(|metadata| metadata.modified());
    let modified = modified.expect("a file has a time");
    renew(state, 5);
    state.write(sandbox);
    let beside = sandbox.path("mid/src/lib.rs~");
    fs::copy(&path, &beside).expect("the source can be copied");
    let file = File::options().write(true).open(&beside);
    let file = file.expect("the copy can be opened");
    // A little newer than the build before, but older than the next one.
    let time = modified.max(SystemTime::now());
    file.set_modified(time).expect("the time can be set");
    fs::rename(beside, path).expect("the copy can be renamed");
}
