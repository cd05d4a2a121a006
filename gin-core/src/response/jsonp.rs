//! JSON that a page of another origin loads as a script.

use http::header::X_CONTENT_TYPE_OPTIONS;
use http::{HeaderValue, Response as HttpResponse};
use serde::Serialize;

use crate::content::Body;
use crate::content::media::JSON;
#[cfg(feature = "openapi")]
use crate::description::Operation;
use crate::failure::{Error, Problem};
use crate::request::Context;
use crate::response::into_response::typed;
use crate::response::json_variants::ascii;
use crate::response::{IntoResponse, Response, from_context};

/// A value as a call of the function that the query's `callback` names, for pages of other origins that load it as a script. Without
/// a `callback` it is JSON.
///
/// The callback is a JavaScript name, also a path of names and numbers such as `widgets[2].show`. Anything else is 400.
///
/// ```
/// # use gin::{prelude::*, response::Jsonp, testing::Client};
/// let app = Group::new("").get("/", async || Jsonp(json!({ "id": 7 })));
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(app);
/// let call = client.get("/?callback=show").await.has_text("/**/show({\"id\":7});");
/// call.has_header("content-type", "application/javascript");
/// client.get("/").await.has_json(json!({ "id": 7 }));
/// client.get("/?callback=alert(1)//").await.is(400);
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Jsonp<T>(pub T);

impl<T: Serialize> IntoResponse for Jsonp<T> {
    fn into_response(self) -> Response {
        match ascii(&self.0) {
            Ok(json) => from_context(move |cx| call(cx, json)).into_response(),
            Err(error) => Error::from(error).into_response(),
        }
    }

    #[cfg(feature = "openapi")]
    fn describe(operation: &mut Operation) {
        let text = serde_json::json!({ "type": "string" });
        operation.optional(|operation| operation.query("callback", text.clone()));
        operation.response_with(200, "application/javascript", text);
        let schema = operation.known_response::<T>();
        operation.response_with(200, "application/json", schema);
        operation.problem(400);
    }
}

fn call(cx: &Context, json: Vec<u8>) -> Result<HttpResponse<Body>, Problem> {
    const SCRIPT: HeaderValue = HeaderValue::from_static("application/javascript");
    let callback = cx.query("callback").unwrap_or_default();
    if callback.is_empty() {
        return Ok(typed(JSON, json));
    }
    if !is_callback(&callback) {
        return Err(Problem::new(400).field("callback", "is not a JavaScript name"));
    }
    // The comment keeps the response from being a file of another format, whose first bytes the client would choose by the callback.
    let mut script = format!("/**/{callback}(").into_bytes();
    script.extend(json);
    script.extend(b");");
    let mut response = typed(SCRIPT, script);
    let nosniff = HeaderValue::from_static("nosniff");
    response
        .headers_mut()
        .insert(X_CONTENT_TYPE_OPTIONS, nosniff);
    Ok(response)
}

/// Returns `true` for names joined by dots, each with any number of indices in brackets.
fn is_callback(text: &str) -> bool {
    const LONGEST: usize = 256;
    text.len() <= LONGEST && text.split('.').all(is_member)
}

fn is_member(text: &str) -> bool {
    let mut parts = text.split('[');
    let is_index = |part: &str| {
        part.strip_suffix(']').is_some_and(|index| {
            !index.is_empty() && index.bytes().all(|byte| byte.is_ascii_digit())
        })
    };
    parts.next().is_some_and(is_name) && parts.all(is_index)
}

fn is_name(text: &str) -> bool {
    let is_inner = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$';
    text.bytes().all(is_inner)
        && text
            .bytes()
            .next()
            .is_some_and(|first| !first.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::is_callback;

    #[test]
    fn a_callback_is_a_path_of_names_and_indices() {
        for good in [
            "f",
            "_f$9",
            "$",
            "a.b.c",
            "a[0]",
            "a[10][2].b",
            "jQuery1113_17",
        ] {
            assert!(is_callback(good), "{good}");
        }
        let long = "f".repeat(257);
        for bad in [
            "",
            "9f",
            "a.",
            ".a",
            "a..b",
            "a[",
            "a[]",
            "a[b]",
            "a[0",
            "a]0[",
            "a[0]b",
            "f(",
            "f;g",
            "a b",
            "é",
            "f\u{2028}",
            "<script>",
            "a[0].",
            "[0]",
            long.as_str(),
        ] {
            assert!(!is_callback(bad), "{bad}");
        }
    }
}
