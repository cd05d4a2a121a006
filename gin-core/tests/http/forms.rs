//! Forms and queries, as browsers and scripts send them.

use std::collections::BTreeMap;

use gin::prelude::*;
use gin::testing::Client;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::wire::{Running, status};

/// An app that returns the form as JSON.
fn echo<T: DeserializeOwned + Serialize + Send + 'static>() -> Client {
    let form = async |Form(form): Form<T>| Json(form);
    let query = async |Query(query): Query<T>| Json(query);
    Client::new(Group::new("").post("/", form).get("/", query))
}

/// Sends the same text as a form and as a query. Both become `expected`.
async fn becomes<T: DeserializeOwned + Serialize + Send + 'static>(text: &str, expected: Value) {
    let client = echo::<T>();
    let form = client
        .post("/")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(text.to_owned())
        .await;
    form.is(200).has_json(expected.clone());
    let query = client.get(&format!("/?{text}")).await;
    query.is(200).has_json(expected);
}

/// Sends a form, and returns the path, code and message of each error.
async fn errors<T: DeserializeOwned + Serialize + Send + 'static>(
    form: &str,
) -> Vec<(String, String, String)> {
    let client = echo::<T>();
    let response = client
        .post("/")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("accept", "application/json")
        .body(form.to_owned())
        .await;
    let problem: Value = response.is(422).json();
    let text = |error: &Value, name: &str| error[name].as_str().unwrap_or("none").to_owned();
    let errors = problem["errors"].as_array().cloned().unwrap_or_default();
    let errors = errors.iter().map(|error| {
        assert_eq!(error["in"], "body", "{error}");
        (
            text(error, "path"),
            text(error, "code"),
            text(error, "message"),
        )
    });
    errors.collect()
}

fn error(path: &str, code: &str, message: &str) -> (String, String, String) {
    (path.to_owned(), code.to_owned(), message.to_owned())
}

#[derive(Debug, Serialize, Deserialize)]
struct Settings {
    news: bool,
    #[serde(default = "yes")]
    sound: bool,
    tags: Vec<String>,
    age: Option<u8>,
    note: Option<String>,
}

fn yes() -> bool {
    true
}

#[tokio::test]
async fn a_checkbox_is_true_or_absent() {
    let with =
        |news: bool| json!({ "news": news, "sound": true, "tags": [], "age": null, "note": null });
    for text in ["on", "true", "1", "yes", "ON", "True"] {
        becomes::<Settings>(&format!("news={text}"), with(true)).await;
    }
    for text in ["off", "false", "0", "no"] {
        becomes::<Settings>(&format!("news={text}"), with(false)).await;
    }
    becomes::<Settings>("", with(false)).await;
    // Frameworks put a hidden field before the checkbox, so that it is always sent.
    becomes::<Settings>("news=0&news=1", with(true)).await;
    let wrong = [error("news", "type", "must be true or false")];
    assert_eq!(errors::<Settings>("news=maybe").await, wrong);
    assert_eq!(errors::<Settings>("news=").await, wrong);
}

#[tokio::test]
async fn empty_text_is_none_and_numbers_may_have_spaces() {
    let expected =
        json!({ "news": false, "sound": false, "tags": ["", " b "], "age": 7, "note": null });
    becomes::<Settings>("sound=off&age=+7+&note=&tags=&tags=+b+", expected).await;
    assert_eq!(
        errors::<Settings>("age=NaN").await,
        [error("age", "type", "must be a whole number from 0 to 255")]
    );
}

#[derive(Debug, Serialize, Deserialize)]
struct Order {
    items: Vec<Item>,
    #[serde(default)]
    ship: BTreeMap<String, String>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Item {
    name: String,
    count: u8,
    gift: bool,
}

#[tokio::test]
async fn names_nest() {
    let item =
        |name: &str, count: u8, gift: bool| json!({ "name": name, "count": count, "gift": gift });
    let two = json!({ "items": [item("a", 1, true), item("b", 2, false)], "ship": {} });
    for text in [
        "items[0].name=a&items[0].count=1&items[0].gift=on&items[1].name=b&items[1].count=2",
        "items[0][name]=a&items[0][count]=1&items[0][gift]=on&items[1][name]=b&items[1][count]=2",
        "items%5B0%5D%5Bname%5D=a&items[0][count]=1&items[0].gift=1&items[1].name=b&items[1].count=2",
        "items[7].name=b&items[7].count=2&items[3].name=a&items[3].count=1&items[3].gift=on",
        "items[][name]=a&items[][count]=1&items[][gift]=on&items[][name]=b&items[][count]=2",
    ] {
        becomes::<Order>(text, two.clone()).await;
    }
    let ship = json!({ "items": [], "ship": { "city": "Ulm", "zip": "89073" } });
    becomes::<Order>("ship[city]=Ulm&ship[zip]=89073", ship.clone()).await;
    becomes::<Order>("ship.city=Ulm&ship.zip=89073", ship).await;
}

#[tokio::test]
async fn lists_repeat_a_name_or_have_brackets() {
    #[derive(Debug, Serialize, Deserialize)]
    struct Ids {
        id: Vec<u32>,
        #[serde(default)]
        pair: Option<(i8, char)>,
    }
    let ids = json!({ "id": [1, 2, 3], "pair": null });
    for text in [
        "id=1&id=2&id=3",
        "id[]=1&id[]=2&id[]=3",
        "id[2]=3&id[0]=1&id[1]=2",
        "id=1&id[]=2&id[0]=3",
    ] {
        becomes::<Ids>(text, ids.clone()).await;
    }
    becomes::<Ids>("pair=-1&pair=x", json!({ "id": [], "pair": [-1, "x"] })).await;
    let wrong = "must be a whole number from 0 to 4294967295";
    assert_eq!(
        errors::<Ids>("id=1&id=x&id=3&id=-1").await,
        [error("id[1]", "type", wrong), error("id[3]", "type", wrong)]
    );
    assert_eq!(
        errors::<Ids>("id[a]=1").await,
        [error("id", "type", "must be a list")]
    );
    let short = errors::<Ids>("pair=1").await;
    assert_eq!(short[0].0, "pair");
}

#[tokio::test]
async fn names_with_dots_may_be_keys() {
    #[derive(Debug, Serialize, Deserialize)]
    struct Hook {
        #[serde(rename = "hub.mode")]
        mode: String,
    }
    becomes::<Hook>(
        "hub.mode=subscribe&hub.x=1",
        json!({ "hub.mode": "subscribe" }),
    )
    .await;
    let map = json!({ "hub.mode": "subscribe", "a[b]": "1", "c": "2" });
    becomes::<BTreeMap<String, String>>("hub.mode=subscribe&a[b]=1&c=2", map).await;
    let pairs = json!([["b", "1"], ["a", "2"], ["b", "3"]]);
    becomes::<Vec<(String, u8)>>("b=1&a=2&b=3", json!([["b", 1], ["a", 2], ["b", 3]])).await;
    becomes::<Vec<(String, String)>>("b=1&a=2&b=3", pairs).await;
}

#[derive(Debug, Serialize, Deserialize)]
struct Search {
    #[serde(flatten)]
    page: Page,
    zip: String,
    #[serde(flatten)]
    rest: BTreeMap<String, Value>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Page {
    number: u32,
    size: Option<u8>,
    ratio: f64,
    exact: bool,
    #[serde(default)]
    ids: Vec<u16>,
}

#[tokio::test]
async fn flattened_structs_take_numbers_and_bools() {
    let text = "number=+7&size=&ratio=1.5&exact=on&zip=01234&ids=8&other=9";
    let expected = json!({ "number": 7, "size": null, "ratio": 1.5, "exact": true, "ids": [8], "zip": "01234", "other": "9" });
    becomes::<Search>(text, expected).await;
    let text = "number=0&size=3&ratio=2&ids=8&ids=9&zip=5";
    let expected =
        json!({ "number": 0, "size": 3, "ratio": 2.0, "exact": false, "ids": [8, 9], "zip": "5" });
    becomes::<Search>(text, expected).await;
    let wrong = errors::<Search>("number=x&ratio=1&zip=1").await;
    assert_eq!(
        wrong,
        [error(
            "number",
            "type",
            "must be a whole number from 0 to 4294967295"
        )]
    );
    assert_eq!(
        errors::<Search>("ratio=1&zip=1").await,
        [error("number", "missing", "is missing")]
    );
}

#[tokio::test]
async fn a_flattened_map_takes_any_number_of_numbers() {
    #[derive(Debug, Serialize, Deserialize)]
    struct Counts {
        name: String,
        #[serde(flatten)]
        counts: BTreeMap<String, u32>,
    }
    let mut pairs = vec!["name=x".to_owned()];
    let mut expected = BTreeMap::from([("name".to_owned(), json!("x"))]);
    for index in 0..300 {
        pairs.push(format!("k{index}={index}"));
        expected.insert(format!("k{index}"), json!(index));
    }
    becomes::<Counts>(&pairs.join("&"), json!(expected)).await;
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Payment {
    Card { number: u64, save: bool },
    Bank { iban: String, day: Option<u8> },
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum Key {
    Id(u32),
    Flag(bool),
    Name(String),
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Shape {
    Point,
    Circle { radius: f32 },
    Box(u8, u8),
}

#[derive(Debug, Serialize, Deserialize)]
struct By {
    key: Key,
    #[serde(default)]
    keys: Vec<Key>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Drawing {
    shape: Shape,
}

#[tokio::test]
async fn enums_take_numbers_and_bools() {
    let card = json!({ "kind": "card", "number": 42, "save": true });
    becomes::<Payment>("kind=card&number=42&save=true", card.clone()).await;
    becomes::<Payment>("number=42&save=on&kind=card", card).await;
    let bank = json!({ "kind": "bank", "iban": "123", "day": 7 });
    becomes::<Payment>("kind=bank&iban=123&day=7", bank).await;

    becomes::<By>(
        "key=7&keys=a&keys=8&keys=true",
        json!({ "key": 7, "keys": ["a", 8, true] }),
    )
    .await;
    becomes::<By>("key=seven", json!({ "key": "seven", "keys": [] })).await;
    // A number that no variant takes is a text, as it was sent.
    let long = json!({ "key": "99999999999", "keys": [] });
    becomes::<By>("key=99999999999", long).await;

    becomes::<Drawing>("shape=point", json!({ "shape": "point" })).await;
    becomes::<Drawing>(
        "shape[circle][radius]=1.5",
        json!({ "shape": { "circle": { "radius": 1.5 } } }),
    )
    .await;
    becomes::<Drawing>(
        "shape.box=1&shape.box=2",
        json!({ "shape": { "box": [1, 2] } }),
    )
    .await;
    assert_eq!(
        errors::<Drawing>("shape=cone").await,
        [error("shape", "type", "must be `point`, `circle` or `box`")]
    );
    assert_eq!(
        errors::<Drawing>("shape[circle][radius]=x").await[0].0,
        "shape.circle.radius"
    );
}

#[tokio::test]
async fn all_wrong_fields_of_a_form_are_reported() {
    #[derive(Debug, Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct SignUp {
        name: String,
        shape: Shape,
        age: u8,
        letter: char,
        terms: bool,
        items: Vec<Item>,
        port: std::num::NonZeroU16,
    }
    let mut found = errors::<SignUp>(
        "age=old&shape=cone&letter=ab&terms=perhaps&items[0].name=a&items[0].count=300&items[1].count=1&port=0&spam=1",
    )
    .await;
    found.sort();
    let paths: Vec<_> = found
        .iter()
        .map(|(path, code, _)| (path.as_str(), code.as_str()))
        .collect();
    let expected = [
        ("age", "type"),
        ("items[0].count", "type"),
        ("items[1].name", "missing"),
        ("letter", "type"),
        ("name", "missing"),
        ("port", "type"),
        ("shape", "type"),
        ("spam", "unknown"),
        ("terms", "type"),
    ];
    assert_eq!(paths, expected);
}

#[tokio::test]
async fn a_form_with_method_get_is_read_from_the_query() {
    let search = async |Form(form): Form<BTreeMap<String, String>>| Json(form);
    let client = Client::new(Group::new("").get("/", search));
    client
        .get("/?q=rust")
        .await
        .has_json(json!({ "q": "rust" }));
}

/// Bytes that are hostile to a parser of forms are refused soon.
#[tokio::test]
async fn hostile_forms_are_refused() {
    let length = async |Form(form): Form<BTreeMap<String, Value>>| form.len().to_string();
    let app = Running::new(Group::new("").body_limit(16 << 20).post("/", length)).await;
    let many: Vec<_> = (0..50_000).map(|index| format!("k{index}=v")).collect();
    let nested: Vec<_> = (0..900).map(|index| format!("a[][k{index}]=v")).collect();
    let cases = [
        ("50,000 keys", many.join("&"), "400"),
        ("a key of 1 MiB", "k".repeat(1 << 20) + "=1", "200"),
        (
            "a deep name",
            format!("a{}=1", "[b]".repeat(100_000)),
            "400",
        ),
        (
            "many deep names",
            format!("a{}=1&", ".b".repeat(40)).repeat(10_000),
            "400",
        ),
        ("open brackets", "[".repeat(1 << 20) + "=1", "200"),
        ("900 fields of an element", nested.join("&"), "200"),
        ("one million of `&`", "&".repeat(1 << 20), "200"),
    ];
    for (name, form, expected) in cases {
        let length = form.len();
        let head = "POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-type: application/x-www-form-urlencoded\r\n";
        let response = app
            .exchange(format!("{head}content-length: {length}\r\n\r\n{form}"))
            .await;
        assert_eq!(status(&response), expected, "{name}");
    }
    assert_eq!(status(&app.get("/").await), "405");
}
