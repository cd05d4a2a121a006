//! The schemas of types, shared by all operations of a document.

use std::collections::{BTreeMap, BTreeSet};

use schemars::generate::{Contract, SchemaSettings};
use schemars::{Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

/// The path of shared schemas in a document.
const PATH: &str = "#/components/schemas/";

/// The appendix of a name that means one thing in requests and another in responses.
const INPUT: &str = "Input";

/// The schemas of a document. A type may look different in requests, where a field with a default is optional.
pub(crate) struct Schemas {
    pub(super) requests: SchemaGenerator,
    pub(super) responses: SchemaGenerator,
}

/// A function that makes the schema of one type.
pub(super) type Maker = fn(&mut SchemaGenerator) -> Schema;

impl Schemas {
    pub(crate) fn new() -> Schemas {
        Schemas {
            requests: generator(Contract::Deserialize),
            responses: generator(Contract::Serialize),
        }
    }

    /// Returns the definition that a schema refers to, or the schema itself.
    pub(super) fn resolved(&self, schema: &Value) -> Value {
        let name = schema.get("$ref").and_then(Value::as_str);
        let name = name.and_then(|path| path.strip_prefix(PATH));
        let shared = name.and_then(|name| self.requests.definitions().get(name));
        shared.unwrap_or(schema).clone()
    }

    /// Returns the shared schemas by their names, and the names to replace in requests.
    pub(crate) fn finish(mut self) -> (Map<String, Value>, BTreeSet<String>) {
        let requests = self.requests.take_definitions(true);
        let mut all = self.responses.take_definitions(true);
        let renamed = different(&requests, &all);
        for (name, mut schema) in requests {
            rename(&mut schema, &renamed);
            let name = if renamed.contains(&name) {
                format!("{name}{INPUT}")
            } else {
                name
            };
            all.insert(name, schema);
        }
        for schema in all.values_mut() {
            tidy(schema);
        }
        (all, renamed)
    }
}

fn generator(contract: Contract) -> SchemaGenerator {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = PATH.trim_start_matches('#').trim_end_matches('/').into();
        settings.meta_schema = None;
        settings.contract = contract;
    });
    settings.into_generator()
}

/// Returns the names whose schemas differ, or refer to one that differs.
fn different(one: &Map<String, Value>, other: &Map<String, Value>) -> BTreeSet<String> {
    let both = one
        .iter()
        .filter_map(|(name, schema)| Some((name, schema, other.get(name)?)));
    let mut names: BTreeSet<String> = both
        .clone()
        .filter(|(_, schema, other)| schema != other)
        .map(|(name, ..)| name.clone())
        .collect();
    loop {
        let more: Vec<_> = both
            .clone()
            .filter(|(name, schema, _)| !names.contains(*name) && refers(schema, &names))
            .map(|(name, ..)| name.clone())
            .collect();
        if more.is_empty() {
            return names;
        }
        names.extend(more);
    }
}

fn refers(schema: &Value, names: &BTreeSet<String>) -> bool {
    match schema {
        Value::Object(members) => members.iter().any(|(key, value)| match value {
            Value::String(path) if key == "$ref" => path
                .strip_prefix(PATH)
                .is_some_and(|name| names.contains(name)),
            value => refers(value, names),
        }),
        Value::Array(values) => values.iter().any(|value| refers(value, names)),
        _ => false,
    }
}

/// Replaces references to `names` in a schema of a request.
pub(crate) fn rename(schema: &mut Value, names: &BTreeSet<String>) {
    match schema {
        Value::Object(members) => {
            for (key, value) in members {
                let name = value.as_str().and_then(|path| path.strip_prefix(PATH));
                match name {
                    Some(name) if key == "$ref" && names.contains(name) => {
                        *value = format!("{PATH}{name}{INPUT}").into();
                    }
                    _ => rename(value, names),
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| rename(value, names)),
        _ => {}
    }
}

/// Adds the bounds of Rust's integers, which schemas name as a format only.
pub(super) fn tidy(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            members.values_mut().for_each(tidy);
            let format = members.get("format").and_then(Value::as_str);
            if let Some((least, most)) = format.and_then(bounds) {
                members.entry("minimum").or_insert(least);
                members.entry("maximum").or_insert(most);
            }
        }
        Value::Array(values) => values.iter_mut().for_each(tidy),
        _ => {}
    }
}

fn bounds(format: &str) -> Option<(Value, Value)> {
    let bounds = match format {
        "int8" => (json!(i8::MIN), json!(i8::MAX)),
        "int16" => (json!(i16::MIN), json!(i16::MAX)),
        "int32" => (json!(i32::MIN), json!(i32::MAX)),
        "int64" | "int" => (json!(i64::MIN), json!(i64::MAX)),
        "uint8" => (json!(0), json!(u8::MAX)),
        "uint16" => (json!(0), json!(u16::MAX)),
        "uint32" => (json!(0), json!(u32::MAX)),
        "uint64" | "uint" => (json!(0), json!(u64::MAX)),
        _ => return None,
    };
    Some(bounds)
}

/// The makers of the types that a function names, by the names of the types.
#[derive(Default)]
pub(super) struct Makers(BTreeMap<&'static str, Maker>);

impl Makers {
    pub(super) fn add(&mut self, name: &'static str, maker: Maker) {
        self.0.insert(name, maker);
    }

    pub(super) fn get(&self, name: &str) -> Option<Maker> {
        self.0.get(name).copied()
    }
}
