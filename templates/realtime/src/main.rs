//! A chat: over a WebSocket, or over server-sent events and requests, in one room that all instances share.

mod message;
mod room;
#[cfg(test)]
mod tests;

use std::env;

use gin::prelude::*;
use gin::response::{Event, Sse};
use gin::websocket::{Socket, WebSocket};
use tokio::select;
use tokio::sync::broadcast::error::RecvError;

use crate::message::Message;
use crate::room::{Messages, Room};

#[get("/")]
async fn page() -> Html<&'static str> {
    Html(include_str!("chat.html"))
}

/// Takes and sends messages on one connection.
#[get("/chat")]
async fn chat(ws: WebSocket, State(room): State<Room>) -> Response {
    let messages = room.messages();
    ws.on_upgrade(async move |socket| talk(socket, room, messages).await)
}

async fn talk(mut socket: Socket, room: Room, mut messages: Messages) -> gin::Result<()> {
    loop {
        select! {
            sent = socket.recv_json::<Message>() => match sent? {
                Some(message) => match message.checked() {
                    Ok(message) => room.say(&message).await?,
                    Err(problem) => debug!("a message is left out: {:?}", problem.detail_text()),
                },
                None => return Ok(()),
            },
            message = messages.recv() => match message {
                Ok(message) => socket.send_json(&message).await?,
                // A client that is too slow for the room has lost messages. It connects again.
                Err(_) => {
                    socket.close(1013, "too slow").await;
                    return Ok(());
                }
            },
        }
    }
}

/// Sends messages to clients that only listen, such as `curl -N`, and to networks that let no WebSocket pass.
#[get("/events")]
async fn events(State(room): State<Room>) -> Sse {
    let mut messages = room.messages();
    Sse::from_writer(async move |events| {
        loop {
            match messages.recv().await {
                Ok(message) => events.send(Event::json(&message)?).await?,
                Err(RecvError::Lagged(count)) => warn!("a slow client has lost {count} messages"),
                Err(RecvError::Closed) => return Ok(()),
            }
        }
    })
}

/// Takes a message.
#[post("/messages")]
async fn say(State(room): State<Room>, Json(message): Json<Message>) -> gin::Result<StatusCode> {
    room.say(&message.checked()?).await?;
    Ok(StatusCode::ACCEPTED)
}

fn app(room: Room) -> Group {
    gin::default()
        .state(room)
        .ready("/readyz")
        .mount(routes![page, chat, events, say])
}

#[gin::main]
async fn main() -> gin::Result<()> {
    let room = match env::var("REDIS_URL") {
        Ok(url) => Room::shared(&url).await?,
        Err(_) => Room::alone(),
    };
    app(room).run().await
}
