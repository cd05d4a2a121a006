//! Sizes and durations with their units, as text.

use std::time::Duration;

use crate::mistake::meant;

/// Units of sizes, and their bytes.
const SIZES: [(&str, u64); 8] = [
    ("B", 1),
    ("kB", 1_000),
    ("KB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
];

/// Units of durations, and their milliseconds.
const DURATIONS: [(&str, u64); 4] = [("ms", 1), ("s", 1_000), ("min", 60_000), ("h", 3_600_000)];

/// Other spellings of units, and the ones that are understood.
const SPELLINGS: [(&str, &str); 18] = [
    ("b", "B"),
    ("bytes", "B"),
    ("k", "KiB"),
    ("kb", "KB"),
    ("kib", "KiB"),
    ("m", "MiB"),
    ("mb", "MB"),
    ("mib", "MiB"),
    ("g", "GiB"),
    ("gb", "GB"),
    ("gib", "GiB"),
    ("sec", "s"),
    ("secs", "s"),
    ("second", "s"),
    ("seconds", "s"),
    ("minute", "min"),
    ("minutes", "min"),
    ("hours", "h"),
];

/// Returns the bytes of a size such as `50MB` or `512 KiB`, or the message of the mistake in it.
pub(crate) fn size(text: &str) -> Result<u64, String> {
    number(text, &SIZES, "50MB")
}

/// Returns the duration of a text such as `30s` or `500ms`, or the message of the mistake in it.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    match number(text, &DURATIONS, "30s")? {
        0 => Err("no handler responds in no time; set a longer timeout".to_owned()),
        milliseconds => Ok(Duration::from_millis(milliseconds)),
    }
}

fn number(text: &str, units: &[(&str, u64)], example: &str) -> Result<u64, String> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '_');
    let (digits, unit) = text.split_at(end.unwrap_or(text.len()));
    let unit = unit.trim();
    let Some(digits) = Some(digits.replace('_', "")).filter(|digits| !digits.is_empty()) else {
        return Err(format!(
            "`{text}` does not start with a number; write one with its unit, as in `{example}`"
        ));
    };
    if unit.starts_with(['.', ',']) {
        return Err(format!(
            "`{text}` is not a whole number; use a smaller unit"
        ));
    }
    let Some((_, factor)) = units.iter().find(|(name, _)| *name == unit) else {
        return Err(unknown(text, unit, units, example));
    };
    let number = digits.parse::<u64>().ok();
    number
        .and_then(|number| number.checked_mul(*factor))
        .ok_or_else(|| format!("`{text}` is too large"))
}

fn unknown(text: &str, unit: &str, units: &[(&str, u64)], example: &str) -> String {
    if unit.is_empty() {
        return format!("`{text}` has no unit; write it as in `{example}`");
    }
    let names = || units.iter().map(|(name, _)| *name);
    let lower = unit.to_lowercase();
    let spelled = SPELLINGS.iter().find(|(spelling, _)| *spelling == lower);
    let spelled = spelled
        .map(|(_, name)| *name)
        .filter(|name| names().any(|own| own == *name));
    // A minute is the only unit of time that starts so.
    let minute = names().find(|name| lower == "m" && *name == "min");
    let same = names().find(|name| name.eq_ignore_ascii_case(unit));
    if let Some(meant) = spelled.or(minute).or(same).or_else(|| meant(unit, names())) {
        return format!("`{unit}` is not a unit; did you mean `{meant}`?");
    }
    let names: Vec<_> = names().map(|name| format!("`{name}`")).collect();
    format!("`{unit}` is not a unit; there are {}", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_durations_have_units() {
        for (text, bytes) in [
            ("0B", 0),
            ("50MB", 50_000_000),
            ("1 KiB", 1024),
            ("10_000 kB", 10_000_000),
        ] {
            assert_eq!(size(text), Ok(bytes), "{text}");
        }
        assert_eq!(duration("2min"), Ok(Duration::from_secs(120)));
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
    }

    #[test]
    fn a_mistake_shows_the_remedy() {
        for (text, part) in [
            ("50", "has no unit"),
            ("MB", "does not start with a number"),
            ("-1MB", "does not start with a number"),
            ("1.5MB", "a smaller unit"),
            ("50mb", "did you mean `MB`?"),
            ("50m", "did you mean `MiB`?"),
            ("50parsec", "there are `B`, `kB`"),
            ("99999999999999999999GB", "too large"),
        ] {
            let message = size(text).expect_err(text);
            assert!(message.contains(part), "{text}: {message}");
        }
        for (text, part) in [
            ("30", "has no unit"),
            ("30sec", "did you mean `s`?"),
            ("30S", "did you mean `s`?"),
            ("5m", "did you mean `min`?"),
            ("0s", "set a longer timeout"),
        ] {
            let message = duration(text).expect_err(text);
            assert!(message.contains(part), "{text}: {message}");
        }
    }
}
