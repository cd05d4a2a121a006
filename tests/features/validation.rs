//! `validation`: rules of values.

use gin::extract::Valid;
use gin::prelude::*;
use gin::testing::Client;
use gin::validator::Validate;

#[derive(serde::Deserialize, Validate)]
#[validate(crate = "gin::validator")]
struct SignUp {
    #[validate(length(min = 8))]
    password: String,
}

#[tokio::test]
async fn a_rule_that_is_broken_is_422() {
    let app = Group::new("").post("/", async |Valid(Form(new)): Valid<Form<SignUp>>| {
        new.password
    });
    let client = Client::new(app);
    client
        .post("/")
        .form("password=correct-horse")
        .await
        .is(200);
    let refused = client.post("/").form("password=123").await;
    refused
        .is(422)
        .contains("password: must have at least 8 characters");
}
