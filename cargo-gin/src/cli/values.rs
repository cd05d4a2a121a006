//! Parsers for the values of options.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

/// Parses an address, with or without brackets. `localhost` is 127.0.0.1.
pub(super) fn address(text: &str) -> Result<IpAddr, String> {
    match text {
        "localhost" => Ok(IpAddr::from([127, 0, 0, 1])),
        _ => text
            .trim_start_matches('[')
            .trim_end_matches(']')
            .parse()
            .map_err(|_| "expected an IP address such as 127.0.0.1, 0.0.0.0 or ::1".to_owned()),
    }
}

/// Parses a port, or 0 for a free one.
pub(super) fn port(text: &str) -> Result<u16, String> {
    text.parse()
        .map_err(|_| "expected a port from 0 to 65535".to_owned())
}

/// Parses a port other than 0.
pub(super) fn app_port(text: &str) -> Result<u16, String> {
    match port(text) {
        Ok(0) | Err(_) => Err("expected a port from 1 to 65535".to_owned()),
        port => port,
    }
}

/// Returns the variable of `--app-port`. Go's gin has its own, which counts if only it is set.
pub(super) fn app_port_variable() -> &'static str {
    const GIN: &str = "BIN_APP_PORT";
    const OURS: &str = "GIN_APP_PORT";
    let is_set = |name| std::env::var_os(name).is_some();
    if is_set(GIN) && !is_set(OURS) {
        GIN
    } else {
        OURS
    }
}

/// Parses `FROM=TO`, where `FROM` is absolute.
pub(super) fn mapping(text: &str) -> Result<(PathBuf, PathBuf), String> {
    match text.split_once('=') {
        Some((from, to)) if from.starts_with('/') && !to.is_empty() => Ok((from.into(), to.into())),
        _ => Err("expected two paths such as /app=/home/ann/app".to_owned()),
    }
}

/// Parses `500ms`, `2s` or `1m`. A number alone is seconds.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    humantime::parse_duration(text)
        .or_else(|_| text.parse().map(Duration::from_secs))
        .map_err(|_| "expected a time such as 500ms, 2s or 1m".to_owned())
}

/// Parses a duration above zero.
pub(super) fn interval(text: &str) -> Result<Duration, String> {
    match duration(text) {
        Ok(Duration::ZERO) => Err("expected a time above zero such as 500ms".to_owned()),
        interval => interval,
    }
}
