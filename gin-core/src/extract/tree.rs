//! The tree of a form's or a query's values: names such as `items[0].name` are paths in it.

use std::borrow::Cow;
use std::ops::Range;

use crate::extract::Rejection;

/// The values of a form or a query, each with the path that its name spells.
///
/// Names nest by brackets and dots: `a[b]`, `a.b`, `a[0].b`, `a[]`. A name with other brackets or dots is one key as it stands.
#[derive(Debug, Default)]
pub(crate) struct Tree<'de>(Vec<Entry<'de>>);

/// A value and its name.
#[derive(Debug)]
pub(crate) struct Entry<'de> {
    name: Cow<'de, str>,
    keys: Keys,
    leaf: Leaf<'de>,
    /// The place among the values as they were sent.
    order: usize,
}

/// A value that a client sent.
#[derive(Debug)]
pub(crate) enum Leaf<'de> {
    Text(Cow<'de, str>),
}

/// The keys that a name consists of.
#[derive(Debug)]
enum Keys {
    /// The name is one key. Most are.
    One,
    /// The places of the keys in the name.
    Several(Box<[Range<usize>]>),
}

/// The reason why values do not make a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TreeError {
    TooMany { limit: usize },
    TooDeep,
}

impl From<TreeError> for Rejection {
    fn from(error: TreeError) -> Rejection {
        Rejection::invalid(match error {
            TreeError::TooMany { limit } => format!("there are more than {limit} fields"),
            TreeError::TooDeep => "the name of a field nests too deep".to_owned(),
        })
    }
}

/// The most keys in one name. Types that nest deeper than this do not come from forms.
const DEPTH: usize = 32;

impl<'de> Tree<'de> {
    /// Reads the names of `pairs` as paths. More than `limit` pairs are an error.
    pub(crate) fn nested(
        pairs: impl IntoIterator<Item = (Cow<'de, str>, Leaf<'de>)>,
        limit: usize,
    ) -> Result<Tree<'de>, TreeError> {
        let mut tree = Tree::default();
        for (name, leaf) in pairs {
            if tree.0.len() == limit {
                return Err(TreeError::TooMany { limit });
            }
            let keys = Keys::of(&name)?;
            tree.push(name, keys, leaf);
        }
        Ok(tree)
    }

    /// Takes each name as one key.
    pub(crate) fn flat(pairs: impl IntoIterator<Item = (Cow<'de, str>, Cow<'de, str>)>) -> Self {
        let mut tree = Tree::default();
        for (name, text) in pairs {
            tree.push(name, Keys::One, Leaf::Text(text));
        }
        tree
    }

    fn push(&mut self, name: Cow<'de, str>, keys: Keys, leaf: Leaf<'de>) {
        let order = self.0.len();
        self.0.push(Entry {
            name,
            keys,
            leaf,
            order,
        });
    }

    pub(crate) fn entries(&self) -> &[Entry<'de>] {
        &self.0
    }
}

impl Entry<'_> {
    /// Returns the name as it was sent, decoded.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Returns the key below the first `depth` ones.
    pub(crate) fn key(&self, depth: usize) -> Option<&str> {
        match &self.keys {
            Keys::One => (depth == 0).then_some(&*self.name),
            Keys::Several(keys) => self.name.get(keys.get(depth)?.clone()),
        }
    }

    pub(crate) fn leaf(&self) -> &Leaf<'_> {
        &self.leaf
    }

    pub(crate) fn order(&self) -> usize {
        self.order
    }

    /// Returns `true` if the name is more than one key.
    pub(crate) fn is_nested(&self) -> bool {
        matches!(self.keys, Keys::Several(_))
    }

    /// Returns the number of keys.
    pub(crate) fn depth(&self) -> usize {
        match &self.keys {
            Keys::One => 1,
            Keys::Several(keys) => keys.len(),
        }
    }
}

impl Leaf<'_> {
    pub(crate) fn text(&self) -> &str {
        let Leaf::Text(text) = self;
        text
    }
}

impl Keys {
    fn of(name: &str) -> Result<Keys, TreeError> {
        match name.find(['[', '.']) {
            None | Some(0) => Ok(Keys::One),
            Some(end) => match several(name, end) {
                Some(keys) if keys.len() > DEPTH => Err(TreeError::TooDeep),
                Some(keys) => Ok(Keys::Several(keys.into())),
                None => Ok(Keys::One),
            },
        }
    }
}

/// Returns the places of the keys in `name`, whose first key ends at `end`. `None` if brackets or dots are not in pairs.
fn several(name: &str, end: usize) -> Option<Vec<Range<usize>>> {
    let mut keys = Vec::new();
    keys.push(0..end);
    let mut start = end;
    while let Some(rest) = name.get(start..).filter(|rest| !rest.is_empty()) {
        // The caller refuses more keys. To find all of them would only cost time.
        if keys.len() > DEPTH {
            break;
        }
        let key = if let Some(inner) = rest.strip_prefix('[') {
            let length = inner.find(']')?;
            start + 1..start + 1 + length
        } else {
            let inner = rest.strip_prefix('.')?;
            let length = inner.find(['[', '.']).unwrap_or(inner.len());
            (length > 0).then_some(start + 1..start + 1 + length)?
        };
        start = key.end + usize::from(rest.starts_with('['));
        keys.push(key);
    }
    Some(keys)
}

#[cfg(test)]
mod tests {
    use super::{Leaf, Tree, TreeError};

    fn keys(name: &str) -> Vec<String> {
        let pair = (name.into(), Leaf::Text("".into()));
        let tree = Tree::nested([pair], 1).expect("one short name");
        let entry = &tree.entries()[0];
        let keys = (0..entry.depth()).map(|depth| entry.key(depth).expect("it is in range"));
        keys.map(str::to_owned).collect()
    }

    #[test]
    fn names_nest_by_brackets_and_dots() {
        let cases: [(&str, &[&str]); 14] = [
            ("a", &["a"]),
            ("", &[""]),
            ("a[b]", &["a", "b"]),
            ("a.b", &["a", "b"]),
            ("a[]", &["a", ""]),
            ("a[0].b", &["a", "0", "b"]),
            ("a[0][b]", &["a", "0", "b"]),
            ("a[b.c].d", &["a", "b.c", "d"]),
            ("é[ü]", &["é", "ü"]),
            ("a[", &["a["]),
            ("a[b]c", &["a[b]c"]),
            ("a.", &["a."]),
            ("a..b", &["a..b"]),
            (".a", &[".a"]),
        ];
        for (name, expected) in cases {
            assert_eq!(keys(name), expected, "{name}");
        }
    }

    #[test]
    fn the_number_and_the_depth_of_names_are_limited() {
        let tree = |names: Vec<String>| {
            let pairs = names
                .into_iter()
                .map(|name| (name.into(), Leaf::Text("".into())));
            Tree::nested(pairs, 2).err()
        };
        let names = |count| vec!["a".to_owned(); count];
        assert_eq!(tree(names(2)), None);
        assert_eq!(tree(names(3)), Some(TreeError::TooMany { limit: 2 }));
        assert_eq!(tree(vec![format!("a{}", "[b]".repeat(31))]), None);
        let deep = format!("a{}", "[b]".repeat(100_000));
        assert_eq!(tree(vec![deep]), Some(TreeError::TooDeep));
    }
}
