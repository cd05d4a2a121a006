//! The lessons of former attempts: facts about a type that only its errors show.

use std::collections::{HashMap, HashSet};

use crate::extract::mistake::{Address, Kind, Level, Mistake, Refusal, Wanted};
use crate::extract::spelled::Spelled;
use crate::extract::tree::Entry;
use crate::failure::FieldError;

/// Facts about the type that former attempts have shown.
#[derive(Debug, Default)]
pub(super) struct Lessons {
    pub(super) spelled: HashMap<Address, Spelled>,
    /// Texts to give as lists of one element.
    pub(super) lists: HashSet<Address>,
    /// Fields to read as absent, as they have no default.
    pub(super) required: Vec<(Level, &'static str)>,
    /// The paths of fields to leave out, as reading ends at them.
    pub(super) failed: Vec<String>,
    /// The paths of fields to read as absent, as they were left empty and their types take no empty text.
    pub(super) blank: HashSet<String>,
    /// Some of them were learned by the last attempt.
    has_new_blank: bool,
    /// Names with brackets or dots are single keys.
    pub(super) is_literal: bool,
    pub(super) mode: Mode,
    /// The spelling of an attempt that was sound.
    pub(super) sound: Option<(HashMap<Address, Spelled>, HashSet<Address>)>,
    pub(super) attempts: usize,
}

/// The way in which lessons are learned.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Mode {
    /// One value at a time.
    #[default]
    Precise,
    /// All texts that spell a number or a `bool` are given as such.
    Guessing,
    /// There is nothing more to learn.
    Settled,
}

/// The most attempts that learn one value each. After them, the rest is guessed.
const PRECISE: usize = 16;

impl Lessons {
    /// Learns which texts are to be given as other values. Returns `true` if there is something new.
    ///
    /// An untagged enum may be sound without: a number is a text as well. Then the former spelling is kept, in case the next attempt
    /// fails.
    pub(super) fn learn_spelling(
        &mut self,
        refusals: &[Refusal],
        entries: &[Entry<'_>],
        is_sound: bool,
    ) -> bool {
        if is_sound && !refusals.is_empty() && self.sound.is_none() {
            self.sound = Some((self.spelled.clone(), self.lists.clone()));
        }
        let mut is_new = false;
        for refusal in refusals {
            let Some(text) = text_at(refusal.address, entries) else {
                continue;
            };
            if refusal.wanted == Wanted::List {
                is_new |= self.lists.insert(refusal.address);
            } else if let Some(spelled) = Spelled::of(text, refusal.wanted) {
                is_new |= self.spelled.insert(refusal.address, spelled).is_none();
            }
        }
        if is_new && self.attempts == PRECISE {
            self.mode = Mode::Guessing;
        }
        is_new && self.attempts <= PRECISE
    }

    /// Returns to the spelling of an attempt that was sound, if there was one.
    pub(super) fn settle(&mut self) -> bool {
        let Some((spelled, lists)) = self.sound.take() else {
            return false;
        };
        (self.spelled, self.lists) = (spelled, lists);
        self.mode = Mode::Settled;
        true
    }

    /// Learns that a field is required, or that names are not paths. Returns `true` if that is new.
    pub(super) fn learn_shape(
        &mut self,
        mistake: &Mistake,
        entries: &[Entry<'_>],
        has_unknown_fields: bool,
    ) -> bool {
        match &mistake.kind {
            Kind::Missing(field, Some(level)) => {
                let required = (level.clone(), *field);
                let is_new = !self.required.contains(&required);
                if is_new {
                    self.required.push(required);
                }
                is_new
            }
            // Only a map has values of one type below all of its names. A struct declares names with brackets or dots.
            Kind::RefusedGroup if has_unknown_fields && !self.is_literal => {
                self.is_literal = entries.iter().any(Entry::is_nested);
                self.is_literal
            }
            _ => false,
        }
    }

    /// Learns that the field of a mistake was left empty. Returns `true` if that is new, or if the attempt has learned it of others.
    pub(super) fn learn_blank(&mut self, mistake: Option<&Mistake>, entries: &[Entry<'_>]) -> bool {
        if let Some(path) = mistake.and_then(|mistake| mistake.path.as_ref()) {
            let is_blank =
                |entry: &Entry<'_>| is_blank(entry.leaf().text()) && path_of(entry) == *path;
            if entries.iter().any(is_blank) {
                self.leave_blank(path.clone());
            }
        }
        std::mem::take(&mut self.has_new_blank)
    }

    /// Reads an empty field as absent from now on. Returns `true` if it was not read so before.
    pub(super) fn leave_blank(&mut self, path: String) -> bool {
        let is_new = self.blank.insert(path);
        self.has_new_blank |= is_new;
        is_new
    }

    /// Leaves a field out from now on. Returns `true` if it was not left out before.
    pub(super) fn leave_out(&mut self, path: String) -> bool {
        let is_new = !path.is_empty() && !self.failed.contains(&path);
        if is_new {
            self.failed.push(path);
        }
        is_new
    }

    /// Describes a mistake by the field whose text was refused, or that is absent.
    pub(super) fn described(&self, mut mistake: Mistake, entries: &[Entry<'_>]) -> FieldError {
        match (&mistake.kind, self.required.last()) {
            (Kind::Refused(address), _) => {
                let entry = entries.iter().find(|entry| entry.is_at(*address));
                let path = entry.map(path_of);
                mistake.path = path.or(mistake.path);
            }
            (Kind::RefusedStandIn, Some((Level::Map(path), field))) => {
                let mut path = path.clone();
                push_key(&mut path, field);
                mistake = Mistake {
                    path: Some(path),
                    ..Mistake::missing()
                };
            }
            _ => {}
        }
        mistake.into_field_error()
    }
}

/// Returns `true` for a text that says nothing.
pub(super) fn is_blank(text: &str) -> bool {
    text.trim_ascii().is_empty()
}

/// Adds a key to a path.
pub(super) fn push_key(path: &mut String, key: &str) {
    if !path.is_empty() && !key.starts_with('[') {
        path.push('.');
    }
    path.push_str(key);
}

impl Entry<'_> {
    fn is_at(&self, address: Address) -> bool {
        Address::of(self.leaf().text()) == address
    }
}

fn text_at<'t>(address: Address, entries: &'t [Entry<'_>]) -> Option<&'t str> {
    let entry = entries.iter().find(|entry| entry.is_at(address))?;
    Some(entry.leaf().text())
}

fn path_of(entry: &Entry<'_>) -> String {
    let mut path = String::new();
    for key in (0..entry.depth()).filter_map(|depth| entry.key(depth)) {
        if key.bytes().all(|byte| byte.is_ascii_digit()) {
            push_key(&mut path, &format!("[{key}]"));
        } else {
            push_key(&mut path, key);
        }
    }
    path
}
