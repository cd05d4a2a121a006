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
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};
    use tokio::sync::oneshot;

    use super::*;

    /// Sends a request on a connection of its own. Returns the whole response.
    async fn send(stream: &mut TcpStream, request: &str) -> String {
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).await.unwrap();
        response
    }

    #[tokio::test]
    async fn accepted_orders_are_cooked_and_streams_end() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let server = tokio::spawn(serve(|server| {
            server
                .listen(listener)
                .shutdown_on(async { drop(stopped.await) })
        }));

        let mut ticks = TcpStream::connect(address).await.unwrap();
        let head = "HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n";
        ticks
            .write_all(format!("GET /ticks {head}\r\n").as_bytes())
            .await
            .unwrap();
        ticks.read_u8().await.unwrap();
        for dish in ["soup", "stew", "cake"] {
            let mut stream = TcpStream::connect(address).await.unwrap();
            let request = format!("POST /orders {head}content-length: 4\r\n\r\n{dish}");
            assert!(send(&mut stream, &request).await.contains("202 Accepted"));
        }
        drop(stop);
        assert!(send(&mut ticks, "").await.contains("the server goes"));
        assert_eq!(server.await.unwrap().unwrap(), 3);
    }
}
