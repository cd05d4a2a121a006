//! Responses in the media type that the client accepts.

use std::fmt;

#[cfg(feature = "openapi")]
use crate::description::Operation;
use crate::failure::Problem;
use crate::request::Context;
use crate::response::accept::Accept;
use crate::response::{Html, IntoResponse, Response, from_context};
use http::header::{CONTENT_TYPE, VARY};
use http::{HeaderValue, StatusCode};

/// A value as a response of the media type that the client accepts (RFC 9110 §12.5.1): as JSON, in the [formats](crate::formats) that
/// are compiled in, and as whatever else is offered.
///
/// Of the offers that the client prefers equally, the first counts, which is JSON unless the value was made by
/// [`only`](Negotiate::only). A client that accepts none of them gets a 406 that lists them.
///
/// ```
/// # use gin::{prelude::*, response::Negotiate, testing::Client};
/// #[derive(serde::Serialize)]
/// struct User { name: &'static str }
///
/// async fn show() -> Negotiate<User> {
///     Negotiate::new(User { name: "Ann" })
///         .html(|user| format!("<h1>{}</h1>", user.name))
///         .offer("text/csv", |user| format!("name\n{}\n", user.name))
/// }
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(Group::new("").get("/", show));
/// client.get("/").await.has_json(json!({ "name": "Ann" })).has_header("vary", "accept");
/// client.get("/").header("accept", "text/html, */*;q=0.1").await.has_text("<h1>Ann</h1>");
/// client.get("/").header("accept", "text/csv;q=0.9, text/html;q=0.1").await.has_text("name\nAnn\n");
/// client.get("/").header("accept", "image/png").await.is(406).contains("text/csv");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[must_use = "a value is sent when the handler returns it"]
pub struct Negotiate<T> {
    value: T,
    media_types: Vec<&'static str>,
    writers: Vec<Write<T>>,
}

type Write<T> = Box<dyn FnOnce(T) -> Response + Send>;

impl<T: Send + 'static> Negotiate<T> {
    /// Offers nothing by itself, only what is added.
    ///
    /// ```
    /// # use gin::{prelude::*, response::Negotiate, testing::Client};
    /// let app = Group::new("").get("/", async || Negotiate::only(7).text(|value| value.to_string()));
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let client = Client::new(app);
    /// client.get("/").await.has_text("7");
    /// client.get("/").header("accept", "application/json").await.is(406);
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn only(value: T) -> Negotiate<T> {
        Negotiate {
            value,
            media_types: Vec::new(),
            writers: Vec::new(),
        }
    }

    /// Offers HTML. Escape in it what comes from users. A [`View`](crate::templates::View) is offered by
    /// `offer("text/html", |user| View::new("user.html", context! { user }))`.
    pub fn html(self, write: impl FnOnce(T) -> String + Send + 'static) -> Negotiate<T> {
        self.offer("text/html", |value| Html(write(value)))
    }

    /// Offers plain text.
    pub fn text(self, write: impl FnOnce(T) -> String + Send + 'static) -> Negotiate<T> {
        self.offer("text/plain", write)
    }

    /// Offers another media type, which the response gets as its `Content-Type`.
    pub fn offer<R: IntoResponse>(
        mut self,
        media_type: &'static str,
        write: impl FnOnce(T) -> R + Send + 'static,
    ) -> Negotiate<T> {
        self.media_types.push(media_type);
        let write: Write<T> = Box::new(|value| write(value).into_response());
        self.writers.push(write);
        self
    }
}

impl<T: Send + 'static> IntoResponse for Negotiate<T> {
    fn into_response(self) -> Response {
        let Negotiate {
            value,
            media_types,
            mut writers,
        } = self;
        from_context(move |cx| {
            let index = choose(cx, &media_types)?;
            let write = writers.swap_remove(index);
            Ok::<_, Problem>(labeled(write(value), media_types.get(index).copied()))
        })
        .into_response()
    }

    #[cfg(feature = "openapi")]
    fn describe(operation: &mut Operation) {
        operation.response_with(200, "*/*", serde_json::json!({}));
        operation.problem(406);
    }
}

impl Context {
    /// Returns the one of `offers` that the client accepts best, or `None` if it accepts none of them. Of those that it prefers
    /// equally, the first counts.
    ///
    /// A response that depends on it has the header `Vary: accept`, so that caches keep one for each.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// async fn home(cx: &mut Context) -> Response {
    ///     match cx.accepts(&["application/json", "text/html"]) {
    ///         Some("text/html") => Html("<h1>Hello</h1>").into_response(),
    ///         _ => cx.json(200, json!("Hello")),
    ///     }
    /// }
    ///
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let client = Client::new(Group::new("").get("/", home));
    /// client.get("/").header("accept", "text/*;q=0.5, application/json;q=0.4").await.has_text("<h1>Hello</h1>");
    /// client.get("/").await.has_json(json!("Hello"));
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[doc(alias = "NegotiateFormat")]
    pub fn accepts<'a>(&self, offers: &[&'a str]) -> Option<&'a str> {
        let best = Accept::of(self).best(offers)?;
        offers.get(best).copied()
    }
}

/// Returns the index of the offer that fits best, or the 406 that lists all of them.
fn choose(cx: &Context, offers: &[&'static str]) -> Result<usize, Problem> {
    Accept::of(cx).best(offers).ok_or_else(|| {
        let detail = format!("this is available as {}", offers.join(", "));
        Problem::new(StatusCode::NOT_ACCEPTABLE)
            .detail(detail)
            .with("available", offers.to_vec())
            .header(VARY, HeaderValue::from_static("accept"))
    })
}

/// Adds the media type, unless the response has it already, with parameters perhaps.
fn labeled(mut response: Response, media_type: Option<&'static str>) -> Response {
    let headers = response.headers_mut();
    headers.append(VARY, HeaderValue::from_static("accept"));
    let Some(media_type) = media_type else {
        return response;
    };
    let own = headers.get(CONTENT_TYPE);
    let own = own.and_then(|own| own.to_str().ok()?.split(';').next());
    if own != Some(media_type) && response.status().is_success() {
        let text = match media_type.strip_prefix("text/") {
            Some(_) if !media_type.contains(';') => format!("{media_type}; charset=utf-8"),
            _ => media_type.to_owned(),
        };
        if let Ok(value) = HeaderValue::try_from(text) {
            response.headers_mut().insert(CONTENT_TYPE, value);
        }
    }
    response
}

impl<T> fmt::Debug for Negotiate<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Negotiate({})", self.media_types.join(", "))
    }
}
