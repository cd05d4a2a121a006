//! The wrong fields of several extractors, in one problem.

use gin::extract::Header;
use gin::prelude::*;
use gin::testing::Client;
use serde::Deserialize;
use serde_json::Value;

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "only its errors are looked at")]
struct Page {
    number: u32,
    exact: bool,
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "only its errors are looked at")]
struct User {
    name: String,
    age: u8,
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "only its errors are looked at")]
struct Caller {
    x_retry: u8,
}

/// A user that must be logged in.
struct Login;

impl FromContext for Login {
    type Rejection = StatusCode;

    async fn from_context(cx: &mut Context) -> Result<Login, StatusCode> {
        let user = cx.header("x-user").map(|_| Login);
        user.ok_or(StatusCode::UNAUTHORIZED)
    }
}

#[post("/attribute/:id")]
async fn attribute(
    id: u32,
    Query(_): Query<Page>,
    Header(_): Header<Caller>,
    _login: Login,
    Form(_): Form<User>,
) -> String {
    id.to_string()
}

#[post("/borrowed/:id")]
async fn borrowed(
    id: &str,
    Query(_): Query<Page>,
    Header(_): Header<Caller>,
    _login: Login,
    Form(_): Form<User>,
) -> String {
    id.to_owned()
}

fn client() -> Client {
    let closure = async |Path(id): Path<u32>,
                         Query(_): Query<Page>,
                         Header(_): Header<Caller>,
                         _: Login,
                         Form(_): Form<User>| { id.to_string() };
    let app = Group::new("").mount(routes![attribute, borrowed]);
    Client::new(app.post("/closure/:id", closure))
}

const PATHS: [&str; 3] = ["/attribute", "/borrowed", "/closure"];

#[tokio::test]
async fn one_problem_lists_the_wrong_fields_of_all_extractors() {
    let client = client();
    for path in PATHS {
        let response = client
            .post(&format!("{path}/7?number=x&exact=perhaps"))
            .header("accept", "application/json")
            .header("x-user", "Ann")
            .header("x-retry", "many")
            .form("age=old")
            .await;
        let problem: Value = response.is(422).json();
        let errors = problem["errors"].as_array().expect("fields are wrong");
        let errors: Vec<_> = errors
            .iter()
            .map(|error| [&error["in"], &error["path"], &error["code"]].map(|text| text.as_str()))
            .collect();
        let expected = [
            ["query", "number", "type"],
            ["query", "exact", "type"],
            ["header", "x_retry", "type"],
            ["body", "age", "type"],
            ["body", "name", "missing"],
        ];
        assert_eq!(errors, expected.map(|error| error.map(Some)), "{path}");
    }
}

#[tokio::test]
async fn a_good_body_leaves_the_status_of_a_bad_query() {
    let client = client();
    for path in PATHS {
        let request = client
            .post(&format!("{path}/7?number=x"))
            .header("x-user", "Ann")
            .header("x-retry", "1")
            .form("name=Ann&age=7");
        request
            .await
            .is(400)
            .contains("number: must be a whole number");
        let request = client
            .post(&format!("{path}/7?number=1"))
            .header("x-user", "Ann")
            .header("x-retry", "1")
            .form("name=Ann&age=7");
        request.await.is(200).has_text("7");
    }
}

#[tokio::test]
async fn any_other_failure_wins_over_wrong_fields() {
    let client = client();
    for path in PATHS {
        let wrong = format!("{path}/7?number=x");
        client.post(&wrong).form("age=old").await.is(401);
        let login = || client.post(&wrong).header("x-user", "Ann");
        login().json(&json!({})).await.is(415);
        login().form("age=%ff&a[").await.is(422);
        let many: Vec<_> = (0..1_001).map(|index| format!("k{index}=v")).collect();
        let form = "application/x-www-form-urlencoded";
        login()
            .header("content-type", form)
            .body(many.join("&"))
            .await
            .is(400)
            .has_text("400 Bad Request: there are more than 1000 fields\n");
    }
    client.post("/closure/x?number=x").await.is(404);
    client.post("/attribute/x?number=x").await.is(404);
}
