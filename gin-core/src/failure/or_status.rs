//! The status of a value that is missing, or of an error.

use std::borrow::Cow;

use crate::failure::{Error, IntoStatus, Problem};

/// Methods that give a missing value, or an error, the status that the client gets.
///
/// The text is sent to the client. The error behind it is not: it is logged.
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// # use std::collections::HashMap;
/// async fn note(State(notes): State<HashMap<u32, String>>, Path(id): Path<u32>) -> gin::Result<String> {
///     Ok(notes.get(&id).or_404()?.clone())
/// }
///
/// async fn port(text: String) -> gin::Result<String> {
///     let port: u16 = text.parse().or_status(422, "the port is a number up to 65535")?;
///     Ok(format!("port {port}"))
/// }
///
/// let notes = HashMap::from([(7_u32, "buy milk".to_owned())]);
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(Group::new("").state(notes).get("/notes/:id", note).post("/port", port));
/// client.get("/notes/7").await.has_text("buy milk");
/// client.get("/notes/8").await.is(404).has_text("404 Not Found\n");
/// client.post("/port").body("eighty").await.is(422).contains("the port is a number");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
pub trait OrStatus: Sized {
    /// The value that is there if all is well.
    type Value;

    /// Returns the value, or an error with the status 404.
    ///
    /// # Errors
    ///
    /// The value is `None` or an error.
    #[doc(alias = "ok_or")]
    fn or_404(self) -> Result<Self::Value, Error>;

    /// Returns the value, or an error with `status` and a text for the client.
    ///
    /// # Errors
    ///
    /// The value is `None` or an error.
    #[doc(alias = "map_err")]
    fn or_status(
        self,
        status: impl IntoStatus,
        detail: impl Into<Cow<'static, str>>,
    ) -> Result<Self::Value, Error>;
}

impl<T> OrStatus for Option<T> {
    type Value = T;

    #[track_caller]
    fn or_404(self) -> Result<T, Error> {
        match self {
            Some(value) => Ok(value),
            None => Err(Problem::new(404).into()),
        }
    }

    #[track_caller]
    fn or_status(
        self,
        status: impl IntoStatus,
        detail: impl Into<Cow<'static, str>>,
    ) -> Result<T, Error> {
        match self {
            Some(value) => Ok(value),
            None => Err(Error::new(status, detail)),
        }
    }
}

impl<T, E> OrStatus for Result<T, E>
where
    Error: From<E>,
{
    type Value = T;

    #[track_caller]
    fn or_404(self) -> Result<T, Error> {
        match self {
            Ok(value) => Ok(value),
            Err(error) => Err(Error::from(error).with_status(404)),
        }
    }

    #[track_caller]
    fn or_status(
        self,
        status: impl IntoStatus,
        detail: impl Into<Cow<'static, str>>,
    ) -> Result<T, Error> {
        match self {
            Ok(value) => Ok(value),
            Err(error) => Err(Error::from(error).with_status(status).with_detail(detail)),
        }
    }
}
