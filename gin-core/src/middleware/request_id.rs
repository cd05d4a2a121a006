//! Ids of requests, which connect the log lines, spans and responses of one request.

use std::fmt;

use http::{HeaderMap, HeaderName, HeaderValue};
use tracing::{Instrument, Span, info_span};

#[cfg(feature = "openapi")]
use crate::description::Operation;
use crate::future::BoxFuture;
use crate::middleware::{Middleware, Next, Provided, Role, random};
use crate::request::Context;
use crate::response::Response;

/// The longest id that is taken from a request, in bytes.
const LONGEST: usize = 128;

/// Gives each request an id: in the response, in the lines of a [`Logger`](crate::middleware::Logger), and as `request_id` of a
/// `tracing` span named `request` around everything further in. That is the span of a [`Trace`](crate::operations::Trace) further
/// out, if there is one. A warning at start names a `Trace` further in, which would open a second span.
///
/// The id is in the header `X-Request-Id` of the response, also after a panic or a timeout. A handler has it as
/// [`Context::request_id`], or as an [`Extension`](crate::extract::Extension) of a [`RequestIdValue`]. The request gets the header
/// as well, so that a handler that passes the headers on to another service passes on the id.
///
/// An id that the request brings is kept if a proxy sends it that [`Group::proxies`](crate::Group::proxies) trusts, and if it
/// consists of at most 128 letters, digits and `-._~+/=:`. Otherwise the id is a fresh random UUID: a stranger could choose an id
/// that belongs to other requests, or write into the log with it.
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// use gin::middleware::RequestId;
/// use gin::routing::Proxies;
///
/// let app = Group::new("").proxies(Proxies::trusted(["10.0.0.0/8"])).with(RequestId::new());
/// let app = app.get("/", async |cx: &mut Context| cx.request_id().unwrap_or_default().to_owned());
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(app);
/// let stranger = client.from("192.0.2.1:4711");
/// let response = stranger.get("/").header("x-request-id", "mine").await;
/// assert_ne!(response.header("x-request-id"), Some("mine"));
///
/// let proxy = client.from("10.0.0.1:4711");
/// proxy.get("/").header("x-request-id", "7f").await.has_header("x-request-id", "7f").has_text("7f");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct RequestId {
    header: HeaderName,
    sources: Sources,
}

/// The senders whose ids are kept.
#[derive(Debug, Clone, Copy)]
enum Sources {
    Proxies,
    Everyone,
}

impl RequestId {
    /// Creates the middleware, with the header `X-Request-Id`.
    #[expect(clippy::new_without_default, reason = "middleware are made by `new`")]
    pub fn new() -> RequestId {
        RequestId {
            header: HeaderName::from_static("x-request-id"),
            sources: Sources::Proxies,
        }
    }

    /// Sets the name of the header. Default: `x-request-id`.
    #[must_use]
    pub fn header(mut self, header: HeaderName) -> RequestId {
        self.header = header;
        self
    }

    /// Keeps the valid ids of all clients. Default: those of trusted proxies only.
    ///
    /// It is for services that only other services of yours can reach.
    #[must_use]
    pub fn trust_everyone(mut self) -> RequestId {
        self.sources = Sources::Everyone;
        self
    }

    /// Returns the id that the request brings, if it may be kept.
    fn incoming(&self, cx: &Context) -> Option<RequestIdValue> {
        let is_trusted = match self.sources {
            Sources::Everyone => true,
            Sources::Proxies => cx.scope().proxies.trust(cx.remote_ip()),
        };
        let mut values = cx.headers().get_all(&self.header).iter();
        let value = values.next().filter(|_| is_trusted)?;
        let is_only = values.next().is_none();
        (is_only && is_valid(value)).then(|| RequestIdValue(value.clone()))
    }
}

fn is_valid(id: &HeaderValue) -> bool {
    let is_of_id = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~+/=:".contains(byte);
    (1..=LONGEST).contains(&id.len()) && id.as_bytes().iter().all(is_of_id)
}

/// The id of a request, which [`RequestId`] has set.
///
/// ```
/// # use gin::{extract::Extension, prelude::*, testing::Client};
/// use gin::middleware::{RequestId, RequestIdValue};
///
/// let show = async |Extension(id): Extension<RequestIdValue>| id.to_string();
/// let app = Group::new("").with(RequestId::new()).get("/", show);
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let response = Client::new(app).get("/").await.is(200);
/// assert_eq!(response.header("x-request-id"), Some(response.text()));
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct RequestIdValue(HeaderValue);

impl RequestIdValue {
    /// Returns a random UUID (RFC 9562 §5.4).
    fn random() -> RequestIdValue {
        let mut bytes: [u8; 16] = random::bytes();
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        let mut text = String::with_capacity(36);
        for (index, byte) in bytes.iter().enumerate() {
            if matches!(index, 4 | 6 | 8 | 10) {
                text.push('-');
            }
            for digit in [byte >> 4, byte & 0x0f] {
                text.extend(char::from_digit(digit.into(), 16));
            }
        }
        let value = HeaderValue::try_from(text);
        RequestIdValue(value.expect("hexadecimal digits are valid in a header"))
    }

    /// Returns the id as text.
    pub fn as_str(&self) -> &str {
        self.0.to_str().unwrap_or_default()
    }
}

impl fmt::Display for RequestIdValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for RequestIdValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RequestIdValue({self})")
    }
}

/// The span of a request, which has a field `request_id`.
#[derive(Clone)]
pub(crate) struct RequestSpan(pub(crate) Span);

impl Context {
    /// Returns the id that [`RequestId`] has given to the request. It is `None` without that middleware.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// use gin::middleware::RequestId;
    ///
    /// let app = Group::new("").with(RequestId::new());
    /// let app = app.get("/", async |cx: &mut Context| cx.request_id().unwrap_or_default().to_owned());
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let response = Client::new(app).get("/").await;
    /// assert_eq!(response.header("x-request-id"), Some(response.text()));
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[doc(alias("X-Request-Id", "requestid.Get"))]
    pub fn request_id(&self) -> Option<&str> {
        self.get::<RequestIdValue>().map(RequestIdValue::as_str)
    }
}

impl Middleware for RequestId {
    fn call<'a>(&'a self, cx: &'a mut Context, next: Next<'a>) -> BoxFuture<'a, Response> {
        let id = self.incoming(cx);
        let id = id.unwrap_or_else(RequestIdValue::random);
        let span = if let Some(RequestSpan(span)) = cx.get() {
            span.record("request_id", id.as_str());
            Span::none()
        } else {
            info_span!("request", request_id = id.as_str())
        };
        cx.headers_mut().insert(self.header.clone(), id.0.clone());
        cx.assure(HeaderMap::from_iter([(self.header.clone(), id.0.clone())]));
        cx.set(id);
        if span.is_disabled() {
            return next.run(cx);
        }
        Box::pin(next.run(cx).instrument(span))
    }

    fn provides(&self, provided: &mut Provided) {
        provided.extension::<RequestIdValue>();
    }

    #[cfg(feature = "openapi")]
    fn describe(&self, operation: &mut Operation) {
        let schema = serde_json::json!({ "type": "string", "maxLength": LONGEST });
        operation.header_of_all(self.header.as_str(), schema);
    }

    fn role(&self) -> Role {
        Role::SpanField
    }
}
