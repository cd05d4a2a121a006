//! The inputs that a call takes, and the requests that it sends.

use std::fmt;
use std::str::FromStr;

use gin::extract::{Header, Multipart, Upload, Valid};
use gin::formats::Xml;
use gin::prelude::*;
use gin::testing::{Client, MultipartForm};
use gin::validator::Validate;
use serde::{Deserialize, Serialize};

fn client(group: Group) -> Client {
    Client::new(Group::new("/api").nest(group))
}

/// A type of the app that is parsed from a param.
struct Color(u32);

impl FromStr for Color {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Color, Self::Err> {
        u32::from_str_radix(text, 16).map(Color)
    }
}

impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:06x}", self.0)
    }
}

#[get("/paint/:color/:what-for/*rest")]
async fn paint(what_for: &str, rest: String, color: Color) -> String {
    format!("{} {what_for} {rest}", color.0)
}

#[tokio::test]
async fn params_come_in_the_order_of_the_pattern() {
    let client = client(Group::new("").mount(routes![paint]));
    let painted = client.call(paint::with(Color(255), "a/b?", "c d/e")).await;
    painted.is(200).has_text("255 a/b? c d/e");
}

#[derive(Clone)]
struct Db;

#[derive(Debug, Serialize, Deserialize, Validate)]
#[validate(crate = "gin::validator")]
struct New {
    #[validate(length(min = 1))]
    name: String,
    tags: Vec<String>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Filter {
    tag: Option<String>,
    only: Vec<u8>,
    is_draft: bool,
}

#[derive(Debug, Serialize, Deserialize)]
struct Caller {
    x_caller_name: String,
}

#[post("/notes/:id")]
async fn create(
    State(_): State<Db>,
    id: u64,
    Query(filter): Query<Filter>,
    Header(caller): Header<Caller>,
    Valid(Json(new)): Valid<Json<New>>,
) -> String {
    format!("{id} {filter:?} {} {new:?}", caller.x_caller_name)
}

fn new(name: &str) -> New {
    New {
        name: name.to_owned(),
        tags: vec!["a & b".to_owned(), "c=d".to_owned()],
    }
}

#[tokio::test]
async fn a_call_takes_what_the_client_sends_alone() {
    let client = client(Group::new("").state(Db).mount(routes![create]));
    let filter = Filter {
        tag: Some("é&=".to_owned()),
        only: vec![7, 8],
        is_draft: true,
    };
    let caller = Caller {
        x_caller_name: "test".to_owned(),
    };
    let created = client.call(create::with(7, &filter, &caller, new("Ann")));
    let text = r#"7 Filter { tag: Some("é&="), only: [7, 8], is_draft: true } test New { name: "Ann", tags: ["a & b", "c=d"] }"#;
    created.await.is(200).has_text(text);
    let invalid = client.call(create::with(7, filter, caller, new("")));
    invalid.await.is(422);
}

#[post("/form")]
async fn form(Form(new): Form<New>) -> String {
    format!("{new:?}")
}

#[derive(Deserialize)]
struct Photo {
    title: String,
    file: Upload,
}

#[post("/photo")]
async fn photo(Form(photo): Form<Photo>) -> String {
    format!("{} {}", photo.title, photo.file.len())
}

#[post("/parts")]
async fn parts(mut parts: Multipart) -> Result<String> {
    let first = parts.next().await?.or_status(400, "a part is missing")?;
    Ok(first.name().to_owned())
}

#[tokio::test]
async fn forms_are_sent_as_the_handler_reads_them() {
    let client = client(Group::new("").mount(routes![form, photo, parts]));
    let sent = client.call(form::with(new("Ann"))).await;
    sent.has_text(r#"New { name: "Ann", tags: ["a & b", "c=d"] }"#);
    let photo_of_sea = || {
        let form = MultipartForm::default().text("title", "Sea");
        form.file("file", "sea.jpg", "image/jpeg", [1, 2, 3])
    };
    let sent = client.call(photo::with(photo_of_sea())).await;
    sent.has_text("Sea 3");
    let sent = client.call(parts::with(photo_of_sea())).await;
    sent.has_text("title");
}

#[put("/text")]
async fn text(text: String) -> String {
    text
}

#[put("/bytes")]
async fn bytes(bytes: Bytes) -> Vec<u8> {
    bytes.to_vec()
}

#[put("/xml")]
async fn xml(Xml(new): Xml<New>) -> String {
    new.name
}

#[put("/maybe")]
async fn maybe(new: Option<Json<New>>, page: Result<Query<Filter>, Rejection>) -> String {
    format!("{} {}", new.is_some(), page.is_ok())
}

#[tokio::test]
async fn bodies_have_their_media_types() {
    let client = client(Group::new("").mount(routes![text, bytes, xml, maybe]));
    client.call(text::with("hello")).await.has_text("hello");
    client.call(bytes::with("hello")).await.has_text("hello");
    client.call(xml::with(new("Ann"))).await.has_text("Ann");
    let filter = || Filter {
        tag: None,
        only: Vec::new(),
        is_draft: false,
    };
    let both = client.call(maybe::with(Some(new("Ann")), filter())).await;
    both.has_text("true true");
    let one = client.call(maybe::with(None::<New>, filter())).await;
    one.has_text("false true");
}

#[route(PUT, PATCH, "/several")]
async fn several(cx: &mut Context) -> String {
    cx.method().to_string()
}

#[any("/every")]
async fn every(cx: &mut Context) -> String {
    cx.method().to_string()
}

#[get("")]
async fn home(Path(tenant): Path<String>) -> String {
    tenant
}

#[tokio::test]
async fn a_call_has_the_method_and_the_prefixes_of_its_route() {
    let tenants = Group::new("/:tenant").mount(routes![home]);
    let client = client(Group::new("").mount(routes![several, every]).nest(tenants));
    client.call(several::with()).await.has_text("PUT");
    let patched = client.call(several::with().method("PATCH")).await;
    patched.has_text("PATCH");
    client.call(every::with()).await.has_text("GET");
    let home = client.call(home::with().param("tenant", "acme")).await;
    home.has_text("acme");
}

#[test]
#[should_panic(expected = "is in no group of this app")]
fn a_route_that_is_not_mounted_cannot_be_called() {
    let _ = client(Group::new("")).call(home::with());
}

#[get("/query/:query")]
async fn same_names(query: String, Query(one): Query<Filter>, Query(_): Query<Filter>) -> String {
    format!("{query} {}", one.is_draft)
}

#[tokio::test]
async fn two_inputs_of_one_name_are_two_arguments() {
    let client = client(Group::new("").mount(routes![same_names]));
    let filter = |is_draft| Filter {
        tag: None,
        only: Vec::new(),
        is_draft,
    };
    let call = same_names::with("a", filter(true), filter(true));
    client.call(call).await.is(200).has_text("a true");
}
