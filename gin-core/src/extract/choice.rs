//! The choice of an enum's variant in a tree.

use serde::Deserializer;
use serde::de::value::BorrowedStrDeserializer;
use serde::de::{DeserializeSeed, EnumAccess, VariantAccess, Visitor};

use crate::extract::attempt::Attempt;
use crate::extract::mistake::Mistake;
use crate::extract::node::{Node, Part, Position};

/// The variant of an enum: its name is the only key, and its content is below that.
#[derive(Debug)]
pub(crate) struct Choice<'a, 't> {
    pub(crate) attempt: &'a Attempt<'t>,
    pub(crate) name: &'t str,
    pub(crate) parts: Vec<Part<'t>>,
}

impl<'a, 't> EnumAccess<'t> for Choice<'a, 't> {
    type Error = Mistake;
    type Variant = Content<'a, 't>;

    fn variant_seed<S: DeserializeSeed<'t>>(
        self,
        seed: S,
    ) -> Result<(S::Value, Content<'a, 't>), Mistake> {
        let name = seed.deserialize(BorrowedStrDeserializer::new(self.name))?;
        Ok((name, Content(self)))
    }
}

/// The content of a variant.
#[derive(Debug)]
pub(crate) struct Content<'a, 't>(Choice<'a, 't>);

impl<'t> Content<'_, 't> {
    /// Passes the content to `deserialize`, at the path of the variant.
    fn read<R>(
        self,
        deserialize: impl FnOnce(Node<'_, 't>) -> Result<R, Mistake>,
    ) -> Result<R, Mistake> {
        let Content(choice) = self;
        let before = choice.attempt.enter_key(choice.name);
        let node = Node {
            attempt: choice.attempt,
            parts: &choice.parts,
            position: Position::Field,
        };
        match deserialize(node) {
            Ok(value) => {
                choice.attempt.leave(before);
                Ok(value)
            }
            Err(mistake) => Err(choice.attempt.fail(before, mistake)),
        }
    }
}

impl<'t> VariantAccess<'t> for Content<'_, 't> {
    type Error = Mistake;

    fn unit_variant(self) -> Result<(), Mistake> {
        Ok(())
    }

    fn newtype_variant_seed<S: DeserializeSeed<'t>>(self, seed: S) -> Result<S::Value, Mistake> {
        self.read(|node| seed.deserialize(node))
    }

    fn tuple_variant<V: Visitor<'t>>(self, length: usize, visitor: V) -> Result<V::Value, Mistake> {
        self.read(|node| node.deserialize_tuple(length, visitor))
    }

    fn struct_variant<V: Visitor<'t>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        self.read(|node| node.deserialize_struct("", fields, visitor))
    }
}
