//! The service, tested without a socket.

use gin::middleware::RateLimit;
use gin::prelude::*;
use gin::testing::Client;
use serde_json::Value;
use uuid::Uuid;

use crate::app;
use crate::auth::Tokens;
use crate::store::Store;

async fn service() -> gin::Result<Client> {
    let store = Store::open("sqlite::memory:").await?;
    Ok(Client::new(app(
        store,
        Tokens::parse("ann:7f3a")?,
        RateLimit::per_second(1000),
    )))
}

async fn signed_in() -> gin::Result<Client> {
    Ok(service().await?.with_header("authorization", "Bearer 7f3a"))
}

#[tokio::test]
async fn a_task_lives_from_its_creation_to_its_deletion() -> gin::Result<()> {
    let client = signed_in().await?;
    let created = client
        .post("/api/tasks")
        .json(&json!({ "title": "write" }))
        .await
        .is(201);
    let location = created.header("location").unwrap_or_default().to_owned();
    let mut task: Value = created.json();
    assert_eq!(task["created_by"], "ann");

    let change = json!({ "title": "write more", "status": "done" });
    client.put(&location).json(&change).await.is(200);
    task["title"] = json!("write more");
    task["status"] = json!("done");
    client.get(&location).await.is(200).has_json(task);

    client.delete(&location).await.is(204);
    client
        .get(&location)
        .await
        .is(404)
        .contains("there is no such task");
    client.delete(&location).await.is(404);
    Ok(())
}

#[tokio::test]
async fn pages_follow_one_another() -> gin::Result<()> {
    let client = signed_in().await?;
    for title in ["a", "b", "c"] {
        client
            .post("/api/tasks")
            .json(&json!({ "title": title }))
            .await
            .is(201);
    }
    let titles = |page: &Value| {
        page["items"].as_array().map(|tasks| {
            tasks
                .iter()
                .map(|task| task["title"].clone())
                .collect::<Vec<_>>()
        })
    };
    let first: Value = client.get("/api/tasks?limit=2").await.is(200).json();
    assert_eq!(titles(&first), Some(vec![json!("a"), json!("b")]));
    let next = first["next"].as_str().unwrap_or_default();
    let second: Value = client
        .get(&format!("/api/tasks?limit=2&after={next}"))
        .await
        .json();
    assert_eq!(titles(&second), Some(vec![json!("c")]));
    assert_eq!(second["next"], Value::Null);
    Ok(())
}

#[tokio::test]
async fn wrong_input_names_its_fields() -> gin::Result<()> {
    let client = signed_in().await?;
    client
        .post("/api/tasks")
        .json(&json!({ "title": "" }))
        .await
        .is(422)
        .contains("must have 1 to 200 characters");
    client
        .post("/api/tasks")
        .json(&json!({ "name": "x" }))
        .await
        .is(422)
        .contains("\"title\",\"code\":\"missing\"");
    client
        .get("/api/tasks?limit=1000")
        .await
        .is(422)
        .contains("limit: must be at least 1 and at most 100");
    client
        .post("/api/tasks")
        .json(&json!({ "title": "a" }))
        .await
        .is(201);
    client
        .post("/api/tasks")
        .json(&json!({ "title": "a" }))
        .await
        .is(409)
        .contains("is the title of another task");
    Ok(())
}

#[tokio::test]
async fn strangers_only_read() -> gin::Result<()> {
    let client = service().await?;
    client.get("/api/tasks").await.is(200);
    client
        .post("/api/tasks")
        .json(&json!({ "title": "x" }))
        .await
        .is(401);
    client
        .delete("/api/tasks/7")
        .header("authorization", "Bearer wrong")
        .await
        .is(401);
    Ok(())
}

#[tokio::test]
async fn operators_see_health_metrics_and_the_document() -> gin::Result<()> {
    let client = service().await?;
    client.get("/livez").await.is(200);
    client.get("/healthz").await.is(200).contains("up");
    client.get("/readyz").await.is(200);
    client
        .get("/metrics")
        .await
        .is(200)
        .contains("http_requests_total");
    let document: Value = client.get("/api/openapi.json").await.is(200).json();
    assert!(document["paths"]["/api/tasks"]["post"]["responses"]["401"].is_object());
    client.get("/api/openapi").await.is(200);
    Ok(())
}

#[tokio::test]
async fn instances_that_start_together_share_a_new_database() -> gin::Result<()> {
    let file = std::env::temp_dir().join(format!("tasks-{}.db", Uuid::now_v7()));
    let url = format!("sqlite://{}?mode=rwc", file.display());
    let open = || Store::open(&url);
    tokio::try_join!(open(), open(), open(), open(), open(), open())?;
    std::fs::remove_file(file)?;
    Ok(())
}
