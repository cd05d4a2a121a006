//! The files that a page shows, each read into its words once.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use super::syntax::{self, Piece};
use crate::source::{Source, Sources};

/// Files and their coloured pieces, for one page.
pub(super) struct Files<'a> {
    sources: &'a Sources,
    pieces: RefCell<BTreeMap<String, Rc<[Piece]>>>,
}

impl<'a> Files<'a> {
    /// These files.
    pub(super) fn new(sources: &'a Sources) -> Files<'a> {
        Files {
            sources,
            pieces: RefCell::default(),
        }
    }

    /// The file that rustc calls `name`.
    pub(super) fn get(&self, name: &str) -> Option<&'a Source> {
        self.sources.get(name)
    }

    /// All of them.
    pub(super) fn sources(&self) -> &'a Sources {
        self.sources
    }

    /// The pieces of the file `name` that have a colour.
    pub(super) fn pieces(&self, name: &str) -> Rc<[Piece]> {
        let text = self.get(name).map_or("", Source::text);
        let mut pieces = self.pieces.borrow_mut();
        let known = pieces.entry(name.to_owned());
        known
            .or_insert_with(|| syntax::pieces(name, text).into())
            .clone()
    }
}
