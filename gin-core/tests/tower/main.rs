//! Layers and services of tower: tower-http, axum and tonic inside gin-core, and gin-core inside axum.

mod engine;
mod grpc;
mod layers;
mod misuse;
mod services;
#[expect(dead_code, reason = "it is shared with other tests")]
#[path = "../http/wire.rs"]
mod wire;
mod wired;
