//! A value of a tree, deserialized into the type of a field.

use serde::de::value::MapDeserializer;
use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, forward_to_deserialize_any};

use crate::extract::attempt::{Attempt, Style, read};
use crate::extract::children::{Children, Elements};
use crate::extract::mistake::{Kind, Mistake};
#[cfg(feature = "config")]
use crate::extract::notes::Notes;
use crate::extract::separated::{self, Pieces};
use crate::extract::text::{Given, Text, delegate};
use crate::extract::tree::{Entry, Tree};
use crate::failure::FieldError;

/// The reading of a tree.
#[derive(Debug)]
pub(crate) struct Reading<'t> {
    attempt: Attempt<'t>,
    parts: Vec<Part<'t>>,
}

impl<'t> Reading<'t> {
    /// Prepares to read a form, a query or headers.
    pub(crate) fn of(tree: &'t Tree<'t>) -> Reading<'t> {
        let attempt = Attempt::new(Style::Form);
        attempt.set_tree(tree);
        let parts = parts(tree);
        Reading { attempt, parts }
    }

    /// Prepares to read settings, and to note those that the type does not have.
    #[cfg(feature = "config")]
    pub(crate) fn noting(tree: &'t Tree<'t>, notes: &'t Notes) -> Reading<'t> {
        let attempt = Attempt::new(Style::Form).noting(notes);
        attempt.set_tree(tree);
        let parts = parts(tree);
        Reading { attempt, parts }
    }

    /// Reads the values into a struct, a map or a list of pairs.
    pub(crate) fn read<T: Deserialize<'t>>(&self) -> Result<T, Vec<FieldError>> {
        read(&self.attempt, Node::root(&self.attempt, &self.parts))
    }
}

pub(crate) fn parts<'t>(tree: &'t Tree<'t>) -> Vec<Part<'t>> {
    let part = |entry| Part {
        entry,
        depth: 0,
        key: "",
    };
    tree.entries().iter().map(part).collect()
}

/// A value of a tree: the entries at its path or below it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Node<'a, 't> {
    pub(crate) attempt: &'a Attempt<'t>,
    pub(crate) parts: &'a [Part<'t>],
    pub(crate) position: Position,
}

/// The position of a node in its tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Position {
    Root,
    /// The field of a struct, or an element of a list.
    Field,
    /// The field of a map.
    Value,
}

/// An entry at or below a node.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part<'t> {
    pub(crate) entry: &'t Entry<'t>,
    /// The number of keys above the node.
    pub(crate) depth: usize,
    /// The last one of these keys.
    pub(crate) key: &'t str,
}

impl<'t> Part<'t> {
    /// Returns the text, if the entry is at the node and not below it.
    pub(crate) fn text(&self) -> Option<&'t str> {
        let is_leaf = self.entry.depth() == self.depth;
        is_leaf.then(|| self.entry.leaf().text())
    }

    /// Returns the part as one of the child to which its next key leads.
    pub(crate) fn below(&self) -> Option<Part<'t>> {
        let key = self.entry.key(self.depth)?;
        Some(Part {
            entry: self.entry,
            depth: self.depth + 1,
            key,
        })
    }
}

impl<'a, 't> Node<'a, 't> {
    pub(crate) fn root(attempt: &'a Attempt<'t>, parts: &'a [Part<'t>]) -> Node<'a, 't> {
        Node {
            attempt,
            parts,
            position: Position::Root,
        }
    }

    fn texts(self) -> impl DoubleEndedIterator<Item = &'t str> {
        self.parts.iter().filter_map(Part::text)
    }

    /// Returns the value for a type that takes one text: the first of several.
    fn text(self) -> Result<Text<'a, 't>, Mistake> {
        self.text_of(self.texts().next())
    }

    /// Returns the value for a type that takes a checkbox: the last, because forms put a hidden `0` before a checkbox.
    fn checkbox(self) -> Result<Text<'a, 't>, Mistake> {
        self.text_of(self.texts().next_back())
    }

    fn text_of(self, text: Option<&'t str>) -> Result<Text<'a, 't>, Mistake> {
        let given = match (text, self.position) {
            (Some(text), _) => Given::Text(text),
            (None, Position::Field) if self.parts.is_empty() => Given::Absent,
            (None, Position::Value) if self.parts.is_empty() => Given::Unknown,
            (None, _) => {
                let message = "must be a single value";
                return Err(Mistake::new(Kind::RefusedGroup, message));
            }
        };
        Ok(Text {
            given,
            attempt: self.attempt,
        })
    }

    /// Returns the names and texts, in the order in which they were sent.
    fn pairs(self) -> impl SeqAccess<'t, Error = Mistake> {
        let attempt = self.attempt;
        let pair = move |part: &Part<'t>| {
            let given = Given::Text(part.entry.leaf().text());
            (part.entry.name(), Text { given, attempt })
        };
        MapDeserializer::new(self.parts.iter().map(pair))
    }

    /// Returns `true` if nothing was sent, or only empty text.
    fn is_blank(self) -> bool {
        let is_blank = |part: &Part<'_>| part.text().is_some_and(str::is_empty);
        self.parts.iter().all(is_blank)
    }

    /// Returns the type of value that the entries are, for a type that takes any.
    fn shape(self) -> Shape {
        let is_below = |part: &Part<'_>| part.text().is_none();
        match (self.position, self.parts) {
            (Position::Root, _) => Shape::Fields,
            (_, [] | [_]) if !self.parts.iter().any(is_below) => Shape::Text,
            _ if Elements::of(self).is_ok() => Shape::List,
            _ => Shape::Fields,
        }
    }

    fn fields<V: Visitor<'t>>(
        self,
        name: &'static str,
        fields: Option<&'static [&'static str]>,
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        let children = Children::of(self, name, fields)?;
        #[cfg(feature = "config")]
        self.attempt.note_struct(fields);
        // This is compiled for every type of the app, and `map_err` would add a function to each.
        match visitor.visit_map(children) {
            Ok(value) => Ok(value),
            Err(mistake) => Err(self.attempt.located(mistake, name, fields)),
        }
    }
}

/// The type of value that entries are.
enum Shape {
    Text,
    List,
    Fields,
}

impl<'t> Deserializer<'t> for Node<'_, 't> {
    type Error = Mistake;

    delegate! {
        text:
        deserialize_i8() deserialize_i16() deserialize_i32() deserialize_i64() deserialize_i128()
        deserialize_u8() deserialize_u16() deserialize_u32() deserialize_u64() deserialize_u128()
        deserialize_f32() deserialize_f64() deserialize_char() deserialize_str() deserialize_string()
        deserialize_bytes() deserialize_byte_buf() deserialize_identifier()
    }

    delegate! { checkbox: deserialize_bool() }

    fn deserialize_any<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Mistake> {
        match self.shape() {
            Shape::Text => self.text()?.deserialize_any(visitor),
            Shape::List => self.deserialize_seq(visitor),
            Shape::Fields => self.fields("", None, visitor),
        }
    }

    fn deserialize_option<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Mistake> {
        if self.is_blank() {
            return visitor.visit_none();
        }
        visitor.visit_some(self)
    }

    fn deserialize_seq<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Mistake> {
        match self.position {
            Position::Root => visitor.visit_seq(self.pairs()),
            Position::Field | Position::Value => visitor.visit_seq(Elements::of(self)?),
        }
    }

    fn deserialize_tuple<V: Visitor<'t>>(
        self,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        let mut elements = Elements::of(self)?;
        let value = visitor.visit_seq(&mut elements)?;
        elements.end(length)?;
        Ok(value)
    }

    fn deserialize_tuple_struct<V: Visitor<'t>>(
        self,
        name: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        if name == separated::NAME && self.texts().count() == self.parts.len() {
            return visitor.visit_seq(Pieces::of(self.attempt, self.texts(), length));
        }
        if name == separated::NAME {
            return self.deserialize_seq(visitor);
        }
        self.deserialize_tuple(length, visitor)
    }

    fn deserialize_map<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Mistake> {
        self.fields("", None, visitor)
    }

    fn deserialize_struct<V: Visitor<'t>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        self.fields(name, Some(fields), visitor)
    }

    fn deserialize_enum<V: Visitor<'t>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        let is_text = self.parts.is_empty() || self.texts().next().is_some();
        if self.position != Position::Root && is_text {
            return self.text()?.deserialize_enum(name, variants, visitor);
        }
        let children = Children::of(self, "", None)?;
        visitor.visit_enum(children.only()?)
    }

    fn deserialize_unit<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Mistake> {
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'t>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        visitor.visit_newtype_struct(self)
    }

    /// Returns a unit, whatever was sent: a field that the type does not have is not read.
    fn deserialize_ignored_any<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Mistake> {
        #[cfg(feature = "config")]
        self.attempt.note_unread();
        visitor.visit_unit()
    }

    forward_to_deserialize_any! { <V: Visitor<'t>> unit_struct }
}
