//! One field of a request that is wrong.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::Value;

/// One field of the input that is wrong.
///
/// ```
/// use gin::Problem;
///
/// let problem = Problem::new(422).field("items[0].name", "is missing");
/// let [error] = problem.fields() else { panic!("one field is wrong") };
/// assert_eq!(error.path, "items[0].name");
/// assert_eq!(error.message, "is missing");
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct FieldError {
    /// The part of the request, if an extractor found the error. In JSON, its name is `in`.
    #[serde(rename = "in", skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// The path of the field: `items[0].name`.
    pub path: String,
    /// A word for programs: `missing`, `type`, `unknown` or `invalid` from an extractor, `length`, `range`, `email` and so on from a
    /// validation. It may be empty.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub code: Cow<'static, str>,
    /// The message: `is missing`.
    pub message: String,
    /// Values for a message in another language, such as the `min` of a `length`. They are not sent to the client.
    #[serde(skip)]
    pub params: Vec<(Cow<'static, str>, Value)>,
}

/// The part of a request that a field belongs to.
///
/// ```
/// # use gin::{failure::Place, prelude::*, testing::Client};
/// #[derive(serde::Deserialize)]
/// struct Page { number: u32 }
///
/// let list = async |page: Result<Query<Page>, Rejection>| match page {
///     Ok(Query(page)) => page.number.to_string(),
///     Err(rejection) => {
///         assert_eq!(rejection.problem().fields()[0].place, Some(Place::QUERY));
///         "wrong".to_owned()
///     }
/// };
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(Group::new("").get("/", list));
/// client.get("/?number=7").await.has_text("7");
/// client.get("/?number=x").await.has_text("wrong");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Place(&'static str);

// Variants of an enum would bear the names of extractors, and rustc shortens only names that are unique.
impl Place {
    /// The params of the path.
    pub const PATH: Place = Place("path");
    /// The query.
    pub const QUERY: Place = Place("query");
    /// The header fields.
    pub const HEADER: Place = Place("header");
    /// The body.
    pub const BODY: Place = Place("body");

    /// Returns the name that problems have for it in JSON.
    pub fn as_str(self) -> &'static str {
        self.0
    }
}

impl FieldError {
    /// Creates an error. The path is empty if the error is about all fields.
    pub fn new(
        path: impl Into<String>,
        code: impl Into<Cow<'static, str>>,
        message: impl Into<String>,
    ) -> FieldError {
        FieldError {
            place: None,
            path: path.into(),
            code: code.into(),
            message: message.into(),
            params: Vec::new(),
        }
    }

    /// Returns the value of a param: the `min` of a `length`, for example.
    pub fn param(&self, name: &str) -> Option<&Value> {
        let mut params = self.params.iter();
        params.find_map(|(own, value)| (own == name).then_some(value))
    }
}
