//! A hello from gin: a page and a greeting.

use gin::prelude::*;

#[get("/")]
async fn home() -> Html<&'static str> {
    Html(include_str!("home.html"))
}

#[get("/hello/:name")]
async fn hello(name: String) -> String {
    format!("Hello, {name}!")
}

#[gin::main]
async fn main() -> gin::Result<()> {
    app().run().await
}

fn app() -> Group {
    gin::default().mount(routes![home, hello])
}

#[cfg(test)]
mod tests {
    use gin::testing::Client;

    use super::*;

    #[tokio::test]
    async fn the_page_leads_to_a_greeting() {
        let client = Client::new(app());
        let page = client.get("/").await.is(200);
        page.contains("href=\"/hello/Ann\"")
            .has_header("content-type", "text/html; charset=utf-8");
        client.get("/hello/Ann").await.is(200).contains("Ann");
    }
}
