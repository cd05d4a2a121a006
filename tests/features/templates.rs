//! `templates`: pages.

use gin::prelude::*;
use gin::templates::Templates;
use gin::testing::Client;

#[get("/hello/:name")]
async fn hello(name: String) -> View {
    View::new("hello.html", context! { name })
}

#[tokio::test]
async fn a_page_is_rendered_with_a_checked_link() {
    let page = "Hello, {{ name }}! {{ url('hello', name = 'Bob') }}";
    let templates = Templates::embedded([("hello.html", page)]);
    let app = Group::new("").templates(templates).mount(routes![hello]);
    let page = Client::new(app).get("/hello/%3CAnn%3E").await;
    page.is(200).has_text("Hello, &lt;Ann&gt;! /hello/Bob");
}
