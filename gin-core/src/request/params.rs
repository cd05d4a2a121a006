//! The values of a path's params, decoded.

use std::borrow::Cow;

use gin_router::{Params as Ranges, path};

/// Where the params stand in a path, and the decoded values of those that are still encoded there.
///
/// A path without `%` is its own canonical spelling and all its values are ranges of it: that is the usual case, and it
/// allocates nothing.
#[derive(Debug, Default)]
pub(crate) struct Params {
    ranges: Ranges,
    canonical: Option<Box<str>>,
    /// By index; only values with octets that even a canonical path has encoded. Only these may be no text.
    decoded: Vec<(usize, Vec<u8>)>,
}

/// A value is not UTF-8.
#[derive(Debug)]
pub(crate) struct NotUtf8;

impl Params {
    /// Where the router writes what it finds.
    pub(crate) fn ranges(&mut self) -> &mut Ranges {
        &mut self.ranges
    }

    /// Decodes what the router found in `canonical`, the canonical spelling of the request's path.
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

    /// The octets of the value at `index`, where `path` is the request's own.
    pub(crate) fn bytes<'a>(&'a self, path: &'a str, index: usize) -> Option<&'a [u8]> {
        match self.decoded(index) {
            Some(bytes) => Some(bytes),
            None => self.encoded(path, index).map(str::as_bytes),
        }
    }

    /// The value at `index`, where `path` is the request's own.
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

    /// The value as it stands in the path.
    fn encoded<'a>(&'a self, path: &'a str, index: usize) -> Option<&'a str> {
        let path = self.canonical.as_deref().unwrap_or(path);
        self.ranges.value(index, path)
    }
}
