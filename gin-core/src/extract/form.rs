//! Forms.

use http::Method;
use serde::de::DeserializeOwned;

#[cfg(feature = "openapi")]
use crate::description::Operation;
use crate::extract::node::Reading;
use crate::extract::sent::Sent;
use crate::extract::{FromContext, Query, Rejection, Severity};
use crate::failure::Place;
use crate::request::Context;

/// An `application/x-www-form-urlencoded` or, with the feature `multipart`, `multipart/form-data` body as a struct, a map or a list of
/// pairs. For `GET` and `HEAD`, whose forms browsers send in the URI, the query.
///
/// Another media type is 415, a form that does not fit 422. The problem names all fields that are wrong.
///
/// | type | text |
/// |---|---|
/// | `bool` | `on`, `true`, `1`, `yes` or `off`, `false`, `0`, `no`; absent is `false`, as for a checkbox |
/// | numbers | also with spaces around them |
/// | `Option` | `None` for an empty text |
/// | enum | the name of a variant |
/// | list, tuple | `a=1&a=2`, `a[]=1&a[]=2`, `a[0]=1&a[1]=2`; absent is the empty list. [`Separated`](crate::extract::Separated) takes `a=1,2` |
/// | struct, map | `a[b]=1`, `a.b=1`; in lists `a[0].b=1`, `a[0][b]=1`, `a[][b]=1` |
///
/// Of several values, a field that is not a list takes the first, and a `bool` the last, because forms put a hidden `0` before a
/// checkbox. An empty text for a type that has none, such as a number, an enum or a date, is as if it was not sent: the field has its
/// `#[serde(default)]`, or is missing. `#[serde(flatten)]` and tagged or untagged enums take numbers and bools as well; serde hides
/// their types, so an empty number is wrong in a struct with `flatten`, unless it is an `Option`. A form has up to 1,000 fields, or
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
///
/// # Dates and times
///
/// The types of `time`, `chrono` and `jiff` are read by their own `Deserialize`, and other formats by the modules for serde's `with` that
/// these crates have. An error names the field.
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// use time::{Date, OffsetDateTime};
///
/// // As `<input type="date">` sends it. In chrono, a `NaiveDate` reads this form; in jiff, a `civil::Date`.
/// time::serde::format_description!(day, Date, "[year]-[month]-[day]");
///
/// #[derive(serde::Deserialize)]
/// struct Stay {
///     #[serde(with = "day")]
///     from: Date,
///     #[serde(with = "day::option", default)]
///     to: Option<Date>,
///     // In seconds since 1970. In chrono: `chrono::serde::ts_seconds`.
///     #[serde(with = "time::serde::timestamp")]
///     booked: OffsetDateTime,
/// }
///
/// async fn book(Form(stay): Form<Stay>) -> String {
///     format!("{} {:?} {}", stay.from, stay.to, stay.booked.year())
/// }
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(Group::new("").post("/stays", book));
/// client.post("/stays").form("from=2026-11-29&to=&booked=86400").await.has_text("2026-11-29 None 1970");
/// client.post("/stays").form("from=29.11.&booked=now").await.is(422).contains("from: ").contains("booked: ");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Files
///
/// A field of type [`Upload`](crate::extract::Upload) is a file, and a `Vec<Upload>` takes all files of its name. A file input that
/// was left empty is `None` for an `Option<Upload>`. A text field that gets a file is its name. The limits are those of
/// [`MultipartLimits`](crate::extract::MultipartLimits).
///
/// ```
/// # #[cfg(feature = "multipart")] {
/// # use gin::{prelude::*, testing::Client};
/// use gin::extract::Upload;
///
/// #[derive(serde::Deserialize)]
/// struct Post { title: String, image: Option<Upload> }
///
/// async fn create(Form(post): Form<Post>) -> String {
///     let image = post.image.map_or(0, |image| image.len());
///     format!("{} with {image} bytes", post.title)
/// }
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(Group::new("").post("/posts", create));
/// let request = client.post("/posts").multipart(|form| form.text("title", "Sea").file("image", "a.png", "image/png", "PNG"));
/// request.await.has_text("Sea with 3 bytes");
/// client.post("/posts").form("title=Sea").await.has_text("Sea with 0 bytes");
/// client.post("/posts").form("title=Sea&image=a.png").await.is(422).contains("image: must be a file");
/// # });
/// # }
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Form<T>(pub T);

impl<T: DeserializeOwned + Send> FromContext for Form<T> {
    type Rejection = Rejection;

    async fn from_context(cx: &mut Context) -> Result<Self, Rejection> {
        if matches!(*cx.method(), Method::GET | Method::HEAD) {
            return Query::from_context(cx)
                .await
                .map(|Query(value)| Form(value));
        }
        let sent = Sent::read(cx).await?;
        let tree = sent.tree(cx.scope().max_fields)?;
        let _lent = sent.lend();
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

    #[cfg(feature = "openapi")]
    fn describe(operation: &mut Operation) {
        operation.form_of::<T>();
    }
}
