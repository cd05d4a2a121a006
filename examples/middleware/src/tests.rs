//! Each part in an app, and a mistake that does not start.

use gin::testing::Client;

use super::*;

#[tokio::test]
async fn a_customer_is_greeted_in_their_language() {
    let client = Client::new(app(ApiKeys(vec![("7f3a", Customer("Ann"))])));
    client.get("/greeting").await.is(401).contains("X-Api-Key");
    let ann = client.with_header("x-api-key", "7f3a");
    let greeting = ann
        .get("/greeting")
        .header("accept-language", "de-AT, en")
        .await;
    greeting
        .is(200)
        .has_text("Hallo, Ann!")
        .has_header("cache-control", "no-store");
    ann.get("/greeting").await.has_text("Hello, Ann!");
}

#[tokio::test]
async fn a_page_of_letters_is_chosen_by_number() {
    let client = Client::new(app(ApiKeys(vec![])));
    client.get("/letters").await.has_json(json!(["a", "b"]));
    client.get("/letters?page=2").await.has_json(json!(["e"]));
    client.get("/letters?page=65535").await.has_json(json!([]));
    client.get("/letters?page=65536").await.is(422);
    client
        .get("/letters?page=x")
        .await
        .is(422)
        .contains("not a number");
}

#[tokio::test]
async fn a_key_that_is_empty_does_not_start() {
    let error = app(ApiKeys(vec![("", Customer("Bob"))]))
        .build()
        .unwrap_err();
    assert!(
        error.to_string().contains("Bob has an empty key"),
        "{error}"
    );
}
