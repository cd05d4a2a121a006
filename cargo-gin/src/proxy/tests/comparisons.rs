//! Requests of earlier builds, sent again together, and compared.

use serde_json::{Value, json};

use crate::proxy::tests::app::App;
use crate::proxy::tests::documents::VISIT;
use crate::proxy::tests::endpoints::{body, post, token};
use crate::proxy::tests::recording::{OK, ended, exchange};
use crate::proxy::tests::rig::Rig;
use crate::proxy::tests::wire::{Wire, code};
use crate::proxy::{Bodies, Permit};
use crate::state::Phase;

const OLD: &str = "HTTP/1.1 200 OK\r\nX-Version: 1\r\nDate: a\r\nContent-Length: 6\r\n\r\nold ok";
const NEW: &str =
    "HTTP/1.1 201 Created\r\nX-Version: <2>\r\nDate: b\r\nContent-Length: 6\r\n\r\nnew ok";

/// Sends a POST as the proxy's own pages do.
async fn orders(rig: &Rig, path: &str) -> Wire {
    let token = token(rig).await;
    let own = [
        ("Origin", "http://localhost"),
        ("X-Gin-Token", token.as_str()),
        ("Accept", "application/json"),
    ];
    rig.send(&post(path, &own, "{}")).await
}

async fn read(client: &mut Wire) -> (u16, Value) {
    let head = client.head().await;
    let text = body(client, &head).await;
    (code(&head), serde_json::from_str(&text).unwrap())
}

async fn comparison(rig: &Rig) -> String {
    let request = "GET /__gin/comparison HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let mut client = rig.send(request).await;
    let head = client.head().await;
    assert_eq!(code(&head), 200);
    body(&mut client, &head).await
}

/// Sends a request to the app, and waits for the end of its record.
async fn records(rig: &Rig, app: &App, request: &str, response: &str) {
    let request = format!("{request} HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let _client = exchange(rig, app, &request, response).await;
    ended(rig).await;
}

#[tokio::test]
async fn requests_of_earlier_builds_are_sent_again_and_compared() {
    let rig = Rig::start_recording(Bodies::Kept).await;
    let app = rig.becomes_ready().await;
    assert!(comparison(&rig).await.contains("Nothing to compare yet"));
    records(&rig, &app, "GET /same", OK).await;
    records(&rig, &app, "GET /twice", OLD).await;
    records(&rig, &app, "GET /twice", OLD).await;
    records(&rig, &app, "DELETE /unsafe", OK).await;
    rig.builds();
    let app = rig.becomes_ready().await;
    // An open page reloads with the new build.
    records(&rig, &app, "GET /same", OK).await;
    let mut client = orders(&rig, "compare").await;
    // An app closes the connection of a request that is sent again.
    let same = OK.replacen("\r\n", "\r\nConnection: close\r\n", 1);
    for (path, response) in [("/twice", NEW), ("/same", same.as_str())] {
        let (_, head) = app.responds(response).await;
        assert!(head.starts_with(&format!("GET {path} ")), "{head}");
    }
    assert_eq!(read(&mut client).await, (200, json!({ "sent": 2 })));
    let page = comparison(&rig).await;
    for shown in [
        "<h1>1 of 2 requests changed</h1>",
        "<th scope=\"row\">status</th><td>200</td><td>201</td>",
        "<th scope=\"row\">x-version</th><td>1</td><td>&lt;2&gt;</td>",
        "old ok",
        "new ok",
        "<li>GET <a href=\"/__gin/requests/6\">/same</a>",
    ] {
        assert!(page.replace('\n', "").contains(shown), "{shown}: {page}");
    }
    assert!(
        !page.contains(">date<") && !page.contains("/unsafe"),
        "{page}"
    );
}

#[tokio::test]
async fn a_page_is_recorded_and_compared_as_the_app_has_sent_it() {
    const PAGE: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nETag: \"1\"\r\nContent-Length: 11\r\n\r\n<h1>ok</h1>";
    let rig = Rig::start_recording(Bodies::Kept).await;
    let app = rig.becomes_ready().await;
    let _client = exchange(&rig, &app, VISIT, PAGE).await;
    let record = ended(&rig).await;
    let headers = json!([
        ["content-type", "text/html"],
        ["etag", "\"1\""],
        ["content-length", "11"]
    ]);
    assert_eq!(record["response_headers"], headers, "{record}");
    assert_eq!(record["received"], 11);
    rig.builds();
    let app = rig.becomes_ready().await;
    let mut client = orders(&rig, "compare").await;
    let (_, head) = app.responds(PAGE).await;
    let head = head.to_lowercase();
    assert!(head.contains("accept-encoding: identity\r\n"), "{head}");
    assert!(!head.contains("if-none-match"), "{head}");
    assert_eq!(read(&mut client).await, (200, json!({ "sent": 1 })));
    let page = comparison(&rig).await;
    assert!(page.contains("<h1>0 of 1 request changed</h1>"), "{page}");
}

#[tokio::test]
async fn a_request_that_the_app_did_not_serve_is_compared_as_such() {
    const SHORT: &str =
        "HTTP/1.1 200 OK\r\nX-Version: 1\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok";
    let rig = Rig::start_recording(Bodies::Kept).await;
    let app = rig.becomes_ready().await;
    records(&rig, &app, "GET /served", SHORT).await;
    rig.builds();
    rig.becomes(Phase::Failed);
    for path in ["/served", "/broken"] {
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assert_eq!(code(&rig.send(&request).await.head().await), 500);
        ended(&rig).await;
    }
    // The build is still broken: only the request that the app had served before differs.
    rig.builds();
    rig.becomes(Phase::Failed);
    let sent = read(&mut orders(&rig, "compare").await).await;
    assert_eq!(sent, (200, json!({ "sent": 2 })));
    let page = comparison(&rig).await;
    let none = "no response of the app: hello could not be built";
    for shown in [
        "<h1>1 of 2 requests changed</h1>".to_owned(),
        format!("<th scope=\"row\">status</th><td>200</td><td>{none}</td>"),
        format!(">/broken</a> · {none}</li>"),
    ] {
        assert!(page.replace('\n', "").contains(&shown), "{shown}: {page}");
    }
    assert!(
        !page.contains("x-version") && !page.contains("Body"),
        "{page}"
    );
    // It is mended: both got a page of ours before, and the app responds now.
    rig.builds();
    let app = rig.becomes_ready().await;
    let mut client = orders(&rig, "compare").await;
    for path in ["/served", "/broken"] {
        let (_, head) = app.responds(SHORT).await;
        assert!(head.starts_with(&format!("GET {path} ")), "{head}");
    }
    assert_eq!(read(&mut client).await, (200, json!({ "sent": 2 })));
    let page = comparison(&rig).await;
    for shown in [
        "<h1>1 of 2 requests changed</h1>".to_owned(),
        format!("<th scope=\"row\">status</th><td>{none}</td><td>200</td>"),
    ] {
        assert!(page.replace('\n', "").contains(&shown), "{shown}: {page}");
    }
}

#[tokio::test]
async fn all_records_can_be_cleared() {
    let (rig, app) = Rig::ready().await;
    records(&rig, &app, "GET /a", OK).await;
    assert_eq!(read(&mut orders(&rig, "clear").await).await.0, 200);
    let list = "GET /__gin/requests HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let (_, shown) = read(&mut rig.send(list).await).await;
    assert_eq!(shown, json!({ "requests": [] }));
    records(&rig, &app, "GET /b", OK).await;
    assert_eq!(ended(&rig).await["id"], 1);
}

#[tokio::test]
async fn only_the_permitted_compare_and_clear() {
    let rig = Rig::start_permitting(Permit::Nobody).await;
    for path in ["compare", "clear"] {
        assert_eq!(read(&mut orders(&rig, path).await).await.0, 403);
        let foreign = post(path, &[], "{}");
        assert_eq!(code(&rig.send(&foreign).await.head().await), 403);
    }
    let page = "GET /__gin/comparison HTTP/1.1\r\nHost: localhost\r\n\r\n";
    assert_eq!(code(&rig.send(page).await.head().await), 403);
}

#[tokio::test]
async fn only_a_request_that_waited_for_a_build_is_marked_as_held() {
    let (rig, app) = Rig::ready().await;
    records(&rig, &app, "GET /a", OK).await;
    let shown = ended(&rig).await;
    assert_eq!(
        (&shown["waited"], shown["held_ms"].is_u64()),
        (&json!(false), true)
    );
    rig.builds();
    let mut client = rig.send("GET /b HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    rig.holds(1).await;
    let app = rig.becomes_ready().await;
    app.responds(OK).await;
    client.until("ok").await;
    let shown = ended(&rig).await;
    assert_eq!(
        (&shown["waited"], &shown["build"]),
        (&json!(true), &json!(2))
    );
    let dashboard = "GET /__gin/ HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\n\r\n";
    let mut client = rig.send(dashboard).await;
    let head = client.head().await;
    let page = body(&mut client, &head).await;
    assert_eq!(page.matches("class=\"held\"").count(), 1, "{page}");
    assert!(page.contains(">http://localhost</a>"), "{page}");
}
