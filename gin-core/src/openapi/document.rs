//! The document of routes.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::app::DescribedRoute;
use crate::description::{Schemas, rename};
use crate::dispatch::Engine;
use crate::openapi::operations::{Names, OPERATIONS, operation};
use crate::openapi::paths::Paths;
use crate::openapi::responses::{PROBLEM, problem_schema};
use crate::openapi::settings::{Info, OpenApi};

/// The methods that a document has a place for.
const METHODS: [&str; 8] = [
    "GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE",
];

/// Returns the document of `routes`. Their tags leave out the prefix `base` of the group that serves the document.
pub(super) fn document(settings: &OpenApi, base: &str, routes: &[&DescribedRoute]) -> Value {
    let names = Names::of(routes);
    let mut paths = Paths::default();
    let mut shared = Shared {
        schemas: Schemas::new(),
        responses: BTreeMap::new(),
        security: BTreeMap::new(),
    };
    for route in routes {
        let methods = match route.methods {
            [] => OPERATIONS,
            methods => methods,
        };
        for method in methods {
            if METHODS.contains(method) {
                let name = names.name(route, method);
                let operation;
                (operation, shared) = self::operation(route, method, base, shared);
                paths.add(&route.pattern, method, with_id(operation, &name));
            }
        }
    }
    let (mut schemas, renamed) = shared.schemas.finish();
    let mut paths = paths.finish();
    rename_requests(&mut paths, &|part| rename(part, &renamed));
    schemas.entry(PROBLEM).or_insert_with(problem_schema);
    let mut document = json!({
        "openapi": "3.1.0",
        "info": head(&settings.info, routes),
        "paths": paths,
        "components": { "schemas": schemas, "responses": shared.responses },
    });
    add_lists(&mut document, settings);
    if !shared.security.is_empty() {
        document["components"]["securitySchemes"] = json!(shared.security);
    }
    document
}

/// Adds the servers and the tags that have a description.
fn add_lists(document: &mut Value, OpenApi { servers, tags, .. }: &OpenApi) {
    let servers: Vec<_> = servers.iter().map(|url| json!({ "url": url })).collect();
    let tags = tags.iter();
    let tags: Vec<_> = tags
        .map(|(name, description)| json!({ "name": name, "description": description }))
        .collect();
    for (name, list) in [("servers", servers), ("tags", tags)] {
        if !list.is_empty() {
            document[name] = list.into();
        }
    }
}

/// The parts that operations share.
pub(super) struct Shared {
    pub(super) schemas: Schemas,
    pub(super) responses: BTreeMap<String, Value>,
    pub(super) security: BTreeMap<String, Value>,
}

fn with_id(mut operation: Value, name: &str) -> Value {
    operation["operationId"] = name.into();
    operation
}

/// Replaces names in the requests of all operations.
fn rename_requests(paths: &mut Map<String, Value>, rename: &impl Fn(&mut Value)) {
    let items = paths.values_mut().filter_map(Value::as_object_mut);
    for operation in items.flat_map(Map::values_mut) {
        for part in ["parameters", "requestBody"] {
            operation.get_mut(part).map(rename);
        }
    }
}

fn head(info: &Info, routes: &[&DescribedRoute]) -> Value {
    let first = routes.first();
    let package = first.and_then(|route| route.name.split("::").next());
    let version = first.map(|route| route.description.version);
    let mut head = json!({
        "title": info.title.as_deref().or(package).unwrap_or("API"),
        "version": info.version.as_deref().or(version).unwrap_or("0.0.0"),
    });
    if let Some(description) = &info.description {
        head["description"] = description.as_ref().into();
    }
    if let Some(license) = &info.license {
        head["license"] = json!({ "name": license, "identifier": license });
    }
    if let Some(address) = &info.contact {
        let is_mail = address.contains('@') && !address.contains("://");
        let kind = if is_mail { "email" } else { "url" };
        head["contact"] = json!({ kind: address });
    }
    head
}

/// Documents.
#[cfg_attr(docsrs, doc(cfg(feature = "openapi")))]
impl Engine {
    /// Returns the OpenAPI document of all routes that attributes have made, as JSON.
    ///
    /// ```
    /// # use gin::prelude::*;
    /// #[get("/ping")]
    /// async fn ping() -> &'static str {
    ///     "pong"
    /// }
    ///
    /// let document = Group::new("").mount(routes![ping]).build()?.openapi();
    /// let content = &document["paths"]["/ping"]["get"]["responses"]["200"]["content"];
    /// assert!(content["text/plain"].is_object());
    /// # Ok::<(), gin::routing::BuildError>(())
    /// ```
    pub fn openapi(&self) -> Value {
        let routes: Vec<_> = self.described().iter().collect();
        document(&OpenApi::new(""), "", &routes)
    }
}
