//! Validated input: the rules of `validator` around an extractor.

mod names;
mod words;

use std::borrow::Cow;
use std::fmt::Write;

use serde_json::Value;
use validator::{Validate, ValidationError, ValidationErrors, ValidationErrorsKind};

#[cfg(feature = "openapi")]
use crate::description::Operation;
use crate::extract::valid::names::Names;
use crate::extract::valid::words::words;
use crate::extract::{Form, FromContext, Header, Path, Query, Rejection, Severity};
use crate::failure::{FieldError, Place};
use crate::request::Context;
use crate::response::Json;

/// The value of another extractor, once it keeps the rules that its type declares with [`validator::Validate`].
///
/// It goes around [`Json`], [`Form`], [`Query`], [`Path`], [`Header`] and the other formats. A value that breaks rules is 422, and the
/// problem lists up to 100 wrong fields, each with a path, a code and a message. [`Group::messages`](crate::Group::messages) replaces
/// the messages.
///
/// ```
/// # use gin::{extract::Valid, prelude::*, testing::Client};
/// use gin::validator::Validate;
///
/// #[derive(serde::Deserialize, Validate)]
/// #[validate(crate = "gin::validator")]
/// struct SignUp {
///     #[validate(email)]
///     email: String,
///     #[validate(length(min = 8))]
///     password: String,
/// }
///
/// async fn sign_up(Valid(Form(new)): Valid<Form<SignUp>>) -> String {
///     format!("welcome, {}", new.email)
/// }
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(Group::new("").post("/sign-up", sign_up));
/// client.post("/sign-up").form("email=ann@example.com&password=correct-horse").await.is(200);
/// let response = client.post("/sign-up").header("accept", "application/json").form("email=ann&password=123").await;
/// response.is(422).has_json(json!({
///     "title": "Unprocessable Entity",
///     "status": 422,
///     "errors": [
///         { "in": "body", "path": "email", "code": "email", "message": "must be an email address" },
///         { "in": "body", "path": "password", "code": "length", "message": "must have at least 8 characters" },
///     ],
/// }));
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Paths
///
/// A path has the name that the client sent where that differs from the field's only in its case or its dashes, as
/// `#[serde(rename_all)]` makes it. The rules of `validator` do not know other names of serde.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Valid<E>(pub E);

/// An extractor whose value can be validated by [`Valid`].
///
/// ```
/// # use gin::{extract::{Input, Valid}, failure::Place, prelude::*, testing::Client};
/// use gin::validator::Validate;
///
/// #[derive(Validate)]
/// #[validate(crate = "gin::validator")]
/// struct Name { #[validate(length(max = 5))] name: String }
///
/// /// The name in the body.
/// struct Text(Name);
///
/// impl FromContext for Text {
///     type Rejection = Rejection;
///
///     async fn from_context(cx: &mut Context) -> Result<Text, Rejection> {
///         let name = String::from_context(cx).await?;
///         Ok(Text(Name { name }))
///     }
/// }
///
/// impl Input for Text {
///     type Value = Name;
///     const PLACE: Place = Place::BODY;
///
///     fn value(&self) -> &Name {
///         &self.0
///     }
/// }
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(Group::new("").post("/", async |Valid(Text(name)): Valid<Text>| name.name));
/// client.post("/").body("Ann").await.has_text("Ann");
/// client.post("/").body("Hannah").await.is(422);
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
pub trait Input: FromContext<Rejection = Rejection> {
    /// The type of the value.
    type Value;

    /// The part of the request that the value is from.
    const PLACE: Place;

    /// Returns the value.
    fn value(&self) -> &Self::Value;
}

macro_rules! inputs {
    ($($extractor:ident $place:ident,)*) => {$(
        impl<T> Input for $extractor<T>
        where
            $extractor<T>: FromContext<Rejection = Rejection>,
        {
            type Value = T;
            const PLACE: Place = Place::$place;

            fn value(&self) -> &T {
                &self.0
            }
        }
    )*};
}

inputs! {
    Json BODY,
    Form BODY,
    Query QUERY,
    Path PATH,
    Header HEADER,
}

impl<E> FromContext for Valid<E>
where
    E: Input<Value: Validate> + Send,
{
    type Rejection = Rejection;

    async fn from_context(cx: &mut Context) -> Result<Self, Rejection> {
        let input = E::from_context(cx).await?;
        match input.value().validate() {
            Ok(()) => Ok(Valid(input)),
            Err(errors) => Err(rejection(cx, E::PLACE, &errors)),
        }
    }

    fn needs(needs: &mut crate::extract::Needs) {
        E::needs(needs);
    }

    fn severity(rejection: &Rejection) -> Severity {
        rejection.severity()
    }

    #[cfg(feature = "openapi")]
    fn describe(operation: &mut Operation) {
        E::describe(operation);
        operation.problem(422);
    }
}

/// Validates a value that no [`Valid`] is around, such as that of [`Context::bind`].
///
/// # Errors
///
/// A rejection with 422 that lists the wrong fields.
///
/// ```
/// # use gin::{extract::validate, failure::Place, prelude::*, testing::Client};
/// use gin::validator::Validate;
///
/// #[derive(serde::Deserialize, Validate)]
/// #[validate(crate = "gin::validator")]
/// struct Page { #[validate(range(min = 1))] number: u32 }
///
/// async fn list(cx: &mut Context) -> gin::Result<String> {
///     let page: Page = cx.bind().await?;
///     validate(&page, Place::QUERY)?;
///     Ok(format!("page {}", page.number))
/// }
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(Group::new("").get("/", list));
/// client.get("/?number=1").await.has_text("page 1");
/// client.get("/?number=0").await.is(422).contains("number: must be at least 1");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn validate<T: Validate>(value: &T, place: Place) -> Result<(), Rejection> {
    let result = value.validate();
    result.map_err(|errors| listed(place, &errors, &Names::default()))
}

fn rejection(cx: &Context, place: Place, errors: &ValidationErrors) -> Rejection {
    let names = match place {
        Place::QUERY => Names::of_pairs(cx.query_string()),
        Place::BODY => Names::of_body(cx),
        _ => Names::default(),
    };
    listed(place, errors, &names)
}

/// The most fields that a problem lists.
const MOST: usize = 100;

fn listed(place: Place, errors: &ValidationErrors, names: &Names) -> Rejection {
    let mut list = List {
        names,
        errors: Vec::new(),
    };
    list.add(&mut String::new(), errors);
    let mut errors = list.errors;
    let count = errors.len();
    errors.truncate(MOST);
    let rejection = Rejection::of_fields(Severity::Invalid, 422, place, errors);
    if count <= MOST {
        return rejection;
    }
    let text = format!("{count} fields are wrong; the first {MOST} are listed");
    Rejection::new(Severity::Invalid, rejection.problem().clone().detail(text))
}

/// A flat list of errors, in the order of their paths.
struct List<'a> {
    names: &'a Names,
    errors: Vec<FieldError>,
}

impl List<'_> {
    /// Adds the errors in the struct at `path`.
    fn add(&mut self, path: &mut String, errors: &ValidationErrors) {
        let mut fields: Vec<_> = errors.errors().iter().collect();
        fields.sort_by_key(|(name, _)| *name);
        let start = path.len();
        for (name, kind) in fields {
            // Rules of a whole struct have this name.
            if name != "__all__" {
                if start > 0 {
                    path.push('.');
                }
                path.push_str(&self.names.sent(name));
            }
            self.add_kind(path, kind);
            path.truncate(start);
        }
    }

    fn add_kind(&mut self, path: &mut String, kind: &ValidationErrorsKind) {
        match kind {
            ValidationErrorsKind::Struct(errors) => self.add(path, errors),
            ValidationErrorsKind::List(elements) => {
                let start = path.len();
                for (index, errors) in elements {
                    // Writing to a `String` does not fail.
                    let _ = write!(path, "[{index}]");
                    self.add(path, errors);
                    path.truncate(start);
                }
            }
            ValidationErrorsKind::Field(errors) => {
                let errors = errors.iter().map(|error| described(path, error));
                self.errors.extend(errors);
            }
        }
    }
}

fn described(path: &str, error: &ValidationError) -> FieldError {
    let message = match &error.message {
        Some(message) => message.clone().into_owned(),
        None => words(error),
    };
    let mut described = FieldError::new(path, error.code.clone(), message);
    let mut params: Vec<(Cow<'static, str>, Value)> = error.params.clone().into_iter().collect();
    // The value may be a password.
    params.retain(|(name, _)| name != "value");
    params.sort_by(|(one, _), (other, _)| one.cmp(other));
    described.params = params;
    described
}
