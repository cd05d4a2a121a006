//! Attribute routes, requested by a client.

use std::{fmt, str::FromStr};

use gin::{prelude::*, testing::Client};
use serde::Deserialize;

#[derive(Deserialize)]
struct Page {
    page: u32,
}

/// A type of the app that is parsed from a param.
#[derive(Debug)]
struct Color(u32);

impl FromStr for Color {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        u32::from_str_radix(text, 16).map(Color)
    }
}

impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:06x}", self.0)
    }
}

const LINE_OF_HELLO: u32 = line!() + 3;

#[get("/hello/:name")]
async fn hello(name: String) -> String {
    format!("Hello, {name}!")
}

#[get("/borrowed/:first/:last")]
async fn borrowed(first: &str, last: &'_ str) -> String {
    format!("{last}, {first}")
}

#[get("/users/:id/posts/:post-id")]
async fn posts(post_id: u64, Query(page): Query<Page>, id: u64) -> String {
    format!("{id} {post_id} {}", page.page)
}

#[get("/colors/:color")]
async fn colors(color: Color) -> String {
    format!("{color:?}")
}

#[get("/files/*path")]
async fn files(path: &str) -> String {
    path.to_owned()
}

#[post("/echo")]
async fn echo(mut body: String, cx: &mut Context) -> Response {
    body.push('!');
    cx.string(201, format!("{} {body}", cx.path()))
}

#[get("/types/:type/:_")]
async fn types(r#type: String, _: Bytes) -> String {
    r#type
}

#[get("/unused/:id")]
async fn unused(_id: u8) {}

#[get("/untaken/:id")]
async fn untaken() -> &'static str {
    "untaken"
}

#[route(PUT, PATCH, "/both")]
async fn both(cx: &mut Context) -> String {
    cx.method().to_string()
}

#[any("/any")]
async fn any_method(cx: &mut Context) -> impl IntoResponse {
    cx.method().to_string()
}

#[get("/anonymous")]
async fn anonymous() -> Result<(StatusCode, impl IntoResponse)> {
    Ok((StatusCode::CREATED, "anonymous"))
}

#[get("/anonymous/:name")]
async fn anonymous_and_borrowing(name: &str) -> Result<impl IntoResponse> {
    Ok(name.to_owned())
}

#[get("")]
async fn index() -> &'static str {
    "index"
}

#[get("/caf\\:é 100%")]
async fn literal() -> Result<&'static str> {
    Ok("literal")
}

macro_rules! greeting {
    ($visibility:vis $name:ident $pattern:literal $type:ty) => {
        #[get($pattern)]
        $visibility async fn $name(name: $type) -> String {
            format!("{} {name}", stringify!($name))
        }
    };
    ($function:item) => {
        #[get("/wrapped")]
        $function
    };
}

greeting!(pub(crate) morning "/morning/:name" &str);
greeting!(evening "/evening/:name" String);
greeting! {
    async fn wrapped() -> &'static str {
        "wrapped"
    }
}

#[cfg(any())]
#[get("/never")]
async fn never(missing: Missing) {}

#[get("/never")]
#[cfg(any())]
async fn never_either(missing: Missing) {}

mod inner {
    use gin::prelude::*;

    #[delete("/hello/:name")]
    pub(crate) async fn remove(name: &str) -> String {
        format!("Bye, {name}!")
    }
}

/// Names that must not change the meaning of an expansion.
mod shadows {
    #![expect(dead_code, unused_imports, reason = "they only shadow other names")]

    struct Result;
    struct String;
    struct Box;
    struct Context;
    struct Response;
    enum Option {
        Some,
        None,
    }
    use Option::*;
    mod core {}
    mod std {}

    #[gin::get("/shadows/:id/:name")]
    pub(crate) async fn shadowed(id: u64, method: gin::http::Method, name: &str) -> &'static str {
        if id == 1 && name == "a" && method == "GET" {
            "seen"
        } else {
            "missed"
        }
    }
}

fn client() -> Client {
    let routes = routes![
        hello,
        inner::remove,
        borrowed,
        posts,
        colors,
        files,
        echo,
        types,
        unused,
        untaken,
        both,
        any_method,
        anonymous,
        anonymous_and_borrowing,
        literal,
        morning,
        evening,
        wrapped,
        shadows::shadowed,
    ];
    Client::new(
        Group::new("")
            .mount(routes)
            .nest(Group::new("/group").mount(routes![index])),
    )
}

#[tokio::test]
async fn arguments_are_params_by_their_names() {
    let client = client();
    client
        .get("/hello/Ann%20B")
        .await
        .is(200)
        .has_text("Hello, Ann B!");
    client
        .get("/borrowed/Ann/B")
        .await
        .is(200)
        .has_text("B, Ann");
    client
        .get("/users/7/posts/12?page=3")
        .await
        .is(200)
        .has_text("7 12 3");
    client
        .get("/colors/ff0000")
        .await
        .is(200)
        .has_text("Color(16711680)");
    client
        .get("/files/a/b.txt")
        .await
        .is(200)
        .has_text("a/b.txt");
    client.get("/types/x/y").await.is(200).has_text("x");
    client
        .get("/morning/Ann")
        .await
        .is(200)
        .has_text("morning Ann");
    client
        .get("/evening/Ann")
        .await
        .is(200)
        .has_text("evening Ann");
    client.get("/wrapped").await.is(200).has_text("wrapped");
    client.get("/untaken/x").await.is(200).has_text("untaken");
    client
        .delete("/hello/Ann")
        .await
        .is(200)
        .has_text("Bye, Ann!");
}

#[tokio::test]
async fn a_param_that_does_not_parse_is_not_found() {
    let client = client();
    client.get("/users/x/posts/12?page=3").await.is(404);
    client.get("/users/7/posts/x").await.is(404);
    client.get("/colors/red").await.is(404);
    client.get("/unused/256").await.is(404);
    client.get("/unused/255").await.is(200);
}

#[tokio::test]
async fn other_arguments_are_extractors_and_the_context() {
    let client = client();
    client.get("/users/7/posts/12").await.is(400);
    client
        .post("/echo")
        .body("hi")
        .await
        .is(201)
        .has_text("/echo hi!");
}

#[tokio::test]
async fn the_attribute_names_the_methods() {
    let client = client();
    client.put("/both").await.is(200).has_text("PUT");
    client.patch("/both").await.is(200).has_text("PATCH");
    client.get("/both").await.is(405);
    client
        .request("PROPFIND", "/any")
        .await
        .is(200)
        .has_text("PROPFIND");
}

#[tokio::test]
async fn the_empty_pattern_is_the_path_of_the_group() {
    client().get("/group").await.is(200).has_text("index");
}

#[tokio::test]
async fn a_url_leads_to_its_route() {
    let client = client();
    assert_eq!(hello::url("Ann B"), "/hello/Ann%20B");
    assert_eq!(
        hello::url(String::from("a/b?ü%")),
        "/hello/a%2Fb%3F%C3%BC%25"
    );
    assert_eq!(posts::url(7, 12), "/users/7/posts/12");
    assert_eq!(colors::url(Color(255)), "/colors/0000ff");
    assert_eq!(files::url("a/b c"), "/files/a/b%20c");
    assert_eq!(files::url("/a"), "/files/a");
    assert_eq!(untaken::url("x"), "/untaken/x");
    assert_eq!(index::url(), "");
    assert_eq!(inner::remove::url("x"), "/hello/x");
    assert_eq!(literal::url(), "/caf:%C3%A9%20100%25");
    client
        .get(&literal::url())
        .await
        .is(200)
        .has_text("literal");
    client
        .get(&hello::url("a/b?ü%"))
        .await
        .is(200)
        .has_text("Hello, a/b?ü%!");
}

#[tokio::test]
async fn an_attribute_route_is_a_function_and_plain_data() {
    assert_eq!(hello("you".to_owned()).await, "Hello, you!");
    assert_eq!(hello::ROUTE.methods(), ["GET"]);
    assert_eq!(hello::ROUTE.pattern(), "/hello/:name");
    assert_eq!(inner::remove::ROUTE.name(), "attributes::inner::remove");
    assert_eq!(any_method::ROUTE.methods(), [""; 0]);
    let place = format!("attributes.rs:{LINE_OF_HELLO})");
    assert!(format!("{:?}", hello::ROUTE).ends_with(&place));
}

fn group_of_users() -> Group {
    #[get("/:id")]
    async fn show(cx: &mut Context, id: u64) -> gin::Result<String> {
        Ok(gin::url!(cx, show(id + 1))?)
    }
    Group::new("/users").mount(routes![show])
}

fn group_of_posts() -> Group {
    #[get("/:id")]
    async fn show(cx: &mut Context, id: u64) -> gin::Result<String> {
        Ok(gin::url!(cx, show(id + 1))?)
    }
    Group::new("/posts").mount(routes![show])
}

#[tokio::test]
async fn functions_of_one_name_inside_two_functions_have_urls_of_their_own() {
    let client = Client::new(Group::new("").nest(group_of_users()).nest(group_of_posts()));
    client.get("/users/7").await.has_text("/users/8");
    client.get("/posts/7").await.has_text("/posts/8");
}

#[tokio::test]
async fn a_type_without_a_name_is_a_response() {
    let client = client();
    client.get("/anonymous").await.is(201).has_text("anonymous");
    client.get("/anonymous/Ann").await.is(200).has_text("Ann");
}

/// A response that borrows from its function's argument.
struct Shouted<'a>(&'a str);

impl IntoResponse for Shouted<'_> {
    fn into_response(self) -> Response {
        self.0.to_uppercase().into_response()
    }
}

#[get("/json/:name")]
async fn borrowed_json(name: &str) -> Json<&str> {
    Json(name)
}

#[get("/shouted/:name")]
async fn borrowed_by_a_type(name: &str) -> (StatusCode, Shouted<'_>) {
    (StatusCode::CREATED, Shouted(name))
}

#[tokio::test]
async fn a_returned_value_may_borrow_from_an_argument() {
    let client = Client::new(Group::new("").mount(routes![borrowed_json, borrowed_by_a_type]));
    client.get("/json/Ann").await.is(200).has_text("\"Ann\"");
    let shouted = client.get("/shouted/Ann").await;
    shouted.is(201).has_text("ANN");
}
