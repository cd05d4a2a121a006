//! `sessions`: values that a server keeps for a browser.

use gin::prelude::*;
use gin::sessions::{Session, Sessions};
use gin::testing::Client;

async fn visit(session: Session) -> gin::Result<String> {
    let visits = session.get::<u32>("visits")?.unwrap_or_default() + 1;
    session.insert("visits", visits)?;
    Ok(visits.to_string())
}

#[tokio::test]
async fn values_are_kept() {
    let app = Group::new("").with(Sessions::memory()).get("/", visit);
    let client = Client::new(app);
    client.get("/").await.is(200).has_text("1");
    client.get("/").await.is(200).has_text("2");
    client.another().get("/").await.is(200).has_text("1");
}
