//! Responses that depend on the request.

use std::any::Any;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use http::StatusCode;

use crate::content::Body;
use crate::future::BoxFuture;
use crate::request::Context;
use crate::response::headers::hand_over;
use crate::response::{IntoResponse, Response};

/// Gets the status that was set on the response beforehand.
type Make = Box<dyn FnOnce(&mut Context, StatusCode) -> Response + Send>;

/// Gives the request a value that a response needs, which may take time.
pub(crate) type Prepare = for<'a> fn(&'a mut Context) -> BoxFuture<'a, ()>;

/// A response that is made once the request is known, from [`from_context`].
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// use gin::response::{Deferred, from_context};
///
/// struct Greeting(&'static str);
///
/// impl IntoResponse for Greeting {
///     fn into_response(self) -> Response {
///         let Greeting(name) = self;
///         from_context(move |cx| match cx.header("accept-language") {
///             Some("de") => format!("Hallo, {name}!"),
///             _ => format!("Hello, {name}!"),
///         })
///         .into_response()
///     }
/// }
///
/// async fn greet() -> (StatusCode, Greeting) {
///     (StatusCode::ACCEPTED, Greeting("Ann"))
/// }
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(Group::new("").get("/", greet));
/// client.get("/").header("accept-language", "de").await.is(202).has_text("Hallo, Ann!");
/// client.get("/").await.is(202).has_text("Hello, Ann!");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Deferred {
    make: Mutex<Option<Make>>,
    prepare: Option<Prepare>,
}

/// Returns a response that `make` turns into the final one when the handler or middleware has returned.
///
/// A status other than 200 and headers around it, as in `(status, headers, response)`, count as they do around the final response:
/// those of [`AppendHeaders`](crate::response::AppendHeaders) are added, others replace. The status of an error stays, and headers
/// around a [`Problem`](crate::Problem) are left out: it has its own.
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// use gin::response::from_context;
///
/// /// A redirect to where the user came from.
/// fn back() -> impl IntoResponse {
///     from_context(|cx| Redirect::to(cx.header("referer").unwrap_or("/").to_owned()))
/// }
///
/// let app = Group::new("").post("/like", async || back());
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// Client::new(app).post("/like").header("referer", "/posts/7").await.is(303).has_header("location", "/posts/7");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn from_context<R: IntoResponse>(
    make: impl FnOnce(&mut Context) -> R + Send + 'static,
) -> Deferred {
    Deferred::new(Box::new(move |cx, _| make(cx).into_response()))
}

impl Deferred {
    pub(crate) fn new(make: Make) -> Deferred {
        Deferred {
            make: Mutex::new(Some(make)),
            prepare: None,
        }
    }

    /// Sets the step before the response of a handler is made. It does not run for other responses.
    #[cfg(all(feature = "sessions", feature = "templates"))]
    pub(crate) fn prepared_by(mut self, prepare: Prepare) -> Deferred {
        self.prepare = Some(prepare);
        self
    }
}

impl IntoResponse for Deferred {
    fn into_response(self) -> Response {
        Response::new(Body::deferred(Box::new(self)))
    }
}

/// Makes the response that `response` may carry, and keeps the status and headers that `response` has.
pub(crate) fn complete(cx: &mut Context, response: &mut Response) {
    let Some(deferred) = response.body_mut().take_deferred() else {
        return;
    };
    if cx.prepares && preparation(&*deferred).is_some() {
        *response.body_mut() = Body::deferred(deferred);
        return;
    }
    let Some(mut made) = make(cx, deferred, response.status()) else {
        return;
    };
    hand_over(response, &mut made);
    if response.status() != StatusCode::OK && made.status().is_success() {
        *made.status_mut() = response.status();
    }
    made.extensions_mut()
        .extend(std::mem::take(response.extensions_mut()));
    *response = made;
}

/// Makes the response that `response` may carry, without the step before it.
pub(crate) fn complete_unprepared(cx: &mut Context, response: &mut Response) {
    let prepares = std::mem::take(&mut cx.prepares);
    complete(cx, response);
    cx.prepares = prepares;
}

/// Makes the response that a handler's `response` may carry, after the step before it.
#[cfg(all(feature = "sessions", feature = "templates"))]
pub(crate) async fn complete_prepared(cx: &mut Context, response: &mut Response) {
    let Some(deferred) = response.body_mut().take_deferred() else {
        return;
    };
    if let Some(prepare) = preparation(&*deferred) {
        prepare(cx).await;
    }
    *response.body_mut() = Body::deferred(deferred);
    complete_unprepared(cx, response);
}

fn preparation(deferred: &(dyn Any + Send + Sync)) -> Option<Prepare> {
    deferred.downcast_ref::<Deferred>()?.prepare
}

fn make(
    cx: &mut Context,
    deferred: Box<dyn Any + Send + Sync>,
    status: StatusCode,
) -> Option<Response> {
    let Deferred { make, .. } = *deferred.downcast::<Deferred>().ok()?;
    let make = make.into_inner().unwrap_or_else(PoisonError::into_inner)?;
    let mut response = make(cx, status);
    // A deferred response may be made of another one.
    complete(cx, &mut response);
    Some(response)
}

impl fmt::Debug for Deferred {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Deferred")
    }
}
