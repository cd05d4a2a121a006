//! The service that users reach. It requests prices of another one, in the trace of its own request.

use std::env;
use std::time::Duration;

use gin::operations::Trace;
use gin::prelude::*;
use prices::Price;
use reqwest::{Client, Url};

/// The time after which a price is not waited for.
const PATIENCE: Duration = Duration::from_secs(2);

/// The service of prices.
#[derive(Clone)]
struct Prices {
    url: Url,
    client: Client,
}

impl Prices {
    fn new(url: &str) -> Result<Prices> {
        Ok(Prices {
            url: url.parse()?,
            client: Client::new(),
        })
    }

    /// Returns `None` for an item without a price.
    async fn of(&self, item: &str, trace: HeaderMap) -> Result<Option<Price>> {
        let mut url = self.url.clone();
        // A segment leads to no other path, whatever its text is.
        if let Ok(mut path) = url.path_segments_mut() {
            path.extend(["prices", item]);
        }
        let request = self.client.get(url).headers(trace).timeout(PATIENCE);
        let response = request
            .send()
            .await
            .or_status(502, "prices are unavailable")?;
        match response.status() {
            StatusCode::NOT_FOUND => Ok(None),
            _ => Ok(Some(response.error_for_status()?.json().await?)),
        }
    }
}

#[get("/items/:item")]
async fn item(cx: &mut Context, item: String, State(prices): State<Prices>) -> Result<String> {
    let trace = cx
        .trace_context()
        .map(|trace| trace.headers())
        .unwrap_or_default();
    let Price { cents } = prices.of(&item, trace).await?.or_404()?;
    Ok(format!("{item}: {}.{:02}", cents / 100, cents % 100))
}

fn app(prices: Prices) -> Group {
    gin::default()
        .with(Trace::new())
        .state(prices)
        .mount(routes![item])
}

#[gin::main]
async fn main() -> gin::Result<()> {
    let url = env::var("PRICES_URL").unwrap_or_else(|_| "http://127.0.0.1:4001".to_owned());
    app(Prices::new(&url)?).run().await
}

#[cfg(test)]
mod tests {
    use gin::Server;
    use gin::testing::Client;
    use tokio::net::TcpListener;

    use super::*;

    /// Starts the service of prices in this process. Returns its URL.
    async fn start() -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let engine = prices::app().build().unwrap();
        tokio::spawn(Server::new(engine).listen(listener).run());
        url
    }

    #[tokio::test]
    async fn an_item_has_the_price_of_the_other_service() {
        let client = Client::new(app(Prices::new(&start().await).unwrap()));
        client.get("/items/ink").await.is(200).has_text("ink: 9.00");
        client.get("/items/cup").await.is(404);
        client.get("/items/..%2Freadyz").await.is(404);
        client.get("/items/..").await.is(404);
    }

    #[tokio::test]
    async fn prices_that_are_away_are_the_gateway_s_error() {
        let gone = TcpListener::bind("127.0.0.1:0")
            .await
            .unwrap()
            .local_addr()
            .unwrap();
        Client::new(app(Prices::new(&format!("http://{gone}")).unwrap()))
            .get("/items/pen")
            .await
            .is(502);
    }
}
