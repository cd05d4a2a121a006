//! The dev server's requests for reports, and the token that proves they are its own.

use std::env;
use std::hint::black_box;
use std::sync::OnceLock;

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::failure::Calls;

/// The header with the token, followed by the kind of report.
pub(super) const REPORT: HeaderName = HeaderName::from_static("x-gin-report");

/// The dev server's token, or `None` if no dev server started this process.
static TOKEN: OnceLock<Option<HeaderValue>> = OnceLock::new();

/// The report that the dev server requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReportRequest {
    /// A report in place of a problem, for a program.
    Report,
    /// The same, for a page that a user reads.
    Page,
    /// The routes, in place of any response.
    Routes,
}

/// Reports to the dev server that started this process from now on, if one did.
pub(crate) fn enable() {
    let token = TOKEN.get_or_init(|| token(|name| env::var(name).ok()));
    if token.is_some() {
        Calls::enable();
    }
}

/// Returns the token for the response, by which the dev server knows that it is not a handler's.
pub(super) fn token_of_process() -> Option<&'static HeaderValue> {
    TOKEN.get()?.as_ref()
}

impl ReportRequest {
    /// Removes the request for a report from `headers`, so that the app does not see it, and returns it if the token is right.
    pub(super) fn take(headers: &mut HeaderMap) -> Option<ReportRequest> {
        let token = token_of_process()?;
        let sent = headers.remove(REPORT)?;
        ReportRequest::read(sent.as_bytes(), token.as_bytes())
    }

    fn read(sent: &[u8], token: &[u8]) -> Option<ReportRequest> {
        let (claim, what) = sent.split_at_checked(token.len())?;
        if !is_equal(claim, token) {
            return None;
        }
        match what {
            b"" => Some(ReportRequest::Report),
            b" page" => Some(ReportRequest::Page),
            b" routes" => Some(ReportRequest::Routes),
            _ => None,
        }
    }
}

/// Returns the token of an environment. One that is short enough to be guessed does not count.
fn token(variable: impl Fn(&str) -> Option<String>) -> Option<HeaderValue> {
    const SHORTEST: usize = 32;
    let is_dev = variable("GIN_DEV").is_some_and(|dev| dev == "1");
    let token = variable("GIN_REPORT").filter(|token| is_dev && token.len() >= SHORTEST)?;
    HeaderValue::try_from(token).ok()
}

/// Compares in constant time, so that the duration does not show how much of a guess is right.
fn is_equal(claim: &[u8], token: &[u8]) -> bool {
    let pairs = claim.iter().zip(token);
    let differences = pairs.fold(0, |all, (a, b)| all | (a ^ b));
    claim.len() == token.len() && black_box(differences) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "0123456789abcdef0123456789abcdef";

    #[test]
    fn only_the_right_token_requests_a_report() {
        for (sent, expected) in [
            (TOKEN.to_owned(), Some(ReportRequest::Report)),
            (format!("{TOKEN} page"), Some(ReportRequest::Page)),
            (format!("{TOKEN} routes"), Some(ReportRequest::Routes)),
            (format!("{TOKEN} other"), None),
            (format!("{TOKEN}0"), None),
            (TOKEN[1..].to_owned(), None),
            (TOKEN.to_uppercase(), None),
            (" routes".to_owned(), None),
            (String::new(), None),
        ] {
            let found = ReportRequest::read(sent.as_bytes(), TOKEN.as_bytes());
            assert_eq!(found, expected, "{sent:?}");
        }
    }

    #[test]
    fn the_token_counts_in_dev_only() {
        for (dev, report, is_there) in [
            (Some("1"), Some(TOKEN), true),
            (None, Some(TOKEN), false),
            (Some("0"), Some(TOKEN), false),
            (Some("1"), None, false),
            (Some("1"), Some(""), false),
            (Some("1"), Some("guess me"), false),
        ] {
            let variable = |name: &str| match name {
                "GIN_DEV" => dev.map(str::to_owned),
                "GIN_REPORT" => report.map(str::to_owned),
                _ => None,
            };
            assert_eq!(token(variable).is_some(), is_there, "{dev:?} {report:?}");
        }
    }
}
