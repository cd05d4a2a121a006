//! Errors by `?`, of every kind that a library may return.

use std::error::Error as StdError;
use std::fmt;
use std::io;

use anyhow::Context as _;
use gin::failure::{BoxError, Cause, OfStd};
use gin::operations::Health;
use gin::prelude::*;
use gin::testing::{Client, TestResponse};

/// An error as `thiserror` makes them, with a response of its own.
#[derive(Debug, Clone, PartialEq)]
struct SoldOut(&'static str);

impl fmt::Display for SoldOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is sold out", self.0)
    }
}

impl StdError for SoldOut {}

impl IntoResponse for SoldOut {
    fn into_response(self) -> Response {
        (StatusCode::CONFLICT, format!("no {} left", self.0)).into_response()
    }
}

fn sold_out() -> Result<(), SoldOut> {
    Err(SoldOut("tea"))
}

fn anyhow_error() -> anyhow::Result<()> {
    sold_out().context("cannot order")
}

fn boxed_error() -> Result<(), BoxError> {
    Ok(sold_out()?)
}

fn cause(response: &TestResponse) -> &Cause {
    let problem = response.problem().expect("the response is a problem");
    problem.cause().expect("the problem has a cause")
}

#[tokio::test]
async fn any_error_is_a_500_by_the_question_mark() {
    let app = Group::new("")
        .get("/std", async || -> gin::Result<()> { Ok(sold_out()?) })
        .get("/anyhow", async || -> gin::Result<()> {
            Ok(anyhow_error()?)
        })
        .get("/boxed", async || -> gin::Result<()> { Ok(boxed_error()?) })
        .get("/text", async || -> gin::Result<()> {
            Err("tea is sold out")?
        });
    let client = Client::new(app);
    for (path, text) in [
        ("/std", "tea is sold out"),
        ("/anyhow", "cannot order"),
        ("/boxed", "tea is sold out"),
        ("/text", "tea is sold out"),
    ] {
        let response = client
            .get(path)
            .await
            .is(500)
            .has_text("500 Internal Server Error\n");
        assert_eq!(cause(&response).error().to_string(), text, "{path}");
        assert_eq!(cause(&response).location().file(), file!(), "{path}");
    }
}

#[tokio::test]
async fn a_handler_may_return_the_results_of_other_libraries() {
    let app = Group::new("")
        .get("/anyhow", async || anyhow_error().map(|()| "fine"))
        .get("/boxed", async || boxed_error().map(|()| "fine"))
        .get("/own", async || sold_out());
    let client = Client::new(app);
    client
        .get("/anyhow")
        .await
        .is(500)
        .has_text("500 Internal Server Error\n");
    client
        .get("/boxed")
        .await
        .is(500)
        .has_text("500 Internal Server Error\n");
    client.get("/own").await.is(409).has_text("no tea left");
}

#[test]
fn the_error_inside_an_anyhow_error_can_be_downcast() {
    let plain = gin::Error::from(anyhow::Error::new(SoldOut("tea")));
    let inner = plain
        .cause()
        .and_then(|cause| cause.downcast_ref::<SoldOut>());
    assert_eq!(inner, Some(&SoldOut("tea")));
    let with_context = gin::Error::from(anyhow_error().unwrap_err());
    let source = with_context.cause().and_then(StdError::source);
    assert!(source.is_some_and(<dyn StdError>::is::<SoldOut>));
}

/// An error as `sqlx` makes them, whose text may have that of its source.
#[derive(Debug)]
struct NoSale {
    text: &'static str,
    source: SoldOut,
}

impl fmt::Display for NoSale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text)
    }
}

impl StdError for NoSale {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&self.source)
    }
}

fn no_sale(text: &'static str) -> NoSale {
    NoSale {
        text,
        source: SoldOut("tea"),
    }
}

/// The second line of an error that `main` returned repeated the first.
#[tokio::test]
async fn a_cause_that_the_text_names_already_is_shown_once() {
    for (text, printed, checked) in [
        (
            "no sale",
            "no sale\n  caused by: tea is sold out",
            "no sale: tea is sold out",
        ),
        (
            "no sale: tea is sold out",
            "no sale: tea is sold out",
            "no sale: tea is sold out",
        ),
    ] {
        assert_eq!(format!("{:?}", gin::Error::from(no_sale(text))), printed);
        let check = move || std::future::ready(Err::<(), _>(no_sale(text)));
        let health = Health::new().check("tea", check);
        let client = Client::new(Group::new("").health("/health", health));
        let health: serde_json::Value = client.get("/health").await.is(503).json();
        assert_eq!(health["checks"]["tea"]["error"], checked);
    }
}

#[test]
fn an_error_passes_through_other_error_types_with_its_status() {
    fn conflict() -> gin::Result<()> {
        Err(gin::Error::new(409, "it is being edited"))
    }
    fn by_anyhow() -> anyhow::Result<()> {
        conflict()?;
        Ok(())
    }
    fn with_context() -> anyhow::Result<()> {
        by_anyhow().context("cannot save")
    }
    fn by_box() -> Result<(), Box<dyn StdError>> {
        Ok(conflict()?)
    }
    fn by_sendable_box() -> Result<(), BoxError> {
        Ok(conflict().map_err(gin::Error::into_std)?)
    }
    let errors = [
        gin::Error::from(by_anyhow().unwrap_err()),
        gin::Error::from(with_context().unwrap_err()),
        gin::Error::from(by_sendable_box().unwrap_err()),
        by_box()
            .unwrap_err()
            .downcast::<OfStd>()
            .expect("it is one of gin's")
            .into_error(),
    ];
    for error in errors {
        assert_eq!(
            error.problem().to_string(),
            "409 Conflict: it is being edited"
        );
    }
}

#[tokio::test]
async fn a_group_gives_errors_their_responses_by_type() {
    let routes = || {
        Group::new("/shop")
            .get("/plain", async || -> gin::Result<()> { Ok(sold_out()?) })
            .get("/deep", async || -> gin::Result<()> { Ok(anyhow_error()?) })
            .get("/named", async || sold_out().or_404())
            .get("/other", async || -> gin::Result<()> {
                Ok(Err(io::Error::other("disk"))?)
            })
    };
    let client = Client::new(routes().map_error(SoldOut::clone));
    let response = client
        .get("/shop/plain")
        .await
        .is(409)
        .has_text("no tea left");
    assert!(
        cause(&response).error().is::<SoldOut>(),
        "the log has the error"
    );
    client
        .get("/shop/deep")
        .await
        .is(409)
        .has_text("no tea left");
    client.get("/shop/named").await.is(404);
    client.get("/shop/other").await.is(500);

    let wrapped = async || -> gin::Result<()> {
        let wrapped = sold_out().map_err(io::Error::other);
        Ok(wrapped.context("cannot sell").context("no order")?)
    };
    let shop = Group::new("").map_error(SoldOut::clone);
    Client::new(shop.get("/", wrapped)).get("/").await.is(409);

    let inner = routes().map_error(|_: &SoldOut| Problem::new(410).detail("come back tomorrow"));
    let client = Client::new(Group::new("").map_error(SoldOut::clone).nest(inner));
    let response = client
        .get("/shop/plain")
        .await
        .is(410)
        .contains("come back tomorrow");
    assert!(
        cause(&response).error().is::<SoldOut>(),
        "the log has the error"
    );
}

/// An error that a function adds to another one as context.
#[derive(Debug, Clone)]
struct Closed;

impl fmt::Display for Closed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the shop is closed")
    }
}

impl StdError for Closed {}

/// Returns the status of the response to `error`, in a group that gives both errors one.
async fn mapped(error: fn() -> anyhow::Error) -> u16 {
    type Make = fn() -> anyhow::Error;
    let app = Group::new("")
        .state(error)
        .get("/", async |State(make): State<Make>| -> gin::Result<()> {
            Err(make().into())
        })
        .map_error(SoldOut::clone)
        .map_error(|_: &Closed| StatusCode::GONE);
    Client::new(app).get("/").await.status().as_u16()
}

#[tokio::test]
async fn a_context_of_anyhow_is_an_error_with_a_response() {
    fn other() -> io::Error {
        io::Error::other("disk")
    }
    assert_eq!(
        mapped(|| anyhow::Error::new(other()).context(Closed)).await,
        410
    );
    let below = || {
        anyhow::Error::new(other())
            .context(Closed)
            .context("no order")
    };
    assert_eq!(mapped(below).await, 410);
    let between = || {
        anyhow::Error::new(other())
            .context("a")
            .context(Closed)
            .context("b")
    };
    assert_eq!(mapped(between).await, 410);
    // The outermost error that has a response decides, whichever was added to the group first.
    let outside = || anyhow::Error::new(SoldOut("tea")).context(Closed);
    assert_eq!(mapped(outside).await, 410);
    let inside = || anyhow::Error::new(Closed).context(SoldOut("tea"));
    assert_eq!(mapped(inside).await, 409);
    assert_eq!(
        mapped(|| anyhow::Error::new(other()).context("no order")).await,
        500
    );
}

#[tokio::test]
async fn a_boxed_error_inside_anyhow_has_its_response() {
    let boxed = || anyhow::Error::from_boxed(BoxError::from(SoldOut("tea")));
    assert_eq!(mapped(boxed).await, 409);
    assert_eq!(
        mapped(|| anyhow::Error::from_boxed(SoldOut("tea").into()).context("a")).await,
        409
    );
}

#[tokio::test]
async fn a_panic_in_the_response_to_an_error_is_a_500() {
    let app = Group::new("")
        .get("/", async || -> gin::Result<()> { Ok(sold_out()?) })
        .map_error(|_: &SoldOut| -> StatusCode { panic!("a bug") });
    Client::new(app)
        .get("/")
        .await
        .is(500)
        .has_text("500 Internal Server Error\n");
}

#[tokio::test]
async fn a_missing_value_and_an_error_get_the_status_that_is_named() {
    let app = Group::new("")
        .get("/none", async || None::<&str>.or_404())
        .get("/gone", async || {
            None::<&str>.or_status(410, "it was deleted")
        })
        .get("/error", async || {
            "x".parse::<u8>().map(|_| ()).or_status(422, "not a number")
        })
        .get("/anyhow", async || anyhow_error().or_404())
        .get("/some", async || Some("here").or_404());
    let client = Client::new(app);
    client
        .get("/none")
        .await
        .is(404)
        .has_text("404 Not Found\n");
    client
        .get("/gone")
        .await
        .is(410)
        .has_text("410 Gone: it was deleted\n");
    let response = client
        .get("/error")
        .await
        .is(422)
        .has_text("422 Unprocessable Entity: not a number\n");
    assert_eq!(
        cause(&response).error().to_string(),
        "invalid digit found in string"
    );
    assert_eq!(cause(&response).location().file(), file!());
    client
        .get("/anyhow")
        .await
        .is(404)
        .has_text("404 Not Found\n");
    client.get("/some").await.is(200).has_text("here");
}
