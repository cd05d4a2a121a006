//! A response that is made and not returned.

#![deny(unused_must_use)]

use gin::prelude::*;
use gin::websocket::WebSocket;

async fn refuse(cx: &mut Context) -> Response {
    if cx.query("token").is_none() {
        cx.json(401, json!({ "error": "no token" }));
    }
    cx.string(200, "welcome")
}

async fn leave(cx: &mut Context) {
    cx.status(204);
    cx.redirect(302, "/");
    cx.html(200, "<h1>Bye</h1>");
    cx.data(200, "text/csv", "name,age");
    cx.view(200, "bye.html", json!({}));
    cx.negotiate(200, json!({}));
    cx.upgrade("echo", async |_| {});
}

async fn join(ws: WebSocket) {
    ws.on_upgrade(async |_| Ok(()));
}

fn main() {
    let app = Group::new("").get("/", refuse).get("/leave", leave).get("/join", join);
    drop(app);
}
