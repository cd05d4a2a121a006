//! The app of the sockets that speak plain HTTP beside HTTPS: it redirects every request.

use http::header::CACHE_CONTROL;

use crate::app::{BuildError, Group};
use crate::dispatch::Engine;
use crate::extract::State;
use crate::failure::Problem;
use crate::request::Context;
use crate::response::{IntoResponse, Redirect, Response};

/// The port that a URL with `https://` need not name.
const DEFAULT_PORT: u16 = 443;

/// Browsers keep a 308 for as long as they like, unless it has a time. This one may be taken back.
const CACHE: &str = "max-age=3600";

/// The port of HTTPS.
#[derive(Clone, Copy)]
struct HttpsPort(u16);

/// Returns the engine that redirects to HTTPS on `port`. Malformed requests are refused as by any other engine.
pub(super) fn engine(port: u16) -> Result<Engine, BuildError> {
    Engine::new(Group::new("").state(HttpsPort(port)).fallback(redirect))
}

async fn redirect(cx: &mut Context, State(port): State<HttpsPort>) -> Result<Response, Problem> {
    let host = cx.host().map(without_port).unwrap_or_default();
    if host.is_empty() {
        return Err(Problem::new(400).detail("the request names no host to redirect to"));
    }
    let target = cx.head().uri.path_and_query();
    let target = target.map_or("/", |target| target.as_str());
    let location = match port.0 {
        DEFAULT_PORT => format!("https://{host}{target}"),
        port => format!("https://{host}:{port}{target}"),
    };
    Ok(([(CACHE_CONTROL, CACHE)], Redirect::permanent(location)).into_response())
}

/// Returns a well-formed host without its port.
fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        // The colons of an IPv6 address are before its bracket.
        Some((name, port)) if !port.ends_with(']') => name,
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::without_port;

    #[test]
    fn a_host_has_its_port_at_the_end() {
        let cases = [
            ("a.example", "a.example"),
            ("a.example:80", "a.example"),
            ("a.example:", "a.example"),
            ("[::1]", "[::1]"),
            ("[::1]:80", "[::1]"),
            ("127.0.0.1:8080", "127.0.0.1"),
        ];
        for (host, expected) in cases {
            assert_eq!(without_port(host), expected, "{host}");
        }
    }
}
