//! The values that can be read back from the response of a route.

use std::borrow::Cow;

use bytes::Bytes;
use http::StatusCode;
use serde::de::DeserializeOwned;

use crate::response::{AsciiJson, Html, IndentedJson, Json, Redirect};
use crate::testing::TestResponse;

/// A return type whose value can be read back from a response, by [`TypedResponse::value`](crate::testing::TypedResponse::value).
///
/// | return type | value |
/// |---|---|
/// | `Json<T>` | `T`, with `Deserialize` |
/// | text, `Html<T>` | `String` |
/// | `Vec<u8>`, `Bytes` | `Bytes` |
/// | `StatusCode` | itself |
/// | `Redirect` | the `Location` as a `String` |
/// | `(StatusCode, R)`, `(StatusCode, headers, R)`, `Result<R, _>` | the value of `R` |
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// #[post("/notes")]
/// async fn create(text: String) -> (StatusCode, Json<usize>) {
///     (StatusCode::CREATED, Json(text.len()))
/// }
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(Group::new("").mount(routes![create]));
/// let length: usize = client.call(create::with("four")).await.is(201).value();
/// assert_eq!(length, 4);
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "the value of `{Self}` cannot be read from a response",
    label = "not a return type whose value can be read",
    note = "the type inside a `Json` implements `serde::Deserialize`; `json::<T>()`, `text()` and `bytes()` read the body of any response"
)]
pub trait Returns {
    /// The type of the value.
    type Value;

    /// Reads the value.
    #[doc(hidden)]
    fn value(response: &TestResponse) -> Self::Value;
}

macro_rules! json {
    ($($Json:ident)*) => {$(
        impl<T: DeserializeOwned> Returns for $Json<T> {
            type Value = T;

            #[track_caller]
            fn value(response: &TestResponse) -> T {
                response.json()
            }
        }
    )*};
}

json!(Json IndentedJson AsciiJson);

macro_rules! text {
    ($($Text:ty)*) => {$(
        impl Returns for $Text {
            type Value = String;

            #[track_caller]
            fn value(response: &TestResponse) -> String {
                response.text().to_owned()
            }
        }
    )*};
}

text!(String &'static str Cow<'static, str>);

impl<T> Returns for Html<T> {
    type Value = String;

    #[track_caller]
    fn value(response: &TestResponse) -> String {
        response.text().to_owned()
    }
}

impl Returns for Vec<u8> {
    type Value = Bytes;

    fn value(response: &TestResponse) -> Bytes {
        response.bytes().clone()
    }
}

impl Returns for Bytes {
    type Value = Bytes;

    fn value(response: &TestResponse) -> Bytes {
        response.bytes().clone()
    }
}

impl Returns for () {
    type Value = ();

    fn value(_: &TestResponse) {}
}

impl Returns for StatusCode {
    type Value = StatusCode;

    fn value(response: &TestResponse) -> StatusCode {
        response.status()
    }
}

impl Returns for Redirect {
    type Value = String;

    #[track_caller]
    fn value(response: &TestResponse) -> String {
        let location = response.header("location");
        location.expect("a redirect has a location").to_owned()
    }
}

impl<H, R: Returns> Returns for (H, R) {
    type Value = R::Value;

    #[track_caller]
    fn value(response: &TestResponse) -> R::Value {
        R::value(response)
    }
}

impl<S, H, R: Returns> Returns for (S, H, R) {
    type Value = R::Value;

    #[track_caller]
    fn value(response: &TestResponse) -> R::Value {
        R::value(response)
    }
}

impl<R: Returns, E> Returns for Result<R, E> {
    type Value = R::Value;

    #[track_caller]
    fn value(response: &TestResponse) -> R::Value {
        R::value(response)
    }
}

/// The return type of a function whose type has no name, such as `impl IntoResponse`.
#[doc(hidden)]
#[derive(Debug)]
pub struct Unnamed;
