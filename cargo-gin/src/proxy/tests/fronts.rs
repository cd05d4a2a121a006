//! Proxies and tunnels in front of the dev server, trusted or not.

use crate::proxy::tests::app::App;
use crate::proxy::tests::endpoints::token;
use crate::proxy::tests::rig::Rig;
use crate::proxy::tests::wire::{code, field};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// The fields of a tunnel such as ngrok, which terminates TLS.
const TUNNEL: &str =
    "X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-Host: app.test\r\nX-Forwarded-Proto: https\r\n";

/// Sends a request, and returns the head that the app gets.
async fn passed_on(rig: &Rig, app: &App, fields: &str) -> String {
    let request = format!("GET / HTTP/1.1\r\n{fields}\r\n");
    let _client = rig.send(&request).await;
    app.responds(OK).await.1
}

/// Sends a request for a page that the proxy itself serves, and returns the response.
async fn own(rig: &Rig, line: &str, fields: &str) -> String {
    let request = format!("{line} HTTP/1.1\r\nConnection: close\r\n{fields}\r\n");
    rig.send(&request).await.rest().await
}

/// The fields of a POST of the proxy's own page at an origin.
fn posted_at(origin: &str, token: &str) -> String {
    format!(
        "Origin: {origin}\r\nX-Gin-Token: {token}\r\nContent-Type: application/json\r\nContent-Length: 2\r\n"
    )
}

#[tokio::test]
async fn the_app_learns_what_a_trusted_proxy_reports() {
    let (rig, app) = Rig::ready_behind(&["loopback"]).await;
    for (fields, expected) in [
        (
            format!("Host: app.test\r\n{TUNNEL}"),
            ["203.0.113.9", "app.test", "https"],
        ),
        (
            format!("Host: localhost:3000\r\nX-Real-IP: 203.0.113.9\r\n{TUNNEL}"),
            ["203.0.113.9", "app.test", "https"],
        ),
        (
            "Host: app.test\r\nX-Forwarded-For: 1.2.3.4, 203.0.113.9\r\n".to_owned(),
            ["1.2.3.4, 203.0.113.9", "app.test", "http"],
        ),
        (
            "Host: localhost\r\nForwarded: for=\"[2001:db8::1]\";host=app.test;proto=https\r\n"
                .to_owned(),
            ["2001:db8::1", "app.test", "https"],
        ),
        (
            "Host: localhost:3000\r\n".to_owned(),
            ["127.0.0.1", "localhost:3000", "http"],
        ),
    ] {
        let head = passed_on(&rig, &app, &fields).await;
        let names = ["x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"];
        let found = names.map(|name| field(&head, name).unwrap_or_default());
        assert_eq!(found, expected, "{fields}");
        let client = expected[0].rsplit(", ").next().unwrap();
        let forwarded = field(&head, "forwarded").unwrap();
        assert!(forwarded.contains(client), "{forwarded}");
        let rest = format!("host=\"{}\";proto={}", expected[1], expected[2]);
        assert!(forwarded.ends_with(&rest), "{forwarded}");
        let is_kept = fields.contains("X-Real-IP");
        assert_eq!(field(&head, "x-real-ip").is_some(), is_kept, "{fields}");
    }
}

#[tokio::test]
async fn only_the_proxies_that_are_named_are_trusted() {
    for trusted in [&[][..], &["0"], &["10.0.0.0/8", "192.168.1.1"]] {
        let (rig, app) = Rig::ready_behind(trusted).await;
        let fields = format!("Host: localhost:3000\r\nX-Real-IP: 203.0.113.9\r\n{TUNNEL}");
        let head = passed_on(&rig, &app, &fields).await;
        let proto = field(&head, "x-forwarded-proto");
        assert_eq!(proto, Some("http"), "{trusted:?}");
        assert_eq!(field(&head, "x-forwarded-for"), Some("127.0.0.1"));
        assert_eq!(field(&head, "x-forwarded-host"), Some("localhost:3000"));
        assert_eq!(field(&head, "x-real-ip"), None);
    }
}

#[tokio::test]
async fn a_trusted_proxy_cannot_name_a_host_that_is_not_allowed() {
    let (rig, app) = Rig::ready_behind(&["loopback"]).await;
    for fields in [
        // DNS rebinding: the page's script can set all fields but `Host`.
        "Host: evil.test\r\nX-Forwarded-Host: localhost\r\nX-Forwarded-For: 127.0.0.1\r\n",
        "Host: evil.test\r\nForwarded: host=localhost;for=127.0.0.1\r\n",
        "Host: localhost\r\nX-Forwarded-Host: evil.test\r\n",
        "Host: app.test\r\nX-Forwarded-Host: app.test, evil.test\r\n",
    ] {
        let response = own(&rig, "GET /", fields).await;
        assert_eq!(code(&response), 403, "{fields}");
        assert!(response.contains("--allowed-host"), "{response}");
    }
    for fields in [
        "Host: localhost\r\nX-Forwarded-Proto: gopher\r\n",
        "Host: localhost\r\nX-Forwarded-Host: a b\r\n",
        "Host: localhost\r\nForwarded: for\r\n",
        "Host: localhost\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Port: x\r\n",
    ] {
        let response = own(&rig, "GET /", fields).await;
        assert_eq!(code(&response), 400, "{fields}");
        assert!(response.contains("X-Forwarded-Host"), "{response}");
    }
    assert!(app.is_alone().await);
}

#[tokio::test]
async fn the_pages_work_at_the_public_origin_of_a_trusted_proxy() {
    let (mut rig, _app) = Rig::ready_behind(&["loopback"]).await;
    let token = token(&rig).await;
    for (host, origin, expected) in [
        ("app.test", "https://app.test", 202),
        // Tunnels of editors name the dev server's own host.
        ("localhost:3000", "https://app.test", 202),
        (
            "app.test\r\nX-Forwarded-Port: 8443",
            "https://app.test:8443",
            202,
        ),
        ("app.test\r\nX-Forwarded-Port: 443", "https://app.test", 202),
        (
            "app.test\r\nX-Forwarded-Port: 8443",
            "https://app.test",
            403,
        ),
        ("app.test", "http://app.test", 403),
        ("app.test", "https://localhost:3000", 403),
        ("app.test", "https://evil.test", 403),
    ] {
        let fields = posted_at(origin, &token);
        let fields = format!("Host: {host}\r\n{TUNNEL}{fields}\r\n{{}}");
        let response = own(&rig, "POST /__gin/rebuild", &fields).await;
        assert_eq!(code(&response), expected, "{host} {origin}");
    }
    for _ in 0..4 {
        rig.events.recv().await.unwrap();
    }
    // The public address gives nobody the right to edit files.
    let fields = format!(
        "Host: localhost:3000\r\n{TUNNEL}{}\r\n{{}}",
        posted_at("https://app.test", &token)
    );
    let response = own(&rig, "POST /__gin/undo", &fields).await;
    assert_eq!(code(&response), 403);
    assert!(response.contains("--actions everyone"), "{response}");
}

#[tokio::test]
async fn an_unknown_proxy_takes_the_rights_of_this_machine_away() {
    let (rig, _app) = Rig::ready().await;
    let token = token(&rig).await;
    for (fields, expected) in [
        ("", 409),
        ("X-Forwarded-For: 127.0.0.1\r\n", 409),
        ("X-Forwarded-For: 127.0.0.1, 203.0.113.9\r\n", 403),
        ("X-Forwarded-Proto: https\r\n", 403),
        ("Forwarded: for=203.0.113.9\r\n", 403),
    ] {
        let page = posted_at("http://localhost", &token);
        let fields = format!("Host: localhost\r\n{fields}{page}\r\n{{}}");
        let response = own(&rig, "POST /__gin/undo", &fields).await;
        assert_eq!(code(&response), expected, "{fields} {response}");
    }
}

#[tokio::test]
async fn an_unknown_proxy_is_refused_with_the_option_and_offered_once() {
    let (mut rig, _app) = Rig::ready().await;
    let tunnel = TUNNEL.replace("app.test", "name.ngrok.app");
    for host in ["name.ngrok.app", "other.ngrok.app"] {
        let fields = format!("Host: {host}\r\n{tunnel}");
        let response = own(&rig, "GET /", &fields).await;
        assert_eq!(code(&response), 403);
        assert!(response.contains("--behind-proxy"), "{response}");
        assert!(response.contains("--allowed-host"), "{response}");
    }
    let token = token(&rig).await;
    let page = posted_at("https://name.ngrok.app", &token);
    let fields = format!("Host: localhost\r\n{tunnel}{page}\r\n{{}}");
    let response = own(&rig, "POST /__gin/rebuild", &fields).await;
    assert_eq!(code(&response), 403);
    assert!(response.contains("--behind-proxy"), "{response}");
    let offer = rig.notices.try_recv().unwrap();
    let options = "--behind-proxy --allowed-host name.ngrok.app";
    assert!(offer.contains(options), "{offer}");
    assert!(rig.notices.try_recv().is_err(), "it is offered once");
}

#[tokio::test]
async fn a_proxy_that_reports_nothing_new_is_not_offered() {
    let (mut rig, app) = Rig::ready().await;
    let vite = "Host: localhost:5173\r\nX-Forwarded-For: 127.0.0.1\r\nX-Forwarded-Host: localhost:5173\r\n";
    let _ = passed_on(&rig, &app, vite).await;
    assert!(rig.notices.try_recv().is_err());
}

#[tokio::test]
async fn a_proxy_for_an_allowed_host_is_offered_without_naming_it_again() {
    let (mut rig, app) = Rig::ready().await;
    let _ = passed_on(&rig, &app, &format!("Host: app.test\r\n{TUNNEL}")).await;
    let offer = rig.notices.try_recv().unwrap();
    assert!(offer.contains("with --behind-proxy:"), "{offer}");
    let _ = passed_on(&rig, &app, "Host: app.test\r\n").await;
    assert!(rig.notices.try_recv().is_err());
}
