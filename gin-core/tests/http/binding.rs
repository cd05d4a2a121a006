//! The tests of gin's binding as facts. Each row is one that gin's own tests pin down: here it holds, or is different by intent.
//!
//! | gin | here |
//! |---|---|
//! | `Param`, `AddParam` | `cx.param`, `Path<T>`; a test sends a request, or makes a context of one |
//! | `Query`, `DefaultQuery`, `QueryArray` | `cx.query`, `unwrap_or`, `cx.query_all` |
//! | `QueryMap`, `PostFormMap` | a map in a struct: `ids[a]=1`; deeper names nest instead of being ignored |
//! | `PostForm` and its family | `Form<T>`; errors are reported, where gin swallows them |
//! | `ContentType`, `GetHeader`, `GetRawData` | `cx.content_type`, `cx.header`, `cx.bytes`; an absent body is empty, not an error |
//! | `FormFile`, `MultipartForm`, `FormMultipart` | `Multipart<T>`, whose fields may be `Upload`s and lists of them |
//! | `SaveUploadedFile` makes directories, and replaces files | `Upload::persist_in` takes the last part of the name, and replaces nothing |
//! | `ClientIP` with a platform, trusted proxies and their headers | `cx.client_ip`, by `Group::proxies` alone; none is trusted by default |
//! | `RemoteIP` is `""` where there is none | `cx.remote_ip` is `None` |
//! | `Scheme` believes the headers of anyone | `cx.scheme` believes those of trusted proxies |
//! | `IsWebsocket` | `Option<WebSocket>` |
//! | `Cookie`, `SetCookie`, `SetSameSite`; names that are invalid are dropped | `cx.cookie`, `Cookies::set`, which fails for such a name |
//! | `Uri` | `Path<T>` |
//! | `Bind(Struct{})`, a middleware | the extractor, where the value is used |
//! | `Bind`, `ShouldBind` and their choice by type | `cx.bind`; an unknown type is 415, where gin takes it for a form |
//! | `Form` of the query and the body | a `Form` is from the body; for `GET` it is from the query |
//! | `MustBind` writes a 400 by itself | a handler that takes a `Result` decides |
//! | `ShouldBindBodyWith` | the body is kept, so any number of types can be tried |
//! | `form:"name,default=x"` | `#[serde(default = "…")]`, also for an empty number, except beside `#[serde(flatten)]` |
//! | `form:"-"` | `#[serde(skip)]` |
//! | `parser=encoding.TextUnmarshaler`, `UnmarshalParam` | `#[serde(deserialize_with)]`, `#[serde(try_from)]` |
//! | `collection_format` csv, ssv, tsv, pipes | `Separated`; `multi` is the default |
//! | `time_format`, `time_utc` | the type of a crate for time, as in JSON |
//! | embedded structs, pointers | `#[serde(flatten)]`, `Option` |
//! | empty text is zero for numbers | a mistake, unless the field is an `Option`: nobody has written a zero |
//! | texts around numbers are trimmed | the same, in forms, queries and headers |
//! | a struct in a field from JSON text | names nest: `a[b]=1`; JSON in a text is `JsonText` |
//! | slices, arrays of the right length | the same |
//! | `map[string]string` takes the last value | it takes the first, as every field does |
//! | `required` refuses `0`, `false` and `""` | a field is required unless it is an `Option` or has a default; zero is a value |
//! | `binding.Validator`, `DisableBindValidation` | `Validate` implemented by hand; the extractor without `Valid` |
//! | slices are validated element by element, `[0]: …` | the same, with the path `items[0].name` |
//! | `DisallowUnknownFields`, `UseNumber`, for the process | `#[serde(deny_unknown_fields)]`, `serde_json::Number`, for a type |
//! | text after the JSON value is accepted | it is refused with 400 |
//! | header names are canonical | `user_agent` is `User-Agent` |
//! | `Plain` | `String`, `Bytes` |

use std::collections::BTreeMap;

use gin::extract::Header;
use gin::prelude::*;
use gin::testing::Client;
use serde::de::{DeserializeOwned, Deserializer, Error};
use serde::{Deserialize, Serialize};

/// A client of an app that returns what it binds.
fn binds<T: DeserializeOwned + Serialize + Send + 'static>() -> Client {
    async fn bind<T: DeserializeOwned + Serialize + Send>(cx: &mut Context) -> Response {
        match cx.bind::<T>().await {
            Ok(value) => cx.json(200, value),
            Err(rejection) => rejection.into_response(),
        }
    }
    let bind = async |cx: &mut Context| bind::<T>(cx).await;
    Client::new(
        Group::new("")
            .get("/", bind)
            .post("/", bind)
            .delete("/", bind),
    )
}

#[tokio::test]
async fn values_of_the_query_are_read_by_name() {
    async fn read(cx: &mut Context) -> String {
        let name = cx.query("name").unwrap_or("nobody".into());
        let ids: Vec<_> = cx.query_all("id").collect();
        format!("{name}: {}", ids.join(" "))
    }
    let client = Client::new(Group::new("").get("/", read));
    client.get("/").await.has_text("nobody: ");
    // The default stands for an absent value only.
    client.get("/?name=").await.has_text(": ");
    client
        .get("/?name=a+b&name=c&id=1&id=%32")
        .await
        .has_text("a b: 1 2");
}

#[derive(Serialize, Deserialize)]
struct Maps {
    #[serde(default)]
    ids: BTreeMap<String, String>,
}

#[tokio::test]
async fn maps_are_read_from_brackets() {
    let client = binds::<Maps>();
    let ids = json!({ "ids": { "a": "hi", "b": "3.14" } });
    client
        .get("/?ids[a]=hi&ids[b]=3.14")
        .await
        .has_json(ids.clone());
    client
        .post("/")
        .form("ids[a]=hi&ids[b]=3.14&ids[a]=again")
        .await
        .has_json(ids);
    client
        .get("/?ids[]=hi")
        .await
        .has_json(json!({ "ids": { "": "hi" } }));
    client
        .get("/?ids[a=hi")
        .await
        .has_json(json!({ "ids": {} }));
    client
        .get("/?ids[a][b]=hi")
        .await
        .is(400)
        .contains("ids.a: must be a single value");
}

#[derive(Serialize, Deserialize)]
struct Listing {
    #[serde(default = "first")]
    number: u32,
    #[serde(skip_deserializing)]
    secret: String,
    size: Option<u8>,
    #[serde(default, deserialize_with = "comma_separated")]
    tags: Vec<String>,
    #[serde(default)]
    pair: Option<[i16; 2]>,
    #[serde(flatten)]
    sort: Sort,
}

#[derive(Serialize, Deserialize)]
struct Sort {
    #[serde(default)]
    by: String,
    #[serde(default)]
    limit: u64,
}

fn first() -> u32 {
    1
}

fn comma_separated<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.contains(';') {
        return Err(D::Error::custom("must be separated by commas"));
    }
    Ok(text.split(',').map(str::to_owned).collect())
}

#[tokio::test]
async fn the_options_of_fields_are_those_of_serde() {
    let client = binds::<Listing>();
    let page = |number: u32, tags: &[&str], limit: u64| json!({ "number": number, "secret": "", "size": null, "tags": tags, "pair": null, "by": "", "limit": limit });
    client.get("/").await.has_json(page(1, &[], 0));
    client
        .get("/?number=+7&secret=x&size=&tags=a,b&limit=+5+")
        .await
        .has_json(page(7, &["a", "b"], 5));
    client
        .get("/?number=")
        .await
        .is(400)
        .contains("number: must be a whole number");
    client
        .get("/?tags=a;b")
        .await
        .is(400)
        .contains("tags: must be separated by commas");
    client
        .get("/?pair=1&pair=2")
        .await
        .is(200)
        .contains("[1,2]");
    client
        .get("/?pair=1&pair=2&pair=3")
        .await
        .is(400)
        .contains("pair");
}

#[derive(Serialize, Deserialize)]
struct Zero {
    count: u8,
    done: bool,
    name: String,
}

#[tokio::test]
async fn zero_is_a_value() {
    let client = binds::<Zero>();
    let zero = json!({ "count": 0, "done": false, "name": "" });
    client
        .post("/")
        .json(&zero)
        .await
        .is(200)
        .has_json(zero.clone());
    client
        .post("/")
        .form("count=0&done=false&name=")
        .await
        .is(200)
        .has_json(zero);
    client
        .post("/")
        .form("done=false&name=")
        .await
        .is(422)
        .contains("count: is missing");
}

#[tokio::test]
async fn the_content_type_decides_how_a_body_is_bound() {
    let client = binds::<Zero>();
    let zero = json!({ "count": 1, "done": true, "name": "a" });
    let send = |content_type: &'static str| client.post("/").header("content-type", content_type);
    client
        .get("/?count=1&done=1&name=a")
        .await
        .has_json(zero.clone());
    client
        .delete("/?count=1&done=1&name=a")
        .await
        .has_json(zero.clone());
    client.delete("/").json(&zero).await.has_json(zero.clone());
    for (content_type, body) in [
        (
            "application/json; charset=utf-8",
            r#"{"count":1,"done":true,"name":"a"}"#,
        ),
        (
            "application/vnd.api+json",
            r#"{"count":1,"done":true,"name":"a"}"#,
        ),
        (
            "application/x-www-form-urlencoded",
            "count=1&done=on&name=a",
        ),
        (
            "Application/X-WWW-Form-URLencoded; charset=\"UTF-8\"",
            "count=1&done=on&name=a",
        ),
        (
            "application/xml",
            "<z><count>1</count><done>true</done><name>a</name></z>",
        ),
        (
            "text/xml",
            "<z><count>1</count><done>true</done><name>a</name></z>",
        ),
        ("application/x-yaml", "count: 1\ndone: true\nname: a"),
        ("application/toml", "count = 1\ndone = true\nname = 'a'"),
    ] {
        send(content_type)
            .body(body)
            .await
            .is(200)
            .has_json(zero.clone());
    }
    for content_type in [
        "text/plain",
        ";;",
        "application/jsonp",
        "application/octet-stream",
    ] {
        send(content_type)
            .body("count=1")
            .await
            .is(415)
            .contains("application/json");
    }
    for content_type in [
        "application/json; charset=utf-7",
        "application/x-www-form-urlencoded; Charset=\"utf-16\"",
        "application/yaml;charset=iso-8859-1",
    ] {
        send(content_type)
            .body("{}")
            .await
            .is(415)
            .contains("the body must be in UTF-8");
    }
    client.post("/").body("count=1").await.is(415);
}

#[tokio::test]
async fn text_after_json_is_refused() {
    let client = binds::<BTreeMap<String, u8>>();
    let send = |body: &'static str| {
        let request = client.post("/").header("content-type", "application/json");
        request.body(body)
    };
    send(r#"{"a":1} "#).await.is(200);
    send(r#"{"a":1} {"#)
        .await
        .is(400)
        .contains("trailing characters");
}

#[tokio::test]
async fn the_body_can_be_bound_to_several_types() {
    async fn either(cx: &mut Context) -> gin::Result<String> {
        if let Ok(zero) = cx.bind::<Zero>().await {
            return Ok(format!("zero {}", zero.name));
        }
        let map: BTreeMap<String, String> = cx.bind().await?;
        Ok(format!(
            "map of {} after {} bytes",
            map.len(),
            cx.bytes().await?.len()
        ))
    }
    let client = Client::new(Group::new("").post("/", either));
    client
        .post("/")
        .form("count=1&done=on&name=a")
        .await
        .has_text("zero a");
    client
        .post("/")
        .form("a=1&b=2")
        .await
        .has_text("map of 2 after 7 bytes");
}

#[tokio::test]
async fn a_handler_may_decide_on_a_failure_itself() {
    let create = async |body: Result<Json<Zero>, Rejection>| match body {
        Ok(Json(zero)) => (StatusCode::CREATED, zero.name),
        Err(rejection) => (
            StatusCode::IM_A_TEAPOT,
            rejection.problem().fields().len().to_string(),
        ),
    };
    let client = Client::new(Group::new("").post("/", create));
    client
        .post("/")
        .json(&json!({ "count": 1 }))
        .await
        .is(418)
        .has_text("1");
}

#[tokio::test]
async fn header_fields_are_found_in_any_case() {
    #[derive(Deserialize)]
    struct Limits {
        rate: i32,
        x_domain: String,
    }
    let read =
        async |Header(limits): Header<Limits>| format!("{} {}", limits.rate, limits.x_domain);
    let client = Client::new(Group::new("").get("/", read));
    client
        .get("/")
        .header("Rate", " 1000 ")
        .header("X-DOMAIN", "music")
        .await
        .has_text("1000 music");
    client
        .get("/")
        .header("rate", "x")
        .await
        .is(400)
        .contains("rate: must be a whole number");
}
