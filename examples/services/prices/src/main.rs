//! The process of the service of prices.

#[gin::main]
async fn main() -> gin::Result<()> {
    prices::app().run().await
}
