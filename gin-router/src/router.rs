//! The tree of patterns: one node a segment, walked down along a path, and back up where it leads nowhere.

use crate::edges::Edges;
use crate::params::Params;
use crate::pattern::{End, Pattern};
use crate::segment::{self, Key};

/// Patterns with a number each, and the search for the one that a path matches.
///
/// A path is looked up as [`path::canonical`](crate::path::canonical) spells it. That allocates nothing, unless a
/// pattern has more than eight params.
#[derive(Clone, Debug)]
pub struct Router {
    nodes: Vec<Node>,
    edges: Edges,
}

/// A place in the tree: what ends there, and what may follow.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    /// The pattern that ends here.
    pub(crate) leaf: Option<u32>,
    /// The pattern that goes on from here with a catch-all.
    pub(crate) rest: Option<u32>,
    /// The child by a param without a prefix.
    pub(crate) param: Option<u32>,
    /// The first child by a param with a prefix; its siblings have shorter prefixes.
    pub(crate) prefix: Option<u32>,
    /// The first child by static text, which [`Edges`] finds without going through the siblings.
    pub(crate) fixed: Option<u32>,
    /// The next child of the same parent, of the same kind.
    pub(crate) sibling: Option<u32>,
    /// The static text of the segment that leads here.
    pub(crate) text: Box<str>,
    parent: u32,
    via: Via,
}

/// What kind of segment leads to a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Via {
    Root,
    Fixed,
    Prefix,
    Param,
}

pub(crate) const ROOT: u32 = 0;

impl Default for Router {
    fn default() -> Self {
        Self {
            nodes: vec![Node::new(ROOT, Via::Root, "")],
            edges: Edges::default(),
        }
    }
}

impl Router {
    /// Adds `pattern` under the number `leaf`, or gives the number of the pattern of equal shape that is there already.
    pub fn insert(&mut self, pattern: &Pattern, leaf: u32) -> Result<(), u32> {
        let mut node = ROOT;
        for segment in pattern.segments() {
            // A `%` that a path says is spelt `%25` in its canonical form.
            let text = segment.text.replace('%', "%25");
            node = match segment.end {
                End::Nothing => self.fixed_child(node, &text),
                End::Param if text.is_empty() => self.param_child(node),
                End::Param => self.prefix_child(node, &text),
                End::Rest => return put(&mut self.nodes[node as usize].rest, leaf),
            };
        }
        put(&mut self.nodes[node as usize].leaf, leaf)
    }

    /// The number of the pattern that `path` matches; its values are then in `params`.
    pub fn find(&self, path: &str, params: &mut Params) -> Option<u32> {
        self.find_with(path, params, |_| true)
    }

    /// The number of the first pattern that `path` matches and that `accepts` takes, by precedence.
    pub fn find_with(
        &self,
        path: &str,
        params: &mut Params,
        mut accepts: impl FnMut(u32) -> bool,
    ) -> Option<u32> {
        params.clear();
        let path = path.as_bytes();
        if path.first() != Some(&b'/') || u32::try_from(path.len()).is_err() {
            return None;
        }
        let mut walk = Walk {
            router: self,
            path,
            params,
            node: ROOT,
            start: 1,
        };
        let mut untried = Untried::All;
        loop {
            while walk.go_down(untried) {
                untried = Untried::All;
            }
            if let Some(leaf) = walk.leaf(&mut accepts) {
                return Some(leaf);
            }
            untried = walk.go_up()?;
        }
    }

    pub(crate) fn node(&self, index: u32) -> &Node {
        &self.nodes[index as usize]
    }

    /// The child of `node` whose segment is that of `path` from `start` to `end`.
    fn fixed(&self, node: u32, path: &[u8], start: usize, end: usize) -> Option<u32> {
        let is_it = |child| self.node(child).text.as_bytes() == &path[start..end];
        self.edges.find(node, Key::new(path, start, end), is_it)
    }

    fn fixed_child(&mut self, node: u32, text: &str) -> u32 {
        if let Some(child) = self.fixed(node, text.as_bytes(), 0, text.len()) {
            return child;
        }
        let child = self.add(Node::new(node, Via::Fixed, text));
        self.edges
            .insert(node, Key::new(text.as_bytes(), 0, text.len()), child);
        self.nodes[child as usize].sibling = self.nodes[node as usize].fixed.replace(child);
        child
    }

    fn param_child(&mut self, node: u32) -> u32 {
        if let Some(child) = self.node(node).param {
            return child;
        }
        let child = self.add(Node::new(node, Via::Param, ""));
        self.nodes[node as usize].param = Some(child);
        child
    }

    fn prefix_child(&mut self, node: u32, text: &str) -> u32 {
        let (mut longer, mut next) = (None, self.node(node).prefix);
        while let Some(child) = next {
            let found = self.node(child);
            if *found.text == *text {
                return child;
            }
            if found.text.len() < text.len() {
                break;
            }
            (longer, next) = (Some(child), found.sibling);
        }
        let child = self.add(Node::new(node, Via::Prefix, text));
        self.nodes[child as usize].sibling = next;
        match longer {
            Some(longer) => self.nodes[longer as usize].sibling = Some(child),
            None => self.nodes[node as usize].prefix = Some(child),
        }
        child
    }

    fn add(&mut self, node: Node) -> u32 {
        self.nodes.push(node);
        u32::try_from(self.nodes.len() - 1).expect("a tree has fewer than 2³² nodes")
    }
}

impl Node {
    fn new(parent: u32, via: Via, text: &str) -> Self {
        Self {
            leaf: None,
            rest: None,
            param: None,
            prefix: None,
            fixed: None,
            sibling: None,
            text: text.into(),
            parent,
            via,
        }
    }
}

fn put(place: &mut Option<u32>, leaf: u32) -> Result<(), u32> {
    match place.replace(leaf) {
        Some(taken) => {
            *place = Some(taken);
            Err(taken)
        }
        None => Ok(()),
    }
}

/// A look-up under way: at `node`, with the path from `start` on still to match.
///
/// Back up it finds its way by the tree's own links and the path's slashes, so it needs no stack.
struct Walk<'a> {
    router: &'a Router,
    path: &'a [u8],
    params: &'a mut Params,
    node: u32,
    /// Where the next segment starts; one past the end when there is none.
    start: usize,
}

/// Which children of a node the walk has not been to.
#[derive(Clone, Copy)]
enum Untried {
    All,
    /// These prefixes, and the param.
    Params(Option<u32>),
    Nothing,
}

impl Walk<'_> {
    /// Goes to the first child that fits the next segment, of those `untried`.
    fn go_down(&mut self, untried: Untried) -> bool {
        if self.start > self.path.len() {
            return false;
        }
        let node = self.router.node(self.node);
        let end = segment::end(self.path, self.start);
        let prefixes = match untried {
            Untried::All => match self.fixed(node, end) {
                Some(child) => return self.enter(child, end),
                None => node.prefix,
            },
            Untried::Params(prefixes) => prefixes,
            Untried::Nothing => return false,
        };
        if let Some(child) = self.prefixed(prefixes, end) {
            let value = self.start + self.router.node(child).text.len();
            return self.enter_param(child, value, end);
        }
        match node.param {
            Some(child) if self.start < end => self.enter_param(child, self.start, end),
            _ => false,
        }
    }

    fn fixed(&self, node: &Node, end: usize) -> Option<u32> {
        node.fixed?;
        self.router.fixed(self.node, self.path, self.start, end)
    }

    /// The first of `prefixes` that the segment starts with, and that leaves a value.
    fn prefixed(&self, mut prefixes: Option<u32>, end: usize) -> Option<u32> {
        let segment = &self.path[self.start..end];
        while let Some(child) = prefixes {
            let node = self.router.node(child);
            if segment.len() > node.text.len() && segment.starts_with(node.text.as_bytes()) {
                return Some(child);
            }
            prefixes = node.sibling;
        }
        None
    }

    fn enter_param(&mut self, child: u32, value: usize, end: usize) -> bool {
        self.params
            .push(segment::narrow(value), segment::narrow(end));
        self.enter(child, end)
    }

    fn enter(&mut self, child: u32, end: usize) -> bool {
        self.node = child;
        self.start = end + 1;
        true
    }

    /// What ends here, now that no child is left: the path, or a catch-all for the rest of it.
    fn leaf(&mut self, accepts: &mut impl FnMut(u32) -> bool) -> Option<u32> {
        let node = self.router.node(self.node);
        if self.start > self.path.len() {
            return node.leaf.filter(|&leaf| accepts(leaf));
        }
        let leaf = node.rest.filter(|&leaf| accepts(leaf))?;
        self.params.push(
            segment::narrow(self.start - 1),
            segment::narrow(self.path.len()),
        );
        Some(leaf)
    }

    /// Goes back to the parent; what is still untried there.
    fn go_up(&mut self) -> Option<Untried> {
        let node = self.router.node(self.node);
        if node.via == Via::Prefix || node.via == Via::Param {
            self.params.pop();
        }
        let untried = match node.via {
            Via::Root => return None,
            Via::Fixed => Untried::Params(self.router.node(node.parent).prefix),
            Via::Prefix => Untried::Params(node.sibling),
            Via::Param => Untried::Nothing,
        };
        self.node = node.parent;
        self.start = segment::start(self.path, self.start - 1);
        Some(untried)
    }
}
