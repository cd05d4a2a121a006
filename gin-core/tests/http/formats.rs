//! Formats beside JSON: extractors, responses, and hostile bodies.

use std::collections::BTreeMap;

use gin::formats::{Bson, Cbor, MsgPack, Protobuf, Toml, Xml, Yaml};
use gin::prelude::*;
use gin::testing::Client;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::wire::{Running, status};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct User {
    name: String,
    age: u8,
    tags: Vec<String>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Note {
    #[prost(string, tag = "1")]
    text: String,
    #[prost(message, optional, boxed, tag = "2")]
    inner: Option<Box<Note>>,
}

/// A content type, a user, a user without a name, and no user at all.
type Bodies = (&'static str, Vec<u8>, Vec<u8>, Vec<u8>);

fn bodies() -> [Bodies; 6] {
    let user = ann();
    let wrong = json!({ "age": 7, "tags": ["a"] });
    let cbor = |value: &Value| {
        let mut bytes = Vec::new();
        ciborium::into_writer(value, &mut bytes).expect("it is encodable");
        bytes
    };
    let named = rmp_serde::to_vec_named(&wrong).expect("it is encodable");
    [
        (
            "application/xml",
            b"<User><name>Ann</name><age>7</age><tags>a</tags><tags>b</tags></User>".into(),
            b"<User><age>7</age><tags>a</tags></User>".into(),
            b"<User><name>Ann".into(),
        ),
        (
            "application/yaml",
            b"name: Ann\nage: 7\ntags: [a, b]\n".into(),
            b"age: 7\ntags: [a]\n".into(),
            b"name: [".into(),
        ),
        (
            "application/toml",
            b"name = 'Ann'\nage = 7\ntags = ['a', 'b']\n".into(),
            b"age = 7\ntags = ['a']\n".into(),
            b"name = ".into(),
        ),
        (
            "application/msgpack",
            rmp_serde::to_vec_named(&user).expect("it is encodable"),
            named,
            b"\x83\xa4na".into(),
        ),
        (
            "application/cbor",
            cbor(&json!(user)),
            cbor(&wrong),
            b"\xa3\x64na".into(),
        ),
        (
            "application/bson",
            bson::serialize_to_vec(&user).expect("it is encodable"),
            bson::serialize_to_vec(&wrong).expect("it is encodable"),
            b"\x20\0\0\0\x02na".into(),
        ),
    ]
}

fn ann() -> User {
    User {
        name: "Ann".to_owned(),
        age: 7,
        tags: vec!["a".to_owned(), "b".to_owned()],
    }
}

fn app() -> Group {
    async fn bind(cx: &mut Context) -> gin::Result<Json<User>> {
        Ok(Json(cx.bind().await?))
    }
    Group::new("")
        .post("/application/xml", async |Xml(user): Xml<User>| Xml(user))
        .post("/application/yaml", async |Yaml(user): Yaml<User>| {
            Yaml(user)
        })
        .post("/application/toml", async |Toml(user): Toml<User>| {
            Toml(user)
        })
        .post(
            "/application/msgpack",
            async |MsgPack(user): MsgPack<User>| MsgPack(user),
        )
        .post("/application/cbor", async |Cbor(user): Cbor<User>| {
            Cbor(user)
        })
        .post("/application/bson", async |Bson(user): Bson<User>| {
            Bson(user)
        })
        .post("/bind", bind)
}

#[tokio::test]
async fn a_value_makes_the_round_trip_in_each_format() {
    let client = Client::new(app());
    for (content_type, good, wrong, malformed) in bodies() {
        let path = format!("/{content_type}");
        let send = |path: &str, bytes: Vec<u8>| {
            client
                .post(path)
                .header("content-type", content_type)
                .body(bytes)
        };
        let response = send(&path, good.clone()).await.is(200);
        let returned = response.header("content-type").unwrap_or("none");
        assert!(returned.starts_with(content_type), "{returned}");
        // The response is a body that is read again.
        let again = send(&path, response.bytes().to_vec()).await;
        assert_eq!(again.bytes(), response.bytes(), "{content_type}");
        send("/bind", good.clone())
            .await
            .is(200)
            .has_json(json!(ann()));
        send(&path, wrong)
            .await
            .is(422)
            .contains("name: is missing");
        send(&path, malformed)
            .await
            .is(400)
            .contains("the body is not ");
        let other = client
            .post(&path)
            .header("content-type", "text/csv")
            .body(good.clone());
        other.await.is(415).contains(content_type);
        client.post(&path).body(good).await.is(415);
    }
}

#[tokio::test]
async fn a_map_is_a_response_in_each_format_of_text() {
    fn map() -> BTreeMap<&'static str, u8> {
        BTreeMap::from([("a", 1), ("b", 2)])
    }
    let app = Group::new("")
        .get("/xml", async || Xml(map()))
        .get("/yaml", async || Yaml(map()))
        .get("/toml", async || Toml(map()));
    let client = Client::new(app);
    client
        .get("/xml")
        .await
        .has_text("<map><a>1</a><b>2</b></map>");
    client.get("/yaml").await.has_text("a: 1\nb: 2\n");
    client.get("/toml").await.has_text("a = 1\nb = 2\n");
}

#[tokio::test]
async fn suffixes_and_older_names_of_a_format_are_taken() {
    let client = Client::new(app());
    let send = |path: &'static str, content_type: &'static str| {
        client.post(path).header("content-type", content_type)
    };
    let xml = "<User><name>Ann</name><age>7</age><tags>a</tags></User>";
    for content_type in ["text/xml; charset=utf-8", "Application/Soap+XML"] {
        send("/application/xml", content_type)
            .body(xml)
            .await
            .is(200);
    }
    let yaml = "name: Ann\nage: 7\ntags: []";
    for content_type in [
        "application/x-yaml",
        "text/yaml",
        "application/openapi+yaml",
    ] {
        send("/application/yaml", content_type)
            .body(yaml)
            .await
            .is(200);
    }
}

fn nested(open: &[u8], close: &[u8]) -> Vec<u8> {
    [open.repeat(100_000), close.repeat(100_000)].concat()
}

/// BSON of documents in documents, `depth` deep.
fn deep_bson(depth: usize) -> Vec<u8> {
    let length = |depth: usize| i32::try_from(5 + 8 * depth).expect("it is short");
    let mut bytes = length(depth).to_le_bytes().to_vec();
    for depth in (0..depth).rev() {
        bytes.extend(b"\x03a\0");
        bytes.extend(length(depth).to_le_bytes());
    }
    bytes.extend(vec![0; depth + 1]);
    bytes
}

/// YAML whose lists repeat others that repeat others: 9²⁵ elements.
fn multiplied_yaml() -> String {
    let mut lines = vec!["a: &a [x,x,x,x,x,x,x,x,x]".to_owned()];
    for (name, last) in ('b'..='z').zip('a'..) {
        let elements = vec![format!("*{last}"); 9].join(",");
        lines.push(format!("{name}: &{name} [{elements}]"));
    }
    lines.join("\n")
}

/// Protocol Buffers of messages in messages.
fn deep_protobuf() -> Vec<u8> {
    let mut deep = Vec::new();
    for _ in 0..1_000 {
        let mut length = Vec::new();
        prost::encoding::encode_varint(deep.len() as u64, &mut length);
        deep = [b"\x12".to_vec(), length, deep].concat();
    }
    deep
}

/// Bodies that made some parser run out of stack or memory: content type, name, bytes.
fn hostile() -> Vec<(&'static str, &'static str, Vec<u8>)> {
    let entities = "<!DOCTYPE a [<!ENTITY a 'x'><!ENTITY b '&a;&a;&a;'>]><User><name>&b;</name><age>1</age></User>";
    let external = "<!DOCTYPE a [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><User><name>&a;</name><age>1</age></User>";
    vec![
        (
            "application/yaml",
            "aliases that multiply",
            multiplied_yaml().into(),
        ),
        ("application/yaml", "deep lists", nested(b"[", b"]")),
        ("application/yaml", "deep maps", nested(b"{a: ", b"}")),
        ("application/xml", "entities", entities.into()),
        ("application/xml", "an external entity", external.into()),
        ("application/xml", "deep elements", nested(b"<a>", b"</a>")),
        (
            "application/toml",
            "deep lists",
            [b"a = ".to_vec(), nested(b"[", b"]")].concat(),
        ),
        (
            "application/toml",
            "deep tables",
            [b"a".to_vec(), b".a".repeat(100_000), b" = 1".to_vec()].concat(),
        ),
        ("application/msgpack", "deep lists", b"\x91".repeat(100_000)),
        (
            "application/msgpack",
            "deep maps",
            b"\x81\xa1a".repeat(100_000),
        ),
        (
            "application/msgpack",
            "a list of 4 billion",
            b"\xdd\xff\xff\xff\xff".into(),
        ),
        (
            "application/msgpack",
            "a text of 4 GiB",
            b"\xdb\xff\xff\xff\xff".into(),
        ),
        ("application/cbor", "deep lists", b"\x81".repeat(100_000)),
        ("application/cbor", "deep tags", b"\xc1".repeat(100_000)),
        (
            "application/cbor",
            "a huge list",
            b"\x9b\xff\xff\xff\xff\xff\xff\xff\xff".into(),
        ),
        (
            "application/cbor",
            "a huge text",
            b"\x7b\xff\xff\xff\xff\xff\xff\xff\xff".into(),
        ),
        ("application/bson", "deep documents", deep_bson(100_000)),
        (
            "application/bson",
            "a huge document",
            b"\xff\xff\xff\x7f\x02a\0".into(),
        ),
        ("application/json", "deep lists", nested(b"[", b"]")),
    ]
}

#[tokio::test]
async fn a_message_of_protocol_buffers_makes_the_round_trip() {
    const HELLO: &[u8] = b"\x0a\x05hello";
    let app = Group::new("").post("/", async |Protobuf(note): Protobuf<Note>| Protobuf(note));
    let client = Client::new(app);
    let post = |content_type: &str, bytes: &'static [u8]| {
        let request = client.post("/").header("content-type", content_type);
        request.body(bytes)
    };
    for content_type in [
        "application/x-protobuf",
        "application/protobuf",
        "application/vnd.google.protobuf; proto=Note",
    ] {
        let response = post(content_type, HELLO).await.is(200);
        let response = response.has_header("content-type", "application/x-protobuf");
        assert_eq!(&response.bytes()[..], HELLO, "{content_type}");
    }
    // A field that is absent has its default, and an unknown one is skipped.
    let response = post("application/protobuf", b"\x18\x07").await.is(200);
    assert_eq!(&response.bytes()[..], b"");
    for malformed in [
        &b"\x0a"[..],
        b"\x0a\x09hello",
        b"\x0a\x01\xff",
        b"\x08\x01",
        b"\x0f",
        b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
    ] {
        let response = post("application/protobuf", malformed).await.is(400);
        response.contains("the body is not a message of Protocol Buffers");
    }
    let other = post("application/json", b"{}").await.is(415);
    other.contains("application/x-protobuf");
    client.post("/").body(HELLO).await.is(415);
}

/// Posts a body with these lines of headers, on a connection of its own.
pub(crate) async fn post(server: &Running, path: &str, headers: &str, body: &[u8]) -> String {
    let length = body.len();
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n"
    );
    server.exchange([head.as_bytes(), body].concat()).await
}

fn typed(content_type: &str) -> String {
    format!("content-type: {content_type}\r\n")
}

#[tokio::test]
async fn hostile_bodies_are_refused() {
    async fn value(cx: &mut Context) -> gin::Result<Json<BTreeMap<String, Value>>> {
        Ok(Json(cx.bind().await?))
    }
    async fn note(Protobuf(note): Protobuf<Note>) -> String {
        note.text
    }
    let json = async |Json(user): Json<User>| Json(user);
    let group = app().post("/value", value).post("/note", note);
    let server = Running::new(group.post("/application/json", json)).await;
    let shallow = post(
        &server,
        "/value",
        &typed("application/bson"),
        &deep_bson(20),
    )
    .await;
    assert_eq!(status(&shallow), "200", "{shallow}");
    for (content_type, name, body) in hostile() {
        for path in [&format!("/{content_type}"), "/value", "/bind"] {
            let response = post(&server, path, &typed(content_type), &body).await;
            let is_refused = ["400", "422"].contains(&status(&response));
            assert!(is_refused, "{name} in {content_type}: {response}");
            assert!(!response.contains("root:"), "{name}: {response}");
        }
    }
    let response = post(
        &server,
        "/note",
        &typed("application/x-protobuf"),
        &deep_protobuf(),
    )
    .await;
    assert_eq!(status(&response), "400", "{response}");
}
