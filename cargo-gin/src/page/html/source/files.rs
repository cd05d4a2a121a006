//! The files that a page shows, each highlighted once.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use crate::editor::{FileList, Spot};
use crate::page::html::markup::{Highlight, highlights};
use crate::source::{Source, Sources};

/// Files and their highlights, for one page.
pub(crate) struct SourceFiles<'a> {
    sources: &'a Sources,
    /// The list in which the editor looks up the files.
    list: FileList,
    highlights: RefCell<BTreeMap<String, Rc<[Highlight]>>>,
    /// The number of folded lines that may still be added.
    unreserved: Cell<usize>,
}

/// The number of folded lines that a page may hold: more than anybody unfolds, and little beside hundreds of diagnostics.
const FOLDED_LINES: usize = 1000;

impl<'a> SourceFiles<'a> {
    pub(crate) fn new(sources: &'a Sources, list: FileList) -> SourceFiles<'a> {
        SourceFiles {
            sources,
            list,
            highlights: RefCell::default(),
            unreserved: Cell::new(FOLDED_LINES),
        }
    }

    /// Returns the file that rustc calls `name`.
    pub(crate) fn get(&self, name: &str) -> Option<&'a Source> {
        self.sources.get(name)
    }

    /// Returns the id that opens the editor at a position, if the file is one of these and has that line.
    pub(crate) fn spot(&self, name: &str, line: usize, column: usize) -> Option<Spot> {
        let mut files = self.sources.iter();
        let file = files.position(|taken| taken.name == name)?;
        let is_there = (1..=self.get(name)?.lines()).contains(&line) && column > 0;
        is_there.then_some(Spot {
            list: self.list,
            file,
            line,
            column,
        })
    }

    /// Reserves space for folded lines. Returns `false` if the page has no space left for so many.
    pub(crate) fn reserve(&self, lines: usize) -> bool {
        let left = self.unreserved.get().checked_sub(lines);
        self.unreserved
            .set(left.unwrap_or_else(|| self.unreserved.get()));
        left.is_some()
    }

    pub(crate) fn sources(&self) -> &'a Sources {
        self.sources
    }

    /// Returns the highlights of the file `name`.
    pub(crate) fn highlights(&self, name: &str) -> Rc<[Highlight]> {
        let text = self.get(name).map_or("", Source::text);
        let mut cached = self.highlights.borrow_mut();
        let known = cached.entry(name.to_owned());
        known
            .or_insert_with(|| highlights(name, text).into())
            .clone()
    }
}
