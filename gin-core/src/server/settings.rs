//! The check of a server's settings: some numbers would close every connection, keep a processor busy, or be more than memory holds.

use std::fmt;
use std::time::Duration;

use crate::app::At;
use crate::failure::Error;

/// A setting that no server can have.
#[derive(Debug)]
pub(crate) struct BadSetting {
    at: At,
    /// The call that sets it.
    setting: String,
    remedy: &'static str,
}

/// In bytes.
const LEAST_HEADER_SIZE: usize = 1 << 10;
const MOST_HEADER_SIZE: usize = 16 << 20;
/// The type of a request's headers has no room for many more.
const MOST_HEADERS: usize = 10_000;

impl BadSetting {
    #[track_caller]
    pub(crate) fn new(setting: String, remedy: &'static str) -> BadSetting {
        BadSetting {
            at: At::caller(),
            setting,
            remedy,
        }
    }

    /// Checks a timeout that a client must meet.
    #[track_caller]
    pub(crate) fn of_timeout(name: &str, time: Duration) -> Option<BadSetting> {
        let remedy =
            "no client is that fast; give at least 1 ms, or `Duration::MAX` for no timeout";
        if time >= Duration::from_millis(1) {
            return None;
        }
        Some(BadSetting::new(format!("{name}({time:?})"), remedy))
    }

    #[track_caller]
    pub(crate) fn of_header_size(bytes: usize) -> Option<BadSetting> {
        let remedy = match bytes {
            ..LEAST_HEADER_SIZE => {
                "the heads of browsers have hundreds of bytes; give at least 1 KiB"
            }
            LEAST_HEADER_SIZE..=MOST_HEADER_SIZE => return None,
            _ => "each client could take that much memory; give at most 16 MiB",
        };
        Some(BadSetting::new(format!("max_header_size({bytes})"), remedy))
    }

    #[track_caller]
    pub(crate) fn of_headers(headers: usize) -> Option<BadSetting> {
        let remedy = match headers {
            0 => "each request has a `Host`; give at least 1",
            1..=MOST_HEADERS => return None,
            _ => "a request has room for 10000 headers; give at most that many",
        };
        Some(BadSetting::new(format!("max_headers({headers})"), remedy))
    }

    /// Returns the mistake of a server that is to speak HTTP/3, by a call at `at`, without TLS.
    #[cfg(feature = "http3")]
    pub(crate) fn http3_without_tls(at: At) -> BadSetting {
        BadSetting {
            at,
            setting: "http3()".to_owned(),
            remedy: "HTTP/3 needs certificates; give them with `.tls(…)`",
        }
    }

    /// Returns the mistake of a server that is to speak HTTP/3, by a call at `at`, on no TCP socket.
    #[cfg(feature = "http3")]
    pub(crate) fn http3_without_port(at: At) -> BadSetting {
        BadSetting {
            at,
            setting: "http3()".to_owned(),
            remedy: "HTTP/3 has the port of a TCP socket; give one with `.listen(…)`",
        }
    }

    /// Returns what is wrong with the certificates that the server is to request by itself.
    #[cfg(feature = "acme")]
    pub(crate) fn of_acme(certificates: &crate::tls::Certificates) -> Vec<BadSetting> {
        let flaws = certificates.acme.iter().flat_map(|acme| {
            let at = At {
                file: acme.at.file(),
                line: acme.at.line(),
            };
            let flaws = acme.flaws().into_iter();
            flaws.map(move |(setting, remedy)| BadSetting {
                at,
                setting,
                remedy,
            })
        });
        flaws.collect()
    }

    #[track_caller]
    pub(crate) fn of_uri_size(bytes: usize) -> Option<BadSetting> {
        let remedy = "the shortest path is `/`; give at least 1";
        if bytes > 0 {
            return None;
        }
        Some(BadSetting::new("max_uri_size(0)".to_owned(), remedy))
    }

    #[track_caller]
    pub(crate) fn of_buffer(bytes: usize) -> Option<BadSetting> {
        let remedy =
            "two responses at once need some memory; give at least 1, or `usize::MAX` for no limit";
        if bytes > 0 {
            return None;
        }
        Some(BadSetting::new("max_http2_buffer(0)".to_owned(), remedy))
    }
}

/// Returns the error of a server with `bad` settings, if there are any.
pub(crate) fn check(bad: &[BadSetting]) -> Result<(), Error> {
    if bad.is_empty() {
        return Ok(());
    }
    let lines: Vec<_> = bad.iter().map(BadSetting::to_string).collect();
    let text = format!(
        "the server cannot have these settings:\n{}",
        lines.join("\n")
    );
    Err(Error::from(text))
}

impl fmt::Display for BadSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "  {}: `{}`: {}", self.at, self.setting, self.remedy)
    }
}
