//! Traces by OTLP: a span for each request, spans of the app inside it, and the trace of the client around it.

use gin::operations::{Telemetry, Trace};
use gin::prelude::*;
use tracing::instrument;

#[get("/orders/:id")]
async fn show(id: u32) -> Result<String> {
    let order = load(id).await?;
    info!(id, "the order is found");
    Ok(order)
}

/// A span of its own, inside that of the request.
#[instrument]
async fn load(id: u32) -> Result<String> {
    (id < 100).then(|| format!("order {id}")).or_404()
}

/// The headers with which a call to another service goes on in this trace.
#[get("/headers")]
async fn headers(cx: &mut Context) -> Result<String> {
    Ok(format!("{:?}", cx.trace_context().or_404()?.headers()))
}

fn app() -> Group {
    gin::default()
        .with(Trace::new())
        .mount(routes![show, headers])
}

#[gin::main]
async fn main() -> gin::Result<()> {
    // To `OTEL_EXPORTER_OTLP_ENDPOINT`, else to http://localhost:4318.
    Telemetry::new("orders").install()?;
    app().run().await
}

#[cfg(test)]
mod tests {
    use gin::Server;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};
    use tokio::sync::{mpsc, oneshot};

    use super::*;

    type Exports = mpsc::UnboundedSender<Bytes>;

    /// Starts a collector, which passes on what it gets.
    fn collect(listener: TcpListener, exports: Exports) {
        let take = async |State(exports): State<Exports>, body: Bytes| exports.send(body).unwrap();
        let app = Group::new("").state(exports).post("/v1/traces", take);
        tokio::spawn(Server::new(app.build().unwrap()).listen(listener).run());
    }

    fn has(export: &[u8], text: &str) -> bool {
        export
            .windows(text.len())
            .any(|window| window == text.as_bytes())
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn spans_reach_the_collector_before_the_server_ends() {
        let (exports, mut exported) = mpsc::unbounded_channel();
        let collector = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", collector.local_addr().unwrap());
        // A server installs a log of its own where there is none, so this comes first.
        Telemetry::new("orders").endpoint(url).install().unwrap();
        collect(collector, exports);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let server = Server::new(app().build().unwrap()).listen(listener);
        let server = tokio::spawn(server.shutdown_on(async { drop(stopped.await) }).run());

        let mut stream = TcpStream::connect(address).await.unwrap();
        let request = "GET /orders/7 HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).await.unwrap();
        assert!(response.ends_with("order 7"), "{response}");
        drop((stream, stop));
        server.await.unwrap().unwrap();

        let export = exported.recv().await.unwrap();
        for text in ["orders", "GET /orders/:id", "load"] {
            assert!(has(&export, text), "{text} is missing");
        }
    }
}
