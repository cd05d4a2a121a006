//! The failure of a request for a certificate.

use std::error::Error as StdError;
use std::time::{Duration, SystemTime};
use std::{fmt, io};

use instant_acme::Error;

/// The reason why there is no certificate, and how soon it may be requested again.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) cause: Cause,
    text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    /// The authority was not reached, or has failed by itself: it has counted nothing.
    Unreachable,
    /// The authority has refused, and counts refusals. Its response may name the time from which it takes requests again.
    Refused(Option<SystemTime>),
    /// The authority does not know the account.
    UnknownAccount,
}

impl Failure {
    pub(crate) fn refused(text: impl Into<String>) -> Failure {
        Failure {
            cause: Cause::Refused(None),
            text: text.into(),
        }
    }

    pub(crate) fn unreachable(text: impl Into<String>) -> Failure {
        Failure {
            cause: Cause::Unreachable,
            text: text.into(),
        }
    }

    /// Adds the time from which the authority takes requests again.
    pub(crate) fn until(mut self, time: Option<SystemTime>) -> Failure {
        if time.is_some() {
            self.cause = Cause::Refused(time);
        }
        self
    }

    /// Returns the pause before the next request, after `failures` in a row.
    ///
    /// Let's Encrypt takes five refused requests an hour: from two minutes, doubled each time, there are no more.
    pub(crate) fn pause(&self, failures: u32) -> Duration {
        const LONGEST: Duration = Duration::from_secs(6 * 3600);
        const WEEK: Duration = Duration::from_secs(7 * 24 * 3600);
        let first = match self.cause {
            Cause::Unreachable => Duration::from_secs(1),
            Cause::Refused(_) | Cause::UnknownAccount => Duration::from_secs(120),
        };
        let doubled = 2_u32.saturating_pow(failures.saturating_sub(1));
        let pause = first.saturating_mul(doubled).min(LONGEST);
        let Cause::Refused(Some(time)) = self.cause else {
            return pause;
        };
        let wait = time.duration_since(SystemTime::now()).unwrap_or_default();
        pause.max(wait.min(WEEK))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        Failure::unreachable(error.to_string())
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        let Error::Api(problem) = &error else {
            let text = format!("the request to the authority has failed: {}", chain(&error));
            return Failure::unreachable(text);
        };
        let kind = problem.r#type.as_deref().unwrap_or_default();
        let cause = match kind.rsplit(':').next() {
            Some("accountDoesNotExist") => Cause::UnknownAccount,
            // A nonce that the authority no longer knows says nothing about the request (RFC 8555 §6.5).
            Some("serverInternal" | "badNonce") => Cause::Unreachable,
            _ => Cause::Refused(None),
        };
        let text = error.to_string();
        Failure {
            cause,
            text: text.replacen("API error: ", "", 1),
        }
    }
}

/// Returns the message of an error with those of its causes, as the outermost only says that a connection failed.
fn chain(error: &Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let message = error.to_string();
        if !text.contains(&message) {
            text.push_str(": ");
            text.push_str(&message);
        }
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_stay_within_five_an_hour() {
        let refused = Failure::refused("");
        let mut time = Duration::ZERO;
        let mut requests = 1;
        for failures in 1.. {
            time += refused.pause(failures);
            if time >= Duration::from_secs(3600) {
                break;
            }
            requests += 1;
        }
        assert_eq!(requests, 5);
    }

    #[test]
    fn pauses_are_never_nothing_and_end_at_six_hours() {
        for failure in [Failure::refused(""), Failure::unreachable("")] {
            assert!(failure.pause(1) >= Duration::from_secs(1));
            assert_eq!(failure.pause(u32::MAX), Duration::from_secs(6 * 3600));
        }
    }

    #[test]
    fn the_time_of_the_authority_counts() {
        let later = SystemTime::now() + Duration::from_secs(24 * 3600);
        let pause = Failure::refused("").until(Some(later)).pause(1);
        assert!(pause > Duration::from_secs(23 * 3600), "{pause:?}");
        let earlier = SystemTime::now() - Duration::from_secs(3600);
        let pause = Failure::refused("").until(Some(earlier)).pause(1);
        assert_eq!(pause, Duration::from_secs(120));
    }
}
