//! JSON in one text.

use std::collections::BTreeMap;

use gin::extract::{Header, JsonText};
use gin::prelude::*;
use gin::testing::Client;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};

use crate::query;

#[derive(Debug, Serialize, Deserialize)]
struct Point {
    x: i32,
    y: i32,
}

#[derive(Debug, Serialize, Deserialize)]
struct Shape {
    corners: JsonText<Vec<Point>>,
    labels: Option<JsonText<BTreeMap<String, u8>>>,
}

const CORNERS: &str = r#"[{"x":1,"y":-2}]"#;

/// Returns a query of two fields, percent-encoded.
fn fields(corners: &str, labels: &str) -> String {
    let [corners, labels] =
        [corners, labels].map(|text| utf8_percent_encode(text, NON_ALPHANUMERIC));
    format!("corners={corners}&labels={labels}")
}

/// Returns the messages of a refused query.
async fn messages(corners: &str, labels: &str) -> Vec<String> {
    let response = query::<Shape>(&fields(corners, labels)).await.is(400);
    let problem = response.problem().expect("it is a problem");
    let fields = problem.fields().iter();
    fields
        .map(|field| format!("{}: {}", field.path, field.message))
        .collect()
}

#[tokio::test]
async fn values_are_read_from_a_text_and_written_as_one() {
    let alone = query::<Shape>(&fields(CORNERS, "")).await.is(200);
    alone.has_json(json!({ "corners": CORNERS, "labels": null }));
    let both = query::<Shape>(&fields(CORNERS, r#"{"a": 1}"#)).await;
    both.is(200)
        .has_json(json!({ "corners": CORNERS, "labels": r#"{"a":1}"# }));
}

#[tokio::test]
async fn an_error_names_the_field_and_the_place_inside() {
    for (corners, expected) in [
        (
            r#"[{"x":1,"y":"a"}]"#,
            "corners: [0].y: invalid type: string \"a\", expected i32",
        ),
        (r#"[{"x":1}]"#, "corners: [0].y: is missing"),
        ("[", "corners: is not JSON: EOF while parsing a list"),
        ("", "corners: is missing"),
    ] {
        let found = messages(corners, "").await;
        let [message] = &found[..] else {
            panic!("{corners}: {found:?}");
        };
        assert!(message.starts_with(expected), "{corners}: {message}");
    }
    let both = messages("x", "x").await;
    assert_eq!(both.len(), 2, "each field is named: {both:?}");
}

#[tokio::test]
async fn headers_params_and_json_have_such_texts() {
    #[derive(Debug, Deserialize)]
    struct Head {
        at: JsonText<Point>,
    }
    let header = async |Header(head): Header<Head>| head.at.x.to_string();
    let path = async |Path(point): Path<JsonText<Point>>| point.y.to_string();
    let json = async |Json(point): Json<JsonText<Point>>| point.x.to_string();
    let app = Group::new("").get("/", header).get("/:point", path);
    let client = Client::new(app.post("/", json));
    let text = r#"{"x":1,"y":2}"#;
    client.get("/").header("at", text).await.has_text("1");
    client.get("/%7B%22x%22:1,%22y%22:2%7D").await.has_text("2");
    client.post("/").json(&text).await.has_text("1");
    client
        .post("/")
        .json(&json!({ "x": 1, "y": 2 }))
        .await
        .is(422);
}
