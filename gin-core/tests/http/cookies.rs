//! Cookies on real sockets: their attributes, hostile text, signatures, and responses of every kind.

use gin::cookies::{Cookie, CookieError, Key, SameSite};
use gin::prelude::*;
use gin::testing::Client;

use crate::wire::{Running, status};

/// Returns the `Set-Cookie` fields of a response.
fn set(response: &str) -> Vec<&str> {
    let head = response.split("\r\n\r\n").next().unwrap_or_default();
    let fields = head.split("\r\n");
    fields
        .filter_map(|field| field.strip_prefix("set-cookie: "))
        .collect()
}

const DEFAULTS: &str = "HttpOnly; SameSite=Lax; Path=/";

#[tokio::test]
async fn a_plain_handler_sets_cookies_with_safe_defaults() {
    let choose = async |cookies: Cookies| cookies.set(("theme", "dark")).map_err(gin::Error::from);
    let forget = async |cookies: Cookies| cookies.remove("theme").map_err(gin::Error::from);
    let app = Group::new("").get("/", choose).get("/forget", forget);
    let server = Running::new(app).await;
    let expected = format!("theme=dark; {DEFAULTS}");
    assert_eq!(set(&server.get("/").await), [expected]);
    let expected = format!("theme=; {DEFAULTS}; Max-Age=0");
    assert_eq!(set(&server.get("/forget").await), [expected]);
}

#[tokio::test]
async fn a_cookie_is_secure_where_the_request_was() {
    let choose = async |cookies: Cookies| cookies.set(("theme", "dark")).map_err(gin::Error::from);
    let app = Group::new("").trust_proxies(["127.0.0.1"]).get("/", choose);
    let server = Running::new(app).await;
    let request =
        "GET / HTTP/1.1\r\nhost: a\r\nx-forwarded-proto: https\r\nconnection: close\r\n\r\n";
    let expected = "theme=dark; HttpOnly; SameSite=Lax; Secure; Path=/";
    assert_eq!(set(&server.exchange(request).await), [expected]);
}

#[tokio::test]
async fn hostile_text_is_encoded_or_refused_and_never_sent() {
    let text = async |cookies: Cookies, text: String| {
        cookies.set(("text", text)).map_err(gin::Error::from)
    };
    let name =
        async |cookies: Cookies, name: String| cookies.set((name, "x")).map_err(gin::Error::from);
    let path = async |cookies: Cookies, path: String| {
        let cookie = Cookie::new("a", "b").path(path);
        cookies.set(cookie).map_err(gin::Error::from)
    };
    let domain = async |cookies: Cookies, domain: String| {
        let cookie = Cookie::new("a", "b").domain(domain);
        cookies.set(cookie).map_err(gin::Error::from)
    };
    let read = async |cookies: Cookies| cookies.get("text").unwrap_or_default();
    let app = Group::new("")
        .post("/text", text)
        .post("/name", name)
        .post("/path", path)
        .post("/domain", domain)
        .get("/", read);
    let server = Running::new(app).await;
    let post = async |path: &str, body: &str| {
        let length = body.len();
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: a\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
        );
        server.exchange(request).await
    };
    let hostile = [
        "x\r\nset-cookie: evil=1",
        "x; domain=evil",
        "a,b",
        "\0",
        "\u{7f}",
        "é \"q\" \\ 100%",
    ];
    for text in hostile {
        let response = post("/text", text).await;
        let [cookie] = set(&response)[..] else {
            panic!("one cookie: {response}")
        };
        let (pair, rest) = cookie.split_once("; ").expect("it has attributes");
        assert_eq!(rest, DEFAULTS, "{text:?}");
        // Sent back, it is the same text again.
        let request =
            format!("GET / HTTP/1.1\r\nhost: a\r\ncookie: {pair}\r\nconnection: close\r\n\r\n");
        assert!(server.exchange(request).await.ends_with(text), "{text:?}");
    }
    for kind in ["/name", "/path", "/domain"] {
        for text in hostile {
            let text = if kind == "/path" && text != "a,b" {
                format!("/{text}")
            } else {
                text.to_owned()
            };
            let response = post(kind, &text).await;
            assert_eq!(status(&response), "500", "{kind} {text:?}: {response}");
            assert_eq!(set(&response), [""; 0], "{kind} {text:?}");
            assert!(!response.contains("evil"), "{response}");
        }
    }
}

async fn before(cx: &mut Context, next: Next<'_>) -> gin::Result<Response> {
    cx.cookies().set(("before", "1"))?;
    let response = next.run(cx).await;
    cx.cookies().set(("after", "1"))?;
    Ok(response)
}

#[tokio::test]
async fn cookies_go_with_every_response() {
    let fail = async |cookies: Cookies| {
        cookies.set(("handler", "1"))?;
        Err::<(), _>(gin::Error::new(409, "taken"))
    };
    let panic = async |cookies: Cookies| -> gin::Result<()> {
        cookies.set(("handler", "1"))?;
        panic!("after the cookie")
    };
    let app = Group::new("")
        .with(before)
        .get("/fail", fail)
        .get("/caught", panic)
        .get("/redirect", async || Redirect::to("/"));
    let bare = Group::new("").get("/panic", panic);
    let server = Running::new(Group::new("").nest(app).nest(bare)).await;
    let names = async |path: &str| {
        let response = server.get(path).await;
        let names = set(&response)
            .into_iter()
            .map(|cookie| cookie.split('=').next().unwrap_or_default().to_owned());
        (
            status(&response).to_owned(),
            names.collect::<Vec<_>>().join(" "),
        )
    };
    for (path, expected) in [
        ("/fail", ("409", "before handler after")),
        ("/redirect", ("303", "before after")),
        ("/panic", ("500", "handler")),
        ("/caught", ("500", "before handler")),
    ] {
        let (status, names) = names(path).await;
        assert_eq!((&*status, &*names), expected, "{path}");
    }
}

#[tokio::test]
async fn the_last_one_of_a_name_path_and_domain_counts() {
    let twice = async |cookies: Cookies| -> gin::Result<_> {
        cookies.set(("a", "1"))?;
        cookies.set(Cookie::new("a", "below").path("/below"))?;
        cookies.set(("a", "2"))?;
        assert_eq!(
            cookies.get("a").as_deref(),
            Some("2"),
            "it is there at once"
        );
        cookies.remove("b")?;
        assert_eq!(cookies.get("b"), None);
        Ok(([("set-cookie", "own=1")], "done"))
    };
    let server = Running::new(Group::new("").get("/", twice)).await;
    let response = server
        .exchange("GET / HTTP/1.1\r\nhost: a\r\ncookie: b=1\r\nconnection: close\r\n\r\n")
        .await;
    assert_eq!(
        set(&response),
        [
            "own=1",
            "a=below; HttpOnly; SameSite=Lax; Path=/below",
            &format!("a=2; {DEFAULTS}"),
            &format!("b=; {DEFAULTS}; Max-Age=0"),
        ]
    );
}

#[tokio::test]
async fn attributes_that_browsers_reject_are_errors() {
    let check = async |cookies: Cookies| {
        for (cookie, expected) in [
            (Cookie::new("__Host-id", "1"), Some("Secure; Path=/")),
            (
                Cookie::new("__secure-id", "1").path("/x"),
                Some("Secure; Path=/x"),
            ),
            (
                Cookie::new("a", "1").same_site(SameSite::None),
                Some("Secure; Path=/"),
            ),
            (Cookie::new("a", "1").partitioned(), Some("Partitioned")),
            (Cookie::new("__Host-id", "1").path("/x"), None),
            (Cookie::new("__host-id", "1").domain("example.org"), None),
            (Cookie::new("__Secure-id", "1").without_secure(), None),
            (Cookie::new("__Http-id", "1").without_http_only(), None),
            (
                Cookie::new("a", "1")
                    .same_site(SameSite::None)
                    .without_secure(),
                None,
            ),
            (Cookie::new("a", "1").path("relative"), None),
            (Cookie::new("", "1"), None),
        ] {
            let name = format!("{cookie:?}");
            let result = cookies.set(cookie);
            assert_eq!(result.is_ok(), expected.is_some(), "{name}: {result:?}");
        }
        let limit = 4096 - "a".len();
        cookies.set(("a", "x".repeat(limit))).expect("it fits");
        let error = cookies.set(("a", "x".repeat(limit + 1)));
        assert!(matches!(
            error,
            Err(CookieError::TooLarge { size: 4097, .. })
        ));
        // Three bytes each, as it is sent.
        assert!(cookies.set(("a", ";".repeat(limit / 2))).is_err());
    };
    let client = Client::new(Group::new("").get("/", check));
    let response = client.get("/").await.is(200);
    let sent = response.headers().get_all("set-cookie").iter();
    let sent: Vec<_> = sent
        .map(|value| value.to_str().unwrap_or_default())
        .collect();
    assert!(
        sent[0].ends_with("HttpOnly; SameSite=Lax; Secure; Path=/"),
        "{sent:?}"
    );
    assert_eq!(sent.len(), 3, "{sent:?}");
}

#[tokio::test]
async fn an_encoded_name_does_not_pass_for_a_prefix() {
    let read = async |cookies: Cookies| format!("{:?}", cookies.get("__Host-id"));
    let server = Running::new(Group::new("").get("/", read)).await;
    let request =
        "GET / HTTP/1.1\r\nhost: a\r\ncookie: %5F_Host-id=evil\r\nconnection: close\r\n\r\n";
    assert!(server.exchange(request).await.ends_with("None"));
}

#[derive(Clone)]
struct Keys(Key);

fn sealing(key: Key) -> Group {
    Group::new("")
        .state(Keys(key))
        .get(
            "/set",
            async |cookies: Cookies, State(Keys(key)): State<Keys>| -> gin::Result<()> {
                cookies.signed(&key).set(("signed", "Ann; é"))?;
                cookies.private(&key).set(("private", "secret text"))?;
                Ok(())
            },
        )
        .get(
            "/",
            async |cookies: Cookies, State(Keys(key)): State<Keys>| {
                let signed = cookies.signed(&key).get("signed");
                let other = cookies.signed(&key).get("other");
                let private = cookies.private(&key).get("private");
                json_of(&[signed, other, private])
            },
        )
}

fn json_of(values: &[Option<String>]) -> Json<Vec<Option<String>>> {
    Json(values.to_vec())
}

#[tokio::test]
async fn signed_and_private_cookies_hold_against_every_changed_byte() {
    let client = Client::new(sealing(Key::generate()));
    client.get("/set").await.is(200);
    client
        .get("/")
        .await
        .has_json(json!(["Ann; é", null, "secret text"]));
    let signed = client.cookie("signed").expect("it was set");
    let private = client.cookie("private").expect("it was set");
    assert!(!private.contains("secret"));
    let moved = format!("other={signed}; private={signed}");
    client
        .get("/")
        .header("cookie", &moved)
        .await
        .has_json(json!([null, null, null]));
    for index in 0..signed.len().max(private.len()) {
        let header = format!(
            "signed={}; private={}",
            changed(&signed, index),
            changed(&private, index)
        );
        let values = client
            .get("/")
            .header("cookie", &header)
            .await
            .json::<Vec<Option<String>>>();
        assert!(
            index >= signed.len() || values[0].is_none(),
            "{index}: {values:?}"
        );
        assert!(
            index >= private.len() || values[2].is_none(),
            "{index}: {values:?}"
        );
    }
    for short in ["", "x", "é", "=", &"A".repeat(43), &"A".repeat(44)] {
        let header = format!("signed={short}; private={short}");
        let request = client.get("/").header("cookie", &header);
        request.await.has_json(json!([null, null, null]));
    }
}

/// Returns the text with another letter at `index`.
fn changed(text: &str, index: usize) -> String {
    let other = |(at, c): (usize, char)| match (at == index, c) {
        (true, 'B') => 'C',
        (true, _) => 'B',
        (false, c) => c,
    };
    text.chars().enumerate().map(other).collect()
}

#[tokio::test]
async fn keys_rotate() {
    let (old, new) = (Key::generate(), Key::generate());
    let before = Client::new(sealing(old.clone()));
    before.get("/set").await.is(200);
    let cookies = before.cookies();
    let header: Vec<_> = cookies
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let header = header.join("; ");
    let during = Client::new(sealing(new.clone().with_older(old.clone())));
    let request = during.get("/").header("cookie", &header);
    request
        .await
        .has_json(json!(["Ann; é", null, "secret text"]));
    let after = Client::new(sealing(new));
    let request = after.get("/").header("cookie", &header);
    request.await.has_json(json!([null, null, null]));
    // The newest key signs.
    during.get("/set").await.is(200);
    for (name, value) in during.cookies() {
        after.set_cookie(&name, &value);
    }
    after
        .get("/")
        .await
        .has_json(json!(["Ann; é", null, "secret text"]));
}

#[tokio::test]
async fn values_of_cookies_are_never_printed() {
    let print = async |cookies: Cookies| -> gin::Result<_> {
        cookies.set(("new", "hidden"))?;
        Ok(format!("{cookies:?} {:?}", Cookie::new("a", "hidden")))
    };
    let client = Client::new(Group::new("").get("/", print));
    let request = client.get("/").header("cookie", "id=hidden");
    request.await.has_text("Cookies[\"id\"] Cookie(a)");
    assert!(!format!("{:?}", Key::new("hidden".repeat(8))).contains("hidden"));
}
