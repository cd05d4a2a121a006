//! The dashboard, and the page of a request.

use serde_json::json;

use crate::proxy::tests::endpoints::body;
use crate::proxy::tests::recording::{OK, ended, exchange};
use crate::proxy::tests::reports::{marked, route};
use crate::proxy::tests::rig::Rig;
use crate::proxy::tests::wire::{code, field};
use crate::proxy::{Bodies, Permit};
use crate::state::{Cause, ChangedFiles, Phase};

/// Visits an endpoint as a browser, and returns the head and the page.
async fn visits(rig: &Rig, path: &str) -> (String, String) {
    get(rig, path, "Sec-Fetch-Mode: navigate").await
}

/// Requests an endpoint with this header field, and returns the head and the body.
async fn get(rig: &Rig, path: &str, field: &str) -> (String, String) {
    let request = format!("GET /__gin{path} HTTP/1.1\r\nHost: localhost\r\n{field}\r\n\r\n");
    let mut client = rig.send(&request).await;
    let head = client.head().await;
    let page = body(&mut client, &head).await;
    (head, page)
}

#[tokio::test]
async fn no_page_of_ours_is_shown_within_another() {
    let rig = Rig::start().await;
    rig.becomes(Phase::Failed);
    let held = rig.send("GET / HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Mode: navigate\r\n\r\n");
    let mut heads = vec![held.await.head().await];
    for path in ["/", "/phase", "/requests/9", "/absent"] {
        heads.push(visits(&rig, path).await.0);
    }
    for head in heads {
        let policy = field(&head, "content-security-policy").unwrap_or_default();
        assert!(policy.contains("frame-ancestors 'none'"), "{head}");
    }
}

#[tokio::test]
async fn the_dashboard_shows_the_phase_the_builds_and_the_requests() {
    let (rig, app) = Rig::ready().await;
    let _client = exchange(
        &rig,
        &app,
        "GET /a?b HTTP/1.1\r\nHost: localhost\r\n\r\n",
        OK,
    )
    .await;
    ended(&rig).await;
    rig.status.send_modify(|status| {
        let past = status.to_attempt();
        status.history.push(past);
        status.attempt = 2;
        status.cause = Cause::Changed(ChangedFiles::named("src/main.rs"));
        status.phase = Phase::Failed;
    });
    let (head, page) = visits(&rig, "/").await;
    assert_eq!(
        (code(&head), field(&head, "x-gin-phase")),
        (200, Some("failed"))
    );
    let policy = field(&head, "content-security-policy").unwrap();
    assert!(policy.contains("default-src 'none'"), "{policy}");
    for shown in [
        "hello could not be built",
        "src/main.rs",
        "first build",
        "<a href=\"/__gin/phase\">",
        "<a href=\"/__gin/requests/0\"><b>GET</b> <span>/a?b</span></a>",
        ">build 1</span>",
    ] {
        assert!(page.contains(shown), "no {shown}: {page}");
    }
    let (head, page) = visits(&rig, "/phase").await;
    assert_eq!(code(&head), 200);
    assert!(!page.contains("/__gin/requests/0"), "{page}");
}

#[tokio::test]
async fn programs_get_the_phase_at_the_dashboard_s_url() {
    let rig = Rig::start().await;
    for (accept, media, shown) in [
        ("*/*", "text/plain; charset=utf-8", "Building hello\n"),
        (
            "text/markdown",
            "text/markdown; charset=utf-8",
            "# Building hello\n",
        ),
        (
            "application/json",
            "application/problem+json",
            "\"phase\":\"building\"",
        ),
    ] {
        let (head, body) = get(&rig, "/", &format!("Accept: {accept}")).await;
        assert_eq!(
            (code(&head), field(&head, "content-type")),
            (200, Some(media))
        );
        assert!(body.contains(shown), "{body}");
    }
}

#[tokio::test]
async fn recorded_text_is_inert_and_secrets_are_masked() {
    let rig = Rig::start_recording(Bodies::Kept).await;
    let app = rig.becomes_ready().await;
    let request = "POST /a\"onload='x?token=hush&b=' HTTP/1.1\r\nHost: localhost\r\nCookie: sid=hush\r\n\
                   Authorization: Bearer hush\r\nX-Evil: \"><script>alert(1)</script>\r\nContent-Length: 26\r\n\r\n\
                   <script>password=hush\x1b[2J\n";
    let response = "HTTP/1.1 500 Oh\r\nX-Evil: </td><script>\r\nSet-Cookie: sid=hush\r\nContent-Length: 12\r\n\r\n</pre><b>ok!";
    let _client = exchange(&rig, &app, request, response).await;
    ended(&rig).await;
    for path in ["/", "/requests/0"] {
        let (head, page) = visits(&rig, path).await;
        assert_eq!(code(&head), 200);
        let (_, page) = page.split_once("<main").unwrap();
        let (page, _) = page.split_once("</main>").unwrap();
        for hostile in ["hush", "<script", "</pre><b>", "\x1b", "\"onload"] {
            assert!(!page.contains(hostile), "{path} has {hostile:?}: {page}");
        }
        assert!(
            page.contains("/a&quot;onload=&#39;x?token=••••••&amp;b=&#39;"),
            "{page}"
        );
    }
    let (_, page) = visits(&rig, "/requests/0").await;
    for shown in [
        "500 Internal Server Error",
        "<td>&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;</td>",
        "<td>sid=••••••</td>",
        "&lt;script&gt;password=••••••",
        "&lt;/pre&gt;&lt;b&gt;ok!",
        "This request may have an effect.",
    ] {
        assert!(page.contains(shown), "no {shown}: {page}");
    }
}

#[tokio::test]
async fn the_page_of_a_request_links_to_its_neighbors() {
    let (rig, app) = Rig::ready().await;
    for path in ["/a", "/b", "/c"] {
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        let _client = exchange(&rig, &app, &request, OK).await;
        ended(&rig).await;
    }
    for (id, older, newer) in [
        (0, None, Some(1)),
        (1, Some(0), Some(2)),
        (2, Some(1), None),
    ] {
        let (_, page) = visits(&rig, &format!("/requests/{id}")).await;
        for (rel, beside) in [("prev", older), ("next", newer)] {
            let link = format!("<a rel=\"{rel}\" href=\"/__gin/requests/");
            let led = page
                .split_once(&link)
                .and_then(|(_, rest)| rest.split_once('"'));
            let led = led.map(|(id, _)| id.parse().unwrap());
            assert_eq!(led, beside, "{rel} of {id}");
        }
    }
    let (head, page) = visits(&rig, "/requests/3").await;
    assert_eq!(code(&head), 404);
    assert!(page.contains("There is nothing with this id."), "{page}");
}

#[tokio::test]
async fn the_dashboard_shows_the_routes_and_waits_for_no_slow_app() {
    let (rig, app) = Rig::reporting().await;
    let report = json!({ "routes": [route()] });
    let report = marked(&rig, "200 OK", &report);
    let ((_, page), _) = tokio::join!(visits(&rig, "/"), app.responds(&report));
    for shown in [
        "1 route<",
        "<b>GET</b> <span>/api/posts/:id</span>",
        "<code>blog::posts::show</code> <a class=\"at\">src/posts.rs<b>:7:1</b></a>",
        "<code>Logger</code> → <code>auth</code>",
    ] {
        assert!(page.contains(shown), "no {shown}: {page}");
    }
    rig.builds();
    let silent = rig.becomes_ready().await;
    let (head, page) = visits(&rig, "/").await;
    assert_eq!(code(&head), 200);
    assert!(page.contains("/api/posts/:id"), "{page}");
    drop(silent);
    let (rig, _app) = Rig::ready().await;
    let (_, page) = visits(&rig, "/").await;
    assert!(!page.contains("id=\"routes\""), "{page}");
}

#[tokio::test]
async fn the_dashboard_explains_why_requests_are_hidden() {
    for (permit, reason) in [
        (Permit::Nobody, "This was turned off by --actions nobody."),
        (
            Permit::Unexposed,
            "while the network can reach the dev server",
        ),
    ] {
        let rig = Rig::start_permitting(permit).await;
        let app = rig.becomes_ready().await;
        let _client = exchange(&rig, &app, "GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n", OK).await;
        let (head, page) = visits(&rig, "/").await;
        assert_eq!(code(&head), 200);
        assert!(page.contains(reason), "{page}");
        assert!(!page.contains("/requests/0"), "{page}");
        let (head, page) = visits(&rig, "/requests/0").await;
        assert_eq!(code(&head), 403);
        assert!(page.contains(reason), "{page}");
    }
}

#[tokio::test]
async fn other_sites_can_link_to_the_dashboard_and_cannot_read_it() {
    let rig = Rig::start().await;
    for (path, fields, expected) in [
        (
            "/",
            "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document",
            200,
        ),
        (
            "/phase",
            "Sec-Fetch-Site: same-site\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document",
            200,
        ),
        (
            "/",
            "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: iframe",
            403,
        ),
        (
            "/",
            "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\nSec-Fetch-Dest: script",
            403,
        ),
        ("/", "Sec-Fetch-Site: cross-site\r\nAccept: text/html", 403),
        (
            "/phase",
            "Sec-Fetch-Site: cross-site\r\nAccept: text/html",
            403,
        ),
        ("/", "Origin: http://evil.test", 403),
        ("/", "Origin: null\r\nSec-Fetch-Dest: document", 403),
        ("/", "Sec-Fetch-Site: same-origin\r\nAccept: text/html", 200),
        ("/", "Sec-Fetch-Site: none\r\nSec-Fetch-Mode: navigate", 200),
    ] {
        let (head, page) = get(&rig, path, fields).await;
        assert_eq!(code(&head), expected, "{path} {fields}");
        assert_eq!(page.contains("hello"), expected == 200, "{path} {fields}");
        assert_eq!(
            field(&head, "cross-origin-resource-policy"),
            Some("same-origin")
        );
    }
}
