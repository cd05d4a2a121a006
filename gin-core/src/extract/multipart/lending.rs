//! Uploads as fields of a type that is deserialized.
//!
//! serde knows texts and numbers, but no files. So each file of a form is a text for it, its name, and the place of that text in
//! memory identifies the file. No other text that a client sends has the same place. That works wherever serde keeps the text for
//! later: under `#[serde(flatten)]`, in a list, in an enum.

use std::cell::RefCell;
use std::fmt;

use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};

use crate::extract::multipart::upload::Upload;

/// A file of a form, and the text that stands for it. The text is not empty, as an empty one has no place of its own.
#[derive(Debug, Clone)]
pub(crate) struct File {
    text: Box<str>,
    upload: Upload,
}

thread_local! {
    /// The files of the form that is being deserialized, with the places of their texts.
    static LENT: RefCell<Vec<(usize, Upload)>> = const { RefCell::new(Vec::new()) };
}

impl File {
    pub(super) fn new(upload: Upload) -> File {
        File {
            text: upload.file_name().unwrap_or("upload").into(),
            upload,
        }
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }
}

/// Files that may be deserialized on this thread, until it is dropped.
#[derive(Debug)]
pub(crate) struct Lent(());

impl Lent {
    pub(crate) fn new<'a>(files: impl Iterator<Item = &'a File>) -> Lent {
        let files = files.map(|file| (place(&file.text), file.upload.clone()));
        LENT.set(files.collect());
        Lent(())
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        drop(LENT.take());
    }
}

fn place(text: &str) -> usize {
    text.as_ptr().addr()
}

fn lent(text: &str) -> Option<Upload> {
    LENT.with_borrow(|files| {
        let mut files = files.iter();
        let (_, upload) = files.find(|(own, _)| *own == place(text))?;
        Some(upload.clone())
    })
}

/// A file of a [`Form`](crate::extract::Form) that was sent as `multipart/form-data`.
impl<'de> Deserialize<'de> for Upload {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Upload, D::Error> {
        deserializer.deserialize_str(UploadVisitor)
    }
}

struct UploadVisitor;

impl Visitor<'_> for UploadVisitor {
    type Value = Upload;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a file")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Upload, E> {
        lent(text).ok_or_else(|| E::invalid_type(Unexpected::Str(text), &self))
    }
}
