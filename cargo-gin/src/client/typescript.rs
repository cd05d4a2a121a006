//! The client as a file of TypeScript.

use std::fmt::Write as _;

use serde_json::Value;

use crate::client::operation;
use crate::client::types::{docs, type_name, type_of};

/// The parts that all clients have.
const RUNTIME: &str = include_str!("runtime.ts");

/// Returns the client for the operations in `document`.
pub(super) fn client(document: &Value) -> String {
    let info = &document["info"];
    let title = info["title"].as_str().unwrap_or("the app");
    let version = info["version"].as_str().unwrap_or_default();
    let mut text =
        format!("// A client for {title} {version}. Written by `cargo gin client --ts`.\n\n");
    let schemas = document["components"]["schemas"].as_object();
    for (name, schema) in schemas.into_iter().flatten() {
        text.push_str(&docs(
            schema["description"].as_str().unwrap_or_default(),
            "",
        ));
        let _ = writeln!(
            text,
            "export type {} = {};\n",
            type_name(name),
            type_of(schema)
        );
    }
    text.push_str(RUNTIME);
    text.push_str(
        "\n/** The operations of the app. A status of 400 or more is thrown as a `Failure`. */\n",
    );
    text.push_str("export class Client {\n  readonly #connection: Connection;\n\n");
    text.push_str("  constructor(settings: Settings = {}) {\n    this.#connection = new Connection(settings);\n  }\n");
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            text.push('\n');
            text.push_str(&operation::method(path, method, operation, document));
        }
    }
    text.push_str("}\n");
    text
}
