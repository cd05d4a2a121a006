//! More than a thousand facts about the behavior of Go's gin and of matchit, and our deliberate differences from them.
//!
//! The facts are beside the repository, in `../shared/data`. Without them these tests are ignored.

mod engine;
mod router;
#[path = "../../gin-core/router/tests/table/mod.rs"]
mod table;

use std::fs;

use serde::de::DeserializeOwned;

/// Reads the facts, as far as `T` has fields for them.
fn read<T: DeserializeOwned>() -> T {
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../shared/data/router_cases.json"
    );
    let text = fs::read_to_string(file).expect("the facts existed when this was built");
    serde_json::from_str(&text).expect("the facts have the fields of `T`")
}
