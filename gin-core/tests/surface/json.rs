//! The syntax of JSON (RFC 8259), as `Json` takes it.

use gin::prelude::*;
use serde_json::Value;

use crate::wire::{self, Running};

/// Returns the status of the response to a body that is sent on a connection of its own.
async fn status(server: &Running, body: impl AsRef<[u8]>) -> String {
    let body = body.as_ref();
    let length = body.len();
    let head = format!(
        "POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n"
    );
    let response = server.exchange([head.as_bytes(), body].concat()).await;
    wire::status(&response).to_owned()
}

async fn server() -> Running {
    let accept = async |Json(value): Json<Value>| drop(value);
    Running::new(Group::new("").post("/", accept)).await
}

#[tokio::test]
async fn every_valid_text_is_accepted() {
    let server = server().await;
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
        "[[]   ]",
        "[\"a\"]\n",
        "[1\n]",
        "[null, 1, \"1\", {}]",
        "[1,null,null,null,2]",
        "true",
        "false",
        "42",
        "-0.1",
        "[-0.000000000000000000000000000000000000000000000000000000000000000000000000000001]",
        "[123.456e78, 1E+2, 1e-2, 0e1, 20e1, -123]",
        "{ \"min\": -1.0e+28, \"max\": 1.0e+28 }",
        "{\n\"a\": \"b\"\n}",
        r#"{"a":"b","a":"b"}"#,
        r#"{"foo\u0000bar": 42}"#,
        r#"{"title":"\u041f\u043e\u043b"}"#,
        r#"["\\u0012\n\\a"]"#,
        r#"["a/*b*/c/*d//e"]"#,
        r#"["\u002c \u0123 \u0821 \u0061\u30af"]"#,
        r#"["\uDBFF\uDFFF \uFFFF \uFDD0 \u200B \u2064"]"#,
        "[\"\u{a0}\u{3c0}\u{1bfff}\u{ffff}\u{2028}\u{2029}\"]",
    ] {
        assert_eq!(status(&server, text).await, "200", "{text:?}");
    }
}

/// Texts that are not JSON.
const MALFORMED: &[&[u8]] = &[
    b"",
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
    b"[1,,2]",
    b"[\"\",]",
    b"[,]",
    b"[3[4]]",
    b"[1:2]",
    b"[1,,]",
    b"[ , \"\"]",
    b"[*]",
    b"[-]",
    b"[- 1]",
    b"[-foo]",
    b"[-.1]",
    b"[-1.0.]",
    b"[0.1.2]",
    b"[0.3e]",
    b"[0.e1]",
    b"[0e+-1]",
    b"[1eE2]",
    b"[1ea]",
    b"[1 000.0]",
    b"[1+2]",
    b"[1a]",
    b"[Inf]",
    b"[-NaN]",
    b"[0x1]",
    b"[1e\xe5]",
    b"[\xef\xbc\x91]",
    b"[ false, nul",
    b"[True]",
    b"[a\xc3\xa9]",
    b"[\\u0020\"a\"]",
    b"['a']",
    b"[\"\\\"]",
    b"[\"\\a\"]",
    b"[\"\\u\"]",
    b"[\"\\u00A\"]",
    b"[\"\\\x00\"]",
    b"[\"\\\xf0\x9f\x8c\x80\"]",
    b"[\"\\uD800\\\"]",
    b"[\"\\uD800\\u1x\"]",
    b"[\"\x1f\"]",
    b"[\"new\nline\"]",
    b"{[: \"x\"}",
    b"{\"x\", null}",
    b"{\"x\"::\"b\"}",
    b"{:\"b\"}",
    b"{\"a\":\"a\" 1}",
    b"{\"a\":1,,\"b\":2}",
    b"{\"a\":1}#",
    b"{\"a\":/*b*/1}",
    b"{\"a\":1} \"x\"",
    b"{\xf0\x9f\x87\xa8}",
    b"{null:null}",
    b"[][]",
    b"]",
    b"1]",
    b"{]",
    b"{,",
    b"[,",
    b"[{",
    b"{\"a",
    b"[\"a",
    b"[\"a\"",
    b"{\"a\":true,",
    b"{}}",
    b"2@",
    b"<.>",
    b"[<null>]",
    b"abc",
    b"*",
    b"\xc3\xa5",
    b"[\xe2\x81\xa0]",
    b"[\xc2\xa0]",
    b"[\x0b]",
    b"\xef\xbb\xbf",
    b"\xe9",
];

#[tokio::test]
async fn no_malformed_text_is_accepted() {
    let server = server().await;
    for &text in MALFORMED {
        let shown = text.escape_ascii();
        assert_eq!(status(&server, text).await, "400", "{shown}");
    }
}

/// Nesting costs stack, so that it is bounded.
#[tokio::test]
async fn deep_nesting_is_refused_and_ends_no_process() {
    let server = server().await;
    for (depth, expected) in [(100, "200"), (1_000, "400"), (1 << 20, "400")] {
        for (open, close) in [("[", "]"), (r#"{"":"#, "}")] {
            let inner = if open == "[" { "" } else { "1" };
            let text = open.repeat(depth) + inner + &close.repeat(depth);
            let limited = text.len() <= 2 << 20;
            let expected = if limited { expected } else { "413" };
            assert_eq!(status(&server, text).await, expected, "{depth} {open}");
            let unclosed = status(&server, open.repeat(depth)).await;
            assert!(
                ["400", "413"].contains(&&*unclosed),
                "{depth} {open}: {unclosed}"
            );
        }
    }
}
