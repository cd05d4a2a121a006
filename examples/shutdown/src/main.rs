//! A shutdown that loses no work: requests finish, and the queue that they filled is done before the program ends.

use std::time::Duration;

use gin::Server;
use gin::prelude::*;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::task::JoinHandle;
use tokio::time::sleep;

/// An order, which is sent to the kitchen after the response.
type Order = String;

#[post("/orders")]
async fn order(State(orders): State<Sender<Order>>, order: String) -> Result<StatusCode> {
    orders.send(order).await?;
    Ok(StatusCode::ACCEPTED)
}

/// A response that never ends by itself: it watches for the shutdown.
#[get("/ticks")]
async fn ticks(cx: &mut Context) -> Body {
    let shutdown = cx.shutdown();
    Body::from_writer(async move |mut out| {
        while !shutdown.is_requested() {
            out.send("tick\n").await;
            tokio::select! {
                () = sleep(Duration::from_secs(1)) => {}
                () = shutdown.requested() => {}
            }
        }
        out.send("the server goes\n").await;
    })
}

/// Cooks until nobody can order any more and the queue is empty. Returns how many orders there were.
fn kitchen(mut orders: Receiver<Order>) -> JoinHandle<usize> {
    tokio::spawn(async move {
        let mut count = 0;
        while let Some(order) = orders.recv().await {
            sleep(Duration::from_millis(20)).await;
            info!("{order} is ready");
            count += 1;
        }
        count
    })
}

/// Serves until the signal. Returns how many orders were cooked.
async fn serve(adjust: impl FnOnce(Server) -> Server) -> Result<usize> {
    let (sender, orders) = channel(100);
    let kitchen = kitchen(orders);
    let app = gin::default()
        .state(sender)
        // It is 503 from the signal on, so that a load balancer sends no more requests.
        .ready("/readyz")
        .mount(routes![order, ticks]);
    let server = Server::new(app.build()?)
        // Requests that still run then are cut off.
        .shutdown_timeout(Duration::from_secs(20));
    adjust(server).run().await?;
    // The engine is gone, and the last sender with it.
    Ok(kitchen.await?)
}

#[gin::main]
async fn main() -> gin::Result<()> {
    // The time in which a load balancer notices.
    let count = serve(|server| server.drain_delay(Duration::from_secs(2))).await?;
    info!("{count} orders were cooked");
    Ok(())
}

#[cfg(test)]
mod tests;
