//! The outputs of tasks that no client waits for.

use crate::failure::error::Error;

/// The output of a function that runs beside a response: `()`, or a `Result` whose error is logged.
///
/// [`Sse::from_writer`](crate::response::Sse::from_writer) and `WebSocket::on_upgrade` take functions that return one.
///
/// ```
/// # use gin::{prelude::*, response::{Event, Sse}, testing::Client};
/// async fn first_line() -> Sse {
///     Sse::from_writer(async |events| {
///         let text = std::fs::read_to_string("/no/such/log")?;
///         events.send(Event::data(text)).await;
///         gin::Result::Ok(())
///     })
/// }
/// # let _ = Group::new("").get("/", first_line);
/// ```
#[diagnostic::on_unimplemented(
    message = "the function returns `{Self}`",
    label = "neither `()` nor a `Result<(), E>`",
    note = "the function returns nothing, or a `gin::Result<()>` whose error is logged"
)]
pub trait TaskOutput {
    /// Converts the output into a result.
    ///
    /// # Errors
    ///
    /// The error that is logged.
    fn into_result(self) -> Result<(), Error>;
}

impl TaskOutput for () {
    fn into_result(self) -> Result<(), Error> {
        Ok(())
    }
}

impl<E: Into<Error>> TaskOutput for Result<(), E> {
    fn into_result(self) -> Result<(), Error> {
        self.map_err(Into::into)
    }
}

/// The output of a function, which names the type `!`: a function that loops forever has it.
#[doc(hidden)]
pub trait Returning {
    type Output;
}

impl<T> Returning for fn() -> T {
    type Output = T;
}

impl TaskOutput for <fn() -> ! as Returning>::Output {
    fn into_result(self) -> Result<(), Error> {
        self
    }
}
