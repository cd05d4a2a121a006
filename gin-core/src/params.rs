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
    /// By index; only values with octets that even a canonical path has encoded.
    decoded: Vec<(usize, Box<str>)>,
}

/// A value is not UTF-8.
#[derive(Debug)]
pub(crate) struct NotText;

impl Params {
    /// Where the router writes what it finds.
    pub(crate) fn ranges(&mut self) -> &mut Ranges {
        &mut self.ranges
    }

    /// Decodes what the router found in `canonical`, the canonical spelling of the request's path.
    pub(crate) fn decode(&mut self, canonical: Cow<'_, str>) -> Result<(), NotText> {
        let Cow::Owned(canonical) = canonical else {
            return Ok(());
        };
        for (index, value) in self.ranges.values(&canonical).enumerate() {
            if let Cow::Owned(octets) = path::decode(value) {
                let text = String::from_utf8(octets).map_err(|_| NotText)?;
                self.decoded.push((index, text.into()));
            }
        }
        self.canonical = Some(canonical.into());
        Ok(())
    }

    /// The value at `index`, where `path` is the request's own.
    pub(crate) fn value<'a>(&'a self, path: &'a str, index: usize) -> Option<&'a str> {
        if let Some((_, value)) = self.decoded.iter().find(|(place, _)| *place == index) {
            return Some(value);
        }
        let path = self.canonical.as_deref().unwrap_or(path);
        self.ranges.value(index, path)
    }
}
