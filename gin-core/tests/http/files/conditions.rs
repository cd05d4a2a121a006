//! Conditional requests, compared with a model of RFC 9110 §13.2.2 and §14.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use gin::prelude::*;
use gin::testing::Client;

use crate::files::Site;

/// A generator of pseudo-random numbers (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).expect("it has 31 bits") % limit
    }

    fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

/// A value that a client sends, with its meaning.
#[derive(Clone, Debug)]
struct Given {
    text: String,
    /// It is equal by strong comparison, by weak comparison; for dates: it is the same, it is not earlier.
    strong: bool,
    weak: bool,
    is_valid: bool,
}

fn given(text: impl Into<String>, strong: bool, weak: bool) -> Given {
    Given {
        text: text.into(),
        strong,
        weak,
        is_valid: true,
    }
}

fn invalid(text: &str) -> Given {
    Given {
        text: text.to_owned(),
        strong: false,
        weak: false,
        is_valid: false,
    }
}

/// Returns lists of tags; `is_strong` holds of the file's own.
fn tags(own: &str, is_strong: bool) -> Vec<Given> {
    let opaque = own.trim_start_matches("W/");
    vec![
        given("*", true, true),
        given(opaque, is_strong, true),
        given(format!("W/{opaque}"), false, true),
        given(format!("\"x\", {opaque}"), is_strong, true),
        given(format!("\"a,b\",, W/\"c\" ,W/{opaque}"), false, true),
        given("\"other\"", false, false),
        given("W/\"other\"", false, false),
        given("\"a\", \"b\"", false, false),
        given("nonsense", false, false),
        given(opaque.trim_matches('"'), false, false),
    ]
}

/// Returns dates around that of the file.
fn dates(own: Option<SystemTime>) -> Vec<Given> {
    let mut dates = vec![
        invalid("yesterday"),
        invalid("0"),
        invalid("2024-01-01T00:00:00Z"),
    ];
    let base = own.unwrap_or(UNIX_EPOCH + Duration::from_secs(1 << 30));
    let hour = Duration::from_secs(3600);
    let second = Duration::from_secs(1);
    for (time, order) in [
        (base - hour, -1),
        (base - second, -1),
        (base, 0),
        (base + second, 1),
        (base + hour, 1),
    ] {
        dates.push(given(httpdate::fmt_http_date(time), order == 0, order >= 0));
    }
    dates
}

/// The meaning of a header `Range` for a thousand bytes.
#[derive(Clone, Copy, Debug)]
enum Wanted {
    Part(u64, u64),
    Nothing,
    Malformed,
}

const RANGES: [(&str, Wanted); 7] = [
    ("bytes=0-4", Wanted::Part(0, 4)),
    ("bytes=990-2000", Wanted::Part(990, 999)),
    ("bytes=-10", Wanted::Part(990, 999)),
    ("bytes=5000-", Wanted::Nothing),
    ("bytes=-0", Wanted::Nothing),
    ("bytes=5-1", Wanted::Malformed),
    ("pages=1-2", Wanted::Malformed),
];

struct Case {
    method: &'static str,
    if_match: Option<Given>,
    if_none_match: Option<Given>,
    if_modified_since: Option<Given>,
    if_unmodified_since: Option<Given>,
    if_range: Option<Given>,
    range: Option<(&'static str, Wanted)>,
}

impl Case {
    /// Returns the status and the part by the steps of RFC 9110 §13.2.2.
    fn expected(&self, has_date: bool, is_date_strong: bool) -> (u16, Option<(u64, u64)>) {
        let is_dated = |given: &&Given| given.is_valid && has_date;
        let by_date = self.if_unmodified_since.as_ref().filter(is_dated);
        match (&self.if_match, by_date) {
            (Some(tags), _) if !tags.strong => return (412, None),
            (None, Some(date)) if !date.weak => return (412, None),
            _ => {}
        }
        let since = self.if_modified_since.as_ref().filter(is_dated);
        match (&self.if_none_match, since) {
            (Some(tags), _) if tags.weak => return (304, None),
            (None, Some(date)) if date.weak => return (304, None),
            _ => {}
        }
        let is_same = self.if_range.as_ref().is_none_or(|given| {
            let is_tag = given.text.contains('"');
            given.strong && (is_tag || has_date && is_date_strong)
        });
        match self.range {
            Some((_, Wanted::Part(first, last))) if is_same && self.method == "GET" => {
                (206, Some((first, last)))
            }
            Some((_, Wanted::Nothing)) if is_same && self.method == "GET" => (416, None),
            _ => (200, None),
        }
    }

    /// Returns the headers with their values.
    fn headers(&self) -> Vec<(&'static str, &str)> {
        let given = [
            ("if-match", &self.if_match),
            ("if-none-match", &self.if_none_match),
            ("if-modified-since", &self.if_modified_since),
            ("if-unmodified-since", &self.if_unmodified_since),
            ("if-range", &self.if_range),
        ];
        let given = given
            .iter()
            .filter_map(|(name, given)| Some((*name, &*given.as_ref()?.text)));
        given
            .chain(self.range.map(|(range, _)| ("range", range)))
            .collect()
    }
}

async fn compare(name: &str, modified: SystemTime, is_tag_strong: bool, random: &mut Random) {
    let site = Site::new(&[("file", &"x".repeat(1_000))]);
    site.date("file", modified);
    let client = Client::new(Group::new("").files("/", site.dir()));
    let plain = client.get("/file").await.is(200);
    let own = plain.header("etag").expect("files have tags").to_owned();
    assert_eq!(!own.starts_with("W/"), is_tag_strong, "{name}: {own}");
    let date = plain.header("last-modified");
    let date = date.map(|date| httpdate::parse_http_date(date).expect("it is a date"));
    let tags = tags(&own, is_tag_strong);
    let dates = dates(date);
    let mut ranges = dates.clone();
    let single = |tag: &&Given| !tag.text.contains(',') && tag.text != "*";
    ranges.extend(tags.iter().filter(single).cloned());
    for _ in 0..700 {
        let mut some = |from: &[Given], odds: usize| {
            (random.below(odds) == 0).then(|| random.pick(from).clone())
        };
        let case = Case {
            if_match: some(&tags, 4),
            if_none_match: some(&tags, 3),
            if_modified_since: some(&dates, 2),
            if_unmodified_since: some(&dates, 4),
            if_range: some(&ranges, 2),
            method: if random.below(4) == 0 { "HEAD" } else { "GET" },
            range: (random.below(2) == 0).then(|| *random.pick(&RANGES)),
        };
        let mut request = client.request(case.method, "/file");
        for (name, value) in case.headers() {
            request = request.header(name, value);
        }
        let response = request.await;
        if !is_tag_strong && client.get("/file").await.header("etag") != Some(&own) {
            // On a slow machine, a new file has become an old one, whose tag is strong.
            return;
        }
        let (status, part) = case.expected(date.is_some(), is_tag_strong);
        let context = format!(
            "{name}: {} of {own} {date:?} with {:?}: {response:?}",
            case.method,
            case.headers()
        );
        assert_eq!(response.status(), status, "{context}");
        let place = part.map(|(first, last)| format!("bytes {first}-{last}/1000"));
        let place = match status {
            416 => Some("bytes */1000".to_owned()),
            _ => place,
        };
        assert_eq!(
            response.header("content-range"),
            place.as_deref(),
            "{context}"
        );
        let has_tag = response.status().is_success() || status == 304;
        assert_eq!(response.header("etag").is_some(), has_tag, "{context}");
    }
}

#[tokio::test]
async fn conditions_are_judged_in_the_order_of_the_standard() {
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    let now = SystemTime::now();
    let year = Duration::from_secs(365 * 24 * 3600);
    let since = |seconds| UNIX_EPOCH + Duration::from_secs(seconds);
    for (name, modified, is_strong) in [
        ("an hour old", now - Duration::from_secs(3600), true),
        (
            "a fraction of a second",
            since(1_700_000_000) + Duration::from_millis(999),
            true,
        ),
        ("new", now, false),
        ("from the future", now + year, false),
        ("from the year 10000", since(253_402_300_800), false),
        ("from before 1970", UNIX_EPOCH - year, true),
        ("from 1970", UNIX_EPOCH, true),
    ] {
        compare(name, modified, is_strong, &mut random).await;
    }
}

#[tokio::test]
async fn a_date_that_shows_nothing_is_not_sent() {
    let site = Site::new(&[("file", "one")]);
    let client = Client::new(Group::new("").files("/", site.dir()));
    for (time, has_date) in [
        (UNIX_EPOCH - Duration::from_secs(1), false),
        (UNIX_EPOCH, false),
        (UNIX_EPOCH + Duration::from_secs(1), false),
        (UNIX_EPOCH + Duration::from_secs(315_532_800), false),
        (UNIX_EPOCH + Duration::from_secs(400_000_000), true),
        (SystemTime::now() + Duration::from_secs(3600), false),
    ] {
        site.date("file", time);
        let response = client.get("/file").await.is(200);
        assert_eq!(
            response.header("last-modified").is_some(),
            has_date,
            "{time:?}"
        );
    }
}

/// Builds that are to be reproducible give all files one date, so that size and date are equal for another content.
#[tokio::test]
async fn files_of_a_reproducible_build_have_new_tags_when_they_change() {
    let site = Site::new(&[("file", "one")]);
    let client = Client::new(Group::new("").files("/", site.dir()));
    let mut tags = Vec::new();
    for text in ["one", "two"] {
        site.write("file", text);
        site.date("file", UNIX_EPOCH + Duration::from_secs(1));
        let response = client.get("/file").await.has_text(text);
        tags.push(response.header("etag").expect("files have tags").to_owned());
    }
    assert_ne!(tags[0], tags[1]);
}

#[tokio::test]
async fn headers_of_several_lines_are_one_list() {
    let site = Site::new(&[("file", "text")]);
    let client = Client::new(Group::new("").files("/", site.dir()));
    let plain = client.get("/file").await;
    let (tag, date) = (
        plain.header("etag").expect("files have tags"),
        plain.header("last-modified").expect("files have dates"),
    );
    let request = client.get("/file").header("if-none-match", "\"a\"");
    request.header("if-none-match", tag).await.is(304);
    let request = client.get("/file").header("if-match", "\"a\"");
    request.header("if-match", tag).await.is(200);
    // These must not repeat: RFC 9110 §13.1.3 lets a recipient ignore them.
    let request = client.get("/file").header("if-modified-since", date);
    request.header("if-modified-since", date).await.is(200);
    let request = client.get("/file").header("range", "bytes=0-1");
    request.header("range", "bytes=2-3").await.is(200);
}
