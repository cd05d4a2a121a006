//! The room: a channel in this process, and one in Redis between instances.

use std::time::Duration;

use futures_util::StreamExt as _;
use gin::prelude::*;
use redis::aio::ConnectionManager;
use redis::{AsyncCommands as _, Client, RedisResult};
use tokio::sync::broadcast;
use tokio::time::sleep;

use crate::message::Message;

pub type Messages = broadcast::Receiver<Message>;

/// The channel in Redis.
const CHANNEL: &str = "chat";
/// The messages that a slow client may be behind.
const BEHIND: usize = 64;

#[derive(Clone)]
pub struct Room {
    clients: broadcast::Sender<Message>,
    reach: Reach,
}

#[derive(Clone)]
enum Reach {
    /// The clients of this instance.
    Instance,
    /// Those of all instances. This one gets its own messages back as well.
    All(ConnectionManager),
}

impl Room {
    /// Creates a room of this instance.
    pub fn alone() -> Room {
        let clients = broadcast::Sender::new(BEHIND);
        Room {
            clients,
            reach: Reach::Instance,
        }
    }

    /// Creates a room that all instances with this Redis share.
    pub async fn shared(url: &str) -> gin::Result<Room> {
        let client = Client::open(url)?;
        let clients = broadcast::Sender::new(BEHIND);
        let reach = Reach::All(client.get_connection_manager().await?);
        let mut subscription = subscribe(&client).await?;
        let room = Room {
            clients: clients.clone(),
            reach,
        };
        tokio::spawn(async move {
            loop {
                forward(&mut subscription, &clients).await;
                warn!("the connection to Redis is lost");
                subscription = subscribed(&client).await;
                info!("the connection to Redis is back");
            }
        });
        Ok(room)
    }

    /// Sends a message to everyone in the room.
    pub async fn say(&self, message: &Message) -> gin::Result<()> {
        match &self.reach {
            Reach::Instance => drop(self.clients.send(message.clone())),
            Reach::All(redis) => {
                let text = serde_json::to_string(message)?;
                let publish = || async { redis.clone().publish(CHANNEL, &text).await };
                let sent: RedisResult<()> = publish().await;
                // The first command after a loss fails, and makes the manager connect again.
                if sent.is_err() {
                    publish().await?;
                }
            }
        }
        Ok(())
    }

    /// Returns the messages from now on.
    pub fn messages(&self) -> Messages {
        self.clients.subscribe()
    }
}

type Subscription = redis::aio::PubSub;

async fn subscribe(client: &Client) -> RedisResult<Subscription> {
    let mut subscription = client.get_async_pubsub().await?;
    subscription.subscribe(CHANNEL).await?;
    Ok(subscription)
}

/// Tries once a second to subscribe.
async fn subscribed(client: &Client) -> Subscription {
    loop {
        match subscribe(client).await {
            Ok(subscription) => return subscription,
            Err(error) => debug!("cannot subscribe to Redis: {error}"),
        }
        sleep(Duration::from_secs(1)).await;
    }
}

/// Forwards messages from Redis to clients until the connection ends.
async fn forward(subscription: &mut Subscription, clients: &broadcast::Sender<Message>) {
    let mut messages = subscription.on_message();
    while let Some(message) = messages.next().await {
        match serde_json::from_slice(message.get_payload_bytes()) {
            // Without clients nobody receives it.
            Ok(message) => drop(clients.send(message)),
            Err(error) => warn!("something else is in the channel {CHANNEL}: {error}"),
        }
    }
}
