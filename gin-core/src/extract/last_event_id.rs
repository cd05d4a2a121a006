//! The id of the last event that a client got.

use http::HeaderValue;

#[cfg(feature = "openapi")]
use crate::description::Operation;
use crate::extract::{FromContext, Rejection, Severity};
use crate::request::Context;

/// The id of the last event that a client got before its connection broke, from the `Last-Event-ID` header (WHATWG HTML §9.2.4).
///
/// A client that connects for the first time has none, so that handlers take an `Option`. Without it such a request is 400.
///
/// ```
/// # use gin::{extract::LastEventId, prelude::*, response::{Event, Sse}, testing::Client};
/// #[get("/log")]
/// async fn log(last: Option<LastEventId>) -> Sse {
///     let next = last.and_then(|LastEventId(id)| id.parse::<u64>().ok()).map_or(0, |id| id + 1);
///     Sse::from_writer(async move |events| {
///         for id in next..3 {
///             events.send(Event::data("line").id(id.to_string())).await?;
///         }
///         Ok(())
///     })
/// }
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(Group::new("").mount(routes![log]));
/// let mut events = client.get("/log").header("last-event-id", "1").sse().await;
/// assert_eq!(events.next().await.expect("there is one more").id.as_deref(), Some("2"));
/// assert!(events.next().await.is_none());
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LastEventId(pub String);

impl FromContext for LastEventId {
    type Rejection = Rejection;

    async fn from_context(cx: &mut Context) -> Result<Self, Rejection> {
        const NAME: &str = "last-event-id";
        // Browsers send the id in UTF-8, which `HeaderValue::to_str` refuses.
        let sent = cx.headers().get(NAME).map(HeaderValue::as_bytes);
        match sent.map(std::str::from_utf8) {
            None | Some(Ok("")) => Err(Rejection::absent("the request has no Last-Event-ID")),
            Some(Ok(id)) => Ok(LastEventId(id.to_owned())),
            Some(Err(_)) => Err(Rejection::invalid("the Last-Event-ID is not UTF-8")),
        }
    }

    fn severity(rejection: &Rejection) -> Severity {
        rejection.severity()
    }

    #[cfg(feature = "openapi")]
    fn describe(operation: &mut Operation) {
        let text = serde_json::json!({ "type": "string" });
        operation.optional(|operation| operation.header("last-event-id", text));
    }
}
