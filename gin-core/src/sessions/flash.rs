//! Messages for the next page.

use serde::{Deserialize, Serialize};

/// A message for the next page, from [`Session::flash`](crate::sessions::Session::flash).
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// use gin::sessions::{Flash, Session, Sessions};
///
/// async fn save(session: Session) -> Redirect {
///     session.flash("info", "saved");
///     Redirect::to("/")
/// }
///
/// async fn home(session: Session) -> Json<Vec<Flash>> {
///     Json(session.flashes())
/// }
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(Group::new("").with(Sessions::memory()).post("/", save).get("/", home));
/// client.post("/").await.is(303);
/// client.get("/").await.has_json(json!([{ "level": "info", "text": "saved" }]));
/// client.get("/").await.has_json(json!([]));
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flash {
    /// The kind of message: `info`, `error`, or any other word of the app.
    pub level: String,
    /// The message.
    pub text: String,
}
