//! A chat: each room is a channel, and each page a WebSocket.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use gin::prelude::*;
use gin::websocket::{Socket, WebSocket};
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast::{Receiver, Sender, channel};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Line {
    name: String,
    text: String,
}

/// The rooms that somebody has entered.
#[derive(Clone, Default)]
struct Rooms(Arc<Mutex<HashMap<String, Sender<Line>>>>);

impl Rooms {
    fn enter(&self, room: String) -> (Sender<Line>, Receiver<Line>) {
        let mut rooms = self.0.lock().unwrap();
        // A room that everybody has left makes place.
        rooms.retain(|name, room_| *name == room || room_.receiver_count() > 0);
        let sender = rooms.entry(room).or_insert_with(|| channel(64).0);
        (sender.clone(), sender.subscribe())
    }
}

#[derive(Deserialize)]
struct Guest {
    name: String,
}

#[get("/rooms/:room")]
async fn join(
    room: String,
    ws: WebSocket,
    State(rooms): State<Rooms>,
    Query(guest): Query<Guest>,
) -> Response {
    let (sender, lines) = rooms.enter(room);
    ws.max_message_size(4 << 10)
        .on_upgrade(async move |socket| talk(socket, guest.name, sender, lines).await)
}

async fn talk(
    mut socket: Socket,
    name: String,
    room: Sender<Line>,
    mut lines: Receiver<Line>,
) -> gin::Result<()> {
    loop {
        tokio::select! {
            message = socket.recv() => match message {
                Some(message) => {
                    let text = message.as_text().unwrap_or_default().to_owned();
                    let _ = room.send(Line { name: name.clone(), text });
                }
                None => return Ok(()),
            },
            line = lines.recv() => match line {
                Ok(line) => socket.send_json(&line).await?,
                Err(_) => {
                    socket.close(1013, "too slow for this room").await;
                    return Ok(());
                }
            },
        }
    }
}

#[get("/")]
async fn page() -> Html<&'static str> {
    Html(include_str!("page.html"))
}

fn app() -> Group {
    gin::default()
        .state(Rooms::default())
        .mount(routes![page, join])
}

#[gin::main]
async fn main() -> gin::Result<()> {
    app().run().await
}

#[cfg(test)]
mod tests;
