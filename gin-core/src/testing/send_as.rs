//! The values that the inputs of a handler are made from.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderName, HeaderValue};
use serde::Serialize;

#[cfg(feature = "multipart")]
use crate::extract::Multipart;
#[cfg(feature = "validation")]
use crate::extract::Valid;
use crate::extract::{Form, Header, Query};
#[cfg(feature = "bson")]
use crate::formats::Bson;
#[cfg(feature = "cbor")]
use crate::formats::Cbor;
#[cfg(feature = "msgpack")]
use crate::formats::MsgPack;
#[cfg(feature = "protobuf")]
use crate::formats::Protobuf;
#[cfg(feature = "toml")]
use crate::formats::Toml;
#[cfg(feature = "xml")]
use crate::formats::Xml;
#[cfg(feature = "yaml")]
use crate::formats::Yaml;
use crate::response::{Body, IntoResponse, Json};
use crate::testing::MultipartForm;
use crate::testing::call::{Sent, encoded};
use crate::testing::fields::fields;

/// A value that a request sends for the extractor `E`: for a `Json<T>` or a `Query<T>` it is a `T`.
///
/// | extractor | value |
/// |---|---|
/// | `Json<T>`, `Form<T>`, `Query<T>`, `Header<T>`, `Xml<T>` and the other formats | `T` or `&T`, with [`Serialize`] |
/// | a `Form<T>` with files, `Multipart` | [`MultipartForm`] |
/// | `String`, `Bytes`, `Body` | a value that becomes one by `Into` |
/// | `Option<E>` | an `Option` of the value for `E` |
/// | `Valid<E>`, `Result<E, _>` | the value for `E` |
///
/// ```
/// # use gin::{prelude::*, testing::{Client, MultipartForm}};
/// # use serde::{Deserialize, Serialize};
/// #[derive(Serialize, Deserialize)]
/// struct Page { number: u32 }
///
/// #[post("/notes")]
/// async fn create(page: Option<Query<Page>>, text: String) -> String {
///     format!("{:?} {text}", page.map(|page| page.0.number))
/// }
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(Group::new("").mount(routes![create]));
/// client.call(create::with(None::<Page>, "a")).await.has_text("None a");
/// client.call(create::with(Some(Page { number: 7 }), "b")).await.has_text("Some(7) b");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be sent as `{E}`",
    label = "not what the handler takes",
    note = "for a `Json<T>`, a `Form<T>`, a `Query<T>` or a `Header<T>` it is a `T` that implements `serde::Serialize`, or a `&T`"
)]
pub trait SendAs<E> {
    /// Adds the value to the request.
    #[doc(hidden)]
    fn send_as(self, sent: &mut Sent);
}

impl<T: Serialize> SendAs<Query<T>> for T {
    fn send_as(self, sent: &mut Sent) {
        sent.query.extend(fields(&self));
    }
}

impl<T: Serialize> SendAs<Query<T>> for &T {
    fn send_as(self, sent: &mut Sent) {
        sent.query.extend(fields(self));
    }
}

impl<T: Serialize> SendAs<Header<T>> for T {
    fn send_as(self, sent: &mut Sent) {
        sent.add_headers(fields(&self));
    }
}

impl<T: Serialize> SendAs<Header<T>> for &T {
    fn send_as(self, sent: &mut Sent) {
        sent.add_headers(fields(self));
    }
}

impl<T: Serialize> SendAs<Form<T>> for T {
    fn send_as(self, sent: &mut Sent) {
        sent.set_form(&fields(&self));
    }
}

impl<T: Serialize> SendAs<Form<T>> for &T {
    fn send_as(self, sent: &mut Sent) {
        sent.set_form(&fields(self));
    }
}

impl<T> SendAs<Form<T>> for MultipartForm {
    fn send_as(self, sent: &mut Sent) {
        sent.set_multipart(&self);
    }
}

#[cfg(feature = "multipart")]
impl SendAs<Multipart> for MultipartForm {
    fn send_as(self, sent: &mut Sent) {
        sent.set_multipart(&self);
    }
}

/// Sends a value in a format as a response would have it.
macro_rules! owned {
    ($($(#[$when:meta])? $Format:ident<$Value:path>,)*) => {$(
        $(#[$when])?
        impl<T: $Value> SendAs<$Format<T>> for T {
            fn send_as(self, sent: &mut Sent) {
                sent.set_body($Format(self));
            }
        }
    )*};
}

/// Sends a borrowed value in a format of serde.
macro_rules! borrowed {
    ($($(#[$when:meta])? $Format:ident,)*) => {$(
        $(#[$when])?
        impl<T: Serialize> SendAs<$Format<T>> for &T {
            fn send_as(self, sent: &mut Sent) {
                sent.set_body($Format(self));
            }
        }
    )*};
}

owned! {
    Json<Serialize>,
    #[cfg(feature = "bson")] Bson<Serialize>,
    #[cfg(feature = "cbor")] Cbor<Serialize>,
    #[cfg(feature = "msgpack")] MsgPack<Serialize>,
    #[cfg(feature = "protobuf")] Protobuf<prost::Message>,
    #[cfg(feature = "toml")] Toml<Serialize>,
    #[cfg(feature = "xml")] Xml<Serialize>,
    #[cfg(feature = "yaml")] Yaml<Serialize>,
}

borrowed! {
    Json,
    #[cfg(feature = "bson")] Bson,
    #[cfg(feature = "cbor")] Cbor,
    #[cfg(feature = "msgpack")] MsgPack,
    #[cfg(feature = "toml")] Toml,
    #[cfg(feature = "xml")] Xml,
    #[cfg(feature = "yaml")] Yaml,
}

impl<S: Into<String>> SendAs<String> for S {
    fn send_as(self, sent: &mut Sent) {
        sent.set_body(self.into());
    }
}

impl<B: Into<Bytes>> SendAs<Bytes> for B {
    fn send_as(self, sent: &mut Sent) {
        sent.set_body(self.into());
    }
}

impl<B: Into<Body>> SendAs<Body> for B {
    fn send_as(self, sent: &mut Sent) {
        sent.set_body(self.into());
    }
}

#[cfg(feature = "validation")]
impl<E, V: SendAs<E>> SendAs<Valid<E>> for V {
    fn send_as(self, sent: &mut Sent) {
        SendAs::<E>::send_as(self, sent);
    }
}

impl<E, V: SendAs<E>> SendAs<Option<E>> for Option<V> {
    fn send_as(self, sent: &mut Sent) {
        if let Some(value) = self {
            value.send_as(sent);
        }
    }
}

impl<E, R, V: SendAs<E>> SendAs<Result<E, R>> for V {
    fn send_as(self, sent: &mut Sent) {
        SendAs::<E>::send_as(self, sent);
    }
}

impl Sent {
    fn add_headers(&mut self, fields: Vec<(String, String)>) {
        for (name, value) in fields {
            let name = HeaderName::try_from(name.replace('_', "-"));
            let value = HeaderValue::try_from(value);
            let name = name.expect("the field's name is a header's");
            let value = value.expect("the field's value is visible text");
            self.headers.push((name, value));
        }
    }

    fn set_form(&mut self, fields: &[(String, String)]) {
        let pairs = fields.iter();
        let pairs = pairs.map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
        let form = pairs.collect::<Vec<_>>().join("&");
        let media_type = HeaderValue::from_static("application/x-www-form-urlencoded");
        self.body = Some((media_type, form.into()));
    }

    fn set_multipart(&mut self, form: &MultipartForm) {
        let (media_type, body) = form.encode();
        let media_type = HeaderValue::try_from(media_type);
        let media_type = media_type.expect("a boundary is text");
        self.body = Some((media_type, body.into()));
    }

    fn set_body(&mut self, body: impl IntoResponse) {
        let (mut head, body) = body.into_response().into_parts();
        let media_type = head.headers.remove(CONTENT_TYPE);
        let unknown = || HeaderValue::from_static("application/octet-stream");
        self.body = Some((media_type.unwrap_or_else(unknown), body));
    }
}
