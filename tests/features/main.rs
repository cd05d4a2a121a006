//! Each feature of gin-core, used by an app that turns on no other one. `.ci/features` runs the tests for each set of features.

#[cfg(feature = "acme")]
mod acme;
#[cfg(feature = "anyhow")]
mod anyhow;
#[cfg(feature = "compression")]
mod compression;
#[cfg(feature = "config")]
mod config;
#[cfg(feature = "cookies")]
mod cookies;
#[cfg(feature = "embed")]
mod embed;
#[cfg(feature = "files")]
mod files;
mod formats;
#[cfg(feature = "http3")]
mod http3;
#[cfg(feature = "metrics")]
mod metrics;
#[cfg(feature = "multipart")]
mod multipart;
mod none;
#[cfg(feature = "openapi")]
mod openapi;
#[cfg(feature = "protobuf")]
mod protobuf;
#[cfg(feature = "redis")]
mod redis;
#[cfg(feature = "tls")]
mod running;
#[cfg(feature = "sessions")]
mod sessions;
#[cfg(feature = "templates")]
mod templates;
#[cfg(feature = "tls")]
mod tls;
#[cfg(feature = "tower")]
mod tower;
#[cfg(feature = "validation")]
mod validation;
#[cfg(feature = "websocket")]
mod websocket;
