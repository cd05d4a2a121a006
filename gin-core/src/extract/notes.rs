//! Notes on what a type did not read, for values whose writer can be warned.

use std::cell::RefCell;
use std::collections::BTreeMap;

/// Notes on the fields of structs and on the values that none of them took.
#[derive(Debug, Default)]
pub(crate) struct Notes(RefCell<Inner>);

#[derive(Debug, Default)]
struct Inner {
    /// By the path of a struct.
    fields: BTreeMap<String, &'static [&'static str]>,
    unread: Vec<String>,
}

impl Notes {
    /// Forgets everything, before a further attempt.
    pub(super) fn clear(&self) {
        *self.0.borrow_mut() = Inner::default();
    }

    pub(super) fn struct_at(&self, path: &str, fields: &'static [&'static str]) {
        self.0.borrow_mut().fields.insert(path.to_owned(), fields);
    }

    pub(super) fn unread_at(&self, path: &str) {
        self.0.borrow_mut().unread.push(path.to_owned());
    }

    /// Returns the path of each value that was not read, with the fields that the struct around it has.
    pub(crate) fn unread(&self) -> Vec<(String, &'static [&'static str])> {
        let inner = self.0.borrow();
        let unread = inner.unread.iter();
        let unread = unread.map(|path| {
            let parent = path.rsplit_once('.').map_or("", |(parent, _)| parent);
            let fields = inner.fields.get(parent).copied().unwrap_or_default();
            (path.clone(), fields)
        });
        unread.collect()
    }
}
