//! Formats of bodies beside JSON: extractors and responses, each behind the feature of its name.
//!
//! | type | feature | media types | response |
//! |---|---|---|---|
//! | `Xml<T>` | `xml` | `application/xml`, `text/xml`, `+xml` | `application/xml; charset=utf-8` |
//! | `Yaml<T>` | `yaml` | `application/yaml`, `application/x-yaml`, `text/yaml`, `+yaml` | `application/yaml` |
//! | `Toml<T>` | `toml` | `application/toml` | `application/toml` |
//! | `MsgPack<T>` | `msgpack` | `application/msgpack`, `application/x-msgpack`, `application/vnd.msgpack` | `application/msgpack` |
//! | `Cbor<T>` | `cbor` | `application/cbor`, `+cbor` | `application/cbor` |
//! | `Bson<T>` | `bson` | `application/bson`, `application/vnd.mongodb.bson` | `application/bson` |
//! | `Protobuf<T>` | `protobuf` | `application/protobuf`, `application/x-protobuf`, `application/vnd.google.protobuf` | `application/x-protobuf` |
//!
//! Another media type is 415. A body that is not in the format is 400, and one of the wrong shape is 422. Bodies are limited by
//! [`Group::body_limit`](crate::Group::body_limit), their depth by the parsers; entities and aliases that multiply are refused.
//!
//! [`Context::bind`](crate::Context::bind) chooses among the formats that are compiled in, by the content type, and
//! [`Context::negotiate`](crate::Context::negotiate) by the media types that the client accepts.
//!
#![cfg_attr(
    all(feature = "yaml", feature = "msgpack"),
    doc = r#"
```
use gin::formats::{MsgPack, Yaml};
use gin::{prelude::*, testing::Client};

#[derive(serde::Serialize, serde::Deserialize)]
struct User { name: String }

let app = Group::new("")
    .post("/yaml", async |Yaml(user): Yaml<User>| Yaml(user))
    .post("/any", async |cx: &mut Context| -> gin::Result<Yaml<User>> { Ok(Yaml(cx.bind().await?)) });
# tokio::runtime::Runtime::new()?.block_on(async {
let client = Client::new(app);
let yaml = || client.post("/yaml").header("content-type", "application/yaml");
yaml().body("name: Ann").await.is(200).has_text("name: Ann\n");
yaml().body("name: [Ann").await.is(400);
yaml().body("age: 7").await.is(422);
client.post("/yaml").json(&json!({ "name": "Ann" })).await.is(415);
client.post("/any").json(&json!({ "name": "Ann" })).await.has_text("name: Ann\n");
# });
# Ok::<(), std::io::Error>(())
```"#
)]

mod bind;
#[cfg(any(
    feature = "bson",
    feature = "cbor",
    feature = "msgpack",
    feature = "protobuf",
    feature = "toml",
    feature = "xml",
    feature = "yaml"
))]
mod format;
mod negotiate;
#[cfg(any(
    feature = "bson",
    feature = "cbor",
    feature = "msgpack",
    feature = "toml",
    feature = "xml",
    feature = "yaml"
))]
mod serde_format;

#[cfg(feature = "bson")]
mod bson;
#[cfg(feature = "bson")]
mod bson_depth;
#[cfg(feature = "cbor")]
mod cbor;
#[cfg(feature = "msgpack")]
mod msgpack;
#[cfg(feature = "protobuf")]
mod protobuf;
#[cfg(feature = "toml")]
mod toml;
#[cfg(feature = "xml")]
mod xml;
#[cfg(feature = "yaml")]
mod yaml;

#[cfg(feature = "bson")]
pub use bson::Bson;
#[cfg(feature = "cbor")]
pub use cbor::Cbor;
#[doc(alias = "WriteMsgPack")]
#[cfg(feature = "msgpack")]
pub use msgpack::MsgPack;
#[cfg(feature = "protobuf")]
pub use protobuf::Protobuf;
#[doc(alias("BindTOML", "ShouldBindTOML", "ShouldBindBodyWithTOML"))]
#[cfg(feature = "toml")]
pub use toml::Toml;
#[doc(alias("BindXML", "ShouldBindXML", "ShouldBindBodyWithXML"))]
#[cfg(feature = "xml")]
pub use xml::Xml;
#[doc(alias("BindYAML", "ShouldBindYAML", "ShouldBindBodyWithYAML"))]
#[cfg(feature = "yaml")]
pub use yaml::Yaml;
