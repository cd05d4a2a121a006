//! The arguments of tools, with their defaults.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::proxy::own::mcp::failed::Failed;

/// The longest time that a tool waits for a build, in seconds: clients give up after a minute.
pub(super) const LONGEST_WAIT: u64 = 50;

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Waiting {
    pub(super) wait_s: u64,
}

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Listing {
    pub(super) wait_s: u64,
    pub(super) level: Least,
    pub(super) limit: usize,
}

impl Default for Listing {
    fn default() -> Listing {
        Listing {
            wait_s: LONGEST_WAIT,
            level: Least::Warning,
            limit: 20,
        }
    }
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Least {
    Error,
    Warning,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Suggestion {
    pub(super) build: u64,
    pub(super) id: String,
}

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Filter {
    pub(super) limit: usize,
    pub(super) method: Option<String>,
    pub(super) path: Option<String>,
    pub(super) failed: bool,
}

impl Default for Filter {
    fn default() -> Filter {
        Filter {
            limit: 20,
            method: None,
            path: None,
            failed: false,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Recorded {
    pub(super) id: u64,
}

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Lines {
    pub(super) lines: usize,
}

impl Default for Lines {
    fn default() -> Lines {
        Lines { lines: 100 }
    }
}

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Incidents {
    pub(super) request: Option<u64>,
    pub(super) limit: usize,
}

impl Default for Incidents {
    fn default() -> Incidents {
        Incidents {
            request: None,
            limit: 1,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

/// Reads the arguments of a call. Missing and unknown ones are errors that the caller can mend.
pub(super) fn read<T: DeserializeOwned>(arguments: Value) -> Result<T, Failed> {
    let arguments = match arguments {
        Value::Null => json!({}),
        Value::Object(_) => arguments,
        _ => {
            return Err(Failed(
                "Wrong arguments: they are not an object.".to_owned(),
            ));
        }
    };
    serde_json::from_value(arguments).map_err(|error| Failed(format!("Wrong arguments: {error}.")))
}
