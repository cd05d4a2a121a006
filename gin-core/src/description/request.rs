//! The request of an operation: parameters and bodies.

use schemars::JsonSchema;
use serde_json::{Value, json};

use crate::description::Operation;
use crate::description::fields::{self, Field};
use crate::description::operation::Presence;

const URLENCODED: &str = "application/x-www-form-urlencoded";
const MULTIPART: &str = "multipart/form-data";

/// Requests.
impl Operation {
    /// Adds a field of the query with `schema`. It is required, unless an `Option` is around the extractor.
    pub fn query(&mut self, name: &str, schema: Value) {
        self.parameter("query", name, schema);
    }

    /// Adds a header with `schema`. It is required, unless an `Option` is around the extractor.
    pub fn header(&mut self, name: &str, schema: Value) {
        self.parameter("header", name, schema);
    }

    /// Adds a cookie with `schema`. It is required, unless an `Option` is around the extractor.
    pub fn cookie(&mut self, name: &str, schema: Value) {
        self.parameter("cookie", name, schema);
    }

    /// Adds a body of `media_type` with `schema`. A client may choose between several. A body is required, unless an `Option` is
    /// around the extractor.
    pub fn body(&mut self, media_type: &str, schema: Value) {
        self.found.is_body_required |= self.presence == Presence::Required;
        self.found.bodies.insert(media_type.to_owned(), schema);
    }

    /// Adds the problems of reading a body.
    pub(crate) fn body_problems(&mut self) {
        self.problems(&[400, 408, 413]);
    }

    /// Adds the problems of reading a body of certain media types that holds fields.
    pub(crate) fn typed_body_problems(&mut self) {
        self.body_problems();
        self.problems(&[415, 422]);
    }

    /// Adds a param of the path, in place of one with the same name.
    pub(crate) fn path_param(&mut self, name: &str, schema: Value) {
        let is_same = |other: &Value| other["in"] == "path" && other["name"] == name;
        self.found.parameters.retain(|other| !is_same(other));
        self.found.parameters.push(json!({
            "name": name, "in": "path", "required": true, "schema": fields::without_null(schema),
        }));
    }

    /// Adds a param of the path that is parsed as `T`.
    pub(crate) fn typed_param<T: JsonSchema + ?Sized>(&mut self, name: &str) {
        let schema = self.request_schema::<T>();
        let is_text = schema["type"] == "string" && schema.get("format").is_none();
        self.path_param(name, schema);
        self.problem(400);
        if !is_text {
            self.problem(404);
        }
    }

    /// Adds a param of the path whose type has no schema.
    pub(crate) fn untyped_param(&mut self, name: &str) {
        self.path_param(name, json!({ "type": "string" }));
        self.problems(&[400, 404]);
    }

    fn parameter(&mut self, place: &str, name: &str, schema: Value) {
        let presence = self.presence;
        self.add_parameter(place, name, schema, presence);
    }

    fn add_parameter(&mut self, place: &str, name: &str, schema: Value, presence: Presence) {
        let is_same = |other: &Value| other["in"] == place && other["name"] == name;
        if self.found.parameters.iter().any(is_same) {
            return;
        }
        let is_nullable = fields::is_nullable(&schema);
        let mut schema = fields::without_null(schema);
        let description = schema
            .as_object_mut()
            .and_then(|schema| schema.remove("description"));
        let mut parameter = json!({ "name": name, "in": place, "schema": schema });
        if presence == Presence::Required {
            parameter["required"] = true.into();
        }
        if let Some(description) = description {
            parameter["description"] = description;
        }
        if place == "query" && fields::is_object(&self.schemas.resolved(&schema)) {
            parameter["style"] = "deepObject".into();
            parameter["explode"] = true.into();
        }
        // An empty text is `None`.
        if place == "query" && is_nullable {
            parameter["allowEmptyValue"] = true.into();
        }
        self.found.parameters.push(parameter);
    }

    /// Adds the fields of `T` as parameters in the query.
    pub(crate) fn query_of<T: ?Sized>(&mut self) {
        for field in self.fields_of::<T>() {
            let presence = self.presence_of(&field);
            let schema = self.schemas.resolved(&field.schema);
            let may_be_empty = !field.is_required && fields::has_no_empty_text(&schema);
            self.add_parameter("query", &field.name, field.schema, presence);
            if may_be_empty {
                self.allow_empty(&field.name);
            }
        }
        self.problem(400);
    }

    /// Notes that a parameter of the query may be left empty, which is as if it was not sent.
    fn allow_empty(&mut self, name: &str) {
        let mut parameters = self.found.parameters.iter_mut();
        let parameter = parameters.find(|other| other["in"] == "query" && other["name"] == name);
        if let Some(parameter) = parameter {
            parameter["allowEmptyValue"] = true.into();
        }
    }

    /// Adds the fields of `T` as headers.
    pub(crate) fn headers_of<T: ?Sized>(&mut self) {
        for field in self.fields_of::<T>() {
            let name = field.name.replace('_', "-");
            let presence = self.presence_of(&field);
            self.add_parameter("header", &name, field.schema, presence);
        }
        self.problem(400);
    }

    /// Adds the fields or the elements of `T` as the path's params, which are known by their names.
    pub(crate) fn path_of<T: ?Sized>(&mut self) {
        let schema = self.known_request::<T>();
        let resolved = self.schemas.resolved(&schema);
        let names = self.path_names();
        if fields::is_object(&resolved) {
            for field in fields::of(&resolved) {
                if names.contains(&field.name) {
                    self.path_param(&field.name, field.schema);
                }
            }
        } else if let Some(elements) = resolved["prefixItems"].as_array() {
            for (name, schema) in names.iter().zip(elements) {
                self.path_param(name, schema.clone());
            }
        } else if let [name] = &names[..]
            && resolved["type"] != "array"
        {
            self.path_param(name, schema);
        }
        self.problems(&[400, 404]);
    }

    fn path_names(&self) -> Vec<String> {
        let params = self.found.parameters.iter();
        let params = params.filter(|parameter| parameter["in"] == "path");
        let names = params.filter_map(|parameter| parameter["name"].as_str());
        names.map(str::to_owned).collect()
    }

    /// Adds a form with the fields of `T`. Browsers send that of a `GET` in the query.
    pub(crate) fn form_of<T: ?Sized>(&mut self) {
        if matches!(self.method, "GET" | "HEAD") {
            return self.query_of::<T>();
        }
        let schema = self.known_request::<T>();
        let resolved = self.schemas.resolved(&schema);
        let schema = fields::as_form(resolved);
        if !fields::has_file(&schema) {
            self.body(URLENCODED, schema.clone());
        }
        if cfg!(feature = "multipart") {
            self.body(MULTIPART, schema);
        }
        self.typed_body_problems();
    }

    /// Adds a multipart form with whatever fields.
    #[cfg(feature = "multipart")]
    pub(crate) fn multipart(&mut self) {
        self.body(MULTIPART, json!({ "type": "object" }));
        self.body_problems();
        self.problem(415);
    }

    fn fields_of<T: ?Sized>(&mut self) -> Vec<Field> {
        let schema = self.known_request::<T>();
        let resolved = self.schemas.resolved(&schema);
        fields::of(&resolved)
    }

    fn presence_of(&self, field: &Field) -> Presence {
        if field.is_required && !fields::may_be_absent(&field.schema) {
            self.presence
        } else {
            Presence::Optional
        }
    }

    /// Describes values that a request may lack.
    pub(crate) fn optional(&mut self, describe: impl FnOnce(&mut Operation)) {
        let outer = std::mem::replace(&mut self.presence, Presence::Optional);
        describe(self);
        self.presence = outer;
    }

    /// Describes values whose problems the handler gets, except those of a body that cannot be used.
    pub(crate) fn caught(&mut self, describe: impl FnOnce(&mut Operation)) {
        let outer = std::mem::take(&mut self.found.problems);
        self.optional(describe);
        let inner = std::mem::replace(&mut self.found.problems, outer);
        let fatal = inner
            .into_iter()
            .filter(|status| status == "408" || status == "413");
        self.found.problems.extend(fatal);
    }
}
