//! Parts of the app's own: an extractor, a middleware that is a function, and one that is a type with settings.

use gin::BoxFuture;
use gin::middleware::{Middleware, Provided};
use gin::prelude::*;

/// The language of the client, from `Accept-Language`: an extractor that always succeeds.
enum Language {
    English,
    German,
}

impl FromContext for Language {
    type Rejection = std::convert::Infallible;

    async fn from_context(cx: &mut Context) -> Result<Language, Self::Rejection> {
        let list = cx.header("accept-language").unwrap_or_default();
        Ok(match list.starts_with("de") {
            true => Language::German,
            false => Language::English,
        })
    }
}

/// The part of a list that the client wants: an extractor that may reject the request, with a problem of its own.
struct Page {
    skip: usize,
    take: usize,
}

impl FromContext for Page {
    type Rejection = Problem;

    async fn from_context(cx: &mut Context) -> Result<Page, Problem> {
        let number: u16 = match cx.query("page") {
            Some(text) => text
                .parse()
                .map_err(|_| Problem::new(422).detail("`page` is not a number"))?,
            None => 0,
        };
        Ok(Page {
            skip: 2 * usize::from(number),
            take: 2,
        })
    }
}

/// A middleware that is a function: what it does around the rest is one straight line.
async fn no_store(cx: &mut Context, next: Next<'_>) -> Response {
    let mut response = next.run(cx).await;
    response
        .headers_mut()
        .insert("cache-control", HeaderValue::from_static("no-store"));
    response
}

/// The customer whose key was sent.
#[derive(Clone)]
struct Customer(&'static str);

/// A middleware that is a type: it has settings, which are checked at the start, and declares what it sets.
struct ApiKeys(Vec<(&'static str, Customer)>);

impl Middleware for ApiKeys {
    fn call<'a>(&'a self, cx: &'a mut Context, next: Next<'a>) -> BoxFuture<'a, Response> {
        let sent = cx.header("x-api-key");
        let found = self.0.iter().find(|(key, _)| sent == Some(key));
        match found {
            Some((_, customer)) => {
                cx.set(customer.clone());
                next.run(cx)
            }
            None => Box::pin(async {
                Problem::new(401)
                    .detail("send a key in `X-Api-Key`")
                    .into_response()
            }),
        }
    }

    fn provides(&self, provided: &mut Provided) {
        provided.extension::<Customer>();
    }

    fn flaws(&self) -> Vec<String> {
        let empty = self.0.iter().filter(|(key, _)| key.is_empty());
        empty
            .map(|(_, Customer(name))| format!("{name} has an empty key; set one"))
            .collect()
    }
}

#[get("/greeting")]
async fn greeting(language: Language, Extension(Customer(name)): Extension<Customer>) -> String {
    match language {
        Language::English => format!("Hello, {name}!"),
        Language::German => format!("Hallo, {name}!"),
    }
}

#[get("/letters")]
async fn letters(page: Page) -> Json<Vec<char>> {
    Json(('a'..='e').skip(page.skip).take(page.take).collect())
}

fn app(keys: ApiKeys) -> Group {
    let customers = Group::new("")
        .with(keys)
        .with(no_store)
        .mount(routes![greeting]);
    gin::default().nest(customers).mount(routes![letters])
}

#[gin::main]
async fn main() -> gin::Result<()> {
    app(ApiKeys(vec![("7f3a", Customer("Ann"))])).run().await
}

#[cfg(test)]
mod tests;
