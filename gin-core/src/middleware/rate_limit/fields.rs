//! The header fields that show a client its quota (draft-ietf-httpapi-ratelimit-headers-10).

use std::time::Duration;

use http::{HeaderName, HeaderValue};

use crate::middleware::rate_limit::quota::{Balance, Quota};

pub(super) const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
pub(super) const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// Returns the value of `RateLimit-Policy`: `"default";q=40;w=2`.
pub(super) fn policy(name: &str, quota: Quota) -> Option<HeaderValue> {
    let window = seconds(Duration::from_nanos(quota.window()));
    HeaderValue::try_from(format!("\"{name}\";q={};w={window}", quota.burst)).ok()
}

/// Returns the value of `RateLimit`: `"default";r=39;t=1`.
pub(super) fn balance(name: &str, balance: &Balance) -> Option<HeaderValue> {
    let reset = seconds(balance.full_in);
    HeaderValue::try_from(format!("\"{name}\";r={};t={reset}", balance.remaining)).ok()
}

/// Returns a time in whole seconds, rounded up: a client that comes back then is admitted.
pub(super) fn seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

/// Returns `true` if a name can be sent between quotes (RFC 9651 §3.3.3) and be a part of a key.
pub(super) fn is_name(name: &str) -> bool {
    let is_of_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    !name.is_empty() && name.bytes().all(is_of_name)
}
