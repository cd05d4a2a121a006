//! Tests of an app without a socket: a client that sends requests to its engine, and responses that are checked in one line.
//!
//! # A request and its response
//!
//! A [`Client`] is made from the app's [`Group`](crate::Group). Awaiting a [`TestRequest`] sends it. The checks of a
//! [`TestResponse`] are a chain; the first one that fails panics and shows the whole response.
//!
//! ```
//! use gin::{prelude::*, testing::Client};
//!
//! fn app() -> Group {
//!     Group::new("").get("/hello/:name", async |Path(name): Path<String>| format!("Hello, {name}!"))
//! }
//!
//! #[tokio::test]
//! async fn greets_by_name() {
//!     let client = Client::new(app());
//!     client.get("/hello/Ann").await.is(200).has_text("Hello, Ann!");
//!     client.post("/hello/Ann").await.is(405).has_header("allow", "GET, HEAD, OPTIONS");
//! }
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! #     let client = Client::new(app());
//! #     client.get("/hello/Ann").await.is(200).has_text("Hello, Ann!");
//! #     client.post("/hello/Ann").await.is(405).has_header("allow", "GET, HEAD, OPTIONS");
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! # Calls of routes
//!
//! A route of an attribute has a function `with`, which takes what the handler takes of a request. [`Client::call`] sends that, and
//! [`TypedResponse::value`] has the type that the handler returns. A test that calls a route does not compile any more when the
//! route's inputs change:
//!
//! ```
//! # use gin::{prelude::*, testing::Client};
//! #[post("/sums/:name")]
//! async fn sum(name: String, Json(numbers): Json<Vec<u32>>) -> Json<(String, u32)> {
//!     Json((name, numbers.iter().sum()))
//! }
//!
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! let client = Client::new(Group::new("/api").mount(routes![sum]));
//! let (name, total) = client.call(sum::with("apples", vec![1, 2, 3])).await.value();
//! assert_eq!((name.as_str(), total), ("apples", 6));
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! # State of the test's own
//!
//! A group is data, so a test builds it with its own [`State`](crate::State), such as a database in memory:
//!
//! ```
//! use gin::{prelude::*, testing::Client};
//! use std::sync::{Arc, Mutex};
//!
//! type Names = Arc<Mutex<Vec<String>>>;
//!
//! fn app(names: Names) -> Group {
//!     let add = async |State(names): State<Names>, Json(name): Json<String>| {
//!         names.lock().unwrap().push(name);
//!         StatusCode::CREATED
//!     };
//!     Group::new("").state(names).post("/names", add)
//! }
//!
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! let names = Names::default();
//! let client = Client::new(app(names.clone()));
//! client.post("/names").json(&"Ann").await.is(201);
//! assert_eq!(*names.lock().unwrap(), ["Ann"]);
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! # Uploads and streams
//!
//! [`TestRequest::multipart`] sends a form with files, and [`TestRequest::body`] takes a [`Body`](crate::Body) that is streamed.
//! [`TestRequest::stream`] returns a response that is read piece by piece.
//!
//! # Middleware and functions of the context
//!
//! [`TestRequest::into_context`] returns the context of a request for a unit test, and [`context()`] one outside all groups. With
//! [`Rest`], the rest of the chain, a middleware can be called like any function.
//!
//! # Time
//!
//! The client sends nothing over a socket, so a test may pause the clock of tokio (its feature `test-util`): sleeps and timeouts
//! then pass at once.
//!
//! ```
//! use gin::{prelude::*, testing::Client};
//! use std::time::Duration;
//! use tokio::time::{Instant, sleep};
//!
//! # tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build()?.block_on(async {
//! // In a test: `#[tokio::test(start_paused = true)]`.
//! let slow = async || {
//!     sleep(Duration::from_secs(3600)).await;
//!     "done"
//! };
//! let start = Instant::now();
//! Client::new(Group::new("").get("/", slow)).get("/").await.has_text("done");
//! assert_eq!(start.elapsed().as_secs(), 3600);
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! # Values to work with
//!
//! Methods of the response return everything that the checks do not cover: [`TestResponse::json`], [`TestResponse::headers`],
//! [`TestResponse::problem`]. There is no connection, so [`Context::remote_addr`](crate::Context::remote_addr) is `None` unless
//! [`Client::from`] sets it, and the timeouts and limits of a [`Server`](crate::Server) do not apply.

mod call;
mod client;
mod context;
mod events;
mod fields;
mod jar;
mod multipart;
mod redirects;
mod request;
mod response;
mod returns;
mod send_as;
mod stream;
mod typed;
#[cfg(feature = "websocket")]
mod websocket;
mod with;

#[doc(alias("uri!", "dispatch", "typed client"))]
pub use call::Call;
#[doc(hidden)]
pub use call::Sent;
#[doc(alias("TestServer", "TestClient", "httptest", "oneshot"))]
pub use client::Client;
pub use context::Rest;
#[doc(alias("CreateTestContext", "CreateTestContextOnly"))]
pub use context::context;
pub use events::TestEvent;
#[doc(alias = "EventSource")]
pub use events::TestEvents;
pub use multipart::MultipartForm;
pub use request::TestRequest;
pub use response::TestResponse;
pub use returns::Returns;
#[doc(hidden)]
pub use returns::Unnamed;
pub use send_as::SendAs;
pub use stream::TestStream;
pub use typed::{TypedRequest, TypedResponse};
#[cfg(feature = "websocket")]
pub use websocket::TestSocket;
