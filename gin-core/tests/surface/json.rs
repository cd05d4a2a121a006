//! The syntax of JSON (RFC 8259), as `Json` takes it.

use gin::prelude::*;
use gin::testing::Client;
use serde_json::Value;

async fn status(client: &Client, body: impl Into<Vec<u8>>) -> u16 {
    let request = client.post("/").header("content-type", "application/json");
    request.body(body.into()).await.status().as_u16()
}

fn client() -> Client {
    let accept = async |Json(value): Json<Value>| drop(value);
    Client::new(Group::new("").post("/", accept))
}

#[tokio::test]
async fn every_valid_text_is_accepted() {
    let client = client();
    for text in [
        "null",
        " [ ] ",
        "\t{\r\n}\n",
        "\"\"",
        "-0",
        "0e+1",
        "1E-9",
        "12.5e300",
        "123456789012345678901234567890",
        r#"{"":0,"":1}"#,
        r#"["\"\\\/\b\f\n\r\t"]"#,
        r#"["\u0000 \uD834\uDD1E \ud834\udd1e"]"#,
        "\"\u{7f}\u{2028}\u{10ffff}\"",
        r#"{"a":{"b":[[],[{}]]}}"#,
        "\u{feff}{}",
    ] {
        assert_eq!(status(&client, text).await, 200, "{text:?}");
    }
}

#[tokio::test]
async fn no_malformed_text_is_accepted() {
    let client = client();
    for text in [
        &b""[..],
        b" ",
        b"nul",
        b"True",
        b"[1,]",
        b"[,1]",
        b"[1 2]",
        b"[1",
        b"[1]]",
        b"[1}",
        b"{\"a\"}",
        b"{\"a\":}",
        b"{\"a\":1,}",
        b"{\"a\" 1}",
        b"{a:1}",
        b"{'a':1}",
        b"{1:1}",
        b"01",
        b"-",
        b"-01",
        b"+1",
        b".5",
        b"1.",
        b"1.e1",
        b"1e",
        b"1e+",
        b"0x1F",
        b"1_000",
        b"NaN",
        b"-Infinity",
        b"\"\t\"",
        b"\"\n\"",
        b"\"\x00\"",
        b"\"\\x41\"",
        b"\"\\u12G4\"",
        b"\"\\uD800\"",
        b"\"\\uDC00\\uD800\"",
        b"\"\xff\"",
        b"\"\xc0\x80\"",
        b"\"\xed\xa0\x80\"",
        b"\"a",
        b"[1]//",
        b"/**/1",
        b"\xef\xbb",
        b"\xef\xbb\xbf\xef\xbb\xbf{}",
        b"\xff\xfe[\x00]\x00",
        b"[\xa0]",
        b"[\x0c]",
        b"{}{}",
    ] {
        let shown = text.escape_ascii();
        assert_eq!(status(&client, text).await, 400, "{shown}");
    }
}

/// Nesting costs stack, so that it is bounded.
#[tokio::test]
async fn deep_nesting_is_refused_and_ends_no_process() {
    let client = client();
    for (depth, expected) in [(100, 200), (1_000, 400), (1 << 20, 400)] {
        for (open, close) in [("[", "]"), (r#"{"":"#, "}")] {
            let inner = if open == "[" { "" } else { "1" };
            let text = open.repeat(depth) + inner + &close.repeat(depth);
            let limited = text.len() <= 2 << 20;
            let expected = if limited { expected } else { 413 };
            assert_eq!(status(&client, text).await, expected, "{depth} {open}");
            let unclosed = status(&client, open.repeat(depth)).await;
            assert!(matches!(unclosed, 400 | 413), "{depth} {open}: {unclosed}");
        }
    }
}
