//! All params of a path.

use std::borrow::Cow;
use std::cell::OnceCell;

use serde::de::{DeserializeOwned, DeserializeSeed, SeqAccess, Visitor};
use serde::{Deserializer, forward_to_deserialize_any};

#[cfg(feature = "openapi")]
use crate::description::Operation;
use crate::extract::attempt::{Attempt, Style, read};
use crate::extract::mistake::Mistake;
use crate::extract::node::{Node, Part, parts};
use crate::extract::rejection::not_text;
use crate::extract::separated;
use crate::extract::text::{Given, Text, delegate};
use crate::extract::tree::Tree;
use crate::extract::{FromContext, Needs, Rejection, Severity};
use crate::failure::Place;
use crate::request::Context;

/// The params of the path: one value, a tuple in their order, or a struct by their names.
///
/// A value that does not fit is 404, and one that is not UTF-8 is 400. [`Engine::new`](crate::Engine::new) reports a route that
/// takes a `Path` and has no params, unless it takes an `Option<Path<T>>`.
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// async fn comment(Path((post, comment)): Path<(u32, u32)>) -> String {
///     format!("comment {comment} on post {post}")
/// }
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(Group::new("").get("/posts/:post/comments/:comment", comment));
/// client.get("/posts/7/comments/12").await.has_text("comment 12 on post 7");
/// client.get("/posts/x/comments/12").await.is(404);
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send> FromContext for Path<T> {
    type Rejection = Rejection;

    async fn from_context(cx: &mut Context) -> Result<Self, Rejection> {
        all_text(cx)?;
        let (tree, parts) = (OnceCell::new(), OnceCell::new());
        let attempt = Attempt::new(Style::Exact);
        let value = read(
            &attempt,
            Positional {
                cx,
                attempt: &attempt,
                tree: &tree,
                parts: &parts,
                first: 0,
            },
        );
        value.map(Path).map_err(|errors| {
            let severity = match cx.params().next() {
                Some(_) => Severity::Invalid,
                None => Severity::Absent,
            };
            Rejection::of_fields(severity, 404, Place::PATH, errors)
        })
    }

    fn needs(needs: &mut Needs) {
        needs.params();
    }

    fn severity(rejection: &Rejection) -> Severity {
        rejection.severity()
    }

    #[cfg(feature = "openapi")]
    fn describe(operation: &mut Operation) {
        operation.path_of::<T>();
    }
}

/// Rejects params that are not UTF-8 with 400: such a request is malformed, where 404 would claim that it names nothing.
fn all_text(cx: &Context) -> Result<(), Rejection> {
    match cx.all_params().find(|(_, value)| value.is_err()) {
        Some((name, _)) => Err(not_text(name)),
        None => Ok(()),
    }
}

fn tree(cx: &Context) -> Tree<'_> {
    let cow = |(name, value)| (Cow::Borrowed(name), Cow::Borrowed(value));
    Tree::flat(cx.params().map(cow))
}

/// A deserializer of the params: by name into a struct or a map, by order into a tuple or a sequence, the first into any other
/// type. Only the names need a tree of all params.
#[derive(Clone, Copy)]
struct Positional<'a, 't> {
    cx: &'t Context,
    attempt: &'a Attempt<'t>,
    tree: &'t OnceCell<Tree<'t>>,
    parts: &'a OnceCell<Vec<Part<'t>>>,
    /// The number of params that were read already.
    first: usize,
}

macro_rules! first {
    ($($deserialize:ident)*) => {$(
        fn $deserialize<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Mistake> {
            self.first(|text| text.$deserialize(visitor))
        }
    )*};
}

impl<'a, 't> Positional<'a, 't> {
    #[expect(clippy::unnecessary_wraps, reason = "`delegate!` passes on an error")]
    fn named(self) -> Result<Node<'a, 't>, Mistake> {
        let tree = self.tree.get_or_init(|| tree(self.cx));
        self.attempt.set_tree(tree);
        let parts = self.parts.get_or_init(|| parts(tree));
        Ok(Node::root(self.attempt, parts))
    }

    fn param(self) -> Option<(&'t str, &'t str)> {
        self.cx.params().nth(self.first)
    }

    /// Passes the first param to `deserialize`, under its name.
    fn first<R>(
        self,
        deserialize: impl FnOnce(Text<'a, 't>) -> Result<R, Mistake>,
    ) -> Result<R, Mistake> {
        let (name, text) = self.param().ok_or_else(Mistake::missing)?;
        self.attempt.set_name(name);
        let result = deserialize(Text {
            given: Given::Text(text),
            attempt: self.attempt,
        });
        result.map_err(|mistake| mistake.at(name))
    }
}

impl<'t> Deserializer<'t> for Positional<'_, 't> {
    type Error = Mistake;

    first! {
        deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128 deserialize_f32 deserialize_f64
        deserialize_char deserialize_str deserialize_string deserialize_bytes deserialize_byte_buf
    }

    delegate! {
        named:
        deserialize_any() deserialize_map() deserialize_unit() deserialize_ignored_any() deserialize_identifier()
        deserialize_struct(name: &'static str, fields: &'static [&'static str])
    }

    fn deserialize_seq<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Mistake> {
        visitor.visit_seq(Values(self))
    }

    fn deserialize_tuple<V: Visitor<'t>>(
        self,
        _length: usize,
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        visitor.visit_seq(Values(self))
    }

    fn deserialize_enum<V: Visitor<'t>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        self.first(|text| text.deserialize_enum(name, variants, visitor))
    }

    fn deserialize_option<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Mistake> {
        if self.param().is_none() {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_tuple_struct<V: Visitor<'t>>(
        self,
        name: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        if name == separated::NAME {
            return self.first(|text| text.deserialize_tuple_struct(name, length, visitor));
        }
        visitor.visit_seq(Values(self))
    }

    fn deserialize_newtype_struct<V: Visitor<'t>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! { <V: Visitor<'t>> unit_struct }
}

/// The params in the order of the pattern.
struct Values<'a, 't>(Positional<'a, 't>);

impl<'t> SeqAccess<'t> for Values<'_, 't> {
    type Error = Mistake;

    fn next_element_seed<S: DeserializeSeed<'t>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Mistake> {
        let rest = self.0;
        if rest.param().is_none() {
            return Ok(None);
        }
        self.0.first += 1;
        rest.first(|text| seed.deserialize(text)).map(Some)
    }
}
