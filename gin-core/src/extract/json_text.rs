//! JSON in one text.

use std::fmt;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};

use serde::de::{self, DeserializeOwned, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer, ser};

use crate::extract::json::field_of;
use crate::extract::json_path::path_at;
use crate::failure::FieldError;

/// A value that is JSON in one text, as `{"min":1}`: a field of a [`Query`](crate::extract::Query), a [`Form`](crate::extract::Form) or
/// a [`Header`](crate::extract::Header), or a param of a path.
///
/// An error is that of the field, and its message names the place inside of the JSON. A field that may be absent is an
/// `Option<JsonText<T>>`.
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// use gin::extract::JsonText;
///
/// #[derive(serde::Deserialize)]
/// struct Price {
///     min: u32,
///     max: u32,
/// }
///
/// #[derive(serde::Deserialize)]
/// struct Filter {
///     price: JsonText<Price>,
/// }
///
/// #[get("/goods")]
/// async fn goods(Query(filter): Query<Filter>) -> String {
///     format!("{} to {}", filter.price.min, filter.price.max)
/// }
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(Group::new("").mount(routes![goods]));
/// let goods = client.get("/goods?price=%7B%22min%22:1,%22max%22:9%7D");
/// goods.await.has_text("1 to 9");
/// let goods = client.get("/goods?price=%7B%22min%22:1%7D");
/// goods.await.is(400).contains("price: max: is missing");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct JsonText<T>(pub T);

impl<'de, T: DeserializeOwned> Deserialize<'de> for JsonText<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Text(PhantomData))
    }
}

struct Text<T>(PhantomData<T>);

impl<T: DeserializeOwned> Visitor<'_> for Text<T> {
    type Value = JsonText<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON in a string")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<JsonText<T>, E> {
        let value = serde_json::from_str(text);
        value
            .map(JsonText)
            .map_err(|error| E::custom(describe(text, &error)))
    }
}

/// Returns the text of an error, after the path of the value that it is about.
fn describe(json: &str, error: &serde_json::Error) -> String {
    let text = error.to_string();
    if !error.is_data() {
        return format!("is not JSON: {text}");
    }
    let path = path_at(json.as_bytes(), error.line(), error.column());
    let FieldError { path, message, .. } = field_of(path, &text);
    let message = message.split(" at line ").next().unwrap_or(&message);
    if path.is_empty() {
        message.to_owned()
    } else {
        format!("{path}: {message}")
    }
}

/// A text, from which the value can be deserialized again.
impl<T: Serialize> Serialize for JsonText<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = serde_json::to_string(&self.0).map_err(ser::Error::custom)?;
        serializer.serialize_str(&text)
    }
}

impl<T> Deref for JsonText<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for JsonText<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

/// The schema is that of a text, as OpenAPI describes the parts of a query one by one.
#[cfg(feature = "openapi")]
#[cfg_attr(docsrs, doc(cfg(feature = "openapi")))]
impl<T> schemars::JsonSchema for JsonText<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        String::schema_name()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "contentMediaType": "application/json" })
    }
}
