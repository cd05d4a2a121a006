//! An operation: a route as a client sees it.

use std::any::type_name;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use schemars::JsonSchema;
use serde_json::{Map, Value};

use crate::description::schemas::{Makers, Schemas, tidy};

/// The description of a route: what it takes, and how it responds.
///
/// Extractors, responses and middleware add to it what they know: [`FromContext::describe`](crate::extract::FromContext::describe),
/// [`IntoResponse::describe`](crate::response::IntoResponse::describe) and
/// [`Middleware::describe`](crate::middleware::Middleware::describe).
///
/// ```
/// # use gin::{openapi::Operation, prelude::*};
/// struct User(String);
///
/// impl FromContext for User {
///     type Rejection = StatusCode;
///
///     async fn from_context(cx: &mut Context) -> Result<User, StatusCode> {
///         let name = cx.header("x-user").ok_or(StatusCode::UNAUTHORIZED)?;
///         Ok(User(name.to_owned()))
///     }
///
///     fn describe(operation: &mut Operation) {
///         operation.header("x-user", json!({ "type": "string" }));
///         operation.response(401);
///     }
/// }
///
/// #[get("/me")]
/// async fn me(user: User) -> String {
///     user.0
/// }
///
/// let document = Group::new("").mount(routes![me]).build()?.openapi();
/// let me = &document["paths"]["/me"]["get"];
/// assert_eq!(me["parameters"][0]["name"], "x-user");
/// assert_eq!(me["responses"]["401"]["description"], "Unauthorized");
/// # Ok::<(), gin::routing::BuildError>(())
/// ```
pub struct Operation {
    pub(super) method: &'static str,
    pub(super) schemas: Schemas,
    pub(super) makers: Makers,
    /// The statuses that the function's body names.
    pub(super) named: Vec<u16>,
    pub(super) side: Side,
    pub(super) presence: Presence,
    /// The statuses of the value that is being described, if it does not set its own.
    pub(super) statuses: Option<Vec<u16>>,
    pub(super) found: Found,
}

/// The parts of an operation, as they are known so far.
#[derive(Default)]
pub(crate) struct Found {
    pub(crate) parameters: Vec<Value>,
    /// The schemas of the body by media type.
    pub(crate) bodies: Map<String, Value>,
    pub(crate) is_body_required: bool,
    /// The schemas of responses by media type, by status or `default`.
    pub(crate) responses: BTreeMap<String, Map<String, Value>>,
    /// The statuses of problems, or `default`.
    pub(crate) problems: BTreeSet<String>,
    pub(crate) has_location: bool,
    /// Headers of responses.
    pub(crate) headers: Vec<ResponseHeader>,
    /// Security schemes by their names.
    pub(crate) security: BTreeMap<String, Scheme>,
}

/// A header of responses.
pub(crate) struct ResponseHeader {
    /// The status of the responses. `None` stands for all.
    pub(crate) status: Option<String>,
    pub(crate) name: String,
    pub(crate) schema: Value,
}

/// A security scheme, and the need for it.
pub(crate) struct Scheme {
    pub(crate) definition: Value,
    pub(crate) presence: Presence,
}

/// The side of a `Result` that is being described.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Both,
    Success,
    Failure,
}

/// The need for the value that is being described.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Presence {
    Required,
    Optional,
}

/// A described operation, and the schemas that it shares with others.
pub(crate) struct Described {
    pub(crate) found: Found,
    pub(crate) schemas: Schemas,
}

impl Operation {
    /// Creates the description of a route for `method` whose function names `statuses`.
    pub(crate) fn new(method: &'static str, named: Vec<u16>, schemas: Schemas) -> Operation {
        Operation {
            method,
            schemas,
            makers: Makers::default(),
            named,
            side: Side::Both,
            presence: Presence::Required,
            statuses: None,
            found: Found::default(),
        }
    }

    pub(crate) fn finish(mut self) -> Described {
        // Every operation has a response.
        if self.found.responses.is_empty() && self.found.problems.is_empty() {
            self.response_unknown();
        }
        Described {
            found: self.found,
            schemas: self.schemas,
        }
    }

    /// Returns the method of the route.
    pub fn method(&self) -> &'static str {
        self.method
    }

    /// Returns the schema of `T` in requests. The document keeps it under its name.
    pub fn request_schema<T: JsonSchema + ?Sized>(&mut self) -> Value {
        let schema = self.schemas.requests.subschema_for::<T>();
        tidied(schema.to_value())
    }

    /// Returns the schema of `T` in responses. The document keeps it under its name.
    pub fn response_schema<T: JsonSchema + ?Sized>(&mut self) -> Value {
        let schema = self.schemas.responses.subschema_for::<T>();
        tidied(schema.to_value())
    }

    /// Makes the schema of `T` known to types around it, which do not require that `T` has one.
    pub fn learn<T: JsonSchema + ?Sized>(&mut self) {
        let maker = |generator: &mut schemars::SchemaGenerator| generator.subschema_for::<T>();
        self.makers.add(type_name::<T>(), maker);
    }

    /// Returns the schema of `T` in requests, or `{}` if it is not known.
    pub(crate) fn known_request<T: ?Sized>(&mut self) -> Value {
        match self.makers.get(type_name::<T>()) {
            Some(maker) => tidied(maker(&mut self.schemas.requests).to_value()),
            None => Value::Object(Map::new()),
        }
    }

    /// Returns the schema of `T` in responses, or `{}` if it is not known.
    pub(crate) fn known_response<T: ?Sized>(&mut self) -> Value {
        match self.makers.get(type_name::<T>()) {
            Some(maker) => tidied(maker(&mut self.schemas.responses).to_value()),
            None => Value::Object(Map::new()),
        }
    }

    /// Adds a security scheme of OpenAPI that a request must meet, under its name in the document. The responses to requests that do
    /// not meet it are added by [`problem`](Operation::problem).
    ///
    /// ```
    /// # use gin::{middleware::Middleware, openapi::Operation, prelude::*, BoxFuture};
    /// struct ApiKey;
    ///
    /// impl Middleware for ApiKey {
    ///     fn call<'a>(&'a self, cx: &'a mut Context, next: Next<'a>) -> BoxFuture<'a, Response> {
    ///         match cx.header("x-api-key") {
    ///             Some("secret") => next.run(cx),
    ///             _ => Box::pin(async { Problem::new(401).into_response() }),
    ///         }
    ///     }
    ///
    ///     fn describe(&self, operation: &mut Operation) {
    ///         operation.security("apiKey", json!({ "type": "apiKey", "in": "header", "name": "x-api-key" }));
    ///         operation.problem(401);
    ///     }
    /// }
    ///
    /// #[get("/")]
    /// async fn home() -> &'static str {
    ///     "home"
    /// }
    ///
    /// let document = Group::new("").with(ApiKey).mount(routes![home]).build()?.openapi();
    /// assert_eq!(document["paths"]["/"]["get"]["security"], json!([{ "apiKey": [] }]));
    /// # Ok::<(), gin::routing::BuildError>(())
    /// ```
    pub fn security(&mut self, name: impl Into<String>, scheme: Value) {
        self.add_scheme(name.into(), scheme, Presence::Required);
    }

    /// Adds a security scheme that a request may meet, and need not.
    pub fn optional_security(&mut self, name: impl Into<String>, scheme: Value) {
        self.add_scheme(name.into(), scheme, Presence::Optional);
    }

    fn add_scheme(&mut self, name: String, definition: Value, presence: Presence) {
        let is_required = |own: &Scheme| own.presence == Presence::Required;
        if !self.found.security.get(&name).is_some_and(is_required) {
            let scheme = Scheme {
                definition,
                presence,
            };
            self.found.security.insert(name, scheme);
        }
    }
}

fn tidied(mut schema: Value) -> Value {
    // `true`, a schema of any value, has an equal that more tools know.
    if schema == Value::Bool(true) {
        schema = Value::Object(Map::new());
    }
    tidy(&mut schema);
    schema
}

impl fmt::Debug for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Operation")
            .field("method", &self.method)
            .finish_non_exhaustive()
    }
}
