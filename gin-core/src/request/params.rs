//! The path that the router looked up, and the decoded values of its params.

use std::borrow::Cow;

use gin_router::{Params as Ranges, path};

/// The ranges of the params in a path, and the decoded values of those that are percent-encoded there.
///
/// A path without `%` is its own canonical spelling, and all its values are ranges of it. This usual case allocates nothing.
#[derive(Debug, Default)]
pub(crate) struct Params {
    ranges: Ranges,
    canonical: Option<Box<str>>,
    /// By index: the values with bytes that even a canonical path encodes. Only these may be other than UTF-8.
    decoded: Vec<(usize, Vec<u8>)>,
}

/// The error of a value that is not UTF-8.
#[derive(Debug)]
pub(crate) struct NotUtf8;

impl Params {
    /// Returns the ranges, for the router to fill in.
    pub(crate) fn ranges(&mut self) -> &mut Ranges {
        &mut self.ranges
    }

    /// Decodes the values that the router found in `canonical`, the canonical spelling of the request's path.
    pub(crate) fn decode(&mut self, canonical: Cow<'_, str>) {
        let Cow::Owned(canonical) = canonical else {
            return;
        };
        for (index, value) in self.ranges.values(&canonical).enumerate() {
            if let Cow::Owned(bytes) = path::decode(value) {
                self.decoded.push((index, bytes));
            }
        }
        self.canonical = Some(canonical.into());
    }

    /// Keeps the canonical spelling of a path that no route matches.
    pub(crate) fn keep(&mut self, canonical: Cow<'_, str>) {
        if let Cow::Owned(canonical) = canonical {
            self.canonical = Some(canonical.into());
        }
    }

    /// Returns the path that the router looked up. `path` is the request's own path.
    pub(crate) fn path<'a>(&'a self, path: &'a str) -> &'a str {
        self.canonical.as_deref().unwrap_or(path)
    }

    /// Returns the bytes of the value at `index`. `path` is the request's own path.
    pub(crate) fn bytes<'a>(&'a self, path: &'a str, index: usize) -> Option<&'a [u8]> {
        match self.decoded(index) {
            Some(bytes) => Some(bytes),
            None => self.encoded(path, index).map(str::as_bytes),
        }
    }

    /// Returns the value at `index`. `path` is the request's own path.
    pub(crate) fn value<'a>(
        &'a self,
        path: &'a str,
        index: usize,
    ) -> Option<Result<&'a str, NotUtf8>> {
        match self.decoded(index) {
            Some(bytes) => Some(str::from_utf8(bytes).map_err(|_| NotUtf8)),
            None => self.encoded(path, index).map(Ok),
        }
    }

    fn decoded(&self, index: usize) -> Option<&[u8]> {
        let (_, bytes) = self.decoded.iter().find(|(place, _)| *place == index)?;
        Some(bytes)
    }

    /// Returns the value at `index` as the canonical spelling of the path has it.
    pub(crate) fn encoded<'a>(&'a self, path: &'a str, index: usize) -> Option<&'a str> {
        self.ranges.value(index, self.path(path))
    }
}
