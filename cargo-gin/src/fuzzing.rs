//! Entry points for the targets in `fuzz/`: one function for each parser of hostile text.
//!
//! They take and return plain text, so that a target can state what must hold without knowing the types. Only builds with
//! `--cfg fuzzing`, as cargo-fuzz makes them, have this module.

use std::fmt::Write as _;
use std::net::IpAddr;

use http::header::{CONTENT_SECURITY_POLICY, ORIGIN};
use http::{HeaderMap, HeaderValue};

use crate::page;
use crate::panic::{Panic, Place};
use crate::proxy::{AllowedHosts, Frames, Host, Needs, Origin, allow_script, is_own};

/// Returns `text` without its escape sequences.
pub fn strip_ansi(text: &str) -> String {
    page::strip(text)
}

/// Returns `text` as HTML, its colors as classes.
pub fn ansi_to_html(text: &str) -> String {
    page::output(text).into_string()
}

/// Reads the panics in `lines`, and writes them as the standard library would.
pub fn panics<'a>(lines: impl IntoIterator<Item = &'a str>) -> String {
    let mut written = String::new();
    for panic in Panic::all(lines) {
        let (thread, place) = (&panic.thread, written_place(&panic.place));
        write_line(
            &mut written,
            &format!("thread '{thread}' panicked at {place}:"),
        );
        if !panic.message.is_empty() {
            write_line(&mut written, &panic.message);
        }
        write_line(&mut written, "stack backtrace:");
        for (number, frame) in panic.frames.iter().enumerate() {
            write_line(&mut written, &format!("{number:>4}: {}", frame.function));
            if let Some(place) = &frame.place {
                write_line(
                    &mut written,
                    &format!("{:13}at {}", "", written_place(place)),
                );
            }
        }
    }
    written
}

fn written_place(place: &Place) -> String {
    format!("{}:{}:{}", place.file, place.line, place.column)
}

fn write_line(written: &mut String, line: &str) {
    writeln!(written, "{line}").expect("a string takes every text");
}

/// Adds `'nonce-N'` and `endpoints` to a `Content-Security-Policy`. Returns `None` if the page cannot get a script.
pub fn allow_script_in_policy(policy: &HeaderValue, endpoints: &str) -> Option<HeaderValue> {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_SECURITY_POLICY, policy.clone());
    let needs = Needs {
        nonce: "N",
        endpoints,
    };
    if allow_script(&mut headers, needs) {
        headers.remove(CONTENT_SECURITY_POLICY)
    } else {
        assert_eq!(headers.get(CONTENT_SECURITY_POLICY), Some(policy));
        None
    }
}

/// Parses a host and its port, and writes them as they were understood.
pub fn host(text: &str) -> Option<String> {
    Some(Host::parse(text)?.to_string())
}

/// Returns whether a request that came to `local` may name `host`; `None` if `host` or one of `allowed` is malformed.
pub fn is_host_allowed(host: &str, allowed: &[String], local: IpAddr) -> Option<bool> {
    let allowed = AllowedHosts::parse(allowed).ok()?;
    Some(allowed.allow(&Host::parse(host)?, local))
}

/// Returns whether `origin` is that of `host`; `None` if `host` is malformed.
pub fn is_own_origin(origin: &HeaderValue, host: &str) -> Option<bool> {
    let mut headers = HeaderMap::new();
    headers.insert(ORIGIN, origin.clone());
    Some(is_own(&headers, &Origin::parse(&format!("http://{host}"))?))
}

/// Follows a stream of WebSocket frames. Returns whether another frame can be sent after it.
pub fn is_between_frames<'a>(chunks: impl IntoIterator<Item = &'a [u8]>) -> bool {
    let mut frames = Frames::default();
    for chunk in chunks {
        frames.follow(chunk);
    }
    frames.is_open()
}
