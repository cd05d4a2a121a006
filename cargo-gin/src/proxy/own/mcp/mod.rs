//! `POST /__gin/mcp`: the Model Context Protocol, by which programs that edit code use what the pages show and do.
//!
//! ```text
//! endpoint ─► message    a request of JSON-RPC 2.0, and its response
//!    │
//!    └► tool ─► call     what each tool needs, and what it does
//!                ├► arguments
//!                └► failed
//! ```
//!
//! This is the "streamable HTTP" transport in its simplest form: each POST has one message and gets one response as JSON, so the server
//! keeps no state and opens no streams. The access rules are those of the other endpoints. The id of a session is the token of this run:
//! `initialize` returns it, as `GET /__gin/status` does, and every other message must carry it. A client of an earlier run gets 404, upon
//! which the protocol makes it begin again.

mod arguments;
mod call;
mod endpoint;
mod failed;
mod message;
mod tool;
