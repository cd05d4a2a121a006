//! What axe-core (<https://github.com/dequelabs/axe-core>) finds wrong with a page. `.ci/run` brings it here.

use std::fs;

use serde_json::{Value, json};

use crate::browser::Browser;
use crate::command::root;

impl Browser {
    /// The rules that the page breaks as it is shown now, each with the elements that do.
    pub async fn violations(&self) -> Vec<String> {
        let axe = fs::read_to_string(root().join("target/axe-core/axe.min.js"));
        let axe = axe.expect("axe-core is there when the tests are built");
        let script = format!(
            "const tell = arguments[0];
             if (!window.axe) {{ {axe} }}
             axe.run({{ resultTypes: ['violations'] }}).then(({{ violations }}) => tell(violations));"
        );
        let found = self.command("execute/async", json!({ "script": script, "args": [] }));
        let found = found.await;
        let found = found.as_array().expect("violations are a list");
        found.iter().map(told).collect()
    }
}

/// A violation in a line.
fn told(violation: &Value) -> String {
    let nodes = violation["nodes"].as_array().into_iter().flatten();
    let targets: Vec<_> = nodes.map(|node| node["target"].to_string()).collect();
    format!(
        "{}: {} {}",
        violation["id"],
        violation["help"],
        targets.join(" ")
    )
}
