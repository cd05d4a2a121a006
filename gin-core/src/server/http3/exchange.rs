//! One request and its response.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use h3::error::{Code, StreamError};
use h3::server::{RequestResolver, RequestStream};
use http::Request;
use http_body::{Body as _, Frame};
use tokio::select;
use tokio::time::timeout;
use tracing::debug;

use crate::connection::{Activity, Connection, RequestGuard};
use crate::content::{Body, WireBody, header_pool};
use crate::dispatch::Engine;
use crate::request::{Context, RequestBody};
use crate::response::Response;
use crate::server::http3::head::{announced_length, complete};
use crate::server::http3::incoming::{IncomingStream, Malformed};
use crate::server::http3::streams::{RecvStream, SendStream};
use crate::server::http3::transport::{Outcome, Transport};
use crate::server::http3::{host, refused};
use crate::server::https::promise;

/// A request, and all that its response needs.
pub(super) struct Exchange {
    pub(super) engine: Engine,
    pub(super) connection: Arc<Connection>,
    pub(super) activity: Arc<Activity>,
    pub(super) outcome: Outcome,
}

/// The most of a response that is offered to the client at once, in bytes.
const CHUNK_SIZE: usize = 16 << 10;

/// The reason why a response is cut off. The stream is reset with its code.
#[derive(Debug)]
struct Aborted(Code);

impl Exchange {
    /// Receives the request, responds to it, and waits until the client has the response. Dropping it resets the stream.
    pub(super) async fn run(mut self, resolver: RequestResolver<Transport, Bytes>) {
        let time = self.connection.limits.header_read_timeout;
        let (request, stream) = match timeout(time, resolver.resolve_request()).await {
            Ok(Ok(request)) => request,
            Ok(Err(error)) => return self.refuse(&error).await,
            Err(_) => return,
        };
        let guard = self.activity.begin_request();
        let (mut send, recv) = stream.split();
        let response = Box::pin(async {
            let done = respond(
                &self.engine,
                &self.connection,
                &guard,
                request,
                recv,
                &mut send,
            );
            match done.await {
                Ok(()) => true,
                Err(Aborted(code)) => {
                    send.stop_stream(code);
                    false
                }
            }
        });
        let is_sent = select! {
            is_sent = response => is_sent,
            // The client has gone or wants no more: the handler is dropped where it is.
            _ = &mut self.outcome.delivery => false,
        };
        if is_sent {
            // What is sent last may still wait here for the client.
            let _ = timeout(self.connection.limits.write_timeout, self.outcome.delivery).await;
        }
    }

    /// Responds to a head that h3 refuses. There is no request, so that the access log has no line for it.
    async fn refuse(mut self, error: &StreamError) {
        debug!(remote = ?self.connection.remote, "a request over HTTP/3 was refused: {error}");
        let stream = self.outcome.refused.try_recv();
        let (Ok(stream), Some(problem)) = (stream, refused::problem(error)) else {
            return;
        };
        let _guard = self.activity.begin_request();
        let bytes = refused::response(&self.engine, &self.connection, problem).await;
        let time = self.connection.limits.write_timeout;
        if let Ok(Ok(())) = timeout(time, stream.send_whole(&bytes)).await {
            // The client may still receive the rest.
            let _ = timeout(time, self.outcome.delivery).await;
        }
    }
}

async fn respond(
    engine: &Engine,
    connection: &Arc<Connection>,
    guard: &RequestGuard,
    request: Request<()>,
    recv: RequestStream<RecvStream, Bytes>,
    send: &mut RequestStream<SendStream, Bytes>,
) -> Result<(), Aborted> {
    let (mut head, ()) = request.into_parts();
    host::put_back(&mut head.headers);
    let malformed = |_| Aborted(Code::H3_MESSAGE_ERROR);
    let announced = announced_length(&head.headers).map_err(malformed)?;
    let (body, mark) = receive(recv, announced, connection, guard).await;
    let mut cx = Context::new(head, body, connection.clone(), engine.site());
    #[cfg(debug_assertions)]
    let mut response = crate::report::respond(engine, &mut cx).await;
    #[cfg(not(debug_assertions))]
    let mut response = engine.receive(&mut cx).await.respond(&mut cx).await;
    promise(connection, &cx, &mut response);
    header_pool::recycle(cx.headers_mut());
    drop(cx);
    let is_malformed = || mark.as_ref().is_some_and(Malformed::is_set);
    if is_malformed() {
        return Err(Aborted(Code::H3_MESSAGE_ERROR));
    }
    if response.status().is_informational() {
        // RFC 9114 §4.5: there are no other protocols on a stream. The app has switched to one that the client did not request.
        return Err(Aborted(Code::H3_INTERNAL_ERROR));
    }
    complete(&mut response);
    let write_timeout = connection.limits.write_timeout;
    let transmitted = transmit(response, send, write_timeout).await;
    // The response may be made of the request's body.
    transmitted.map_err(|aborted| {
        if is_malformed() {
            Aborted(Code::H3_MESSAGE_ERROR)
        } else {
            aborted
        }
    })
}

/// Returns the request's body, and the mark that is set if it is malformed.
async fn receive(
    recv: RequestStream<RecvStream, Bytes>,
    announced: Option<u64>,
    connection: &Connection,
    guard: &RequestGuard,
) -> (RequestBody, Option<Malformed>) {
    let mut recv = Some(recv);
    let start = poll_fn(|task| {
        let recv = recv.take();
        Poll::Ready(recv.and_then(|recv| IncomingStream::begin(recv, announced, task)))
    });
    match start.await {
        None => (RequestBody::from(Body::empty()), None),
        Some(stream) => {
            let mark = stream.malformed();
            let rate = connection.limits.min_body_rate;
            let body = WireBody::Http3(Box::into_pin(stream));
            let body = RequestBody::incoming(body, rate, guard.activity());
            (body, Some(mark))
        }
    }
}

/// Sends `response`. Each part of it must be taken in time.
async fn transmit(
    response: Response,
    send: &mut RequestStream<SendStream, Bytes>,
    time: Duration,
) -> Result<(), Aborted> {
    let (head, mut body) = response.into_parts();
    let head = http::Response::from_parts(head, ());
    in_time(send.send_response(head), time).await?;
    while let Some(frame) = poll_fn(|task| Pin::new(&mut body).poll_frame(task)).await {
        // The app has logged the error, if it is its own.
        let frame: Frame<Bytes> = frame.map_err(|_| Aborted(Code::H3_INTERNAL_ERROR))?;
        match frame.into_data() {
            Ok(mut data) => {
                while !data.is_empty() {
                    let chunk = data.split_to(data.len().min(CHUNK_SIZE));
                    in_time(send.send_data(chunk), time).await?;
                }
            }
            Err(frame) => {
                if let Ok(trailers) = frame.into_trailers() {
                    in_time(send.send_trailers(trailers), time).await?;
                }
            }
        }
    }
    in_time(send.finish(), time).await
}

/// Waits for the client to take something, for as long as it may.
async fn in_time(
    sending: impl Future<Output = Result<(), StreamError>>,
    time: Duration,
) -> Result<(), Aborted> {
    match timeout(time, sending).await {
        Ok(Ok(())) => Ok(()),
        // The client has gone, or its limit of a head is lower than the head.
        Ok(Err(_)) => Err(Aborted(Code::H3_INTERNAL_ERROR)),
        Err(_) => Err(Aborted(Code::H3_REQUEST_CANCELLED)),
    }
}
