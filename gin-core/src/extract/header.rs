//! Header fields and cookies.

use std::borrow::Cow;
use std::convert::Infallible;

use serde::de::DeserializeOwned;

use crate::extract::fields::Fields;
use crate::extract::{Fault, FromContext, Rejection};
use crate::failure::Problem;
use crate::request::Context;

/// The request's header fields as a struct: `user_agent` is `User-Agent`. A value that does not fit is 400.
///
/// ```
/// # use gin::{extract::Header, prelude::*};
/// #[derive(serde::Deserialize)]
/// struct Caller { user_agent: Option<String>, x_retry: Option<u8> }
///
/// async fn who(Header(caller): Header<Caller>) -> String {
///     format!("{:?}, retry {:?}", caller.user_agent, caller.x_retry)
/// }
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Header<T>(pub T);

impl<T: DeserializeOwned + Send> FromContext for Header<T> {
    type Rejection = Rejection;

    async fn from_context(cx: &mut Context) -> Result<Self, Rejection> {
        match fields(cx).named() {
            Ok(value) => Ok(Header(value)),
            Err(error) => Err(Rejection::new(
                Fault::Invalid,
                error.describe(Problem::new(400)),
            )),
        }
    }

    fn fault(rejection: &Rejection) -> Fault {
        rejection.fault()
    }
}

fn fields(cx: &Context) -> Fields<'_> {
    let text = |(name, value): (&http::HeaderName, &'_ http::HeaderValue)| {
        let value = value.to_str().ok()?.to_owned();
        Some((
            Cow::Owned(name.as_str().replace('-', "_")),
            Cow::Owned(value),
        ))
    };
    cx.headers().iter().filter_map(text).collect()
}

/// The request's cookies.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cookies(Vec<(String, String)>);

impl Cookies {
    /// A cookie's value as it was sent.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter()
            .find_map(|(key, value)| (key == name).then_some(value))
    }

    /// Names and values in the order they were sent.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (&**name, &**value))
    }
}

impl FromContext for Cookies {
    type Rejection = Infallible;

    async fn from_context(cx: &mut Context) -> Result<Self, Infallible> {
        let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        Ok(Cookies(cx.cookies().map(owned).collect()))
    }
}
