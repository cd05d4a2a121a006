//! The report on an app's health, as JSON.

use std::time::Duration;

use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};
use serde_json::{Map, Value, json};

use crate::content::media::JSON;
use crate::operations::health::checks::Detail;
use crate::response::Response;

/// The results of all checks.
#[derive(Debug, Default)]
pub(super) struct Report(pub(super) Vec<Finding>);

/// The result of a check.
#[derive(Debug)]
pub(super) struct Finding {
    pub(super) name: &'static str,
    pub(super) took: Duration,
    pub(super) result: Result<(), String>,
}

impl Report {
    /// Returns a response to a probe, with the extent `detail`.
    pub(super) fn response(&self, detail: Detail) -> Response {
        let is_up = self.0.iter().all(|finding| finding.result.is_ok());
        let mut body = json!({ "status": word(is_up) });
        if detail == Detail::Checks {
            let checks = self.0.iter();
            let checks = checks.map(|finding| (finding.name.to_owned(), finding.json()));
            body["checks"] = Value::Object(checks.collect::<Map<_, _>>());
        }
        response(is_up, &body)
    }
}

impl Finding {
    fn json(&self) -> Value {
        let took = u64::try_from(self.took.as_millis()).unwrap_or(u64::MAX);
        let mut json = json!({ "status": word(self.result.is_ok()), "took_ms": took });
        if let Err(error) = &self.result {
            json["error"] = Value::from(error.as_str());
        }
        json
    }
}

/// Returns the response of a probe without checks.
pub(super) fn plain(is_up: bool) -> Response {
    response(is_up, &json!({ "status": word(is_up) }))
}

/// Returns a response that no cache keeps: a probe wants to know the state of now.
fn response(is_up: bool, body: &Value) -> Response {
    let mut response = Response::new(body.to_string().into());
    *response.status_mut() = if is_up {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, JSON);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn word(is_up: bool) -> &'static str {
    if is_up { "up" } else { "down" }
}
