//! The values of a match, as ranges of the path.

use std::ops::Range;

/// The number of params that a match holds without an allocation.
const INLINE: usize = 8;

/// The positions in a path of its pattern's params, in the pattern's order.
///
/// They can be reused: every lookup clears them first.
///
/// ```
/// use gin_router::{Params, Pattern, Router};
///
/// let mut router = Router::default();
/// router.insert(&Pattern::parse("/users/:id/files/*path")?, 0).expect("the router is empty");
///
/// let path = "/users/7/files/docs/cv.pdf";
/// let mut params = Params::default();
/// assert_eq!(router.find(path, &mut params), Some(0));
/// assert_eq!(params.len(), 2);
/// assert_eq!(params.value(0, path), Some("7"));
/// assert!(params.values(path).eq(["7", "/docs/cv.pdf"]));
///
/// assert_eq!(router.find("/users", &mut params), None);
/// assert!(params.is_empty());
/// # Ok::<(), gin_router::PatternError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Params {
    inline: [(u32, u32); INLINE],
    more: Vec<(u32, u32)>,
    len: usize,
}

impl Params {
    /// Returns the number of params.
    #[inline]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Returns `true` if there are no params.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Returns the range of the path, in bytes, that is the value of the param at `index`.
    #[inline]
    pub fn range(&self, index: usize) -> Option<Range<usize>> {
        if index >= self.len {
            return None;
        }
        let &(start, end) = self
            .inline
            .get(index)
            .or_else(|| self.more.get(index - INLINE))?;
        Some(start as usize..end as usize)
    }

    /// Returns the value of the param at `index`, in the encoding that it has in `path`.
    ///
    /// `path` is the one that was looked up. [`path::decode`](crate::path::decode) decodes the value.
    #[inline]
    pub fn value<'p>(&self, index: usize, path: &'p str) -> Option<&'p str> {
        path.get(self.range(index)?)
    }

    /// Returns all values in order, in the encoding that they have in `path`.
    ///
    /// `path` is the one that was looked up. [`path::decode`](crate::path::decode) decodes a value.
    #[inline]
    pub fn values<'p>(&self, path: &'p str) -> impl Iterator<Item = &'p str> {
        let inline = &self.inline[..self.len.min(INLINE)];
        let ranges = inline.iter().chain(&self.more);
        ranges.map_while(|&(start, end)| path.get(start as usize..end as usize))
    }

    #[inline]
    pub(crate) fn clear(&mut self) {
        self.more.clear();
        self.len = 0;
    }

    #[inline]
    pub(crate) fn push(&mut self, start: u32, end: u32) {
        match self.inline.get_mut(self.len) {
            Some(free) => *free = (start, end),
            None => self.more.push((start, end)),
        }
        self.len += 1;
    }

    pub(crate) fn pop(&mut self) {
        self.len -= 1;
        self.more.pop();
    }
}
