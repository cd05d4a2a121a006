//! Fields that the user left empty.

use std::collections::BTreeMap;

use gin::prelude::*;
use serde::{Deserialize, Serialize};

use crate::query;

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Order {
    #[default]
    New,
    Old,
}

#[derive(Debug, Serialize, Deserialize)]
struct Filter {
    #[serde(default = "one")]
    page: u32,
    #[serde(default)]
    ratio: f64,
    #[serde(default)]
    order: Order,
    #[serde(default = "comma")]
    by: char,
    #[serde(default)]
    text: String,
}

fn one() -> u32 {
    1
}

fn comma() -> char {
    ','
}

#[tokio::test]
async fn an_empty_field_has_its_default() {
    let expected = json!({ "page": 1, "ratio": 0.0, "order": "new", "by": ",", "text": "" });
    for text in [
        "",
        "page=&ratio=&order=&by=&text=",
        "page=+&ratio=%09",
        "order=&page=",
    ] {
        query::<Filter>(text)
            .await
            .is(200)
            .has_json(expected.clone());
    }
    let expected = json!({ "page": 3, "ratio": 0.5, "order": "old", "by": " ", "text": " " });
    let given = query::<Filter>("page=3&ratio=.5&order=old&by=+&text=+").await;
    given.is(200).has_json(expected);
}

#[tokio::test]
async fn an_empty_field_without_a_default_is_missing() {
    #[derive(Debug, Serialize, Deserialize)]
    struct Item {
        count: u8,
        order: Order,
        name: String,
    }
    #[derive(Debug, Serialize, Deserialize)]
    struct Cart {
        items: Vec<Item>,
        total: u32,
    }
    let response =
        query::<Cart>("items[0].count=&items[0].order=&items[0].name=&items[1].count=x&total=")
            .await
            .is(400);
    let problem = response.problem().expect("it is a problem");
    let fields = problem.fields().iter();
    let mut fields: Vec<_> = fields.map(|field| (&*field.path, &*field.code)).collect();
    fields.sort_unstable();
    let expected = [
        ("items[0].count", "missing"),
        ("items[0].order", "missing"),
        ("items[1].count", "type"),
        ("items[1].name", "missing"),
        ("items[1].order", "missing"),
        ("total", "missing"),
    ];
    assert_eq!(fields, expected);
}

#[tokio::test]
async fn empty_elements_and_values_of_maps_do_not_default() {
    #[derive(Debug, Serialize, Deserialize)]
    struct Numbers {
        #[serde(default)]
        number: Vec<u32>,
    }
    query::<BTreeMap<String, u32>>("a=1&b=").await.is(400);
    query::<Numbers>("number=1&number=").await.is(400);
}

#[tokio::test]
async fn a_variant_may_be_the_empty_text() {
    #[derive(Debug, Default, Serialize, Deserialize)]
    enum Size {
        #[serde(rename = "")]
        Any,
        #[default]
        Small,
    }
    #[derive(Debug, Serialize, Deserialize)]
    struct Shirt {
        #[serde(default)]
        size: Size,
    }
    query::<Shirt>("size=")
        .await
        .is(200)
        .has_json(json!({ "size": "" }));
}

/// The number of attempts is bounded, and each empty enum ends one.
#[tokio::test]
async fn many_empty_fields_cost_little_and_are_errors() {
    #[derive(Debug, Serialize, Deserialize)]
    struct Item {
        order: Order,
        count: u8,
    }
    #[derive(Debug, Serialize, Deserialize)]
    struct Cart {
        items: Vec<Item>,
    }
    let items = (0..400).map(|index| format!("items[{index}].order=&items[{index}].count="));
    let items: Vec<_> = items.collect();
    let response = query::<Cart>(&items.join("&")).await.is(400);
    let problem = response.problem().expect("it is a problem");
    assert!(!problem.fields().is_empty());
}
