//! Headers as parts of a response.

use std::error::Error as StdError;

use http::{HeaderMap, HeaderName, HeaderValue};

#[cfg(feature = "openapi")]
use crate::description::Operation;
use crate::failure::Error;
use crate::response::{IntoResponse, Response, ResponseNeed};

/// Headers that are added to those of a response. The headers of an array or of a `HeaderMap` replace those with the same names.
///
/// ```
/// # use gin::{prelude::*, response::AppendHeaders, testing::Client};
/// async fn page() -> impl IntoResponse {
///     (AppendHeaders([("link", "</a.css>; rel=preload"), ("link", "</b.css>; rel=preload")]), "hello")
/// }
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let response = Client::new(Group::new("").get("/", page)).get("/").await;
/// assert_eq!(response.headers().get_all("link").iter().count(), 2);
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AppendHeaders<I>(pub I);

impl<T: IntoResponse> IntoResponse for (HeaderMap, T) {
    fn into_response(self) -> Response {
        let (headers, body) = self;
        let mut response = body.into_response();
        replace(&mut response, headers);
        response
    }

    fn need() -> Option<ResponseNeed> {
        T::need()
    }

    #[cfg(feature = "openapi")]
    fn describe(operation: &mut Operation) {
        T::describe(operation);
    }
}

/// Names and values may be text: `[("cache-control", "no-store")]`. Text that is not valid in a header is 500, and the log has the
/// error.
impl<K, V, T, const N: usize> IntoResponse for ([(K, V); N], T)
where
    K: TryInto<HeaderName, Error: StdError + Send + Sync + 'static>,
    V: TryInto<HeaderValue, Error: StdError + Send + Sync + 'static>,
    T: IntoResponse,
{
    fn into_response(self) -> Response {
        let (headers, body) = self;
        match map_of(headers) {
            Ok(headers) => (headers, body).into_response(),
            Err(error) => error.into_response(),
        }
    }

    fn need() -> Option<ResponseNeed> {
        T::need()
    }

    #[cfg(feature = "openapi")]
    fn describe(operation: &mut Operation) {
        T::describe(operation);
    }
}

/// Names and values may be text. Text that is not valid in a header is 500, and the log has the error.
impl<I, K, V, T> IntoResponse for (AppendHeaders<I>, T)
where
    I: IntoIterator<Item = (K, V)>,
    K: TryInto<HeaderName, Error: StdError + Send + Sync + 'static>,
    V: TryInto<HeaderValue, Error: StdError + Send + Sync + 'static>,
    T: IntoResponse,
{
    fn into_response(self) -> Response {
        let (AppendHeaders(headers), body) = self;
        match map_of(headers) {
            Ok(headers) => {
                let mut response = body.into_response();
                append(&mut response, headers);
                response
            }
            Err(error) => error.into_response(),
        }
    }

    fn need() -> Option<ResponseNeed> {
        T::need()
    }

    #[cfg(feature = "openapi")]
    fn describe(operation: &mut Operation) {
        T::describe(operation);
    }
}

fn map_of<K, V>(headers: impl IntoIterator<Item = (K, V)>) -> Result<HeaderMap, Error>
where
    K: TryInto<HeaderName, Error: StdError + Send + Sync + 'static>,
    V: TryInto<HeaderValue, Error: StdError + Send + Sync + 'static>,
{
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.append(name.try_into()?, value.try_into()?);
    }
    Ok(map)
}

/// Headers around a response that is not made yet, which are added to those that it will have. Its own header map replaces them.
#[derive(Clone, Default)]
struct Appended(HeaderMap);

/// Replaces the headers of a response that have the same names as `fresh`.
fn replace(response: &mut Response, fresh: HeaderMap) {
    if let Some(Appended(appended)) = response.extensions_mut().get_mut() {
        for name in fresh.keys() {
            appended.remove(name);
        }
    }
    // A header map yields the name with the first of its values, which replaces, and `None` with the others.
    response.headers_mut().extend(fresh);
}

/// Adds `fresh` beside the headers of a response that have the same names.
fn append(response: &mut Response, fresh: HeaderMap) {
    let is_made = response.body().is_made();
    let mut appended = HeaderMap::new();
    let headers = response.headers_mut();
    for (name, value) in named(fresh) {
        let is_known = is_made || headers.contains_key(&name);
        let place = if is_known {
            &mut *headers
        } else {
            &mut appended
        };
        place.append(name, value);
    }
    if !appended.is_empty() {
        let extensions = response.extensions_mut();
        let Appended(before) = extensions.get_or_insert_default();
        for (name, value) in named(appended) {
            before.append(name, value);
        }
    }
}

/// Gives `made` the headers that stand around `response`, which it is made for, as if they had stood around `made`.
pub(super) fn hand_over(response: &mut Response, made: &mut Response) {
    if let Some(Appended(appended)) = response.extensions_mut().remove() {
        append(made, appended);
    }
    replace(made, std::mem::take(response.headers_mut()));
}

/// Returns each value of a header map with its name.
fn named(headers: HeaderMap) -> impl Iterator<Item = (HeaderName, HeaderValue)> {
    let mut current = None;
    headers.into_iter().filter_map(move |(name, value)| {
        current = name.or(current.take());
        Some((current.clone()?, value))
    })
}
