//! Validated input: rules, paths, codes and messages.

use std::borrow::Cow;

use gin::extract::{Header, Valid};
use gin::failure::FieldError;
use gin::prelude::*;
use gin::testing::{Client, TestRequest};
use gin::validator::{Validate, ValidationError};
use serde::Deserialize;
use serde_json::Value;

use crate::formats::post;
use crate::wire::{Running, status};

#[derive(Debug, Deserialize, Validate)]
#[serde(rename_all = "camelCase")]
#[validate(crate = "gin::validator", schema(function = "passwords_match"))]
struct SignUp {
    #[validate(length(min = 1, max = 20))]
    first_name: String,
    #[validate(required)]
    home_town: Option<String>,
    #[validate(range(min = 18, exclusive_max = 150))]
    age: u8,
    #[validate(custom(function = "is_even", message = "must be even"))]
    number: u32,
    password: String,
    password_again: String,
    #[serde(default)]
    #[validate(nested)]
    pets: Vec<Pet>,
}

#[derive(Debug, Deserialize, Validate)]
#[validate(crate = "gin::validator")]
struct Pet {
    #[validate(length(min = 3))]
    name: String,
}

fn is_even(number: u32) -> Result<(), ValidationError> {
    match number % 2 {
        0 => Ok(()),
        _ => Err(ValidationError::new("odd")),
    }
}

fn passwords_match(new: &SignUp) -> Result<(), ValidationError> {
    if new.password == new.password_again {
        return Ok(());
    }
    let error = ValidationError::new("mismatch");
    Err(error.with_message(Cow::Borrowed("the passwords differ")))
}

/// Sends a request, and returns the problem.
async fn problem(request: TestRequest<'_>) -> Value {
    let response = request.header("accept", "application/json").await;
    response.is(422).json()
}

/// Returns the path, code and message of each error in a problem.
fn errors(problem: &Value) -> Vec<[&str; 3]> {
    let errors = problem["errors"].as_array().expect("fields are wrong");
    errors
        .iter()
        .map(|error| ["path", "code", "message"].map(|name| error[name].as_str().unwrap_or("none")))
        .collect()
}

#[tokio::test]
async fn each_broken_rule_has_a_path_a_code_and_a_message() {
    let app = Group::new("")
        .post("/json", async |Valid(Json(new)): Valid<Json<SignUp>>| {
            new.first_name
        })
        .post("/form", async |Valid(Form(new)): Valid<Form<SignUp>>| {
            new.first_name
        });
    let client = Client::new(app);
    let json = json!({
        "firstName": "", "age": 7, "number": 3, "password": "secret", "passwordAgain": "Secret",
        "pets": [{ "name": "Rex" }, { "name": "A" }],
    });
    let form = "firstName=&age=7&number=3&password=secret&passwordAgain=Secret&pets[0].name=Rex&pets[1].name=A";
    for request in [
        client.post("/json").json(&json),
        client.post("/form").form(form),
    ] {
        let problem = problem(request).await;
        assert!(!problem.to_string().contains("secret"));
        let expected = [
            ["age", "range", "must be at least 18 and less than 150"],
            ["firstName", "length", "must have 1 to 20 characters"],
            ["homeTown", "required", "is missing"],
            ["number", "odd", "must be even"],
            ["pets[1].name", "length", "must have at least 3 characters"],
        ];
        assert_eq!(errors(&problem), expected);
    }
    let differ = "firstName=Ann&homeTown=Ulm&age=18&number=2&password=s&passwordAgain=t";
    let problem = problem(client.post("/form").form(differ)).await;
    assert_eq!(errors(&problem), [["", "mismatch", "the passwords differ"]]);
    let good = "firstName=Ann&homeTown=Ulm&age=18&number=2&password=s&passwordAgain=s";
    client
        .post("/form")
        .form(good)
        .await
        .is(200)
        .has_text("Ann");
    // A value that has the wrong type is not validated.
    client
        .post("/form")
        .form("age=x")
        .await
        .is(422)
        .contains("age: must be a whole number");
    client.post("/form").json(&json).await.is(415);
}

#[derive(Debug, Deserialize, Validate)]
#[validate(crate = "gin::validator")]
struct Limit {
    #[validate(range(max = 10))]
    x_limit: u32,
}

#[tokio::test]
async fn queries_paths_and_headers_are_validated_together() {
    let handler = async |Valid(Path(path)): Valid<Path<Limit>>,
                         Valid(Query(query)): Valid<Query<Limit>>,
                         Valid(Header(header)): Valid<Header<Limit>>| {
        (path.x_limit + query.x_limit + header.x_limit).to_string()
    };
    let client = Client::new(Group::new("").get("/:x_limit", handler));
    client
        .get("/1?x_limit=2")
        .header("x-limit", "3")
        .await
        .has_text("6");
    let problem = problem(client.get("/11?x_limit=12").header("x-limit", "13")).await;
    let places: Vec<_> = problem["errors"].as_array().into_iter().flatten().collect();
    let places: Vec<_> = places.iter().map(|error| error["in"].as_str()).collect();
    assert_eq!(places, [Some("path"), Some("query"), Some("header")]);
    client
        .get("/x?x_limit=12")
        .header("x-limit", "13")
        .await
        .is(404);
}

/// A body with 10,000 mistakes made a response of its own size.
#[tokio::test]
async fn at_most_a_hundred_errors_are_reported() {
    #[derive(Debug, Deserialize, Validate)]
    #[validate(crate = "gin::validator")]
    struct Shelter {
        #[validate(nested)]
        pets: Vec<Pet>,
    }
    let count = async |Valid(Json(shelter)): Valid<Json<Shelter>>| shelter.pets.len().to_string();
    let server = Running::new(Group::new("").post("/", count)).await;
    let send = async |name: &str, accept: &str| {
        let pets = vec![json!({ "name": name }); 10_000];
        let body = json!({ "pets": pets }).to_string();
        let headers = format!("content-type: application/json\r\naccept: {accept}\r\n");
        post(&server, "/", &headers, body.as_bytes()).await
    };
    let response = send("<b>", "text/html").await;
    assert_eq!(status(&response), "200");
    let response = send("<", "application/json").await;
    assert_eq!(status(&response), "422");
    let (_, body) = response.split_once("\r\n\r\n").expect("it has a body");
    let problem: Value = serde_json::from_str(body).expect("it is JSON");
    assert_eq!(problem["errors"].as_array().map(Vec::len), Some(100));
    let detail = "10000 fields are wrong; the first 100 are listed";
    assert_eq!(problem["detail"], detail);
    let page = send("<", "text/html").await;
    assert_eq!(status(&page), "422");
    assert!(page.contains(detail), "{page}");
}

#[tokio::test]
async fn one_hook_replaces_messages_with_their_params() {
    fn german(error: &FieldError, _: &Context) -> Option<String> {
        let min = error.param("min");
        match (&*error.code, min) {
            ("length", Some(min)) => Some(format!("braucht mindestens {min} Zeichen")),
            ("type", _) => Some("hat den falschen Typ".to_owned()),
            ("odd", _) => panic!("no translation"),
            _ => {
                assert_eq!(error.param("value"), None);
                None
            }
        }
    }
    let pet = async |Valid(Form(pet)): Valid<Form<Pet>>| pet.name;
    let limit = async |Query(limit): Query<Limit>| limit.x_limit.to_string();
    let inner = Group::new("/in")
        .messages(german)
        .post("/", pet)
        .get("/", limit);
    let odd = async || Problem::new(422).field_errors([FieldError::new("n", "odd", "is odd")]);
    let client = Client::new(Group::new("").post("/", pet).nest(inner.get("/odd", odd)));
    client
        .post("/")
        .form("name=A")
        .await
        .is(422)
        .contains("name: must have at least 3 characters");
    client
        .post("/in/")
        .form("name=A")
        .await
        .is(422)
        .contains("name: braucht mindestens 3 Zeichen");
    client
        .get("/in/?x_limit=x")
        .await
        .is(400)
        .contains("x_limit: hat den falschen Typ");
    client.get("/in/odd").await.is(500);
}
