//! The service of prices. It is a library as well, so that other services share its types and test against it.

use gin::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Price {
    pub cents: u32,
}

#[get("/prices/:item")]
async fn price(item: &str) -> Result<Json<Price>> {
    let cents = match item {
        "pen" => 120,
        "ink" => 900,
        _ => Err(gin::Error::new(404, "this item has no price"))?,
    };
    Ok(Json(Price { cents }))
}

pub fn app() -> Group {
    gin::default().ready("/readyz").mount(routes![price])
}

#[cfg(test)]
mod tests {
    use gin::testing::Client;

    use super::*;

    #[tokio::test]
    async fn a_pen_has_a_price() {
        let client = Client::new(app());
        client
            .get("/prices/pen")
            .await
            .is(200)
            .has_json(json!({ "cents": 120 }));
        client.get("/prices/cup").await.is(404).contains("no price");
    }
}
