//! Validators of a file: its entity tag, and the date of its last change.

use std::fs::Metadata;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::HeaderValue;

/// The time in which a file can change again without a new date, because file systems count in steps.
const STEP: Duration = Duration::from_secs(2);
/// Builds that are to be reproducible set all dates to 1970 or to 1980, where those of archives begin. Such a date shows nothing.
const FIRST_REAL_DATE: Duration = Duration::from_secs(315_619_200);
/// 9999-12-31T23:59:59Z, the last one that a header can have.
const LAST_DATE: Duration = Duration::from_secs(253_402_300_799);

/// The validators of a representation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Validators {
    pub(super) tag: Option<HeaderValue>,
    pub(super) modified: Option<Modified>,
}

/// The date of the last change, in whole seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Modified {
    pub(super) date: SystemTime,
    /// The file did not change twice in that second (RFC 9110 §8.8.2.2).
    pub(super) is_strong: bool,
}

impl Validators {
    /// Returns the validators of a file on disk. `variant` distinguishes encodings of one resource.
    pub(super) fn of_file(metadata: &Metadata, variant: &str) -> Validators {
        let changed = metadata.modified().unwrap_or(UNIX_EPOCH);
        let now = SystemTime::now();
        // A date in the future comes from another clock, so that nothing follows from its distance.
        let is_strong = now.duration_since(changed).is_ok_and(|age| age >= STEP);
        let since = changed.duration_since(UNIX_EPOCH);
        let is_real = since.as_ref().is_ok_and(|since| *since > FIRST_REAL_DATE);
        let instead = if is_real { 0 } else { created(metadata) };
        let (sign, since) = match since {
            Ok(since) => ("", since),
            Err(before) => ("-", before.duration()),
        };
        let nanos = since.as_nanos();
        let size = metadata.len();
        let weak = if is_strong { "" } else { "W/" };
        let tag = match instead {
            0 => format!("{weak}\"{sign}{nanos:x}-{size:x}{variant}\""),
            instead => format!("{weak}\"{sign}{nanos:x}-{size:x}-{instead:x}{variant}\""),
        };
        Validators {
            tag: HeaderValue::try_from(tag).ok(),
            modified: Modified::at(changed, now)
                .filter(|_| is_real)
                .map(|modified| Modified {
                    is_strong,
                    ..modified
                }),
        }
    }

    /// Returns the validators of content that never changes, or is hashed whenever it is sent.
    pub(super) fn of_hash(hash: u64, length: u64, variant: &str) -> Validators {
        let tag = format!("\"{hash:016x}-{length:x}{variant}\"");
        Validators {
            tag: HeaderValue::try_from(tag).ok(),
            modified: None,
        }
    }
}

impl Modified {
    /// Returns the date `time`, unless a header cannot have it. RFC 9110 §8.8.2.1: one later than `now` must not be sent.
    pub(super) fn at(time: SystemTime, now: SystemTime) -> Option<Modified> {
        let since = time.duration_since(UNIX_EPOCH).ok()?;
        if time > now || since > LAST_DATE {
            return None;
        }
        Some(Modified {
            date: UNIX_EPOCH + Duration::from_secs(since.as_secs()),
            is_strong: true,
        })
    }

    pub(super) fn header(self) -> Option<HeaderValue> {
        HeaderValue::try_from(httpdate::fmt_http_date(self.date)).ok()
    }
}

/// Returns the time of the last change of the file's metadata, which no program can set.
#[cfg(unix)]
fn created(metadata: &Metadata) -> u64 {
    use std::os::unix::fs::MetadataExt;
    let nanos = i128::from(metadata.ctime()) * 1_000_000_000 + i128::from(metadata.ctime_nsec());
    u64::try_from(nanos).unwrap_or_default()
}

#[cfg(not(unix))]
fn created(metadata: &Metadata) -> u64 {
    let since = metadata
        .created()
        .map(|time| time.duration_since(UNIX_EPOCH));
    let since = since.ok().and_then(Result::ok).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or_default()
}
