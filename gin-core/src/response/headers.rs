//! Headers as parts of a response.

use std::error::Error as StdError;

use http::header::Entry;
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
        replace(response.headers_mut(), headers);
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
                append(response.headers_mut(), headers);
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

/// Replaces the values in `headers` that have the same names as `fresh`.
fn replace(headers: &mut HeaderMap, fresh: HeaderMap) {
    let mut current = None;
    for (name, value) in fresh {
        // A header map yields the name with the first of its values, and `None` with the others.
        let first = name.is_some();
        current = name.or(current);
        let Some(name) = current.clone() else {
            continue;
        };
        match headers.entry(name) {
            Entry::Occupied(mut entry) if first => drop(entry.insert(value)),
            Entry::Occupied(mut entry) => entry.append(value),
            Entry::Vacant(entry) => drop(entry.insert(value)),
        }
    }
}

/// Adds `fresh` beside the values in `headers` that have the same names.
fn append(headers: &mut HeaderMap, fresh: HeaderMap) {
    let mut current = None;
    for (name, value) in fresh {
        current = name.or(current);
        if let Some(name) = &current {
            headers.append(name, value);
        }
    }
}
