//! Lists in one text.

use std::fmt;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::vec;

use serde::de::value::SeqAccessDeserializer;
use serde::de::{DeserializeSeed, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::extract::attempt::Attempt;
use crate::extract::mistake::Mistake;
use crate::extract::text::{Given, Text};

/// A list whose elements are in one text, as `1,2,3`: a field of a [`Query`](crate::extract::Query), a
/// [`Form`](crate::extract::Form) or a [`Header`](crate::extract::Header), or a param of a path.
///
/// `BY` is the character between the elements. Default: a comma. Spaces around elements do not count, and empty elements are left
/// out. A name that comes several times adds to the list, and an absent one is the empty list. An error names the element: `ids[1]`.
///
/// In a format that has lists, as JSON, it is one. Inside of `#[serde(flatten)]`, where serde does not say which type it reads, the
/// text is one element.
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// use gin::extract::Separated;
///
/// #[derive(serde::Deserialize)]
/// struct Filter {
///     ids: Separated<u32>,
///     tags: Separated<String, '|'>,
/// }
///
/// #[get("/posts")]
/// async fn posts(Query(filter): Query<Filter>) -> String {
///     format!("{:?} {:?}", *filter.ids, *filter.tags)
/// }
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(Group::new("").mount(routes![posts]));
/// client.get("/posts?ids=1,2&ids=3&tags=rust|web").await.has_text(r#"[1, 2, 3] ["rust", "web"]"#);
/// client.get("/posts").await.has_text("[] []");
/// client.get("/posts?ids=1,x").await.is(400).contains("ids[1]: must be a whole number");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Separated<T, const BY: char = ','>(pub Vec<T>);

/// The name by which deserializers of texts know the type. The length of the tuple is the character.
pub(crate) const NAME: &str = "gin::Separated";

impl<'de, T: Deserialize<'de>, const BY: char> Deserialize<'de> for Separated<T, BY> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let list = deserializer.deserialize_tuple_struct(NAME, BY as usize, List(PhantomData));
        list.map(Separated)
    }
}

struct List<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for List<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a sequence")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, elements: A) -> Result<Vec<T>, A::Error> {
        Vec::deserialize(SeqAccessDeserializer::new(elements))
    }
}

/// A list, as `Vec` is.
impl<T: Serialize, const BY: char> Serialize for Separated<T, BY> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

#[cfg(feature = "openapi")]
#[cfg_attr(docsrs, doc(cfg(feature = "openapi")))]
impl<T: schemars::JsonSchema, const BY: char> schemars::JsonSchema for Separated<T, BY> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        Vec::<T>::schema_name()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        Vec::<T>::json_schema(generator)
    }
}

impl<T, const BY: char> Default for Separated<T, BY> {
    fn default() -> Self {
        Separated(Vec::new())
    }
}

impl<T, const BY: char> Deref for Separated<T, BY> {
    type Target = Vec<T>;

    fn deref(&self) -> &Vec<T> {
        &self.0
    }
}

impl<T, const BY: char> DerefMut for Separated<T, BY> {
    fn deref_mut(&mut self) -> &mut Vec<T> {
        &mut self.0
    }
}

impl<T, const BY: char> FromIterator<T> for Separated<T, BY> {
    fn from_iter<I: IntoIterator<Item = T>>(elements: I) -> Self {
        Separated(elements.into_iter().collect())
    }
}

impl<T, const BY: char> IntoIterator for Separated<T, BY> {
    type Item = T;
    type IntoIter = vec::IntoIter<T>;

    fn into_iter(self) -> vec::IntoIter<T> {
        self.0.into_iter()
    }
}

/// The elements in texts.
pub(crate) struct Pieces<'a, 't> {
    attempt: &'a Attempt<'t>,
    rest: vec::IntoIter<&'t str>,
    index: usize,
}

impl<'a, 't> Pieces<'a, 't> {
    /// Splits `texts` at the character with the code `by`.
    pub(crate) fn of(
        attempt: &'a Attempt<'t>,
        texts: impl Iterator<Item = &'t str>,
        by: usize,
    ) -> Pieces<'a, 't> {
        let by = u32::try_from(by).ok().and_then(char::from_u32);
        let pieces = texts.flat_map(|text| text.split(move |c| Some(c) == by));
        let pieces = pieces.map(str::trim).filter(|piece| !piece.is_empty());
        Pieces {
            attempt,
            rest: pieces.collect::<Vec<_>>().into_iter(),
            index: 0,
        }
    }
}

impl<'t> SeqAccess<'t> for Pieces<'_, 't> {
    type Error = Mistake;

    fn next_element_seed<S: DeserializeSeed<'t>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Mistake> {
        let Some(piece) = self.rest.next() else {
            return Ok(None);
        };
        let attempt = self.attempt;
        let before = attempt.enter_index(self.index);
        self.index += 1;
        let given = Given::Element(piece);
        match seed.deserialize(Text { given, attempt }) {
            Ok(value) => {
                attempt.leave(before);
                Ok(Some(value))
            }
            Err(mistake) => Err(attempt.fail(before, mistake)),
        }
    }
}
