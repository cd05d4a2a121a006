//! Lists in one text.

use gin::extract::{Header, Separated};
use gin::prelude::*;
use gin::testing::Client;
use serde::{Deserialize, Serialize};

use crate::query;

#[derive(Debug, Serialize, Deserialize)]
struct Lists {
    ids: Separated<u32>,
    #[serde(default)]
    words: Separated<String, ' '>,
    pipes: Separated<String, '|'>,
    tabs: Separated<char, '\t'>,
}

#[tokio::test]
async fn each_separator_splits_a_text() {
    let with = |ids: &[u32]| json!({ "ids": ids, "words": ["a", "b"], "pipes": ["c,d", "e"], "tabs": ["f", "g"] });
    let rest = "words=a++b&pipes=c,d|e&tabs=f%09g";
    for (text, ids) in [
        ("ids=1,2,3", &[1, 2, 3][..]),
        ("ids=1&ids=2,3", &[1, 2, 3]),
        ("ids[]=1&ids[]=2", &[1, 2]),
        ("ids=+1,+2+", &[1, 2]),
        ("ids=,1,,2,", &[1, 2]),
        ("ids=", &[]),
        ("ids=,", &[]),
        ("other=1", &[]),
    ] {
        let response = query::<Lists>(&format!("{rest}&{text}")).await;
        response.is(200).has_json(with(ids));
    }
}

#[tokio::test]
async fn an_error_names_the_element() {
    let response = query::<Lists>("ids=1,x,3&ids=-1&tabs=ab").await.is(400);
    let problem = response.problem().expect("it is a problem");
    let paths: Vec<_> = problem.fields().iter().map(|field| &*field.path).collect();
    assert_eq!(paths, ["ids[1]", "ids[3]", "tabs[0]"]);
}

#[tokio::test]
async fn headers_params_and_json_have_such_lists() {
    #[derive(Debug, Deserialize)]
    struct Languages {
        accept_language: Separated<String>,
    }
    let header = async |Header(head): Header<Languages>| head.accept_language.join(" ");
    let path = async |Path(ids): Path<Separated<u32, '+'>>| format!("{:?}", *ids);
    let json = async |Json(ids): Json<Separated<u32>>| Json(ids.into_iter().sum::<u32>());
    let app = Group::new("").get("/", header).get("/:ids", path);
    let client = Client::new(app.post("/", json));
    let german = client.get("/").header("accept-language", "de, en;q=0.5");
    german.await.has_text("de en;q=0.5");
    client.get("/1+2").await.has_text("[1, 2]");
    client.get("/1+x").await.is(404);
    client
        .post("/")
        .json(&json!([1, 2]))
        .await
        .has_json(json!(3));
    client.post("/").json(&json!("1,2")).await.is(422);
}
