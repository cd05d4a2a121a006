//! Methods that HTML forms cannot send.

use std::borrow::Cow;

use http::header::CONTENT_ENCODING;
use http::{HeaderName, Method};

use crate::failure::Problem;
use crate::middleware::provenance::Provenance;
use crate::request::{Context, pairs};

const HEADER: HeaderName = HeaderName::from_static("x-http-method-override");

/// Lets a `POST` request stand for `PUT`, `PATCH` or `DELETE`: by the field `_method` of an urlencoded form, which HTML cannot send
/// otherwise, or by the header `X-HTTP-Method-Override`.
///
/// The route is looked up by that method, so it is a setting of the outermost group: [`Group::method_override`]. No other method can be
/// named, so a request that changes something never passes for a `GET`. A page of another site cannot make a browser send a `DELETE`
/// with a form, and still cannot by this: its request is a 403, as with [`Csrf`](crate::middleware::Csrf).
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// use gin::middleware::MethodOverride;
///
/// let notes = Group::new("/notes").delete("/:id", async |Path(id): Path<u32>| format!("deleted {id}"));
/// let app = Group::new("").method_override(MethodOverride::new()).nest(notes);
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(app);
/// client.post("/notes/7").form("_method=DELETE").await.has_text("deleted 7");
/// client.post("/notes/7").form("").await.is(405);
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// [`Group::method_override`]: crate::Group::method_override
#[derive(Debug, Clone)]
pub struct MethodOverride {
    field: Cow<'static, str>,
}

/// The place of a request that names the method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Only scripts set headers, and those of other sites need permission.
    Header,
    Field,
}

impl MethodOverride {
    /// Creates the setting, with the field `_method`.
    #[expect(
        clippy::new_without_default,
        reason = "it is a decision to add it, not a default"
    )]
    pub fn new() -> MethodOverride {
        MethodOverride {
            field: Cow::Borrowed("_method"),
        }
    }

    /// Sets the name of the form's field. Default: `_method`.
    #[must_use]
    pub fn field(mut self, name: impl Into<Cow<'static, str>>) -> MethodOverride {
        self.field = name.into();
        self
    }

    /// Changes the method of the request to the one that it names.
    ///
    /// # Errors
    ///
    /// The response to a request that names another method, that comes from another site, or whose body does not come whole.
    pub(crate) async fn apply(&self, cx: &mut Context) -> Result<(), Problem> {
        if *cx.method() != Method::POST {
            return Ok(());
        }
        let header = cx.headers().get(&HEADER);
        let (named, place) = match header.map(|header| named(header.as_bytes())) {
            Some(named) => (Some(named), Place::Header),
            None => (self.named_by_field(cx).await?, Place::Field),
        };
        let Some(named) = named else {
            return Ok(());
        };
        let Some(method) = named else {
            return Err(
                Problem::new(400).detail("a POST request can stand for PUT, PATCH or DELETE only")
            );
        };
        check(Provenance::of(cx, &[]), place)?;
        cx.set_method(method);
        Ok(())
    }

    /// Returns the method that the form names, if it names one: `None` inside if it is not one of those that can be.
    async fn named_by_field(&self, cx: &mut Context) -> Result<Option<Option<Method>>, Problem> {
        if !is_small_form(cx) {
            return Ok(None);
        }
        let body = cx.read_body().await?;
        let text = str::from_utf8(&body).unwrap_or_default();
        let mut fields = pairs(text);
        let value = fields.find_map(|(name, value)| (name == self.field).then_some(value));
        Ok(value.map(|value| named(value.as_bytes())))
    }
}

fn check(provenance: Provenance, place: Place) -> Result<(), Problem> {
    match (provenance, place) {
        (Provenance::Unknown, Place::Header) => Ok(()),
        _ => provenance.check(),
    }
}

fn named(text: &[u8]) -> Option<Method> {
    let allowed = [Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
    let mut allowed = allowed.into_iter();
    allowed.find(|method| method.as_str().as_bytes().eq_ignore_ascii_case(text))
}

/// Returns `true` for an urlencoded form that may be read before its route, and so its limit, is known. Browsers declare the length.
fn is_small_form(cx: &Context) -> bool {
    let is_form = cx
        .content_type()
        .is_some_and(|sent| sent.eq_ignore_ascii_case("application/x-www-form-urlencoded"));
    is_form && cx.has_small_body() && !cx.headers().contains_key(CONTENT_ENCODING)
}
