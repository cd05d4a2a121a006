//! Which node static text leads to: one hash table for the whole tree.

/// The nodes that static text leads to, to be found by a hash. Open addressing, at most a quarter full.
#[derive(Clone, Debug)]
pub(crate) struct Edges {
    slots: Vec<u32>,
    len: usize,
    /// How much of a hash is left out to have the number of a slot.
    shift: u32,
}

/// What a free slot holds; no node has this number.
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

    /// The node with this hash that `is_it`.
    #[expect(
        clippy::inline_always,
        reason = "a look-up is one loop; calls cost it a third"
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

    /// Adds a node that is not there.
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

    /// Where the search starts: at the number that the highest bits of the hash make, in which all of it takes part.
    #[inline]
    fn home(&self, hash: u64) -> usize {
        usize::try_from(hash >> self.shift).expect("the table's length is a usize")
    }
}
