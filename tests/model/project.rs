//! The project: its files, and the response that a fresh build of them gives.

use std::fs;
use std::path::PathBuf;

use gin_tests::Sandbox;

use crate::files;
use crate::slots::{Absence, DECLARED, SLOTS, Slot};
use crate::sources;

/// The project of a run, and all that was moved away from it.
#[derive(Debug)]
pub(crate) struct Project {
    pub(crate) sandbox: Sandbox,
    /// The number of words that were written.
    words: usize,
    /// The number of files and directories that were moved away.
    moved: usize,
    /// The files and directories that are away and can come back: the place of each, and the path that it is at now.
    pub(crate) away: Vec<(PathBuf, PathBuf)>,
}

/// The word that a slot contributes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Word {
    Is(String),
    /// The build fails.
    Fails,
}

/// A text that no file of the project can contain in a good build.
pub(crate) const BROKEN: &str = "= oops";

/// The directories of the project, except those with cargo's output.
const ALL: [&str; 13] = [
    "../../.cargo",
    "../../more",
    "../../outer",
    "../../secrets",
    "../../texts",
    "../../ui",
    "../.cargo",
    "../.hidden",
    "../app",
    "../ignored",
    "../inner",
    "../proto",
    "../../../attic",
];

impl Project {
    /// Creates the project in a temporary directory.
    pub(crate) fn new() -> Project {
        let mut project = Project {
            sandbox: Sandbox::empty_at("above/workspace/app"),
            words: 0,
            moved: 0,
            away: Vec::new(),
        };
        project.fill();
        project
    }

    /// Writes all files again, with new words.
    pub(crate) fn fill(&mut self) {
        self.away.clear();
        for directory in ALL {
            if files::exists(&self.path(directory)) {
                files::wipe(&self.path(directory));
            }
        }
        for (target, link) in [
            ("../../../texts/first", "src/linked.html"),
            ("../../secrets/first", ".env"),
            ("one", "../../ui/now"),
        ] {
            files::link(target, &self.path(link));
        }
        for slot in SLOTS.iter().filter(|slot| slot.name != "near") {
            let text = self.text(slot);
            files::write(&self.path(slot.path), &text);
        }
        files::hard_link(
            &self.path("../../ui/hard.html"),
            &self.path("../../ui/other.html"),
        );
        for (path, text) in [
            ("build.rs", sources::SCRIPT),
            ("../inner/build.rs", sources::INNER_SCRIPT),
            ("../.gitignore", "/ignored/\n/proto/deep/\nmade.rs\n"),
        ] {
            files::write(&self.path(path), text);
        }
        for file in [
            "../proto/a",
            "../proto/b",
            "../proto/deep/c",
            "../.hidden/a",
        ] {
            let word = self.word();
            files::write(&self.path(file), &word);
        }
    }

    /// Returns the absolute path of a path relative to the app's package.
    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.sandbox.path(path)
    }

    /// Returns a word that was not written before. All have the same length, so that no size reveals a change.
    pub(crate) fn word(&mut self) -> String {
        self.words += 1;
        format!("w{:06}", self.words)
    }

    /// Returns the text of a slot, with a new word.
    pub(crate) fn text(&mut self, slot: &Slot) -> String {
        slot.template.replace('@', &self.word())
    }

    /// Returns the text of a file with a new word.
    pub(crate) fn renew(&mut self, text: &str) -> String {
        text.replace(&word_in(text), &self.word())
    }

    /// Returns a new path outside of the sources.
    pub(crate) fn attic(&mut self) -> PathBuf {
        self.moved += 1;
        self.path(&format!("../../../attic/{}", self.moved))
    }

    /// Returns the path of a slot's file. A module can be in either of two places.
    pub(crate) fn file(&self, slot: &Slot) -> PathBuf {
        let other = self.path("src/part/mod.rs");
        if slot.name == "part" && files::exists(&other) {
            return other;
        }
        self.path(slot.path)
    }

    /// Returns the word of a slot, as a fresh build finds it.
    pub(crate) fn read(&self, slot: &Slot) -> Word {
        let is_ambiguous = slot.name == "part" && files::exists(&self.path(slot.path));
        let path = self.file(slot);
        if is_ambiguous && path != self.path(slot.path) {
            return Word::Fails;
        }
        match fs::read_to_string(path) {
            Ok(text) if text.contains(BROKEN) => Word::Fails,
            Ok(text) => Word::Is(word_in(&text)),
            Err(_) if slot.absence == Absence::Counts => Word::Is("none".to_owned()),
            Err(_) => Word::Fails,
        }
    }

    /// Returns the joined words of a declared directory.
    fn joined(&self, directory: &str) -> Word {
        let directory = self.path(directory);
        if !directory.is_dir() {
            return Word::Fails;
        }
        let files = files::list(&directory).into_iter();
        let words = files.map(|file| fs::read_to_string(file).expect("the file can be read"));
        Word::Is(words.collect())
    }

    /// Returns the slots and declared directories that fail the build.
    pub(crate) fn failing(&self) -> Vec<&'static str> {
        let words = self.words_by_name().into_iter();
        let failing = words.filter(|(_, word)| *word == Word::Fails);
        failing.map(|(name, _)| name).collect()
    }

    /// Returns the response of a fresh build, or `None` if that fails.
    pub(crate) fn expected(&self) -> Option<String> {
        let lines = self
            .words_by_name()
            .into_iter()
            .map(|(name, word)| match word {
                Word::Is(word) => Some(format!("{name}={word}\n")),
                Word::Fails => None,
            });
        lines.collect()
    }

    fn words_by_name(&self) -> Vec<(&'static str, Word)> {
        let is_configured = self.path("../../.cargo/config.toml").exists();
        let word = |slot: &'static Slot| match slot.name {
            // It is only read if the other includes it.
            "more" if !is_configured => Word::Is("none".to_owned()),
            _ => self.read(slot),
        };
        let mut words: Vec<_> = SLOTS.iter().map(|slot| (slot.name, word(slot))).collect();
        let last = words.pop().expect("there are slots");
        words.extend(DECLARED.map(|(name, directory)| (name, self.joined(directory))));
        words.push(last);
        words
    }
}

/// Returns the first word in a text.
fn word_in(text: &str) -> String {
    let is_word = |word: &&str| {
        let digits = word.strip_prefix('w').unwrap_or_default();
        digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    let mut words = text.split(|c: char| !c.is_ascii_alphanumeric());
    let word = words.find(is_word).expect("the file has a word");
    word.to_owned()
}
