//! The files that a page shows, each read into its words once.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use crate::editor::{Spot, Table};
use crate::page::html::markup::{Highlight, highlights};
use crate::source::{Source, Sources};

/// Files and their highlights, for one page.
pub(crate) struct SourceFiles<'a> {
    sources: &'a Sources,
    /// Whose files they are.
    table: Table,
    highlights: RefCell<BTreeMap<String, Rc<[Highlight]>>>,
    /// How many lines may be added that nobody has asked to see yet.
    spare: Cell<usize>,
}

/// How many lines a page may hold folded: more than anybody unfolds, and little beside hundreds of diagnostics.
const SPARE: usize = 1000;

impl<'a> SourceFiles<'a> {
    /// The files of this table.
    pub(crate) fn new(sources: &'a Sources, table: Table) -> SourceFiles<'a> {
        SourceFiles {
            sources,
            table,
            highlights: RefCell::default(),
            spare: Cell::new(SPARE),
        }
    }

    /// The file that rustc calls `name`.
    pub(crate) fn get(&self, name: &str) -> Option<&'a Source> {
        self.sources.get(name)
    }

    /// The id by which the editor is opened at a place, if its file is one of these.
    pub(crate) fn spot(&self, name: &str, line: usize, column: usize) -> Option<Spot> {
        let mut files = self.sources.iter();
        let file = files.position(|taken| taken.name == name)?;
        let is_there = (1..=self.get(name)?.lines()).contains(&line) && column > 0;
        is_there.then_some(Spot {
            table: self.table,
            file,
            line,
            column,
        })
    }

    /// May the page hold so many more folded lines? Then they are counted.
    pub(crate) fn spare(&self, lines: usize) -> bool {
        let left = self.spare.get().checked_sub(lines);
        self.spare.set(left.unwrap_or_else(|| self.spare.get()));
        left.is_some()
    }

    /// All of them.
    pub(crate) fn sources(&self) -> &'a Sources {
        self.sources
    }

    /// The highlights of the file `name` that have a colour.
    pub(crate) fn highlights(&self, name: &str) -> Rc<[Highlight]> {
        let text = self.get(name).map_or("", Source::text);
        let mut cached = self.highlights.borrow_mut();
        let known = cached.entry(name.to_owned());
        known
            .or_insert_with(|| highlights(name, text).into())
            .clone()
    }
}
