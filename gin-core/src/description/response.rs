//! The responses of an operation.

use http::StatusCode;
use serde_json::{Map, Value, json};

use crate::description::Operation;
use crate::description::operation::{ResponseHeader, Side};

/// The key of responses whose status is not known.
const DEFAULT: &str = "default";

/// Responses.
impl Operation {
    /// Adds a response without a body.
    ///
    /// A tuple around the value, `(StatusCode, T)`, gives the response its own status.
    pub fn response(&mut self, status: u16) {
        self.add_responses(status, None);
    }

    /// Adds a response with a body of a media type, and the schema of the body.
    ///
    /// A tuple around the value, `(StatusCode, T)`, gives the response its own status.
    pub fn response_with(&mut self, status: u16, media_type: &str, schema: Value) {
        self.add_responses(status, Some(&(media_type, schema)));
    }

    fn add_responses(&mut self, status: u16, body: Option<&(&str, Value)>) {
        let statuses = self.statuses.clone().unwrap_or_else(|| vec![status]);
        for key in or_default(&statuses) {
            self.add_response(key, body);
        }
    }

    /// Adds a problem with a status, as [`Problem`](crate::Problem) sends it: for an API client, a browser, or another client.
    pub fn problem(&mut self, status: u16) {
        self.found.problems.insert(status.to_string());
    }

    /// Adds a header to the responses with a status.
    ///
    /// ```
    /// # use gin::{BoxFuture, middleware::Middleware, openapi::Operation, prelude::*};
    /// struct Closed;
    ///
    /// impl Middleware for Closed {
    ///     fn call<'a>(&'a self, _: &'a mut Context, _: Next<'a>) -> BoxFuture<'a, Response> {
    ///         let later = HeaderValue::from_static("3600");
    ///         let problem = Problem::new(503).header(HeaderName::from_static("retry-after"), later);
    ///         Box::pin(async { problem.into_response() })
    ///     }
    ///
    ///     fn describe(&self, operation: &mut Operation) {
    ///         operation.problem(503);
    ///         operation.header_of(503, "Retry-After", json!({ "type": "integer" }));
    ///     }
    /// }
    ///
    /// #[get("/")]
    /// async fn home() -> &'static str {
    ///     "home"
    /// }
    ///
    /// let document = Group::new("").with(Closed).mount(routes![home]).build()?.openapi();
    /// let closed = &document["components"]["responses"]["ServiceUnavailable"];
    /// assert_eq!(closed["headers"]["Retry-After"]["schema"]["type"], "integer");
    /// # Ok::<(), gin::routing::BuildError>(())
    /// ```
    pub fn header_of(&mut self, status: u16, name: &str, schema: Value) {
        self.add_header(Some(status.to_string()), name, schema);
    }

    /// Adds a header to all responses. A client must not rely on it.
    pub fn header_of_all(&mut self, name: &str, schema: Value) {
        self.add_header(None, name, schema);
    }

    fn add_header(&mut self, status: Option<String>, name: &str, schema: Value) {
        self.found.headers.push(ResponseHeader {
            status,
            name: name.to_owned(),
            schema,
        });
    }

    /// Adds the time to wait until a request that is refused with `status` may be repeated.
    pub(crate) fn retry_after(&mut self, status: u16) {
        let schema = json!({ "type": "integer", "minimum": 0, "description": "In seconds" });
        self.header_of(status, "Retry-After", schema);
    }

    /// Adds a problem with any status.
    pub(crate) fn any_problem(&mut self) {
        self.found.problems.insert(DEFAULT.to_owned());
    }

    pub(crate) fn problems(&mut self, statuses: &[u16]) {
        for status in statuses {
            self.problem(*status);
        }
    }

    fn add_response(&mut self, key: String, body: Option<&(&str, Value)>) {
        let has_body = self.method != "HEAD" && !matches!(&*key, "204" | "205" | "304");
        let media = self.found.responses.entry(key).or_default();
        if let Some((media_type, schema)) = body.filter(|_| has_body) {
            merge(media, media_type, schema.clone());
        }
    }

    /// Adds a response of which nothing is known.
    pub fn response_unknown(&mut self) {
        self.add_response(DEFAULT.to_owned(), None);
    }

    /// Adds the problem of an error that may have any status.
    pub(crate) fn problem_unknown(&mut self) {
        let named = self.named.iter().filter(|status| **status >= 400);
        let named = named.map(u16::to_string);
        self.found.problems.extend(named);
        self.any_problem();
    }

    /// Adds a response whose status its value holds: those that the function names, or any.
    pub(crate) fn response_of_value(&mut self) {
        for key in or_default(&self.on_this_side()) {
            self.add_response(key, None);
        }
    }

    /// Adds a file, whole or in parts.
    #[cfg(feature = "files")]
    pub(crate) fn file(&mut self) {
        for status in ["200", "206"] {
            self.add_response(status.to_owned(), Some(&("*/*", json!({}))));
        }
        self.add_response("304".to_owned(), None);
        self.problems(&[404, 412, 416]);
    }

    /// Adds a redirect.
    pub(crate) fn redirect(&mut self) {
        let named = self
            .named
            .iter()
            .filter(|status| (300..400).contains(*status));
        let mut keys: Vec<_> = named.map(u16::to_string).collect();
        if keys.is_empty() {
            keys.push("3XX".to_owned());
        }
        for key in keys {
            self.add_response(key, None);
        }
        self.found.has_location = true;
    }

    /// Describes a value that a tuple gives a status.
    pub(crate) fn with_status(&mut self, describe: impl FnOnce(&mut Operation)) {
        let statuses = self.on_this_side();
        let outer = self.statuses.replace(statuses);
        describe(self);
        self.statuses = outer;
    }

    /// Describes the value of a handler that succeeds.
    pub(crate) fn success(&mut self, describe: impl FnOnce(&mut Operation)) {
        self.on_side(Side::Success, describe);
    }

    /// Describes the value of a handler that fails.
    pub(crate) fn failure(&mut self, describe: impl FnOnce(&mut Operation)) {
        self.on_side(Side::Failure, describe);
    }

    fn on_side(&mut self, side: Side, describe: impl FnOnce(&mut Operation)) {
        let outer = std::mem::replace(&mut self.side, side);
        describe(self);
        self.side = outer;
    }

    /// Returns the statuses that the function names for the side of its `Result`.
    fn on_this_side(&self) -> Vec<u16> {
        let side = self.side;
        let fits = |status: &u16| match side {
            Side::Both => true,
            Side::Success => *status < 300,
            Side::Failure => *status >= 400,
        };
        self.named.iter().copied().filter(fits).collect()
    }
}

/// Returns the keys of responses with one of `statuses`, or with any status.
fn or_default(statuses: &[u16]) -> Vec<String> {
    if statuses.is_empty() {
        return vec![DEFAULT.to_owned()];
    }
    statuses.iter().map(u16::to_string).collect()
}

/// Adds a schema for a media type. Two different ones are alternatives.
fn merge(media: &mut Map<String, Value>, media_type: &str, schema: Value) {
    match media.get_mut(media_type) {
        None => {
            media.insert(media_type.to_owned(), schema);
        }
        Some(own) if *own == schema => {}
        Some(own) => match own.get_mut("anyOf").and_then(Value::as_array_mut) {
            Some(choices) => choices.push(schema),
            None => *own = json!({ "anyOf": [own.take(), schema] }),
        },
    }
}

/// Returns the status that a function's source names: a number, or a constant of [`StatusCode`].
pub(crate) fn status_of(name: &str) -> Option<u16> {
    if let Ok(number) = name.parse() {
        return Some(number);
    }
    let is_named = |status: &StatusCode| {
        let reason = status.canonical_reason().unwrap_or_default();
        let reason = reason.replace("I'm", "IM").replace([' ', '-'], "_");
        reason.eq_ignore_ascii_case(name)
    };
    let all = (100..600).filter_map(|code| StatusCode::from_u16(code).ok());
    all.into_iter().find(is_named).map(|status| status.as_u16())
}

#[cfg(test)]
mod tests {
    use super::status_of;

    #[test]
    fn statuses_have_the_names_of_constants() {
        for (name, expected) in [
            ("CREATED", Some(201)),
            ("409", Some(409)),
            ("NON_AUTHORITATIVE_INFORMATION", Some(203)),
            ("IM_A_TEAPOT", Some(418)),
            ("from_u16", None),
        ] {
            assert_eq!(status_of(name), expected, "{name}");
        }
    }
}
