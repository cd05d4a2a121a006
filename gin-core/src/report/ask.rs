//! What the dev server asks of an app, and how it proves that it may.

use std::env;
use std::hint::black_box;
use std::sync::OnceLock;

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::failure::Calls;

/// Bears the token, and then what is asked for.
pub(super) const REPORT: HeaderName = HeaderName::from_static("x-gin-report");

/// What the dev server proves itself with. Absent if none started this process.
static TOKEN: OnceLock<Option<HeaderValue>> = OnceLock::new();

/// What the dev server asks for with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ask {
    /// A report in place of the default words for a problem.
    Report,
    /// A report in place of any words for a 5xx: a person is to read it.
    Page,
    /// The routes, and no answer at all.
    Routes,
}

/// From now on reports go to the dev server that started this process, if one did.
pub(crate) fn listen() {
    let token = TOKEN.get_or_init(|| token(|name| env::var(name).ok()));
    if token.is_some() {
        Calls::record();
    }
}

/// The token, for answers: by it the dev server knows that they are no handler's.
pub(super) fn token_of_process() -> Option<&'static HeaderValue> {
    TOKEN.get()?.as_ref()
}

impl Ask {
    /// What `headers` ask for, if they bear the token. Nothing of it is left for the app to see.
    pub(super) fn take(headers: &mut HeaderMap) -> Option<Ask> {
        let token = token_of_process()?;
        let asked = headers.remove(REPORT)?;
        Ask::read(asked.as_bytes(), token.as_bytes())
    }

    fn read(asked: &[u8], token: &[u8]) -> Option<Ask> {
        let (claim, what) = asked.split_at_checked(token.len())?;
        if !is_equal(claim, token) {
            return None;
        }
        match what {
            b"" => Some(Ask::Report),
            b" page" => Some(Ask::Page),
            b" routes" => Some(Ask::Routes),
            _ => None,
        }
    }
}

/// The token of an environment. One that can be guessed is none.
fn token(variable: impl Fn(&str) -> Option<String>) -> Option<HeaderValue> {
    const SHORTEST: usize = 32;
    let is_dev = variable("GIN_DEV").is_some_and(|dev| dev == "1");
    let token = variable("GIN_REPORT").filter(|token| is_dev && token.len() >= SHORTEST)?;
    HeaderValue::try_from(token).ok()
}

/// Takes as long for a near miss as for a far one.
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
    fn only_the_token_asks_for_anything() {
        for (asked, expected) in [
            (TOKEN.to_owned(), Some(Ask::Report)),
            (format!("{TOKEN} page"), Some(Ask::Page)),
            (format!("{TOKEN} routes"), Some(Ask::Routes)),
            (format!("{TOKEN} other"), None),
            (format!("{TOKEN}0"), None),
            (TOKEN[1..].to_owned(), None),
            (TOKEN.to_uppercase(), None),
            (" routes".to_owned(), None),
            (String::new(), None),
        ] {
            let found = Ask::read(asked.as_bytes(), TOKEN.as_bytes());
            assert_eq!(found, expected, "{asked:?}");
        }
    }

    #[test]
    fn there_is_a_token_in_dev_only() {
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
