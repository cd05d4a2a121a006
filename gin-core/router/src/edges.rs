//! One hash table for the whole tree, from static text to the node that it leads to.

/// The nodes that static text leads to, by hash. Open addressing, at most a quarter full.
#[derive(Clone, Debug)]
pub(crate) struct Edges {
    slots: Vec<u32>,
    len: usize,
    /// The number of low bits that a hash loses to become a slot's index.
    shift: u32,
}

/// The content of a free slot. A tree has fewer than 2³² nodes, so no node has this index.
const FREE: u32 = u32::MAX;

impl Default for Edges {
    fn default() -> Self {
        Self::with_bits(4)
    }
}

impl Edges {
    fn with_bits(bits: u32) -> Self {
        Self {
            slots: vec![FREE; 1 << bits],
            len: 0,
            shift: u64::BITS - bits,
        }
    }

    /// Returns the node with this hash for which `is_it` returns `true`.
    #[expect(
        clippy::inline_always,
        reason = "a lookup is one loop, and calls would cost it a third"
    )]
    #[inline(always)]
    pub(crate) fn find(&self, hash: u64, is_it: impl Fn(u32) -> bool) -> Option<u32> {
        let mut at = self.home(hash);
        loop {
            let node = self.slots[at & (self.slots.len() - 1)];
            if node == FREE {
                return None;
            }
            if is_it(node) {
                return Some(node);
            }
            at += 1;
        }
    }

    /// Adds a node that is not in the table yet.
    pub(crate) fn insert(&mut self, node: u32, hash_of: impl Fn(u32) -> u64) {
        if (self.len + 1) * 4 > self.slots.len() {
            let larger = Self::with_bits(u64::BITS - self.shift + 1);
            let smaller = std::mem::replace(self, larger);
            for node in smaller.slots.into_iter().filter(|&node| node != FREE) {
                self.put(node, hash_of(node));
            }
        }
        self.put(node, hash_of(node));
    }

    fn put(&mut self, node: u32, hash: u64) {
        let mask = self.slots.len() - 1;
        let mut at = self.home(hash);
        while self.slots[at & mask] != FREE {
            at += 1;
        }
        self.slots[at & mask] = node;
        self.len += 1;
    }

    /// Returns the slot where a search starts: the highest bits of the hash, which depend on the whole key.
    #[inline]
    fn home(&self, hash: u64) -> usize {
        usize::try_from(hash >> self.shift).expect("the table's length is a usize")
    }
}
