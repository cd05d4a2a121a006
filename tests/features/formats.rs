//! The formats of serde: a body is read, and written as it came.

#![cfg(any(
    feature = "bson",
    feature = "cbor",
    feature = "msgpack",
    feature = "toml",
    feature = "xml",
    feature = "yaml"
))]

use gin::prelude::*;
use gin::testing::Client;

#[derive(serde::Serialize, serde::Deserialize)]
struct User {
    name: String,
}

/// Sends a body to an app that responds with what it read, and expects it back. A broken body is 400, another media type 415.
async fn comes_back(app: Group, media_type: &str, body: &'static [u8], broken: &'static [u8]) {
    let client = Client::new(app);
    let send = |body: &'static [u8]| {
        let request = client.post("/").header("content-type", media_type);
        request.body(body)
    };
    assert_eq!(send(body).await.is(200).bytes(), body);
    send(broken).await.is(400);
    let request = client.post("/").header("content-type", "image/png");
    request.body(body).await.is(415);
}

#[cfg(feature = "bson")]
#[tokio::test]
async fn bson() {
    use gin::formats::Bson;
    let app = Group::new("").post("/", async |user: Bson<User>| user);
    let body = b"\x13\0\0\0\x02name\0\x04\0\0\0Ann\0\0";
    comes_back(app, "application/bson", body, b"\x13\0\0\0").await;
}

#[cfg(feature = "cbor")]
#[tokio::test]
async fn cbor() {
    use gin::formats::Cbor;
    let app = Group::new("").post("/", async |user: Cbor<User>| user);
    comes_back(app, "application/cbor", b"\xa1\x64name\x63Ann", b"\xa1").await;
}

#[cfg(feature = "msgpack")]
#[tokio::test]
async fn msgpack() {
    use gin::formats::MsgPack;
    let app = Group::new("").post("/", async |user: MsgPack<User>| user);
    comes_back(app, "application/msgpack", b"\x81\xa4name\xa3Ann", b"\x81").await;
}

#[cfg(feature = "toml")]
#[tokio::test]
async fn toml() {
    use gin::formats::Toml;
    let app = Group::new("").post("/", async |user: Toml<User>| user);
    comes_back(app, "application/toml", b"name = \"Ann\"\n", b"name = ").await;
}

#[cfg(feature = "xml")]
#[tokio::test]
async fn xml() {
    use gin::formats::Xml;
    let app = Group::new("").post("/", async |user: Xml<User>| user);
    let body = b"<User><name>Ann</name></User>";
    comes_back(app, "application/xml", body, b"<User><name>").await;
}

#[cfg(feature = "yaml")]
#[tokio::test]
async fn yaml() {
    use gin::formats::Yaml;
    let app = Group::new("").post("/", async |user: Yaml<User>| user);
    comes_back(app, "application/yaml", b"name: Ann\n", b"name: [").await;
}
