//! Paths: middleware sees the path that the router looks up.

use std::fmt::Write;

use gin::prelude::*;
use gin::routing::{Routing, TrailingSlash};
use gin::testing::Client;

/// Reports the path that a middleware sees.
async fn note(cx: &mut Context, next: Next<'_>) -> Response {
    let path = cx.path().to_owned();
    let mut response = next.run(cx).await;
    let value = HeaderValue::from_bytes(path.as_bytes());
    response
        .headers_mut()
        .extend(value.map(|value| (HeaderName::from_static("x-path"), value)));
    response
}

fn app() -> Group {
    Group::new("")
        .with(note)
        .routing(Routing::new().trailing_slash(TrailingSlash::Ignore))
        .get("/admin", async || "admin")
        .get("/admin/*rest", async || "admin")
        .get("/:other", async || "other")
        .get("/:other/*rest", async || "other")
        .nest(Group::new("/api").fallback(async || "api"))
}

/// A generator of numbers that are not random enough for anything else.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        usize::try_from(self.0 >> 33).expect("31 bits fit") % end
    }
}

/// Returns a target that is made of the parts of `/admin/x`, mostly, each of them possibly encoded.
fn target(numbers: &mut Numbers) -> String {
    const PARTS: [&str; 14] = [
        "/admin", "/adm", "in", "/", "//", ".", "..", "%", "é", "/api", "\\", ";", "a", "x",
    ];
    let mut target = String::from("/");
    let count = 1 + numbers.below(4);
    let text: String = (0..count)
        .map(|_| PARTS[numbers.below(PARTS.len())])
        .collect();
    for byte in text.trim_start_matches('/').bytes() {
        let is_plain = byte.is_ascii_alphanumeric() || b"/.;".contains(&byte);
        match numbers.below(4) {
            0 => push_encoded(&mut target, byte),
            1 if is_plain => push_encoded(&mut target, byte),
            _ if is_plain => target.push(char::from(byte)),
            _ => push_encoded(&mut target, byte),
        }
    }
    target
}

fn push_encoded(target: &mut String, byte: u8) {
    write!(target, "%{byte:02x}").expect("a string has room");
}

#[tokio::test]
async fn a_guard_by_prefix_agrees_with_the_route_that_runs() {
    let client = Client::new(app());
    let mut numbers = Numbers(11);
    let mut ran = [0, 0];
    for _ in 0..20_000 {
        let target = target(&mut numbers);
        let response = client.get(&target).await;
        let path = response.header("x-path").map(str::to_owned);
        let Some(path) = path else { continue };
        let is_guarded = path == "/admin" || path.starts_with("/admin/");
        match response.text() {
            "admin" => ran[0] += 1,
            "other" => ran[1] += 1,
            _ => continue,
        }
        assert_eq!(
            is_guarded,
            response.text() == "admin",
            "{target} was seen as {path}"
        );
    }
    assert!(ran.iter().all(|count| *count > 100), "{ran:?}");
}

#[tokio::test]
async fn the_path_is_decoded_as_the_router_decodes_it() {
    let show = async |cx: &mut Context| format!("{} {}", cx.path(), cx.raw_path());
    let app = Group::new("")
        .get("/admin", show)
        .get("/files/*rest", show)
        .nest(Group::new("/api").fallback(show));
    let client = Client::new(app);
    for (target, path) in [
        ("/%61dmin", "/admin"),
        ("/%61dmin?x=%61", "/admin"),
        ("/files/a%2Fb", "/files/a%2Fb"),
        ("/files/%25", "/files/%25"),
        ("/files/%ff", "/files/%FF"),
        ("/files/caf%C3%A9", "/files/café"),
        ("/%61pi/nowhere", "/api/nowhere"),
    ] {
        let raw = target.split('?').next().unwrap_or(target);
        let response = client.get(target).await.is(200);
        assert_eq!(response.text(), format!("{path} {raw}"), "{target}");
    }
}
