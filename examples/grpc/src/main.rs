//! gRPC and HTTP on one port: tonic's service is a route of a group, and both share the app's state.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use gin::prelude::*;
use gin::tower::KeepPrefix;
use tonic::service::Routes;
use tonic::{Request, Status};

mod generated {
    include!(concat!(env!("OUT_DIR"), "/greeter.Greeter.rs"));
}

use generated::greeter_server::{Greeter, GreeterServer};

#[derive(Clone, PartialEq, prost::Message)]
pub struct Guest {
    #[prost(string, tag = "1")]
    name: String,
}

#[derive(Clone, PartialEq, prost::Message)]
pub struct Greeting {
    #[prost(string, tag = "1")]
    text: String,
}

/// The number of guests who were greeted.
type Count = Arc<AtomicU32>;

struct Desk(Count);

#[tonic::async_trait]
impl Greeter for Desk {
    async fn hello(&self, request: Request<Guest>) -> Result<tonic::Response<Greeting>, Status> {
        let Guest { name } = request.into_inner();
        if name.is_empty() {
            return Err(Status::invalid_argument("a guest has a name"));
        }
        self.0.fetch_add(1, Ordering::Relaxed);
        let text = format!("Hello, {name}!");
        Ok(tonic::Response::new(Greeting { text }))
    }
}

#[get("/count")]
async fn greeted(State(count): State<Count>) -> String {
    format!("{} guests were greeted\n", count.load(Ordering::Relaxed))
}

fn app() -> Group {
    let count = Count::default();
    let greeter = Routes::new(GreeterServer::new(Desk(count.clone())));
    gin::default()
        .state(count)
        .mount(routes![greeted])
        .service("/greeter.Greeter", KeepPrefix(greeter))
}

#[gin::main]
async fn main() -> gin::Result<()> {
    app().run().await
}

#[cfg(test)]
mod tests {
    use gin::Server;
    use gin::testing::Client;
    use tokio::net::TcpListener;
    use tonic::Code;

    use super::*;
    use crate::generated::greeter_client::GreeterClient;

    #[tokio::test]
    async fn a_guest_is_greeted_over_grpc_and_counted_over_http() {
        let app = app();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let engine = app.build().unwrap();
        tokio::spawn(Server::new(engine).listen(listener).run());

        let mut client = GreeterClient::connect(url).await.unwrap();
        let guest = Guest {
            name: "Ann".to_owned(),
        };
        assert_eq!(
            client.hello(guest).await.unwrap().into_inner().text,
            "Hello, Ann!"
        );
        let refused = client.hello(Guest::default()).await.unwrap_err();
        assert_eq!(
            (refused.code(), refused.message()),
            (Code::InvalidArgument, "a guest has a name")
        );
    }

    #[tokio::test]
    async fn nobody_is_counted_before() {
        Client::new(app())
            .get("/count")
            .await
            .is(200)
            .has_text("0 guests were greeted\n");
    }
}
