//! Calls of a tonic client to tonic's routes inside gin-core, over HTTP/2.

use std::convert::Infallible;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context as Task, Poll};

use futures_util::{Stream, StreamExt};
use gin::prelude::*;
use gin::tower::KeepPrefix;
use http::uri::PathAndQuery;
use prost::Message;
use tokio::sync::mpsc;
use tonic::client::Grpc;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::server::NamedService;
use tonic::service::Routes;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Status, Streaming};
use tower::{Service, service_fn};
use tower_http::trace::TraceLayer;

use crate::wire::Running;

#[derive(Clone, PartialEq, Message)]
struct Word {
    #[prost(string, tag = "1")]
    text: String,
}

fn word(text: &str) -> Word {
    Word {
        text: text.to_owned(),
    }
}

/// Protobuf, for one type of message.
#[derive(Default)]
struct Words(PhantomData<Word>);

impl Codec for Words {
    type Encode = Word;
    type Decode = Word;
    type Encoder = Words;
    type Decoder = Words;

    fn encoder(&mut self) -> Words {
        Words::default()
    }

    fn decoder(&mut self) -> Words {
        Words::default()
    }
}

impl Encoder for Words {
    type Item = Word;
    type Error = Status;

    fn encode(&mut self, word: Word, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        word.encode(buffer)
            .map_err(|error| Status::internal(error.to_string()))
    }
}

impl Decoder for Words {
    type Item = Word;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Word>, Status> {
        let word = Word::decode(buffer);
        word.map(Some)
            .map_err(|error| Status::internal(error.to_string()))
    }
}

/// The service that tonic's code generator would write.
#[derive(Clone)]
struct Echo;

impl NamedService for Echo {
    const NAME: &'static str = "echo.Echo";
}

impl Service<http::Request<tonic::body::Body>> for Echo {
    type Response = http::Response<tonic::body::Body>;
    type Error = Infallible;
    type Future = gin::BoxFuture<'static, Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Task<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<tonic::body::Body>) -> Self::Future {
        Box::pin(async move {
            let mut grpc = tonic::server::Grpc::new(Words::default());
            Ok(match request.uri().path() {
                "/echo.Echo/Say" => grpc.unary(service_fn(say), request).await,
                _ => grpc.streaming(service_fn(chat), request).await,
            })
        })
    }
}

async fn say(request: tonic::Request<Word>) -> Result<tonic::Response<Word>, Status> {
    match &*request.get_ref().text {
        "fail" => Err(Status::resource_exhausted("no more words")),
        text => Ok(tonic::Response::new(word(text))),
    }
}

type Replies = Pin<Box<dyn Stream<Item = Result<Word, Status>> + Send>>;

/// Echoes each word as it comes, and fails in the trailers after the last one.
async fn chat(
    request: tonic::Request<Streaming<Word>>,
) -> Result<tonic::Response<Replies>, Status> {
    let end = futures_util::stream::once(async { Err(Status::aborted("that was all")) });
    Ok(tonic::Response::new(Box::pin(
        request.into_inner().chain(end),
    )))
}

async fn connect(server: &Running) -> Grpc<Channel> {
    let endpoint = Endpoint::from_shared(format!("http://{}", server.address));
    let channel = endpoint.expect("it is an address").connect().await;
    let mut client = Grpc::new(channel.expect("the server listens"));
    client.ready().await.expect("it is connected");
    client
}

fn app() -> Group {
    let routes = Routes::new(Echo);
    Group::new("")
        .layer(TraceLayer::new_for_grpc())
        .service("/echo.Echo", KeepPrefix(routes))
        .get("/", async || "home")
}

async fn unary(client: &mut Grpc<Channel>, text: &str) -> Result<Word, Status> {
    client.ready().await.expect("it is connected");
    let path = PathAndQuery::from_static("/echo.Echo/Say");
    let response = client
        .unary(tonic::Request::new(word(text)), path, Words::default())
        .await?;
    Ok(response.into_inner())
}

#[tokio::test]
async fn a_unary_call_gets_its_message_and_its_status() {
    let server = Running::new(app()).await;
    let mut client = connect(&server).await;
    let reply = unary(&mut client, "hello")
        .await
        .expect("the status in the trailers is 0");
    assert_eq!(reply, word("hello"));
    let status = unary(&mut client, "fail").await.expect_err("it fails");
    assert_eq!(
        (status.code(), status.message()),
        (Code::ResourceExhausted, "no more words")
    );
}

#[tokio::test]
async fn messages_stream_both_ways_and_the_trailers_end_them() {
    let server = Running::new(app()).await;
    let mut client = connect(&server).await;
    let (words, receiver) = mpsc::unbounded_channel::<Word>();
    let outgoing = futures_util::stream::unfold(receiver, async |mut receiver| {
        let word = receiver.recv().await?;
        Some((word, receiver))
    });
    words.send(word("one")).expect("it is received");
    let path = PathAndQuery::from_static("/echo.Echo/Chat");
    let request = tonic::Request::new(Box::pin(outgoing));
    let response = client.streaming(request, path, Words::default()).await;
    let mut replies = response.expect("it is accepted").into_inner();
    assert_eq!(
        replies.message().await.expect("it comes"),
        Some(word("one"))
    );
    words.send(word("two")).expect("it is received");
    assert_eq!(
        replies.message().await.expect("it comes"),
        Some(word("two"))
    );
    drop(words);
    let status = replies
        .message()
        .await
        .expect_err("the trailers have a status");
    assert_eq!(
        (status.code(), status.message()),
        (Code::Aborted, "that was all")
    );
}

#[tokio::test]
async fn an_unknown_method_has_the_status_of_tonic() {
    let app = Group::new("")
        .service("/", Routes::new(Echo))
        .get("/", async || "home");
    let server = Running::new(app).await;
    let mut client = connect(&server).await;
    assert_eq!(
        unary(&mut client, "hello").await.expect("it is there"),
        word("hello")
    );
    assert!(server.get("/").await.ends_with("home"));
    client.ready().await.expect("it is connected");
    let path = PathAndQuery::from_static("/other.Other/Say");
    let call = client.unary::<Word, Word, _>(tonic::Request::new(word("")), path, Words::default());
    assert_eq!(
        call.await.expect_err("there is no such service").code(),
        Code::Unimplemented
    );
}
