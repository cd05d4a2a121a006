//! Tests of each kind, from one function to a whole visit. None of them needs a socket, a port or a sleep.

use gin::testing::{self, Client, Rest};
use tokio::time::Instant;

use super::*;

fn pen() -> Item {
    Item {
        name: "Pen".to_owned(),
        cents: 120,
    }
}

/// The app with one item. A test that looks at the stock keeps a clone.
fn shop() -> Client {
    Client::new(app(Arc::new(Mutex::new(HashMap::from([(1, pen())])))))
}

#[tokio::test]
async fn a_response_is_checked_in_a_chain() {
    let client = shop();
    client
        .get("/items/1")
        .await
        .is(200)
        .has_json(json!({ "name": "Pen", "cents": 120 }));
    client.get("/items/2").await.is(404);
    client
        .post("/items/1")
        .await
        .is(405)
        .has_header("allow", "GET, HEAD, OPTIONS, PUT");
}

/// Does not compile any more when the route takes or returns something else.
#[tokio::test]
async fn a_route_is_called_like_its_function() {
    let client = shop().with_header("x-staff", "yes");
    let ink = Item {
        name: "Ink".to_owned(),
        cents: 900,
    };
    assert_eq!(client.call(put_item::with(2, &ink)).await.value(), ink);
    assert_eq!(client.call(item::with(2)).await.is(200).value(), ink);
}

#[tokio::test]
async fn the_state_is_the_test_s_own() {
    let stock = Stock::default();
    let client = Client::new(app(stock.clone())).with_header("x-staff", "yes");
    client.put("/items/7").json(&pen()).await.is(200);
    assert_eq!(stock.lock().unwrap().get(&7), Some(&pen()));
}

#[tokio::test]
async fn a_problem_names_each_field() {
    let client = shop().with_header("x-staff", "yes");
    let refused = client
        .put("/items/2")
        .json(&json!({ "name": "", "cents": 0 }))
        .await
        .is(422);
    let fields = refused.problem().unwrap().fields().len();
    assert_eq!(fields, 2);
}

#[tokio::test]
async fn each_visitor_has_a_basket() {
    let ann = shop();
    let bob = ann.another();
    ann.post("/basket/1").await.is(204);
    ann.get("/basket").await.has_json(json!([1]));
    bob.get("/basket").await.has_json(json!([]));
}

/// Passes at once: a clock that is paused jumps to the next timer.
#[tokio::test(start_paused = true)]
async fn a_minute_takes_no_time() {
    let start = Instant::now();
    shop()
        .get("/report")
        .header("x-staff", "yes")
        .await
        .is(200)
        .has_text("all is well");
    assert_eq!(start.elapsed(), Duration::from_secs(60));
}

#[tokio::test]
async fn a_middleware_is_called_like_any_function() {
    let rest = Rest::of(async || "inside");
    let mut stranger = testing::context(gin::http::Request::new(""));
    assert_eq!(staff(&mut stranger, rest.next()).await.status(), 403);
    let mut cx = shop().get("/").header("x-staff", "yes").into_context();
    assert_eq!(staff(&mut cx, rest.next()).await.status(), 200);
}
