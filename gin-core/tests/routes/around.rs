//! Middleware that records in the response that it ran.

use gin::prelude::*;
use gin::testing::TestResponse;

/// Adds the values of `x-around` from the inside out.
async fn around(cx: &mut Context, next: Next<'_>, name: &'static str) -> Response {
    let mut response = next.run(cx).await;
    mark(&mut response, name);
    response
}

macro_rules! around {
    ($($name:ident)*) => {$(
        pub(crate) async fn $name(cx: &mut Context, next: Next<'_>) -> Response {
            around(cx, next, stringify!($name)).await
        }
    )*};
}

around!(outer inner audit other);

/// Returns the names of the middleware that ran, from the outside in.
pub(crate) fn ran(response: &TestResponse) -> Vec<String> {
    let values = response.headers().get_all("x-around").iter();
    let names = values.map(|value| value.to_str().expect("a name").to_owned());
    let names: Vec<_> = names.collect();
    names.into_iter().rev().collect()
}

/// Adds `name` to the middleware that ran.
pub(crate) fn mark(response: &mut Response, name: &str) {
    let name = HeaderValue::try_from(name).expect("a name is text");
    response.headers_mut().append("x-around", name);
}
