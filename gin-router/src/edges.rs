//! Which node static text leads to: one hash table for the whole tree.

use crate::segment::Key;

/// From a node and a segment to the child that bears it. Open addressing, at most half full.
#[derive(Clone, Debug)]
pub(crate) struct Edges {
    slots: Vec<Slot>,
    len: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Slot {
    key: Key,
    node: u32,
    child: u32,
}

/// The root is no child, so its number marks a free slot.
const FREE: Slot = Slot {
    key: Key::EMPTY,
    node: 0,
    child: 0,
};

impl Default for Edges {
    fn default() -> Self {
        Self {
            slots: vec![FREE; 8],
            len: 0,
        }
    }
}

impl Edges {
    /// The child of `node` by `key`, of several with that key the one that `is_it`.
    #[inline]
    pub(crate) fn find(&self, node: u32, key: Key, is_it: impl Fn(u32) -> bool) -> Option<u32> {
        let mask = self.slots.len() - 1;
        let mut at = self.home(node, key);
        loop {
            let slot = &self.slots[at & mask];
            if slot.key == key
                && slot.node == node
                && slot.child != 0
                && (!key.is_partial() || is_it(slot.child))
            {
                return Some(slot.child);
            }
            if slot.child == 0 {
                return None;
            }
            at += 1;
        }
    }

    /// Adds an edge that is not there.
    pub(crate) fn insert(&mut self, node: u32, key: Key, child: u32) {
        self.len += 1;
        if self.len * 2 > self.slots.len() {
            let slots = vec![FREE; self.slots.len() * 2];
            let old = std::mem::replace(&mut self.slots, slots);
            old.into_iter()
                .filter(|slot| *slot != FREE)
                .for_each(|slot| self.put(slot));
        }
        self.put(Slot { key, node, child });
    }

    fn put(&mut self, slot: Slot) {
        let mask = self.slots.len() - 1;
        let mut at = self.home(slot.node, slot.key);
        while self.slots[at & mask] != FREE {
            at += 1;
        }
        self.slots[at & mask] = slot;
    }

    /// Where the search starts: the highest bits of the hash, in which all of the key takes part.
    fn home(&self, node: u32, key: Key) -> usize {
        let bits = self.slots.len().trailing_zeros();
        usize::try_from(key.hash(node) >> (64 - bits)).expect("the table's length is a usize")
    }
}
