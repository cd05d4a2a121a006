//! gin-core and a real browser: what it sends in forms, keeps as cookies, and does with streams.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use gin::cookies::Cookie;
use gin::extract::LastEventId;
use gin::prelude::*;
use gin::response::{Event, Sse};
use gin::websocket::WebSocket;
use gin_tests::Browser;
use serde::Deserialize;
use tokio::net::TcpListener;

#[derive(Debug, Deserialize)]
struct SignUp {
    name: String,
    age: Option<u8>,
    about: String,
    newsletter: bool,
    terms: bool,
    #[serde(default)]
    colors: Vec<String>,
    address: Address,
    pets: Vec<Pet>,
}

#[derive(Debug, Deserialize)]
struct Address {
    city: String,
}

#[derive(Debug, Deserialize)]
struct Pet {
    name: String,
}

/// The inputs of a sign-up, as a page writes them.
const INPUTS: &str = "<input name=name><input name=age><textarea name=about></textarea>\
    <input type=checkbox name=newsletter><input type=checkbox name=terms>\
    <select name=colors multiple><option>red<option>green<option>blue</select>\
    <input name=address[city]><input name=pets[0].name><input name=pets[1].name><button>Send</button>";

const SIGN_UP: &str = "Zoë & Ann=7%, None, [\"first\", \"sécond\"], newsletter: true, terms: false, \
    [\"red\", \"blue\"], Köln, [\"Rex\", \"Tom\"]";

fn describe(sign_up: &SignUp) -> String {
    let SignUp {
        name,
        age,
        about,
        newsletter,
        terms,
        colors,
        address,
        pets,
    } = sign_up;
    let lines: Vec<_> = about.lines().collect();
    let pets: Vec<_> = pets.iter().map(|pet| &pet.name).collect();
    format!(
        "{name}, {age:?}, {lines:?}, newsletter: {newsletter}, terms: {terms}, {colors:?}, {}, {pets:?}",
        address.city
    )
}

fn page(form: &str) -> Html<String> {
    Html(format!(
        "<!doctype html><meta charset=utf-8><title>Form</title><form {form}>{INPUTS}</form>"
    ))
}

/// Fills in the inputs of a sign-up and sends them.
async fn sign_up(browser: &Browser) {
    browser.fill("[name=name]", "Zoë & Ann=7%").await;
    browser.fill("[name=about]", "first\nsécond").await;
    browser.click("[name=newsletter]").await;
    browser
        .evaluate("void [0, 2].forEach((index) => { document.querySelector('select').options[index].selected = true; })")
        .await;
    browser.fill("[name='address[city]']", "Köln").await;
    browser.fill("[name='pets[0].name']", "Rex").await;
    browser.fill("[name='pets[1].name']", "Tom").await;
    browser.click("button").await;
}

/// Serves `app` until the test ends.
async fn serve(app: Group) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
    let listener = listener.expect("a port is free");
    let address = listener.local_addr().expect("it has an address");
    let engine = app.build().expect("the app is valid");
    tokio::spawn(gin::Server::new(engine).listen(listener).run());
    address
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn forms_are_read_as_chromium_sends_them() {
    let app = Group::new("")
        .get("/urlencoded", async || page("method=post action=/sign-up"))
        .get("/query", async || page("action=/query-up"))
        .get("/multipart", async || {
            page("method=post action=/sign-up enctype=multipart/form-data")
        })
        .post("/sign-up", async |Form(form): Form<SignUp>| describe(&form))
        .get("/query-up", async |Query(form): Query<SignUp>| {
            describe(&form)
        });
    let address = serve(app).await;
    let browser = Browser::start().await;
    for kind in ["urlencoded", "query", "multipart"] {
        browser.visit(&format!("http://{address}/{kind}")).await;
        sign_up(&browser).await;
        browser.shows(SIGN_UP).await;
    }
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn files_are_read_as_chromium_sends_them() {
    #[derive(Deserialize)]
    struct Photos {
        title: String,
        photo: Upload,
        second: Option<Upload>,
    }
    const FORM: &str = "<!doctype html><form method=post enctype=multipart/form-data><input name=title>\
        <input type=file name=photo><input type=file name=second><button>Send</button></form>";
    let app =
        Group::new("")
            .get("/", async || Html(FORM))
            .post("/", async |Form(form): Form<Photos>| {
                let name = form.photo.file_name().unwrap_or_default().to_owned();
                let second = form.second.map(|second| second.len());
                format!(
                    "{}: {name} of {} bytes, {second:?}",
                    form.title,
                    form.photo.len()
                )
            });
    let address = serve(app).await;
    let directory = tempfile::tempdir().expect("a directory can be made");
    let file = directory.path().join("Kölner \"Dom\" 100%.png");
    // More than is kept in memory.
    std::fs::write(&file, vec![7; 200_000]).expect("the file can be written");
    let browser = Browser::start().await;
    browser.visit(&format!("http://{address}/")).await;
    browser.fill("[name=title]", "Dom").await;
    let path = file.to_str().expect("the path is text");
    browser.fill("[name=photo]", path).await;
    browser.click("button").await;
    browser.shows(" bytes, ").await;
    let text = browser.evaluate("document.body.innerText").await;
    let expected = "Dom: Kölner _Dom_ 100%.png of 200000 bytes, None";
    assert_eq!(text, expected);
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn cookies_are_kept_from_scripts_and_come_back() {
    let app = Group::new("")
        .get(
            "/set",
            async |cookies: Cookies| -> gin::Result<Html<&str>> {
                cookies.set(("theme", "dark; \"Zoë\""))?;
                cookies.set(Cookie::new("visible", "1").without_http_only())?;
                Ok(Html("<title>Set</title>set"))
            },
        )
        .get("/remove", async |cookies: Cookies| -> gin::Result<&str> {
            cookies.remove("theme")?;
            Ok("removed")
        })
        .get("/show", async |cookies: Cookies| {
            format!("theme: {:?}", cookies.get("theme"))
        });
    let address = serve(app).await;
    let browser = Browser::start().await;
    browser.visit(&format!("http://{address}/set")).await;
    assert_eq!(browser.evaluate("document.cookie").await, "visible=1");
    browser.visit(&format!("http://{address}/show")).await;
    browser.shows("theme: Some(\"dark; \\\"Zoë\\\"\")").await;
    browser.visit(&format!("http://{address}/remove")).await;
    browser.visit(&format!("http://{address}/show")).await;
    browser.shows("theme: None").await;
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn an_event_source_goes_on_after_the_last_event() {
    /// Sends two events, and ends, as at a restart.
    async fn count(last: Option<LastEventId>) -> Sse {
        let last = last
            .and_then(|LastEventId(id)| id.parse().ok())
            .unwrap_or(0);
        Sse::from_writer(async move |events| {
            for number in [last + 1, last + 2] {
                let event = Event::data(format!("line {number}\nsecond"));
                let event = event.id(number.to_string());
                events.send(event.retry(Duration::from_millis(10))).await?;
            }
            Ok(())
        })
    }
    const SCRIPT: &str = "<!doctype html><title>Events</title><pre></pre><script>\
        const source = new EventSource('/events');\
        source.onmessage = ({ data, lastEventId }) => {\
            document.querySelector('pre').append(`${lastEventId}: ${JSON.stringify(data)}\\n`);\
            if (lastEventId === '6') source.close();\
        };</script>";
    let app = Group::new("")
        .get("/", async || Html(SCRIPT))
        .get("/events", count);
    let address = serve(app).await;
    let browser = Browser::start().await;
    browser.visit(&format!("http://{address}/")).await;
    browser.shows("6: \"line 6\\nsecond\"").await;
    let text = browser
        .evaluate("document.querySelector('pre').textContent")
        .await;
    let lines: Vec<_> = (1..=6)
        .map(|number| format!("{number}: \"line {number}\\nsecond\"\n"))
        .collect();
    assert_eq!(text, lines.concat(), "each event once, in order");
}

#[tokio::test]
#[cfg_attr(not(has_browser), ignore = "needs chromium and chromedriver")]
async fn only_pages_of_the_same_origin_open_a_web_socket() {
    async fn echo(ws: WebSocket) -> Response {
        ws.on_upgrade(async |mut socket| {
            while let Some(message) = socket.recv().await {
                socket.send(message).await?;
            }
            Ok(())
        })
    }
    let app = Group::new("")
        .get("/", async || Html("<title>Page</title>page"))
        .get("/ws", echo);
    let port = serve(app).await.port();
    let browser = Browser::start().await;
    for (host, outcome) in [("127.0.0.1", "echo: hello"), ("localhost", "refused")] {
        browser.visit(&format!("http://{host}:{port}/")).await;
        let script = format!(
            "void (() => {{ const socket = new WebSocket('ws://127.0.0.1:{port}/ws');\
            socket.onopen = () => socket.send('hello');\
            socket.onmessage = ({{ data }}) => document.body.append('echo: ' + data);\
            socket.onerror = () => document.body.append('refused'); }})()"
        );
        browser.evaluate(&script).await;
        browser.shows(outcome).await;
    }
}
