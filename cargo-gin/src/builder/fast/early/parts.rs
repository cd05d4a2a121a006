//! The parts of a program besides its base: object files and libraries that see what the base has hidden.

use std::fs;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::thread;

use anyhow::{Context as _, bail, ensure};
use serde::{Deserialize, Serialize};

use crate::builder::fast::early::symbols::{self, Object};
use crate::builder::fast::stamp::Stamp;

/// A part of a program, as it is to be linked.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub(super) path: PathBuf,
    pub(super) symbols: Symbols,
}

/// The symbols of a part, by their digests.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Symbols {
    pub(super) defined: Vec<u64>,
    /// Those of other languages that it needs.
    pub(super) needed: Vec<u64>,
}

/// The state of a copy of a library.
#[derive(Debug, Serialize, Deserialize)]
struct Copy {
    /// The library that it was copied from.
    source: Stamp,
    /// Its own state.
    own: Stamp,
    symbols: Symbols,
}

/// Copies object files into a directory.
pub(super) fn objects(paths: &[&Path], directory: &Path) -> anyhow::Result<Vec<Part>> {
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let each = paths.len().div_ceil(threads).max(1);
    thread::scope(|scope| {
        let chunks = paths.chunks(each).enumerate();
        let workers = chunks.map(|(chunk, paths)| {
            scope.spawn(move || {
                let paths = paths.iter().enumerate();
                let parts = paths.map(|(index, path)| {
                    object(path, directory.join(format!("{chunk}-{index}.o")))
                });
                parts.collect::<anyhow::Result<Vec<_>>>()
            })
        });
        let workers: Vec<_> = workers.collect();
        let mut parts = Vec::new();
        for worker in workers {
            let done = worker.join().ok().context("a thread has panicked")?;
            parts.extend(done?);
        }
        Ok(parts)
    })
}

fn object(path: &Path, to: PathBuf) -> anyhow::Result<Part> {
    let mut data = fs::read(path)?;
    let mut symbols = Symbols::default();
    symbols.take(&mut data)?;
    fs::write(&to, data)?;
    Ok(Part { path: to, symbols })
}

/// Copies a library into a directory, unless the copy there is of the same.
pub(super) fn library(path: &Path, directory: &Path) -> anyhow::Result<Part> {
    let name = path.file_name().context("it has no name")?;
    let to = directory.join(name);
    let note = to.with_extension("json");
    let source = Stamp::of(path, &[]);
    if let Some(copy) = read(&note)
        && copy.source.proves(&source)
        && copy.own.proves(&Stamp::of(&to, &[]))
    {
        let symbols = copy.symbols;
        return Ok(Part { path: to, symbols });
    }
    let mut data = fs::read(path)?;
    let mut symbols = Symbols::default();
    for member in symbols::members(&data)? {
        symbols.take(&mut data[member.range])?;
    }
    fs::create_dir_all(directory)?;
    fs::write(&to, data)?;
    let copy = Copy {
        source,
        own: Stamp::of(&to, &[]),
        symbols,
    };
    fs::write(note, serde_json::to_vec(&copy)?)?;
    let symbols = copy.symbols;
    Ok(Part { path: to, symbols })
}

fn read(note: &Path) -> Option<Copy> {
    serde_json::from_slice(&fs::read(note).ok()?).ok()
}

impl Symbols {
    /// Adds those of an object file, and has it see what the base has hidden, and be seen by it.
    fn take(&mut self, data: &mut [u8]) -> anyhow::Result<()> {
        let object = Object::read(data)?;
        if let Some(name) = object.of_linker {
            bail!("it needs `{name}`, which is one for the whole program");
        }
        ensure!(!object.has_priority, "some of it runs before all else");
        object.unhide(data);
        self.defined.extend(object.defined);
        let needed = object.needed.iter();
        self.needed
            .extend(needed.map(|name| symbols::digest(name.as_bytes())));
        Ok(())
    }
}
