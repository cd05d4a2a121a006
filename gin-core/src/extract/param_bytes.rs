//! The bytes of a path param.

use bytes::Bytes;

/// A path param's octets, decoded, of which text is only the usual case: what is no UTF-8 is 400 as a `String`, and is here.
///
/// ```
/// use gin::{extract::ParamBytes, prelude::*, testing::Client};
///
/// #[get("/files/:name")]
/// async fn size(name: ParamBytes) -> String {
///     format!("{} octets", name.0.len())
/// }
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(Group::new("").mount(routes![size]));
/// client.get("/files/%ff%fe").await.is(200).has_text("2 octets");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// In a handler of `&mut Context` this is [`Context::param_bytes`](crate::Context::param_bytes).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParamBytes(pub Bytes);
