//! The reports of proxies: those of strangers, and those of a proxy that is trusted.

use gin::prelude::*;
use gin::routing::Proxies;

use crate::wire::Running;

#[get("/go")]
async fn go(cx: &mut Context) -> Result<Redirect> {
    Ok(Redirect::to(gin::url!(cx, go())?))
}

async fn show(cx: &mut Context) -> Result<String> {
    let ip = cx.client_ip().map(|ip| ip.to_string()).unwrap_or_default();
    let host = cx.host().unwrap_or_default();
    Ok(format!(
        "{ip} {} {host} {}",
        cx.scheme(),
        gin::url!(cx, go())?
    ))
}

fn app(proxies: Proxies) -> Group {
    Group::new("")
        .proxies(proxies)
        .get("/", show)
        .mount(routes![go])
}

/// Checks what the app takes the client for, by the report that comes from 127.0.0.1.
async fn check(proxies: Proxies, cases: &[(&str, &str)]) {
    let server = Running::new(app(proxies)).await;
    for (report, expected) in cases {
        let response = server
            .exchange(format!(
                "GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n{report}\r\n\r\n"
            ))
            .await;
        let body = response.split("\r\n\r\n").nth(1);
        assert_eq!(body, Some(*expected), "{report}: {response}");
    }
}

const UNTOUCHED: &str = "127.0.0.1 http a /go";

#[tokio::test]
async fn a_stranger_reports_nothing() {
    let hops = format!("x-forwarded-for: {}1.1.1.1", "6.6.6.6, ".repeat(100));
    let elements = format!("forwarded: {}for=1.1.1.1", "for=6.6.6.6, ".repeat(100));
    let reports = [
        "x-forwarded-for: 1.1.1.1",
        "x-forwarded-for: fe80::1%eth0",
        "x-forwarded-for: ,,;\u{e9}, \"",
        "x-forwarded-proto: https",
        "x-forwarded-host: evil.test",
        "x-forwarded-prefix: /app",
        "x-forwarded-prefix: //evil.test",
        "x-real-ip: 1.1.1.1",
        "forwarded: for=1.1.1.1;proto=https;host=evil.test",
        "forwarded: for=\"[fe80::1%25eth0]:80\"",
        "forwarded: for=\"",
        &hops,
        &elements,
    ];
    let cases = reports.map(|report| (report, UNTOUCHED));
    let elsewhere = || Proxies::trusted(["10.0.0.0/8"]);
    for proxies in [Proxies::default(), elsewhere(), elsewhere().forwarded()] {
        check(proxies, &cases).await;
    }
}

#[tokio::test]
async fn a_trusted_proxy_is_believed_as_far_as_it_makes_sense() {
    let proxies = Proxies::trusted(["127.0.0.0/8"]);
    let hops = format!("x-forwarded-for: {}1.1.1.1", "6.6.6.6, ".repeat(100));
    check(
        proxies,
        &[
            (
                "x-forwarded-for: 1.1.1.1\r\nx-forwarded-proto: https\r\nx-forwarded-host: b:8\r\nx-forwarded-prefix: /app",
                "1.1.1.1 https b:8 /app/go",
            ),
            (&hops, "1.1.1.1 http a /go"),
            ("x-forwarded-for: fe80::1%eth0", "fe80::1 http a /go"),
            ("x-forwarded-for: nobody", UNTOUCHED),
            ("x-forwarded-host: a b", UNTOUCHED),
            ("x-forwarded-proto: javascript", UNTOUCHED),
            ("x-forwarded-prefix: //evil.test", UNTOUCHED),
            ("x-forwarded-prefix: /../x", UNTOUCHED),
            ("x-forwarded-prefix: /a?b#", UNTOUCHED),
            ("forwarded: for=1.1.1.1;proto=https;host=b", UNTOUCHED),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_trusted_proxy_reports_in_the_header_of_rfc_7239() {
    let proxies = Proxies::trusted(["127.0.0.0/8"]).forwarded();
    let elements = format!("forwarded: {}for=1.1.1.1", "for=6.6.6.6, ".repeat(100));
    check(
        proxies,
        &[
            (
                "forwarded: for=\"[2001:db8::1]:47\";proto=https;host=\"b:8\"",
                "2001:db8::1 https b:8 /go",
            ),
            (&elements, "1.1.1.1 http a /go"),
            ("forwarded: for=_hidden", UNTOUCHED),
            ("forwarded: for=1.1.1.1;for=2.2.2.2", UNTOUCHED),
            ("forwarded: for=\"1.1.1.1", UNTOUCHED),
            (
                "x-forwarded-for: 1.1.1.1\r\nx-forwarded-proto: https\r\nx-forwarded-host: b",
                UNTOUCHED,
            ),
        ],
    )
    .await;
}
