//! The labels of metrics. Their values come from the app, never from a client, so they stay few.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use gin_router::Pattern;
use http::Method;
use prometheus_client::encoding::{EncodeLabel, EncodeLabelSet, LabelSetEncoder};

use crate::request::Site;

/// The method and the route of a request.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Target {
    pub(super) method: &'static str,
    pub(super) route: RouteLabel,
}

/// The method, the route and the status of a request.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Outcome {
    pub(super) target: Target,
    pub(super) status: u16,
}

/// The pattern of a route, or nothing if no route matches. The site has it, so that it need not be copied for each request.
#[derive(Debug, Clone)]
pub(super) struct RouteLabel(pub(super) Arc<Site>);

impl RouteLabel {
    fn as_str(&self) -> &str {
        self.0.pattern.as_ref().map_or("", Pattern::as_str)
    }
}

impl PartialEq for RouteLabel {
    fn eq(&self, other: &RouteLabel) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for RouteLabel {}

impl Hash for RouteLabel {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl EncodeLabelSet for Target {
    fn encode(&self, encoder: &mut LabelSetEncoder<'_>) -> fmt::Result {
        ("method", self.method).encode(encoder.encode_label())?;
        ("route", self.route.as_str()).encode(encoder.encode_label())
    }
}

impl EncodeLabelSet for Outcome {
    fn encode(&self, encoder: &mut LabelSetEncoder<'_>) -> fmt::Result {
        self.target.encode(encoder)?;
        ("status", self.status).encode(encoder.encode_label())
    }
}

/// Returns the name of a method, or `other` for one that is not registered. A client can send any number of those.
pub(super) fn method(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        "CONNECT" => "CONNECT",
        "TRACE" => "TRACE",
        "QUERY" => "QUERY",
        _ => "other",
    }
}
