//! Challenges: the headers that name the credentials a server takes (RFC 9110 §11.6).

use std::borrow::Cow;
use std::fmt::Write;

use http::HeaderValue;

/// The place that a user's credentials are for, which browsers show.
#[derive(Debug, Clone)]
pub(super) struct Realm(pub(super) Cow<'static, str>);

impl Realm {
    /// Returns the reason why no challenge can have this realm.
    pub(super) fn flaw(&self) -> Option<String> {
        let is_quotable = self.0.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        (!is_quotable).then(|| {
            format!(
                "the realm {:?} has characters that a header cannot carry; write it in ASCII",
                self.0
            )
        })
    }
}

/// A challenge that is being written: a scheme and its parameters.
pub(super) struct Challenge(String);

impl Challenge {
    pub(super) fn new(scheme: &str) -> Challenge {
        Challenge(scheme.to_owned())
    }

    /// Adds a parameter whose value is a quoted string (RFC 9110 §5.6.4). Characters that it cannot carry are left out.
    pub(super) fn with(mut self, name: &str, value: &str) -> Challenge {
        let separator = if self.0.contains('=') { "," } else { "" };
        let _ = write!(self.0, "{separator} {name}=\"");
        for character in value.chars().filter(|c| matches!(c, ' '..='~')) {
            if matches!(character, '"' | '\\') {
                self.0.push('\\');
            }
            self.0.push(character);
        }
        self.0.push('"');
        self
    }

    pub(super) fn value(self) -> HeaderValue {
        HeaderValue::try_from(self.0).expect("a challenge is visible ASCII")
    }
}

#[cfg(test)]
mod tests {
    use super::Challenge;

    #[test]
    fn a_value_cannot_leave_its_quotes() {
        let challenge = Challenge::new("Basic").with("realm", "a \"b\" \\ \r\n ä");
        let challenge = challenge.with("charset", "UTF-8");
        assert_eq!(
            challenge.value(),
            r#"Basic realm="a \"b\" \\  ", charset="UTF-8""#
        );
    }
}
