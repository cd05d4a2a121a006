//! What gin and matchit are known to answer, over a thousand facts, and where we differ from them on purpose.
//!
//! The facts are kept beside the repository, in `../shared/data`; without them these tests report as ignored.

mod engine;
mod router;
#[path = "../../gin-core/router/tests/table/mod.rs"]
mod table;

use std::fs;

use serde::de::DeserializeOwned;

/// The facts, as far as `T` knows of them.
fn read<T: DeserializeOwned>() -> T {
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../shared/data/router_cases.json"
    );
    let text = fs::read_to_string(file).expect("the facts were there when this was built");
    serde_json::from_str(&text).expect("the facts are as described")
}
