//! Negotiation among the formats that are compiled in.

use serde::Serialize;

use crate::failure::IntoStatus;
#[cfg(any(
    feature = "bson",
    feature = "cbor",
    feature = "msgpack",
    feature = "toml",
    feature = "xml",
    feature = "yaml"
))]
use crate::formats;
use crate::request::Context;
use crate::response::{IntoResponse, Json, Negotiate, Response};

impl<T: Serialize + Send + 'static> Negotiate<T> {
    /// Offers `value` as JSON, then as XML, YAML, TOML, `MessagePack`, CBOR and BSON, as far as these features are on.
    ///
    /// The app's crate compiles the code of each of these formats for `T`.
    pub fn new(value: T) -> Negotiate<T> {
        let negotiate = Negotiate::only(value).offer("application/json", Json);
        #[cfg(feature = "xml")]
        let negotiate = negotiate.offer("application/xml", formats::Xml);
        #[cfg(feature = "yaml")]
        let negotiate = negotiate.offer("application/yaml", formats::Yaml);
        #[cfg(feature = "toml")]
        let negotiate = negotiate.offer("application/toml", formats::Toml);
        #[cfg(feature = "msgpack")]
        let negotiate = negotiate.offer("application/msgpack", formats::MsgPack);
        #[cfg(feature = "cbor")]
        let negotiate = negotiate.offer("application/cbor", formats::Cbor);
        #[cfg(feature = "bson")]
        let negotiate = negotiate.offer("application/bson", formats::Bson);
        negotiate
    }
}

impl Context {
    /// Returns a value in the media type that the client accepts: JSON, or one of the [formats] that are compiled in.
    /// [`Negotiate`] offers HTML and others beside them.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// let app = Group::new("").get("/", async |cx: &mut Context| cx.negotiate(200, json!({ "id": 7 })));
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let client = Client::new(app);
    /// client.get("/").await.has_json(json!({ "id": 7 }));
    /// client.get("/").header("accept", "image/*").await.is(406);
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[must_use = "return the response: only what a handler returns is sent"]
    pub fn negotiate<T: Serialize + Send + 'static>(
        &self,
        status: impl IntoStatus,
        value: T,
    ) -> Response {
        match status.checked_status() {
            Ok(status) => (status, Negotiate::new(value)).into_response(),
            Err(problem) => problem.into_response(),
        }
    }
}
