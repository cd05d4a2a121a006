//! The base: a shared library of everything in a program that an edit leaves alone.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::builder::fast::early::command::LinkCommand;
use crate::builder::fast::early::digests::{Counts, Digests};
use crate::builder::fast::stamp::Stamp;

const FILE: &str = "base.json";
const MISSES: &str = "misses";
/// The extension of the list of the symbols that a base defines.
const SYMBOLS: &str = "symbols";

/// The base of a program, or the reason for which there is none.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Base {
    /// The options of the linker that it was made with.
    pub(super) options: Vec<String>,
    /// The libraries of Rust that are in it.
    pub(super) libraries: Vec<(PathBuf, Stamp)>,
    pub(super) library: Result<Library, String>,
}

/// The shared library of a base.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Library {
    pub(super) path: PathBuf,
    symbols: Counts,
}

/// The worth of a base for a link.
#[derive(Debug)]
pub(super) enum Worth {
    /// A program can be linked with this library. The others are to be linked again.
    Usable(Base),
    /// One has to be made, after the next complete link.
    Missing,
    /// It would be of no use to make one.
    Useless,
}

impl Base {
    /// The number of early links that may fail one after the other. A program that has come to need more of a library than the base
    /// has is no more than one.
    const MOST_MISSES: u32 = 3;

    /// Judges the base in a directory.
    pub(super) fn judge(directory: &Path, command: &LinkCommand) -> Worth {
        let Some(base) = Base::read(directory).filter(|base| base.fits(command)) else {
            return Worth::Missing;
        };
        let is_there = (base.library.as_ref()).is_ok_and(|library| library.path.is_file());
        if base.library.is_err() || misses(directory) >= Base::MOST_MISSES {
            Worth::Useless
        } else if is_there {
            Worth::Usable(base)
        } else {
            Worth::Missing
        }
    }

    pub(super) fn read(directory: &Path) -> Option<Base> {
        let text = fs::read(directory.join(FILE)).ok()?;
        serde_json::from_slice(&text).ok()
    }

    /// Writes it in the place of the one before. Nobody reads half of it.
    pub(super) fn write(&self, directory: &Path) -> io::Result<()> {
        let before = Base::read(directory);
        if !before.is_some_and(|before| before.is_of_the_same(self)) {
            hit(directory)?;
        }
        let part = directory.join("base.json.part");
        fs::write(&part, serde_json::to_vec(self)?)?;
        fs::rename(part, directory.join(FILE))
    }

    /// Returns `true` if a program that is linked by this command can have it.
    fn fits(&self, command: &LinkCommand) -> bool {
        let is_current = |(path, stamp): &(PathBuf, Stamp)| {
            command.libraries().any(|library| library == path)
                && stamp.proves(&Stamp::of(path, &[]))
        };
        self.options == command.options() && self.libraries.iter().all(is_current)
    }

    fn is_of_the_same(&self, other: &Base) -> bool {
        let pairs = self.libraries.iter().zip(&other.libraries);
        let mut pairs = pairs.map(|(one, other)| one.0 == other.0 && one.1.proves(&other.1));
        self.options == other.options
            && self.libraries.len() == other.libraries.len()
            && pairs.all(|is_same| is_same)
    }
}

impl Library {
    /// Writes its symbols beside it.
    pub(super) fn new(path: PathBuf, digests: Digests) -> io::Result<Library> {
        let symbols = digests.write(&path.with_extension(SYMBOLS))?;
        Ok(Library { path, symbols })
    }

    pub(super) fn digests(&self) -> io::Result<Digests> {
        Digests::read(&self.path.with_extension(SYMBOLS), self.symbols)
    }
}

/// Notes that an early link has failed.
pub(super) fn miss(directory: &Path) -> io::Result<()> {
    let misses = misses(directory) + 1;
    fs::write(directory.join(MISSES), misses.to_string())
}

/// Notes that an early link was good.
pub(super) fn hit(directory: &Path) -> io::Result<()> {
    match fs::remove_file(directory.join(MISSES)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn misses(directory: &Path) -> u32 {
    let text = fs::read_to_string(directory.join(MISSES));
    text.ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_fits_as_long_as_its_libraries_are_the_same() {
        let root = tempfile::tempdir().unwrap();
        let directory = root.path();
        let file = |name: &str| directory.join(name);
        let write = |name: &str, text: &str| fs::write(file(name), text).unwrap();
        write("liba.rlib", "1");
        write("base.so", "");
        let command = |options: &str| {
            let library = file("liba.rlib").display().to_string();
            let line = format!("-fuse-ld=lld {options} /app.o {library} -o /app");
            let words: Vec<_> = line.split_whitespace().map(str::to_owned).collect();
            LinkCommand::parse(&words).unwrap()
        };
        let plain = command("");
        let library = Library::new(file("base.so"), Digests::default()).unwrap();
        let base = |library| Base {
            options: plain.options().into_iter().map(str::to_owned).collect(),
            libraries: vec![(file("liba.rlib"), Stamp::of(&file("liba.rlib"), &[]))],
            library,
        };
        let judge = |command: &LinkCommand| match Base::judge(directory, command) {
            Worth::Usable(_) => "usable",
            Worth::Missing => "missing",
            Worth::Useless => "useless",
        };
        assert_eq!(judge(&plain), "missing");
        let made = base(Ok(library.clone()));
        made.write(directory).unwrap();
        assert_eq!(judge(&plain), "usable");
        assert_eq!(library.digests().unwrap(), Digests::default());
        assert_eq!(judge(&command("-pie")), "missing");
        for _ in 0..Base::MOST_MISSES {
            assert_eq!(judge(&plain), "usable");
            miss(directory).unwrap();
        }
        assert_eq!(judge(&plain), "useless");
        // Another base of the same is of no more use.
        made.write(directory).unwrap();
        assert_eq!(judge(&plain), "useless");
        hit(directory).unwrap();
        assert_eq!(judge(&plain), "usable");
        fs::remove_file(file("base.so")).unwrap();
        assert_eq!(judge(&plain), "missing");
        base(Err("a reason".to_owned())).write(directory).unwrap();
        assert_eq!(judge(&plain), "useless");
        write("liba.rlib", "12");
        assert_eq!(judge(&plain), "missing");
        miss(directory).unwrap();
        write("base.so", "");
        base(Ok(library.clone())).write(directory).unwrap();
        assert_eq!((judge(&plain), misses(directory)), ("usable", 0));
        fs::write(file(FILE), "{").unwrap();
        assert_eq!(judge(&plain), "missing");
    }
}
