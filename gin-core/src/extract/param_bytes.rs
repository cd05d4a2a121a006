//! The bytes of a path param.

use bytes::Bytes;

/// The bytes of a path param, percent-decoded. Unlike `String`, it also takes bytes that are not UTF-8.
///
/// ```
/// use gin::{extract::ParamBytes, prelude::*, testing::Client};
///
/// #[get("/files/:name")]
/// async fn size(name: ParamBytes) -> String {
///     format!("{} bytes", name.0.len())
/// }
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(Group::new("").mount(routes![size]));
/// client.get("/files/%ff%fe").await.is(200).has_text("2 bytes");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// A handler of `&mut Context` has [`Context::param_bytes`](crate::Context::param_bytes).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParamBytes(pub Bytes);
