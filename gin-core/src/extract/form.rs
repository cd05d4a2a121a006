//! Urlencoded forms.

use bytes::Bytes;
use http::Method;
use serde::de::DeserializeOwned;

use crate::extract::charset;
use crate::extract::node::Reading;
use crate::extract::tree::{Leaf, Tree};
use crate::extract::{FromContext, Query, Rejection, Severity};
use crate::failure::{Place, Problem};
use crate::request::{Context, pairs};

/// An `application/x-www-form-urlencoded` body as a struct, a map or a list of pairs. For `GET` and `HEAD`, whose forms browsers send
/// in the URI, the query.
///
/// Another media type is 415, a form that does not fit 422. The problem names all fields that are wrong.
///
/// | type | text |
/// |---|---|
/// | `bool` | `on`, `true`, `1`, `yes` or `off`, `false`, `0`, `no`; absent is `false`, as for a checkbox |
/// | numbers | also with spaces around them |
/// | `Option` | `None` for an empty text |
/// | enum | the name of a variant |
/// | list, tuple | `a=1&a=2`, `a[]=1&a[]=2`, `a[0]=1&a[1]=2`; absent is the empty list |
/// | struct, map | `a[b]=1`, `a.b=1`; in lists `a[0].b=1`, `a[0][b]=1`, `a[][b]=1` |
///
/// Of several values, a field that is not a list takes the first, and a `bool` the last, because forms put a hidden `0` before a
/// checkbox. `#[serde(flatten)]` and tagged or untagged enums take numbers and bools as well. A form has up to 1,000 fields, or
/// [`Group::max_fields`](crate::Group::max_fields).
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// #[derive(serde::Deserialize)]
/// struct SignUp { name: String, age: Option<u8> }
///
/// async fn sign_up(Form(form): Form<SignUp>) -> String {
///     format!("{} {:?}", form.name, form.age)
/// }
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(Group::new("").post("/sign-up", sign_up));
/// client.post("/sign-up").form("name=Ann+B&age=").await.has_text("Ann B None");
/// client.post("/sign-up").form("name=Ann&age=x").await.is(422);
/// client.post("/sign-up").json(&json!({})).await.is(415);
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[doc(alias = "PostForm")]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Form<T>(pub T);

const FORM: &str = "application/x-www-form-urlencoded";

impl<T: DeserializeOwned + Send> FromContext for Form<T> {
    type Rejection = Rejection;

    async fn from_context(cx: &mut Context) -> Result<Self, Rejection> {
        if matches!(*cx.method(), Method::GET | Method::HEAD) {
            return Query::from_context(cx)
                .await
                .map(|Query(value)| Form(value));
        }
        let bytes = bytes(cx).await?;
        let text = String::from_utf8_lossy(&bytes);
        let tree = tree(&text, cx.scope().max_fields)?;
        match Reading::of(&tree).read() {
            Ok(value) => Ok(Form(value)),
            Err(errors) => Err(Rejection::of_fields(
                Severity::Invalid,
                422,
                Place::BODY,
                errors,
            )),
        }
    }

    fn severity(rejection: &Rejection) -> Severity {
        rejection.severity()
    }
}

fn tree(text: &str, limit: usize) -> Result<Tree<'_>, Rejection> {
    let pairs = pairs(text).map(|(name, text)| (name, Leaf::Text(text)));
    Tree::nested(pairs, limit).map_err(Rejection::from)
}

/// Returns `true` for the media type of forms.
pub(crate) fn is_form(media_type: &str) -> bool {
    media_type.eq_ignore_ascii_case(FORM)
}

async fn bytes(cx: &mut Context) -> Result<Bytes, Rejection> {
    charset::check(cx)?;
    match cx.content_type() {
        Some(sent) if is_form(sent) => cx.bytes().await,
        Some(_) => Err(unsupported(Severity::Invalid)),
        None => Err(unsupported(Severity::Absent)),
    }
}

fn unsupported(severity: Severity) -> Rejection {
    let detail = "the body must be sent as application/x-www-form-urlencoded";
    Rejection::new(severity, Problem::new(415).detail(detail))
}
