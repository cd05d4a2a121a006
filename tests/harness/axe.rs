//! Accessibility checks by axe-core (<https://github.com/dequelabs/axe-core>), which `.ci/run` downloads.

use std::fs;

use serde_json::{Value, json};

use crate::browser::Browser;
use crate::command::root;

impl Browser {
    /// Returns the rules that the page violates as it is shown now, each with the elements that violate it.
    pub async fn violations(&self) -> Vec<String> {
        let axe = fs::read_to_string(root().join("target/axe-core/axe.min.js"));
        let axe = axe.expect("axe-core existed when the tests were built");
        let script = format!(
            "const done = arguments[0];
             if (!window.axe) {{ {axe} }}
             axe.run({{ resultTypes: ['violations'] }}).then(({{ violations }}) => done(violations));"
        );
        let found = self.command("execute/async", json!({ "script": script, "args": [] }));
        let found = found.await;
        let found = found.as_array().expect("violations are a list");
        found.iter().map(line).collect()
    }
}

/// Describes a violation in one line.
fn line(violation: &Value) -> String {
    let nodes = violation["nodes"].as_array().into_iter().flatten();
    let targets: Vec<_> = nodes.map(|node| node["target"].to_string()).collect();
    format!(
        "{}: {} {}",
        violation["id"],
        violation["help"],
        targets.join(" ")
    )
}
