//! Files and HTTP caches, by the rules of RFC 9110 §13 and §14 and RFC 9111, through a socket. One row is one rule.

#[path = "http/wire.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod wire;

use std::fs::{self, File};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use gin::files::Dir;
use gin::middleware::Compression;
use gin::prelude::*;
use tempfile::TempDir;

use wire::{Running, status};

/// Monday, 2024-01-15, 12:00:00.
const DATE: Duration = Duration::from_secs(1_705_320_000);
const SAME: &str = "Mon, 15 Jan 2024 12:00:00 GMT";
const EARLIER: &str = "Mon, 15 Jan 2024 11:59:59 GMT";
const LATER: &str = "Mon, 15 Jan 2024 12:00:01 GMT";
const DAY: Duration = Duration::from_secs(86_400);

/// The directory of an app, with files that are old enough to have strong validators.
struct Site {
    directory: TempDir,
    server: Running,
}

impl Site {
    async fn new() -> Site {
        let directory = tempfile::tempdir().expect("there is room");
        let site = |name: &str, text: &str| {
            let path = directory.path().join(name);
            fs::write(&path, text).expect("there is room");
            let file = File::options().append(true).open(path);
            let file = file.expect("it was written");
            file.set_modified(UNIX_EPOCH + DATE).expect("it is ours");
        };
        site("a.txt", &"0123456789".repeat(100));
        site("b.txt", &"0123456789".repeat(100));
        site("b.txt.gz", "gzip");
        site("large.txt", &"0123456789".repeat(1_000));
        site("empty.txt", "");
        let files = Group::new("")
            .files("/files", Dir::new(directory.path()))
            .post("/form", async || "posted");
        let small = Group::new("/small")
            .with(Compression::new())
            .files("/", Dir::new(directory.path()));
        let server = Running::new(files.nest(small)).await;
        Site { directory, server }
    }

    async fn send(&self, method: &str, path: &str, headers: &str) -> String {
        let request =
            format!("{method} {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n{headers}\r\n");
        self.server.exchange(request).await
    }

    /// Returns the entity tag of a file.
    async fn tag(&self, path: &str, headers: &str) -> String {
        let response = self.send("GET", path, headers).await;
        header(&response, "etag")
            .expect("files have tags")
            .to_owned()
    }
}

fn header<'a>(response: &'a str, name: &str) -> Option<&'a str> {
    let (head, _) = response.split_once("\r\n\r\n")?;
    head.lines().find_map(|line| {
        let (own, value) = line.split_once(": ")?;
        own.eq_ignore_ascii_case(name).then_some(value)
    })
}

fn body(response: &str) -> &str {
    response.split_once("\r\n\r\n").map_or("", |(_, body)| body)
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "it is one table")]
async fn each_condition_has_its_verdict() {
    let site = Site::new().await;
    let tag = site.tag("/files/a.txt", "").await;
    let opaque = tag.trim_matches('"');
    for (rule, headers, expected) in [
        ("§13.1.1: the own tag", format!("if-match: {tag}"), "200"),
        ("§13.1.1: a list", format!("if-match: \"x\", {tag}"), "200"),
        ("§13.1.1: any", "if-match: *".to_owned(), "200"),
        ("§13.1.1: another tag", "if-match: \"x\"".to_owned(), "412"),
        (
            "§13.1.1: strong comparison",
            format!("if-match: W/{tag}"),
            "412",
        ),
        ("§13.1.1: no quotes", format!("if-match: {opaque}"), "412"),
        (
            "§13.1.2: the own tag",
            format!("if-none-match: {tag}"),
            "304",
        ),
        (
            "§13.1.2: weak comparison",
            format!("if-none-match: W/{tag}"),
            "304",
        ),
        (
            "§13.1.2: a list",
            format!("if-none-match: \"x\", W/\"y\",, {tag}"),
            "304",
        ),
        (
            "§13.1.2: a comma inside",
            format!("if-none-match: \"x,y\", {tag}"),
            "304",
        ),
        (
            "§5.3: lines are one list",
            format!("if-none-match: \"x\"\r\nif-none-match: {tag}"),
            "304",
        ),
        ("§13.1.2: any", "if-none-match: *".to_owned(), "304"),
        (
            "§13.1.2: another tag",
            "if-none-match: \"x\"".to_owned(),
            "200",
        ),
        (
            "§8.8.3: case counts",
            format!("if-none-match: {}", tag.to_uppercase() + "X"),
            "200",
        ),
        (
            "§13.1.3: the same date",
            format!("if-modified-since: {SAME}"),
            "304",
        ),
        (
            "§13.1.3: a later date",
            format!("if-modified-since: {LATER}"),
            "304",
        ),
        (
            "§13.1.3: an earlier date",
            format!("if-modified-since: {EARLIER}"),
            "200",
        ),
        (
            "§5.6.7: RFC 850",
            "if-modified-since: Monday, 15-Jan-24 12:00:00 GMT".to_owned(),
            "304",
        ),
        (
            "§5.6.7: asctime",
            "if-modified-since: Mon Jan 15 12:00:00 2024".to_owned(),
            "304",
        ),
        (
            "§13.1.3: not a date",
            "if-modified-since: yesterday".to_owned(),
            "200",
        ),
        (
            "§13.1.3: ISO 8601",
            "if-modified-since: 2024-01-15T12:00:00Z".to_owned(),
            "200",
        ),
        (
            "§13.1.3: two dates",
            format!("if-modified-since: {SAME}\r\nif-modified-since: {SAME}"),
            "200",
        ),
        (
            "§13.1.4: the same date",
            format!("if-unmodified-since: {SAME}"),
            "200",
        ),
        (
            "§13.1.4: an earlier date",
            format!("if-unmodified-since: {EARLIER}"),
            "412",
        ),
        (
            "§13.1.4: not a date",
            "if-unmodified-since: yesterday".to_owned(),
            "200",
        ),
        (
            "§13.1.3: tags before dates",
            format!("if-none-match: \"x\"\r\nif-modified-since: {LATER}"),
            "200",
        ),
        (
            "§13.1.4: tags before dates",
            format!("if-match: {tag}\r\nif-unmodified-since: {EARLIER}"),
            "200",
        ),
        (
            "§13.2.2: match first",
            format!("if-match: \"x\"\r\nif-none-match: {tag}"),
            "412",
        ),
        (
            "§13.2.2: both hold",
            format!("if-match: {tag}\r\nif-none-match: {tag}"),
            "304",
        ),
        (
            "§13.2.2: conditions before ranges",
            format!("if-none-match: {tag}\r\nrange: bytes=0-4"),
            "304",
        ),
        (
            "§13.2.2: conditions before ranges",
            "if-match: \"x\"\r\nrange: bytes=5000-".to_owned(),
            "412",
        ),
    ] {
        for method in ["GET", "HEAD"] {
            let response = site
                .send(method, "/files/a.txt", &format!("{headers}\r\n"))
                .await;
            assert_eq!(status(&response), expected, "{rule}: {method}\n{response}");
        }
    }
}

#[tokio::test]
async fn ranges_are_sent_of_the_version_that_the_client_has() {
    let site = Site::new().await;
    let tag = site.tag("/files/a.txt", "").await;
    for (rule, headers, expected) in [
        ("§14.2: a part", "range: bytes=0-4".to_owned(), "206"),
        ("§14.1.2: a suffix", "range: bytes=-5".to_owned(), "206"),
        (
            "§14.1: units have no case",
            "range: BYTES=0-4".to_owned(),
            "206",
        ),
        ("§14.2: another unit", "range: lines=0-4".to_owned(), "200"),
        ("§14.2: malformed", "range: bytes=4-0".to_owned(), "200"),
        (
            "§14.2: two headers",
            "range: bytes=0-1\r\nrange: bytes=3-4".to_owned(),
            "200",
        ),
        (
            "§15.5.17: behind the end",
            "range: bytes=1000-".to_owned(),
            "416",
        ),
        (
            "§14.1.2: one is satisfiable",
            "range: bytes=0-4, 1000-".to_owned(),
            "206",
        ),
        (
            "§13.1.5: the own tag",
            format!("if-range: {tag}\r\nrange: bytes=0-4"),
            "206",
        ),
        (
            "§13.1.5: another tag",
            "if-range: \"x\"\r\nrange: bytes=0-4".to_owned(),
            "200",
        ),
        (
            "§13.1.5: strong comparison",
            format!("if-range: W/{tag}\r\nrange: bytes=0-4"),
            "200",
        ),
        (
            "§13.1.5: the own date",
            format!("if-range: {SAME}\r\nrange: bytes=0-4"),
            "206",
        ),
        (
            "§13.1.5: an earlier date",
            format!("if-range: {EARLIER}\r\nrange: bytes=0-4"),
            "200",
        ),
        (
            "§13.1.5: exactly",
            format!("if-range: {LATER}\r\nrange: bytes=0-4"),
            "200",
        ),
        (
            "§13.1.5: not a date",
            "if-range: yesterday\r\nrange: bytes=0-4".to_owned(),
            "200",
        ),
        (
            "§13.1.5: behind the end",
            "if-range: \"x\"\r\nrange: bytes=1000-".to_owned(),
            "200",
        ),
        (
            "§13.1.5: without a range",
            "if-range: \"x\"".to_owned(),
            "200",
        ),
        (
            "§13.2.2: a condition that holds",
            format!("if-match: {tag}\r\nrange: bytes=0-4"),
            "206",
        ),
    ] {
        let response = site
            .send("GET", "/files/a.txt", &format!("{headers}\r\n"))
            .await;
        assert_eq!(status(&response), expected, "{rule}\n{response}");
        // §14.2: a range is for GET alone.
        let head = site
            .send("HEAD", "/files/a.txt", &format!("{headers}\r\n"))
            .await;
        assert_eq!(status(&head), "200", "{rule}\n{head}");
        match expected {
            "206" => {
                assert_eq!(header(&response, "etag"), Some(&*tag), "§15.3.7: {rule}");
                assert!(
                    header(&response, "content-range").is_some(),
                    "§15.3.7: {rule}"
                );
                assert!(body(&response).len() == 5, "{rule}");
            }
            "416" => assert_eq!(header(&response, "content-range"), Some("bytes */1000")),
            _ => assert_eq!(header(&response, "content-range"), None, "{rule}"),
        }
    }
}

#[tokio::test]
async fn several_ranges_have_a_head_each() {
    let site = Site::new().await;
    let response = site
        .send("GET", "/files/a.txt", "range: bytes=500-504, 0-4\r\n")
        .await;
    assert_eq!(status(&response), "206", "{response}");
    // §15.3.7.2: the whole has no `Content-Range`, each part has.
    assert_eq!(header(&response, "content-range"), None);
    let media = header(&response, "content-type").unwrap_or_default();
    let boundary = media.strip_prefix("multipart/byteranges; boundary=");
    let boundary = boundary.expect("it is of several parts");
    let parts: Vec<_> = body(&response).split(&format!("--{boundary}")).collect();
    let [_, first, second, "--\r\n"] = &parts[..] else {
        panic!("{response}");
    };
    for (part, range) in [(first, "bytes 500-504/1000"), (second, "bytes 0-4/1000")] {
        assert!(part.contains(&format!("content-range: {range}")), "{part}");
        assert!(
            part.contains("content-type: text/plain; charset=utf-8"),
            "{part}"
        );
        assert!(part.ends_with("\r\n\r\n01234\r\n"), "{part}");
    }
    let length = header(&response, "content-length").map(str::parse);
    assert_eq!(length, Some(Ok(body(&response).len())));
}

#[tokio::test]
async fn a_304_updates_what_a_cache_has() {
    let site = Site::new().await;
    for path in ["/files/a.txt", "/files/b.txt"] {
        let whole = site.send("GET", path, "").await;
        let tag = header(&whole, "etag").expect("files have tags");
        for method in ["GET", "HEAD"] {
            let condition = format!("if-none-match: {tag}\r\n");
            let response = site.send(method, path, &condition).await;
            assert_eq!(status(&response), "304");
            // §15.4.5: the fields that a 200 would have had.
            for name in [
                "etag",
                "cache-control",
                "vary",
                "content-location",
                "expires",
            ] {
                assert_eq!(
                    header(&response, name),
                    header(&whole, name),
                    "{name} of {path}"
                );
            }
            // §15.4.5: and none about content, which is not there.
            for name in ["content-type", "content-encoding", "content-range"] {
                assert_eq!(header(&response, name), None, "{name} of {path}");
            }
            // §8.6: a length would be that of the 200.
            let length = header(&response, "content-length");
            assert!(length.is_none() || length == header(&whole, "content-length"));
            assert!(header(&response, "date").is_some(), "§6.6.1");
            assert_eq!(body(&response), "");
        }
    }
}

#[tokio::test]
async fn encodings_of_a_file_have_tags_of_their_own() {
    let site = Site::new().await;
    let gzip = "accept-encoding: gzip\r\n";
    let plain = site.tag("/files/b.txt", "").await;
    let encoded = site.tag("/files/b.txt", gzip).await;
    assert_ne!(plain, encoded, "§8.8.3.3");
    for (headers, expected) in [
        (format!("if-none-match: {encoded}\r\n{gzip}"), "304"),
        (format!("if-none-match: {plain}\r\n{gzip}"), "200"),
        (format!("if-none-match: {encoded}\r\n"), "200"),
        (format!("if-none-match: {plain}, {encoded}\r\n"), "304"),
        (
            format!("range: bytes=0-1\r\nif-range: {encoded}\r\n{gzip}"),
            "206",
        ),
        (
            format!("range: bytes=0-1\r\nif-range: {plain}\r\n{gzip}"),
            "200",
        ),
    ] {
        let response = site.send("GET", "/files/b.txt", &headers).await;
        assert_eq!(status(&response), expected, "{headers}\n{response}");
        let vary = header(&response, "vary").map(str::to_ascii_lowercase);
        assert_eq!(
            vary.as_deref(),
            Some("accept-encoding"),
            "§12.5.5: {headers}"
        );
    }
    let refused = site
        .send("GET", "/files/b.txt", "accept-encoding: gzip;q=0\r\n")
        .await;
    assert_eq!(header(&refused, "content-encoding"), None, "§12.5.3");
}

#[tokio::test]
async fn a_file_that_is_compressed_on_the_way_is_still_revalidated() {
    let site = Site::new().await;
    let gzip = "accept-encoding: gzip\r\n";
    let response = site.send("GET", "/small/large.txt", gzip).await;
    assert_eq!(header(&response, "content-encoding"), Some("gzip"));
    let tag = header(&response, "etag").expect("files have tags");
    let plain = site.tag("/small/large.txt", "").await;
    assert_ne!(
        tag, plain,
        "§8.8.3.3: other bytes have another strong tag, or a weak one"
    );
    let response = site
        .send(
            "GET",
            "/small/large.txt",
            &format!("{gzip}if-none-match: {tag}\r\n"),
        )
        .await;
    assert_eq!(status(&response), "304", "{response}");
    let vary = header(&response, "vary").map(str::to_ascii_lowercase);
    assert_eq!(vary.as_deref(), Some("accept-encoding"), "§15.4.5");
    // A part of the plain bytes is not compressed, so that its tag is the strong one.
    let part = site
        .send(
            "GET",
            "/small/large.txt",
            &format!("{gzip}range: bytes=0-4\r\n"),
        )
        .await;
    assert_eq!((status(&part), body(&part)), ("206", "01234"));
    assert_eq!(header(&part, "content-encoding"), None);
    assert_eq!(header(&part, "etag"), Some(&*plain));
}

#[tokio::test]
async fn conditions_do_not_make_an_error_a_success() {
    let site = Site::new().await;
    // §13.2.1: conditions count only where the response would be a success.
    for headers in [
        "if-none-match: *\r\n",
        "if-match: *\r\n",
        "range: bytes=0-4\r\n",
    ] {
        let response = site.send("GET", "/files/missing.txt", headers).await;
        assert_eq!(status(&response), "404", "{headers}");
        let response = site.send("DELETE", "/files/a.txt", headers).await;
        assert_eq!(status(&response), "405", "{headers}");
    }
    // §14.2: a range of another method is ignored.
    let headers = "content-length: 0\r\nrange: bytes=0-1\r\n";
    let response = site.send("POST", "/form", headers).await;
    assert_eq!((status(&response), body(&response)), ("200", "posted"));
}

#[tokio::test]
async fn a_change_is_seen_at_once_and_its_tag_is_weak_at_first() {
    let site = Site::new().await;
    let old = site.tag("/files/a.txt", "").await;
    fs::write(site.directory.path().join("a.txt"), "new").expect("it is ours");
    let condition = format!("if-none-match: {old}\r\nif-modified-since: {SAME}\r\n");
    let response = site.send("GET", "/files/a.txt", &condition).await;
    assert_eq!((status(&response), body(&response)), ("200", "new"));
    // §8.8.2.2: the file may change again within the resolution of its date.
    let weak = header(&response, "etag").expect("files have tags");
    assert!(weak.starts_with("W/"), "{weak}");
    let condition = format!("range: bytes=0-0\r\nif-range: {weak}\r\n");
    let response = site.send("GET", "/files/a.txt", &condition).await;
    assert_eq!(
        (status(&response), body(&response)),
        ("200", "new"),
        "§13.1.5"
    );
    let response = site
        .send("GET", "/files/a.txt", &format!("if-match: {weak}\r\n"))
        .await;
    assert_eq!(status(&response), "412", "§13.1.1");
}

#[tokio::test]
async fn a_date_that_caches_cannot_use_is_not_sent() {
    let site = Site::new().await;
    let now = SystemTime::now();
    for (modified, name) in [
        (now + DAY, "tomorrow"),
        (now + DAY * 366 * 5000, "in 5000 years"),
        (UNIX_EPOCH - DAY * 366 * 60, "in 1910"),
        (UNIX_EPOCH - Duration::from_nanos(1), "before 1970"),
    ] {
        let file = File::options()
            .append(true)
            .open(site.directory.path().join("a.txt"));
        file.and_then(|file| file.set_modified(modified))
            .expect("it is ours");
        let response = site.send("GET", "/files/a.txt", "").await;
        assert_eq!(status(&response), "200", "{name}");
        assert_eq!(header(&response, "last-modified"), None, "{name}, §8.8.2.1");
        let tag = header(&response, "etag").expect("files have tags");
        // Without a date, conditions on one do not count: §13.1.3 and §13.1.4.
        for (condition, expected) in [
            (format!("if-none-match: {tag}\r\n"), "304"),
            (format!("if-modified-since: {SAME}\r\n"), "200"),
            (format!("if-unmodified-since: {SAME}\r\n"), "200"),
        ] {
            let response = site.send("GET", "/files/a.txt", &condition).await;
            assert_eq!(status(&response), expected, "{name}, {condition}");
        }
    }
}

#[tokio::test]
async fn an_empty_file_has_no_parts() {
    let site = Site::new().await;
    let response = site
        .send("GET", "/files/empty.txt", "range: bytes=0-0\r\n")
        .await;
    assert_eq!(status(&response), "416");
    assert_eq!(header(&response, "content-range"), Some("bytes */0"));
    let response = site.send("GET", "/files/empty.txt", "").await;
    assert_eq!(
        (status(&response), header(&response, "content-length")),
        ("200", Some("0"))
    );
}
