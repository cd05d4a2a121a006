//! A client that asks an engine without a socket, and says in a line what the answer must be.
//!
//! ```
//! # use gin::{prelude::*, testing::Client};
//! # let runtime = tokio::runtime::Runtime::new()?;
//! # runtime.block_on(async {
//! let app = Group::new("").get("/hello/:name", async |Path(name): Path<String>| format!("Hello, {name}!"));
//! let client = Client::new(app);
//!
//! client.get("/hello/Ann").await.is(200).has_text("Hello, Ann!");
//! client.post("/hello/Ann").await.is(405).has_header("allow", "GET, HEAD, OPTIONS");
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```

mod client;

pub use client::{Client, TestRequest, TestResponse};
