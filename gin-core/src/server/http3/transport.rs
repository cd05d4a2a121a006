//! A connection of QUIC, in the shape that h3 expects.
//!
//! The crate h3-quinn has it as well. It lets a response that is dropped halfway look complete, panics when a stream that is being
//! read is stopped, leaves it to h3 how much of a frame is buffered, and sends what h3 sends to a client whose head is malformed.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as Task, Poll, ready};

use bytes::Bytes;
use h3::error::Code;
use h3::quic::{self, ConnectionErrorIncoming, StreamErrorIncoming};
use quinn::{ConnectionError, VarInt};
use tokio::sync::oneshot;
use tokio_util::sync::ReusableBoxFuture;

use crate::server::http3::frames::Frames;
use crate::server::http3::streams::{BidiStream, RecvStream, SendStream};

/// A connection, from which h3 accepts the client's streams.
pub(super) struct Transport {
    connection: quinn::Connection,
    requests: Accepting<(quinn::SendStream, quinn::RecvStream)>,
    others: Accepting<quinn::RecvStream>,
    opener: Opener,
    /// The size of the largest frame that is buffered, in bytes.
    max_frame_size: u64,
    /// The outcome of the last request.
    outcome: Option<Outcome>,
}

/// The outcome of a request, which shows after h3 has its stream.
pub(super) struct Outcome {
    pub(super) delivery: Delivery,
    /// The stream of the response, if h3 refuses the request's head.
    pub(super) refused: oneshot::Receiver<SendStream>,
}

/// The end of a response: `true` once the client has all of it, `false` if it has gone or wants no more.
pub(super) type Delivery = Pin<Box<dyn Future<Output = bool> + Send>>;

type Accepting<T> = ReusableBoxFuture<'static, Result<T, ConnectionError>>;

impl Transport {
    pub(super) fn new(connection: quinn::Connection, max_frame_size: u64) -> Transport {
        Transport {
            requests: ReusableBoxFuture::new(next_request(connection.clone())),
            others: ReusableBoxFuture::new(next_other(connection.clone())),
            opener: Opener::new(connection.clone()),
            connection,
            max_frame_size,
            outcome: None,
        }
    }

    /// Takes the outcome of the request that was accepted last.
    pub(super) fn take_outcome(&mut self) -> Option<Outcome> {
        self.outcome.take()
    }
}

async fn next_request(
    connection: quinn::Connection,
) -> Result<(quinn::SendStream, quinn::RecvStream), ConnectionError> {
    connection.accept_bi().await
}

async fn next_other(connection: quinn::Connection) -> Result<quinn::RecvStream, ConnectionError> {
    connection.accept_uni().await
}

impl quic::Connection<Bytes> for Transport {
    type RecvStream = RecvStream;
    type OpenStreams = Opener;

    fn poll_accept_recv(
        &mut self,
        task: &mut Task<'_>,
    ) -> Poll<Result<RecvStream, ConnectionErrorIncoming>> {
        let accepted = ready!(self.others.poll(task));
        self.others.set(next_other(self.connection.clone()));
        let stream = accepted.map_err(of_connection)?;
        let frames = Frames::of_unidirectional(self.max_frame_size);
        Poll::Ready(Ok(RecvStream::new(stream, &self.connection, frames)))
    }

    fn poll_accept_bidi(
        &mut self,
        task: &mut Task<'_>,
    ) -> Poll<Result<BidiStream, ConnectionErrorIncoming>> {
        let accepted = ready!(self.requests.poll(task));
        self.requests.set(next_request(self.connection.clone()));
        let (send, recv) = accepted.map_err(of_connection)?;
        let stopped = send.stopped();
        let (refused_tx, refused) = oneshot::channel();
        self.outcome = Some(Outcome {
            delivery: Box::pin(async { matches!(stopped.await, Ok(None)) }),
            refused,
        });
        let frames = Frames::of_request(self.max_frame_size);
        let recv = RecvStream::new(recv, &self.connection, frames);
        Poll::Ready(Ok(BidiStream::new(send, recv, refused_tx)))
    }

    fn opener(&self) -> Opener {
        Opener::new(self.connection.clone())
    }
}

impl quic::OpenStreams<Bytes> for Transport {
    type BidiStream = BidiStream;
    type SendStream = SendStream;

    fn poll_open_bidi(
        &mut self,
        task: &mut Task<'_>,
    ) -> Poll<Result<BidiStream, StreamErrorIncoming>> {
        self.opener.poll_open_bidi(task)
    }

    fn poll_open_send(
        &mut self,
        task: &mut Task<'_>,
    ) -> Poll<Result<SendStream, StreamErrorIncoming>> {
        self.opener.poll_open_send(task)
    }

    fn close(&mut self, code: Code, reason: &[u8]) {
        self.connection.close(var_int(code.value()), reason);
    }
}

/// A connection on which h3 opens the server's own streams.
pub(super) struct Opener {
    connection: quinn::Connection,
    opening: Option<Pin<Box<dyn Future<Output = Opened> + Send + Sync>>>,
}

type Opened = Result<quinn::SendStream, ConnectionError>;

impl Opener {
    fn new(connection: quinn::Connection) -> Opener {
        Opener {
            connection,
            opening: None,
        }
    }
}

impl quic::OpenStreams<Bytes> for Opener {
    type BidiStream = BidiStream;
    type SendStream = SendStream;

    fn poll_open_bidi(
        &mut self,
        _: &mut Task<'_>,
    ) -> Poll<Result<BidiStream, StreamErrorIncoming>> {
        // RFC 9114 §6.1: only clients open bidirectional streams.
        let error = "a server opens no requests".into();
        Poll::Ready(Err(StreamErrorIncoming::Unknown(error)))
    }

    fn poll_open_send(
        &mut self,
        task: &mut Task<'_>,
    ) -> Poll<Result<SendStream, StreamErrorIncoming>> {
        let connection = &self.connection;
        let opening = self.opening.get_or_insert_with(|| {
            let connection = connection.clone();
            Box::pin(async move { connection.open_uni().await })
        });
        let opened = ready!(opening.as_mut().poll(task));
        self.opening = None;
        Poll::Ready(match opened {
            Ok(stream) => Ok(SendStream::of_server(stream)),
            Err(error) => Err(of_stream(error)),
        })
    }

    fn close(&mut self, code: Code, reason: &[u8]) {
        self.connection.close(var_int(code.value()), reason);
    }
}

pub(super) fn var_int(number: u64) -> VarInt {
    VarInt::from_u64(number).unwrap_or(VarInt::MAX)
}

fn of_connection(error: ConnectionError) -> ConnectionErrorIncoming {
    match error {
        ConnectionError::ApplicationClosed(close) => ConnectionErrorIncoming::ApplicationClose {
            error_code: close.error_code.into_inner(),
        },
        ConnectionError::TimedOut => ConnectionErrorIncoming::Timeout,
        error => ConnectionErrorIncoming::Undefined(Arc::new(error)),
    }
}

pub(super) fn of_stream(error: ConnectionError) -> StreamErrorIncoming {
    StreamErrorIncoming::ConnectionErrorIncoming {
        connection_error: of_connection(error),
    }
}
