//! The export of spans, as a collector gets them: OTLP in protobuf over HTTP.

use std::future::pending;
use std::net::SocketAddr;
use std::time::Duration;

use gin::operations::{Telemetry, TelemetryError, Trace};
use gin::prelude::*;
use gin::{Engine, Server};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode as SpanStatus;
use prost::Message;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

/// Longer than anything here takes. A test that waits so long has failed.
const LONG: Duration = Duration::from_secs(60);

type Sent = mpsc::UnboundedSender<ExportTraceServiceRequest>;

/// A collector, which passes on what it gets.
fn collector(listener: TcpListener, sent: Sent) {
    let app = Group::new("").state(sent).post(
        "/v1/traces",
        async |cx: &mut Context, State(sent): State<Sent>, body: Bytes| {
            assert_eq!(cx.content_type(), Some("application/x-protobuf"));
            let request = ExportTraceServiceRequest::decode(body).expect("it is OTLP");
            sent.send(request).expect("the test listens");
            ([("content-type", "application/x-protobuf")], "")
        },
    );
    let engine = Engine::new(app).expect("it is sound");
    let server = Server::new(engine).listen(listener);
    tokio::spawn(server.shutdown_on(pending()).run());
}

fn text(attributes: &[KeyValue], key: &str) -> String {
    let found = attributes.iter().find(|attribute| attribute.key == key);
    let value = found.and_then(|attribute| attribute.value.clone());
    match value {
        Some(AnyValue {
            value: Some(Value::StringValue(text)),
        }) => text,
        Some(AnyValue {
            value: Some(Value::IntValue(number)),
        }) => number.to_string(),
        other => format!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn spans_reach_a_collector_when_the_server_ends() {
    let (sent, mut got) = mpsc::unbounded_channel();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    let endpoint = format!("http://{address}");
    // It is for the whole process, and a server would install a log of its own.
    Telemetry::new("shop")
        .endpoint(&endpoint)
        .install()
        .expect("there is no other subscriber");
    let second = Telemetry::new("shop").endpoint(&endpoint).install();
    assert!(matches!(second, Err(TelemetryError::HasSubscriber)));

    collector(listener, sent);
    let app = Group::new("")
        .with(Trace::new())
        .get("/users/:id", async |cx: &mut Context| {
            info!("an event in the span");
            cx.trace_context().map(ToString::to_string).or_404()
        })
        .get("/broken", async || 500);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    let (stop, stopped) = oneshot::channel::<()>();
    let server = Server::new(Engine::new(app).expect("it is sound")).listen(listener);
    let server = server.shutdown_on(async { drop(stopped.await) });
    let server = tokio::spawn(server.run());
    let parent = "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let state = "tracestate: other=1";
    let response = get(
        address,
        &format!("/users/7 HTTP/1.1\r\n{parent}\r\n{state}"),
    )
    .await;
    get(address, "/broken HTTP/1.1").await;
    drop(stop);
    // The spans are flushed before the server ends.
    let ended = timeout(LONG, server).await.expect("the server ends");
    ended.expect("it does not panic").expect("it does not fail");

    let mut spans = Vec::new();
    while spans.len() < 2 {
        let request = timeout(LONG, got.recv()).await.expect("spans come");
        for resource in request.expect("the collector runs").resource_spans {
            let attributes = resource.resource.clone().unwrap_or_default().attributes;
            assert_eq!(text(&attributes, "service.name"), "shop");
            let scopes = resource.scope_spans.into_iter();
            spans.extend(scopes.flat_map(|scope| scope.spans));
        }
    }
    let user = spans.iter().find(|span| span.name == "GET /users/:id");
    let user = user.expect("it was sent");
    assert_eq!(user.kind, SpanKind::Server as i32);
    assert_eq!(hex(&user.trace_id), "0af7651916cd43dd8448eb211c80319c");
    assert_eq!(hex(&user.parent_span_id), "b7ad6b7169203331");
    assert_eq!(user.trace_state, "other=1");
    assert_eq!(text(&user.attributes, "http.route"), "/users/:id");
    assert_eq!(text(&user.attributes, "http.response.status_code"), "200");
    assert_eq!(text(&user.attributes, "server.address"), "shop.test");
    assert_eq!(user.events.len(), 1, "{:?}", user.events);
    let passed_on = format!("00-{}-{}-01", hex(&user.trace_id), hex(&user.span_id));
    assert!(
        response.ends_with(&passed_on),
        "{response} passes on {passed_on}"
    );
    let broken = spans.iter().find(|span| span.name == "GET /broken");
    let status = broken
        .and_then(|span| span.status.clone())
        .unwrap_or_default();
    assert_eq!(status.code, SpanStatus::Error as i32);
}

/// Sends a request and returns the response.
async fn get(address: SocketAddr, head: &str) -> String {
    let mut client = TcpStream::connect(address).await.expect("it listens");
    let request = format!("GET {head}\r\nhost: shop.test\r\nconnection: close\r\n\r\n");
    client
        .write_all(request.as_bytes())
        .await
        .expect("it reads");
    let mut response = String::new();
    let read = client.read_to_string(&mut response);
    let read = timeout(LONG, read).await.expect("it responds");
    read.expect("it is text");
    response
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

#[tokio::test]
async fn wrong_settings_are_refused() {
    let of = |telemetry: Telemetry| telemetry.install().expect_err("it is wrong").to_string();
    let endpoint = of(Telemetry::new("shop").endpoint("no url"));
    assert!(endpoint.contains("no url"), "{endpoint}");
    let ratio = of(Telemetry::new("shop").sample(1.5));
    assert!(ratio.contains("cannot sample 1.5 of the traces"), "{ratio}");
}
