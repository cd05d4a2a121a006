//! Parts of files on the wire.

use std::fmt::Write;

use gin::prelude::*;

use crate::files::{Site, body, header};
use crate::wire::{Running, status};

async fn get(server: &Running, path: &str, headers: &str) -> String {
    server
        .exchange(format!(
            "GET {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n{headers}\r\n"
        ))
        .await
}

/// Returns text in which every place is recognizable.
fn text(length: usize) -> String {
    let mut text = String::new();
    while text.len() < length {
        let _ = writeln!(text, "{:07}", text.len());
    }
    text.truncate(length);
    text
}

#[tokio::test]
async fn a_part_is_sent_of_small_and_of_large_files() {
    for length in [1_000, 300_000] {
        let text = text(length);
        let site = Site::new(&[("file", &text)]);
        let server = Running::new(Group::new("").files("/", site.dir())).await;
        let last = length - 1;
        for (range, first, end) in [
            ("0-0", 0, 1),
            ("5-499", 5, 500),
            ("500-", 500, length),
            ("-5", length - 5, length),
            ("-99999999", 0, length),
            ("0-1180591620717411303424", 0, length),
            ("7-600,20-800", 7, 801),
        ] {
            let part = get(&server, "/file", &format!("range: bytes={range}\r\n")).await;
            assert_eq!(status(&part), "206", "{range}: {part}");
            let place = format!("bytes {first}-{}/{length}", end - 1);
            assert_eq!(header(&part, "content-range"), Some(&*place), "{range}");
            assert_eq!(body(&part), &text[first..end], "{range}");
        }
        for range in ["1180591620717411303424-", "-0", &format!("{length}-")] {
            let none = get(&server, "/file", &format!("range: bytes={range}\r\n")).await;
            assert_eq!(status(&none), "416", "{range}");
            let place = format!("bytes */{length}");
            assert_eq!(header(&none, "content-range"), Some(&*place), "{range}");
        }
        for range in ["bytes=9-1", "bytes=x", "items=0-5", "bytes=", "bytes=1-2,x"] {
            let whole = get(&server, "/file", &format!("range: {range}\r\n")).await;
            assert_eq!(
                (status(&whole), body(&whole).len()),
                ("200", last + 1),
                "{range}"
            );
        }
        server.ended().await;
    }
}

#[tokio::test]
async fn several_parts_are_one_multipart_body() {
    for length in [2_000, 300_000] {
        let text = text(length);
        let site = Site::new(&[("file.txt", &text)]);
        let server = Running::new(Group::new("").files("/", site.dir())).await;
        let response = get(&server, "/file.txt", "range: bytes=900-909, 0-4, -3\r\n").await;
        assert_eq!(status(&response), "206");
        assert_eq!(header(&response, "content-range"), None);
        let media = header(&response, "content-type").expect("there is one");
        let boundary = media
            .strip_prefix("multipart/byteranges; boundary=")
            .expect(media);
        let content = body(&response);
        let announced = header(&response, "content-length").expect("it is known");
        assert_eq!(announced, content.len().to_string());
        let delimiter = format!("\r\n--{boundary}");
        let parts: Vec<_> = content.split(&*delimiter).collect();
        let expected = [(900, 910), (0, 5), (length - 3, length)];
        assert_eq!(parts.len(), expected.len() + 2, "{content}");
        assert_eq!((parts[0], parts[4]), ("", "--\r\n"));
        for (part, (first, end)) in parts[1..].iter().zip(expected) {
            let (head, bytes) = part.split_once("\r\n\r\n").expect("a part has a head");
            assert!(head.contains("content-type: text/plain; charset=utf-8"));
            let place = format!("content-range: bytes {first}-{}/{length}", end - 1);
            assert!(head.contains(&place), "{head}");
            assert_eq!(bytes, &text[first..end]);
        }
        server.ended().await;
    }
}

#[tokio::test]
async fn no_set_of_ranges_multiplies_the_body() {
    let length = 100_000;
    let site = Site::new(&[("file", &text(length))]);
    let server = Running::new(Group::new("").files("/", site.dir())).await;
    let list =
        |count, range: fn(u32) -> String| (0..count).map(range).collect::<Vec<_>>().join(",");
    let same = list(1_000, |_| "0-".to_owned());
    let nested = list(1_000, |first| format!("{first}-"));
    let tiny = list(1_000, |first| format!("{0}-{0}", first * 50));
    let apart = list(60, |first| {
        format!("{}-{}", first * 1_600, first * 1_600 + 1_590)
    });
    for set in [
        &same,
        &nested,
        &tiny,
        &apart,
        &"0-".to_owned(),
        &"0-,-100000,5-".to_owned(),
    ] {
        let response = get(&server, "/file", &format!("range: bytes={set}\r\n")).await;
        assert!(matches!(status(&response), "200" | "206"), "{set}");
        let received = body(&response).len();
        assert!(received <= length, "{received} bytes for {set}");
    }
    server.ended().await;
}

#[tokio::test]
async fn nothing_has_no_parts() {
    let site = Site::new(&[("empty", "")]);
    let server = Running::new(Group::new("").files("/", site.dir())).await;
    for (range, expected) in [("0-", "416"), ("0-0", "416"), ("-0", "416"), ("-5", "200")] {
        let response = get(&server, "/empty", &format!("range: bytes={range}\r\n")).await;
        assert_eq!(status(&response), expected, "{range}: {response}");
        let place = header(&response, "content-range");
        assert_eq!(place, (expected == "416").then_some("bytes */0"), "{range}");
    }
    server.ended().await;
}

#[tokio::test]
async fn head_ignores_ranges() {
    let site = Site::new(&[("file", &text(1_000))]);
    let server = Running::new(Group::new("").files("/", site.dir())).await;
    let request = "HEAD /file HTTP/1.1\r\nhost: a\r\nrange: bytes=0-4\r\nconnection: close\r\n\r\n";
    let response = server.exchange(request).await;
    assert_eq!((status(&response), body(&response)), ("200", ""));
    assert_eq!(header(&response, "content-length"), Some("1000"));
    server.ended().await;
}

#[tokio::test]
async fn a_part_of_another_version_is_not_sent() {
    let site = Site::new(&[("file", &text(1_000))]);
    let server = Running::new(Group::new("").files("/", site.dir())).await;
    let whole = server.get("/file").await;
    let tag = header(&whole, "etag").expect("files have tags");
    let date = header(&whole, "last-modified").expect("files have dates");
    for (condition, expected) in [
        (tag, "206"),
        (date, "206"),
        ("\"other\"", "200"),
        (&*format!("W/{tag}"), "200"),
        ("Thu, 01 Jan 2037 00:00:00 GMT", "200"),
        ("Thu, 01 Jan 1970 00:00:00 GMT", "200"),
        ("nonsense", "200"),
        ("", "200"),
    ] {
        let headers = format!("range: bytes=0-4\r\nif-range: {condition}\r\n");
        let response = get(&server, "/file", &headers).await;
        assert_eq!(status(&response), expected, "{condition}");
    }
    server.ended().await;
}
