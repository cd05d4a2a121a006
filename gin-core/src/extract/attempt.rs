//! Attempts to read a value from text, each of which knows more about the type than the one before.
//!
//! Text has no types. A number that `#[serde(flatten)]` or a tagged enum keeps for later stays a text, and serde's errors show only
//! then that a number was wanted. A checkbox that is not checked is not sent, and only an error shows that its field is required. So
//! a value that cannot be read is read again with what its errors have shown, until there is nothing more to learn.
//!
//! Errors are collected on the way: after a text that does not spell a number, reading goes on with some other number, and the next
//! attempt leaves out a field that no other value fits.

use std::cell::{Cell, RefCell};

use serde::Deserialize;
use serde::de::Deserializer;

use crate::extract::lessons::{Lessons, Mode, is_blank, push_key};
use crate::extract::mistake::{Address, Kind, Level, Mistake, Wanted, take_refusals};
#[cfg(feature = "config")]
use crate::extract::notes::Notes;
use crate::extract::spelled::Spelled;
use crate::extract::tree::{Entry, Tree};
use crate::failure::FieldError;

/// The state of reading one value.
#[derive(Debug)]
pub(crate) struct Attempt<'t> {
    pub(crate) style: Style,
    entries: Cell<&'t [Entry<'t>]>,
    /// The name of the value that is being read, if no path leads to it.
    name: Cell<&'t str>,
    /// The fields of the whole are not known, as those of a map.
    has_unknown_fields: Cell<bool>,
    /// The path of the value that is being read.
    path: RefCell<String>,
    lessons: RefCell<Lessons>,
    errors: RefCell<Vec<FieldError>>,
    #[cfg(feature = "config")]
    notes: Option<&'t Notes>,
}

/// The spelling of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// As browsers send them: spaces around numbers do not count, a checkbox is `on`, and an empty text is not a number.
    Form,
    /// As Rust spells them.
    Exact,
}

/// The end of an attempt.
enum Verdict {
    Again,
    Done,
    Failed(Vec<FieldError>),
}

/// The most attempts. It is above the number of fields of any form that a user fills in.
const MOST: usize = 128;
/// The most errors that are collected.
const ERRORS: usize = 100;

/// Reads a value, in as many attempts as needed.
pub(crate) fn read<'t, T, D>(attempt: &Attempt<'t>, root: D) -> Result<T, Vec<FieldError>>
where
    T: Deserialize<'t>,
    D: Deserializer<'t, Error = Mistake> + Copy,
{
    loop {
        attempt.begin();
        let verdict = match T::deserialize(root) {
            Ok(value) => match attempt.end(None) {
                Verdict::Done => return Ok(value),
                verdict => verdict,
            },
            Err(mistake) => attempt.end(Some(mistake)),
        };
        if let Verdict::Failed(errors) = verdict {
            return Err(errors);
        }
    }
}

impl<'t> Attempt<'t> {
    pub(crate) fn new(style: Style) -> Attempt<'t> {
        Attempt {
            style,
            entries: Cell::default(),
            name: Cell::default(),
            has_unknown_fields: Cell::default(),
            path: RefCell::default(),
            lessons: RefCell::default(),
            errors: RefCell::default(),
            #[cfg(feature = "config")]
            notes: None,
        }
    }

    /// Notes the values that the type does not read.
    #[cfg(feature = "config")]
    pub(crate) fn noting(self, notes: &'t Notes) -> Attempt<'t> {
        Attempt {
            notes: Some(notes),
            ..self
        }
    }

    /// Notes the fields of a struct.
    #[cfg(feature = "config")]
    pub(crate) fn note_struct(&self, fields: Fields) {
        if let (Some(notes), Some(fields)) = (self.notes, fields) {
            notes.struct_at(&self.path.borrow(), fields);
        }
    }

    /// Notes that a value is not read.
    #[cfg(feature = "config")]
    pub(crate) fn note_unread(&self) {
        if let Some(notes) = self.notes {
            notes.unread_at(&self.path.borrow());
        }
    }

    /// Sets the tree that values are read from.
    pub(crate) fn set_tree(&self, tree: &'t Tree<'t>) {
        self.entries.set(tree.entries());
    }

    /// Sets the name of a value that is not in a tree. Unlike a path, this allocates nothing.
    pub(crate) fn set_name(&self, name: &'t str) {
        self.name.set(name);
    }

    fn path(&self) -> String {
        match self.path.borrow().as_str() {
            "" => self.name.get().to_owned(),
            path => path.to_owned(),
        }
    }

    fn begin(&self) {
        self.path.borrow_mut().clear();
        #[cfg(feature = "config")]
        if let Some(notes) = self.notes {
            notes.clear();
        }
        drop(take_refusals());
    }

    /// Learns from the end of an attempt.
    fn end(&self, mistake: Option<Mistake>) -> Verdict {
        let mut lessons = self.lessons.borrow_mut();
        lessons.attempts += 1;
        let is_sound = mistake.is_none() && self.errors.borrow().is_empty();
        let is_over = lessons.attempts == MOST || lessons.mode == Mode::Settled;
        if !is_over && lessons.learn_blank(mistake.as_ref(), self.entries.get()) {
            return Verdict::Again;
        }
        if !is_over && lessons.learn_spelling(&take_refusals(), self.entries.get(), is_sound) {
            return Verdict::Again;
        }
        if is_sound {
            return Verdict::Done;
        }
        if lessons.settle() {
            self.errors.borrow_mut().clear();
            return Verdict::Again;
        }
        let Some(mistake) = mistake else {
            return Verdict::Failed(self.errors.take());
        };
        if !is_over
            && lessons.learn_shape(&mistake, self.entries.get(), self.has_unknown_fields.get())
        {
            return Verdict::Again;
        }
        let error = lessons.described(mistake, self.entries.get());
        let path = error.path.clone();
        self.add(error);
        if !is_over && lessons.leave_out(path) {
            return Verdict::Again;
        }
        Verdict::Failed(self.errors.take())
    }

    /// Adds an error, unless its field has one.
    fn add(&self, error: FieldError) {
        let mut errors = self.errors.borrow_mut();
        if errors.len() < ERRORS && errors.iter().all(|other| other.path != error.path) {
            errors.push(error);
        }
    }

    /// Adds a mistake in the value that is being read, which goes on with another value.
    pub(crate) fn record(&self, mut mistake: Mistake) {
        mistake.path = Some(self.path());
        self.add(mistake.into_field_error());
    }

    /// Adds a mistake in a text, unless the field was left empty: the next attempt reads that as absent.
    pub(crate) fn refuse(&self, text: Option<&str>, mistake: Mistake) {
        let is_blank = self.style == Style::Form && text.is_some_and(is_blank);
        let mut lessons = self.lessons.borrow_mut();
        let has_more = lessons.attempts + 1 < MOST && lessons.mode != Mode::Settled;
        if !(is_blank && has_more && lessons.leave_blank(self.path())) {
            drop(lessons);
            self.record(mistake);
        }
    }

    /// Enters a field. [`leave`](Attempt::leave) takes the length of the path before.
    pub(crate) fn enter_key(&self, key: &str) -> usize {
        let mut path = self.path.borrow_mut();
        let length = path.len();
        push_key(&mut path, key);
        length
    }

    pub(crate) fn enter_index(&self, index: usize) -> usize {
        let mut path = self.path.borrow_mut();
        let length = path.len();
        push_key(&mut path, &format!("[{index}]"));
        length
    }

    /// Leaves a field.
    pub(crate) fn leave(&self, length: usize) {
        self.path.borrow_mut().truncate(length);
    }

    /// Leaves a field because of a mistake in it, which gets its path.
    pub(crate) fn fail(&self, length: usize, mut mistake: Mistake) -> Mistake {
        let mut path = self.path.borrow_mut();
        mistake.path.get_or_insert_with(|| path.clone());
        path.truncate(length);
        mistake
    }

    /// Gives a mistake about the fields of a struct or a map its path.
    pub(crate) fn located(
        &self,
        mut mistake: Mistake,
        name: &'static str,
        fields: Fields,
    ) -> Mistake {
        if mistake.path.is_some() {
            return mistake;
        }
        let mut path = self.path.borrow().clone();
        match &mut mistake.kind {
            Kind::Missing("", _) => {}
            Kind::Missing(field, level) => {
                *level = Some(fields.map_or_else(
                    || Level::Map(path.clone()),
                    |fields| Level::Struct(name, fields),
                ));
                push_key(&mut path, field);
            }
            Kind::Unknown(field) => push_key(&mut path, field),
            _ => {}
        }
        mistake.path = Some(path);
        mistake
    }

    /// Returns the required fields of a struct or a map that are to be read as absent.
    pub(crate) fn required(&self, name: &'static str, fields: Fields) -> Vec<&'static str> {
        let lessons = self.lessons.borrow();
        let path = self.path.borrow();
        let is_here = |level: &Level| match (level, fields) {
            (Level::Struct(other, others), Some(fields)) => {
                *other == name && std::ptr::eq(*others, fields)
            }
            (Level::Map(other), None) => *other == *path,
            _ => false,
        };
        let here = lessons.required.iter().filter(|(level, _)| is_here(level));
        here.map(|(_, field)| *field).collect()
    }

    /// Returns `true` if the field of this key is to be left out, because its mistake is known.
    pub(crate) fn has_failed(&self, key: &str) -> bool {
        let lessons = self.lessons.borrow();
        !lessons.failed.is_empty() && lessons.failed.contains(&self.path_to(key))
    }

    /// Returns `true` if the field of this key is to be read as absent, because it was left empty.
    pub(crate) fn is_blank(&self, key: &str) -> bool {
        let lessons = self.lessons.borrow();
        !lessons.blank.is_empty() && lessons.blank.contains(&self.path_to(key))
    }

    fn path_to(&self, key: &str) -> String {
        let mut path = self.path.borrow().clone();
        push_key(&mut path, key);
        path
    }

    /// Notes that the whole is read without knowing its fields.
    pub(crate) fn note_unknown_fields(&self) {
        self.has_unknown_fields.set(true);
    }

    pub(crate) fn is_literal(&self) -> bool {
        self.lessons.borrow().is_literal
    }

    /// Returns the value that a text is to be given as, if not as text.
    pub(crate) fn spelled(&self, text: &str) -> Option<Spelled> {
        let lessons = self.lessons.borrow();
        let spelled = lessons.spelled.get(&Address::of(text)).copied();
        let guess = || Spelled::of(text, Wanted::Other).filter(|_| lessons.mode == Mode::Guessing);
        spelled.or_else(guess)
    }

    /// Returns `true` if a text is to be given as a list of one element.
    pub(crate) fn is_list(&self, text: &str) -> bool {
        self.lessons.borrow().lists.contains(&Address::of(text))
    }
}

/// The fields of a struct. A map has none.
type Fields = Option<&'static [&'static str]>;
