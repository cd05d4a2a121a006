//! The fields and the elements below a node of a tree.

use std::ops::Range;
use std::vec;

use serde::de::value::BorrowedStrDeserializer;
use serde::de::{DeserializeSeed, MapAccess, SeqAccess};

use crate::extract::attempt::Attempt;
use crate::extract::choice::Choice;
use crate::extract::mistake::{Kind, Mistake};
use crate::extract::node::{Node, Part, Position};

/// The fields below a node, in the order in which they were sent.
#[derive(Debug)]
pub(crate) struct Children<'a, 't> {
    attempt: &'a Attempt<'t>,
    /// Those of one field together.
    parts: Vec<Part<'t>>,
    rest: vec::IntoIter<Child<'t>>,
    /// The field whose key was read, but whose value was not.
    current: Option<Child<'t>>,
    position: Position,
}

#[derive(Debug, Clone, Default)]
struct Child<'t> {
    key: &'t str,
    /// The range of its parts. It is empty if the field was not sent.
    parts: Range<usize>,
}

impl<'a, 't> Children<'a, 't> {
    /// Returns the fields of `node` for a struct with these fields, or for a map.
    pub(crate) fn of(
        node: Node<'a, 't>,
        name: &'static str,
        fields: Option<&'static [&'static str]>,
    ) -> Result<Self, Mistake> {
        if node.position == Position::Root && fields.is_none() {
            node.attempt.note_unknown_fields();
        }
        let below = |part: &Part<'t>| below(part, node, fields);
        let mut parts: Vec<_> = node.parts.iter().filter_map(below).collect();
        if parts.is_empty() && is_no_group(node, fields) {
            return Err(match node.parts {
                [] => Mistake::missing(),
                _ => Mistake::new(Kind::Wrong, "must be a group of fields"),
            });
        }
        let mut children = grouped(&mut parts);
        if fields.is_some() {
            children.retain(|child| !node.attempt.is_blank(child.key));
        }
        for field in node.attempt.required(name, fields) {
            if children.iter().all(|child| child.key != field) {
                let child = Child {
                    key: field,
                    parts: 0..0,
                };
                children.push(child);
            }
        }
        children.retain(|child| !node.attempt.has_failed(child.key));
        Ok(Children {
            attempt: node.attempt,
            parts,
            rest: children.into_iter(),
            current: None,
            position: match fields {
                Some(_) => Position::Field,
                None => Position::Value,
            },
        })
    }

    fn next_key(&mut self) -> Option<&'t str> {
        self.current = self.rest.next();
        self.current.as_ref().map(|child| child.key)
    }

    /// Enters the field whose key was read. Returns its value, and the length of the path before.
    fn enter(&mut self) -> (Node<'_, 't>, usize) {
        let child = self.current.take().unwrap_or_default();
        let before = self.attempt.enter_key(child.key);
        let node = Node {
            attempt: self.attempt,
            parts: self.parts.get(child.parts).unwrap_or_default(),
            position: self.position,
        };
        (node, before)
    }

    /// Returns the only field, as the variant of an enum.
    pub(crate) fn only(mut self) -> Result<Choice<'a, 't>, Mistake> {
        match self.rest.as_slice() {
            [child] => Ok(Choice {
                attempt: self.attempt,
                name: child.key,
                parts: self.parts.drain(child.parts.clone()).collect(),
            }),
            [] => Err(Mistake::missing()),
            _ => Err(Mistake::new(Kind::Wrong, "must be one choice of several")),
        }
    }
}

/// Returns `true` if a node without fields is not an empty struct or map. A map that was not sent is empty.
fn is_no_group(node: Node<'_, '_>, fields: Option<&[&str]>) -> bool {
    let is_empty_map = node.parts.is_empty() && fields.is_none();
    node.position != Position::Root && !is_empty_map
}

/// Returns the part as one of a child. Names with brackets or dots stay whole if a field has such a name, or all names are keys.
fn below<'t>(part: &Part<'t>, node: Node<'_, 't>, fields: Option<&[&str]>) -> Option<Part<'t>> {
    if node.position == Position::Root && part.entry.is_nested() {
        let name = part.entry.name();
        let is_field = fields.is_some_and(|fields| fields.contains(&name));
        if is_field || node.attempt.is_literal() {
            return Some(Part {
                entry: part.entry,
                depth: part.entry.depth(),
                key: name,
            });
        }
    }
    part.below()
}

/// Brings the parts of one key together. The keys stay in the order of their first parts.
fn grouped<'t>(parts: &mut [Part<'t>]) -> Vec<Child<'t>> {
    parts.sort_by_key(|part| part.key);
    let mut start = 0;
    let mut children = Vec::new();
    for group in parts.chunk_by(|one, next| one.key == next.key) {
        let end = start + group.len();
        if let Some(first) = group.first() {
            let child = Child {
                key: first.key,
                parts: start..end,
            };
            children.push((first.entry.order(), child));
        }
        start = end;
    }
    children.sort_by_key(|(order, _)| *order);
    children.into_iter().map(|(_, child)| child).collect()
}

impl<'t> MapAccess<'t> for Children<'_, 't> {
    type Error = Mistake;

    fn next_key_seed<K: DeserializeSeed<'t>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Mistake> {
        let Some(key) = self.next_key() else {
            return Ok(None);
        };
        match seed.deserialize(BorrowedStrDeserializer::new(key)) {
            Ok(key) => Ok(Some(key)),
            Err(mistake) => Err(mistake),
        }
    }

    fn next_value_seed<S: DeserializeSeed<'t>>(&mut self, seed: S) -> Result<S::Value, Mistake> {
        let (attempt, (node, before)) = (self.attempt, self.enter());
        match seed.deserialize(node) {
            Ok(value) => {
                attempt.leave(before);
                Ok(value)
            }
            Err(mistake) => Err(attempt.fail(before, mistake)),
        }
    }
}

/// The elements of a list: repeated values, then those of `a[]`, then those with an index, in its order.
#[derive(Debug)]
pub(crate) struct Elements<'a, 't> {
    attempt: &'a Attempt<'t>,
    parts: Vec<Part<'t>>,
    rest: vec::IntoIter<Element>,
}

#[derive(Debug)]
struct Element {
    index: usize,
    parts: Range<usize>,
}

impl<'a, 't> Elements<'a, 't> {
    pub(crate) fn of(node: Node<'a, 't>) -> Result<Self, Mistake> {
        let (mut parts, mut pushed, mut indexed) = (Vec::new(), Vec::new(), Vec::new());
        for part in node.parts {
            let Some(below) = part.below() else {
                parts.push(*part);
                continue;
            };
            match below.key.parse::<usize>() {
                Ok(index) => indexed.push((index, below)),
                Err(_) if below.key.is_empty() => pushed.push(below),
                Err(_) => return Err(Mistake::new(Kind::Wrong, "must be a list")),
            }
        }
        let mut elements = Vec::new();
        let mut add = |parts: Range<usize>, index: Option<usize>| {
            let index = index.unwrap_or(elements.len());
            elements.push(Element { index, parts });
        };
        (0..parts.len()).for_each(|index| add(index..index + 1, None));
        for group in runs(&pushed) {
            add(parts.len()..parts.len() + group.len(), None);
            parts.extend_from_slice(group);
        }
        indexed.sort_by_key(|(index, _)| *index);
        for group in indexed.chunk_by(|one, next| one.0 == next.0) {
            let index = group.first().map(|(index, _)| *index);
            add(parts.len()..parts.len() + group.len(), index);
            parts.extend(group.iter().map(|(_, part)| *part));
        }
        Ok(Elements {
            attempt: node.attempt,
            parts,
            rest: elements.into_iter(),
        })
    }
}

impl<'t> Elements<'_, 't> {
    /// Enters the next element. Returns it, and the length of the path before.
    fn enter(&mut self) -> Option<(Node<'_, 't>, usize)> {
        let element = self.rest.next()?;
        let before = self.attempt.enter_index(element.index);
        let node = Node {
            attempt: self.attempt,
            parts: self.parts.get(element.parts).unwrap_or_default(),
            position: Position::Field,
        };
        Some((node, before))
    }

    /// Checks that a tuple has taken all elements.
    pub(crate) fn end(&self, length: usize) -> Result<(), Mistake> {
        let rest = self.rest.len();
        if rest == 0 {
            return Ok(());
        }
        let message = format!("has {} values instead of {length}", length + rest);
        Err(Mistake::new(Kind::Wrong, message))
    }
}

/// Splits the values of `a[]` into elements. A value without fields is one; of the others, a field that comes again starts the next.
fn runs<'p, 't>(parts: &'p [Part<'t>]) -> Vec<&'p [Part<'t>]> {
    let (mut runs, mut start) = (Vec::new(), 0);
    for (end, part) in parts.iter().enumerate() {
        let run = parts.get(start..end).unwrap_or_default();
        if run.iter().any(|before| is_next(before, part)) {
            runs.push(run);
            start = end;
        }
    }
    runs.extend(parts.get(start..).filter(|run| !run.is_empty()));
    runs
}

/// Returns `true` if two values cannot be of one element.
fn is_next(before: &Part<'_>, part: &Part<'_>) -> bool {
    let is_text = before.text().is_some() || part.text().is_some();
    let is_list = part.entry.key(part.entry.depth() - 1) == Some("");
    is_text || before.entry.name() == part.entry.name() && !is_list
}

impl<'t> SeqAccess<'t> for Elements<'_, 't> {
    type Error = Mistake;

    fn next_element_seed<S: DeserializeSeed<'t>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Mistake> {
        let attempt = self.attempt;
        let Some((node, before)) = self.enter() else {
            return Ok(None);
        };
        match seed.deserialize(node) {
            Ok(value) => {
                attempt.leave(before);
                Ok(Some(value))
            }
            Err(mistake) => Err(attempt.fail(before, mistake)),
        }
    }
}
