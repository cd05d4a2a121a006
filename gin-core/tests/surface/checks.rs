//! The messages of `Engine::new`, and what of them never reaches a client.

use std::sync::{Arc, Mutex};

use gin::prelude::*;
use gin::testing::Client;

trait Store: Send + Sync {}

struct Db;

impl Store for Db {}

mod other {
    #[derive(Clone)]
    pub(super) struct Settings;
}

#[derive(Clone)]
struct Settings;

fn mistakes(group: Group) -> String {
    Engine::new(group)
        .expect_err("the group has a mistake")
        .to_string()
}

#[test]
fn missing_state_lists_what_is_given_as_it_is_written() {
    let count = async |_: State<Arc<Mutex<u64>>>| {};
    let text = mistakes(Group::new("").get("/", count));
    assert!(
        text.ends_with("needs State<Arc<Mutex<u64>>>; give it with `.state(…)`"),
        "{text}"
    );

    let text = mistakes(
        Group::new("")
            .state(7_u8)
            .nest(Group::new("").state("text").get("/", count)),
    );
    assert!(
        text.ends_with("; the groups around it give u8, &str"),
        "{text}"
    );

    let text = mistakes(
        Group::new("")
            .state(Arc::new(Mutex::new(0)))
            .get("/", count),
    );
    let near = "the groups around it give Arc<Mutex<i32>>, but `Arc<Mutex<i32>>` is another type: \
                write `let value: Arc<Mutex<u64>> = …; group.state(value)`";
    assert!(text.ends_with(near), "{text}");

    let store = async |_: State<Arc<dyn Store>>| {};
    let text = mistakes(Group::new("").state(Arc::new(Db)).get("/", store));
    assert!(
        text.contains(
            "give Arc<Db>, but `Arc<Db>` is another type: write `let value: Arc<dyn Store> ="
        ),
        "{text}"
    );

    let settings = async |_: State<Settings>| {};
    let text = mistakes(Group::new("").state(other::Settings).get("/", settings));
    assert!(
        text.contains("needs State<surface::checks::Settings>"),
        "{text}"
    );
    assert!(
        text.contains("give surface::checks::other::Settings"),
        "{text}"
    );
}

#[tokio::test]
async fn state_that_an_extractor_does_not_declare_is_in_the_log_and_not_in_the_response() {
    struct Undeclared;

    impl FromContext for Undeclared {
        type Rejection = Rejection;

        async fn from_context(cx: &mut Context) -> Result<Undeclared, Rejection> {
            let State(Settings) = State::from_context(cx).await?;
            Ok(Undeclared)
        }
    }

    let client = Client::new(Group::new("").get("/", async |_: Undeclared| {}));
    let response = client
        .get("/")
        .await
        .is(500)
        .has_text("500 Internal Server Error\n");
    let cause = response
        .problem()
        .and_then(Problem::cause)
        .expect("the log has the reason");
    let text = cause.error().to_string();
    assert!(text.contains("no group gives State<Settings>"), "{text}");
    assert!(text.contains("FromContext::needs"), "{text}");
}
