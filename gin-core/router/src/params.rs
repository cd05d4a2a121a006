//! The values of a match: where in the path they stand.

use std::ops::Range;

/// How many params a match may have before it allocates.
const INLINE: usize = 8;

/// Where in a path the params of its pattern stand, in the pattern's order.
///
/// Meant to be used again: a look-up starts by clearing it.
#[derive(Clone, Debug, Default)]
pub struct Params {
    inline: [(u32, u32); INLINE],
    more: Vec<(u32, u32)>,
    len: usize,
}

impl Params {
    /// How many there are.
    #[inline]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether the pattern has no params.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Where the value of the param at `index` stands in the path.
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

    /// The value of the param at `index` in `path`, the one that was looked up; percent-encoded as it is there.
    #[inline]
    pub fn value<'p>(&self, index: usize, path: &'p str) -> Option<&'p str> {
        path.get(self.range(index)?)
    }

    /// All values in `path`, the one that was looked up; percent-encoded as they are there.
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
