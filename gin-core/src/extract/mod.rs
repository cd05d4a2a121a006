//! Extractors: the arguments of handlers, made from the request.
//!
//! A handler lists the values that it needs, and the framework makes them in the order of the arguments. If one cannot be made, the
//! client gets the rejection, and the handler does not run.
//!
//! | extractor | value | a value that does not fit is |
//! |---|---|---|
//! | [`Path<T>`](Path) | the path's params | 404, or 400 if it is not UTF-8 |
//! | [`Segments`] | the segments that a catch-all takes | 404, or 400 if one is not UTF-8 |
//! | [`Query<T>`](Query) | the query | 400 |
//! | [`Form<T>`](Form) | a urlencoded or multipart body | 422, or 415 for another media type |
//! | [`Multipart`] | the fields of a multipart body as they come. A file among them, also in a `Form`, is an [`Upload`] | 400, 413, or 415 for another media type |
//! | [`Json<T>`](crate::Json) | a JSON body | 422, 400 if it is not JSON, or 415 for another media type |
//! | [`Header<T>`](Header) | header fields | 400 |
//! | `Valid<E>` (feature `validation`) | the value of one of these, validated | 422 |
//! | [`Cookies`] | the cookies | |
//! | [`LastEventId`] | the id of the last event that an `EventSource` got | 400 |
//! | [`State<T>`](State) | a value that a group gives | an error of [`Engine::new`](crate::Engine::new) |
//! | [`Extension<T>`](Extension) | a value that a middleware has set | an error of `Engine::new`, or 500 |
//! | [`ClientIp`], [`ParamBytes`] | the client's address, the bytes of a param | 400 |
//! | `Bytes`, `String`, [`Body`](crate::Body) | the body, whole or as a stream | 400, or 413 beyond the limit |
//! | `Method`, `Uri`, `HeaderMap` | parts of the head | |
//!
//! A query or a header field that does not fit is 400, because the client has built a wrong request. A body that does not fit is 422
//! (RFC 9110 §15.5.21): it can be read, and its content is wrong. Where several extractors of a handler find wrong fields, one
//! problem lists those of all.
//!
//! A [`Body`](crate::Body) is read [chunk by chunk](crate::Body::chunk), as a [stream](crate::Body::into_data_stream) or as a
//! [reader](crate::Body::into_async_read). Its error is a [`BodyError`]: by `?`, the client gets 400, 408 or 413.
//!
//! `Option<E>` is `None` where the request does not have the value; a value that is present and wrong is still rejected.
//! `Result<E, E::Rejection>` gives the rejection to the handler.
//!
//! ```
//! # use gin::{prelude::*, testing::Client};
//! # use serde::Deserialize;
//! #[derive(Deserialize)]
//! struct Filter { tag: String }
//!
//! async fn posts(filter: Option<Query<Filter>>) -> String {
//!     match filter {
//!         Some(Query(filter)) => format!("posts about {}", filter.tag),
//!         None => "all posts".to_owned(),
//!     }
//! }
//!
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! let client = Client::new(Group::new("").get("/posts", posts));
//! client.get("/posts?tag=rust").await.has_text("posts about rust");
//! client.get("/posts").await.has_text("all posts");
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! # Extractors of your own
//!
//! A type that implements [`FromContext`] is an extractor:
//!
//! ```
//! # use gin::{prelude::*, testing::Client};
//! struct User { name: String }
//!
//! impl FromContext for User {
//!     type Rejection = StatusCode;
//!
//!     async fn from_context(cx: &mut Context) -> Result<User, StatusCode> {
//!         let name = cx.header("x-user").ok_or(StatusCode::UNAUTHORIZED)?;
//!         Ok(User { name: name.to_owned() })
//!     }
//! }
//!
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! let client = Client::new(Group::new("").get("/me", async |user: User| user.name));
//! client.get("/me").await.is(401);
//! client.get("/me").header("x-user", "Ann").await.has_text("Ann");
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```

mod attempt;
pub(crate) mod charset;
mod children;
mod choice;
pub(crate) mod content_coding;
mod cookies;
mod extension;
mod form;
mod from_context;
mod header;
pub(crate) mod json;
mod json_path;
mod json_text;
mod last_event_id;
mod lessons;
mod mistake;
#[cfg(feature = "multipart")]
mod multipart;
pub(crate) mod names;
mod node;
#[cfg(feature = "config")]
mod notes;
mod param_bytes;
mod path;
mod peer;
mod query;
mod rejection;
mod segments;
mod sent;
mod separated;
mod spelled;
mod state;
mod text;
mod tree;
pub(crate) mod type_name;
#[cfg(feature = "validation")]
mod valid;
mod wants_object;
mod whole;

#[doc(alias("CookieJar", "SetCookie", "set-cookie"))]
pub use cookies::Cookies;
#[cfg(feature = "cookies")]
pub(crate) use cookies::{Change, HeldCookies, Transport, decoded};
#[doc(alias("MustGet", "ReqData", "local"))]
pub use extension::Extension;
#[doc(alias(
    "FormFile",
    "PostForm",
    "time_format",
    "DefaultPostForm",
    "FormPost",
    "FormMultipart",
    "GetPostForm",
    "PostFormArray",
    "GetPostFormArray",
    "PostFormMap",
    "GetPostFormMap"
))]
pub use form::Form;
#[doc(alias(
    "FromRequest",
    "FromRequestParts",
    "Extractor",
    "Binding",
    "BindingBody",
    "BindingUri"
))]
pub use from_context::FromContext;
#[doc(alias("TypedHeader", "ShouldBindHeader", "BindHeader"))]
pub use header::Header;
#[doc(alias("json", "nested", "embedded", "map"))]
pub use json_text::JsonText;
#[doc(alias = "Last-Event-ID")]
pub use last_event_id::LastEventId;
#[cfg(feature = "multipart")]
#[cfg_attr(docsrs, doc(cfg(feature = "multipart")))]
#[doc(alias("multer", "MultipartForm", "TypedMultipart"))]
pub use multipart::Multipart;
#[cfg(feature = "multipart")]
#[cfg_attr(docsrs, doc(cfg(feature = "multipart")))]
#[doc(alias = "MaxMultipartMemory")]
pub use multipart::MultipartLimits;
#[cfg(feature = "multipart")]
#[cfg_attr(docsrs, doc(cfg(feature = "multipart")))]
#[doc(alias("file", "UploadedFile", "FormFile", "FileHeader", "TempFile"))]
pub use multipart::Upload;
#[cfg(feature = "multipart")]
#[cfg_attr(docsrs, doc(cfg(feature = "multipart")))]
pub use multipart::{Field, UploadReader};
#[cfg(feature = "config")]
pub(crate) use node::Reading;
#[cfg(feature = "config")]
pub(crate) use notes::Notes;
pub use param_bytes::ParamBytes;
#[doc(alias("Param", "ShouldBindUri", "Params", "Uri", "BindUri"))]
pub use path::Path;
#[doc(alias("ConnectInfo", "X-Forwarded-For", "RemoteIP"))]
pub use peer::ClientIp;
#[doc(alias("ShouldBindQuery", "QueryMap", "GetQueryMap", "BindQuery"))]
pub use query::Query;
pub(crate) use rejection::not_text;
pub use rejection::{Rejection, Severity};
pub use segments::Segments;
pub(crate) use sent::is_form;
#[doc(alias("collection_format", "csv", "ssv", "tsv", "pipes", "comma", "split"))]
pub use separated::Separated;
pub use state::Needs;
#[doc(alias("Data", "FromRef", "dependency injection"))]
pub use state::State;
pub(crate) use state::{ParamNeed, PatternNeed};
#[cfg(feature = "config")]
pub(crate) use tree::{Leaf, Tree};
#[cfg(feature = "validation")]
#[cfg_attr(docsrs, doc(cfg(feature = "validation")))]
#[doc(alias("StructValidator", "Validator"))]
pub use valid::Input;
#[cfg(feature = "validation")]
#[cfg_attr(docsrs, doc(cfg(feature = "validation")))]
#[doc(alias("binding", "ShouldBind", "ValidatedJson", "DisableBindValidation"))]
pub use valid::Valid;
#[cfg(feature = "validation")]
#[cfg_attr(docsrs, doc(cfg(feature = "validation")))]
pub use valid::validate;

pub use crate::content::{BodyReader, DataStream};
pub use crate::failure::BodyError;
