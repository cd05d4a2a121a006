//! QUIC's streams, in the shape that h3 expects.
//!
//! The crate h3-quinn has them as well. It lets a response that is dropped halfway look complete, panics when a stream that is being
//! read is stopped, and leaves it to h3 how much of a frame is buffered.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context as Task, Poll, ready};

use bytes::{Buf, Bytes};
use h3::error::Code;
use h3::quic::{self, ConnectionErrorIncoming, StreamErrorIncoming, StreamId, WriteBuf};
use quinn::{ConnectionError, ReadError, VarInt, WriteError};
use tokio_util::sync::ReusableBoxFuture;

use crate::server::http3::frames::{FrameFault, Frames};

/// A connection, from which h3 accepts the client's streams.
pub(super) struct Transport {
    connection: quinn::Connection,
    requests: Accepting<(quinn::SendStream, quinn::RecvStream)>,
    others: Accepting<quinn::RecvStream>,
    opener: Opener,
    /// The size of the largest frame that is buffered, in bytes.
    max_frame_size: u64,
    /// The fate of the last request's response.
    delivery: Option<Delivery>,
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
            delivery: None,
        }
    }

    /// Takes the fate of the response to the request that was accepted last.
    pub(super) fn take_delivery(&mut self) -> Option<Delivery> {
        self.delivery.take()
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
        self.delivery = Some(Box::pin(async { matches!(stopped.await, Ok(None)) }));
        let frames = Frames::of_request(self.max_frame_size);
        Poll::Ready(Ok(BidiStream {
            send: SendStream::new(send),
            recv: RecvStream::new(recv, &self.connection, frames),
        }))
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
            Ok(stream) => Ok(SendStream::new(stream)),
            Err(error) => Err(of_stream(error)),
        })
    }

    fn close(&mut self, code: Code, reason: &[u8]) {
        self.connection.close(var_int(code.value()), reason);
    }
}

/// The stream of a request, which is split once the head is known.
pub(super) struct BidiStream {
    send: SendStream,
    recv: RecvStream,
}

impl quic::BidiStream<Bytes> for BidiStream {
    type SendStream = SendStream;
    type RecvStream = RecvStream;

    fn split(mut self) -> (SendStream, RecvStream) {
        self.send.is_response = true;
        (self.send, self.recv)
    }
}

impl quic::SendStream<Bytes> for BidiStream {
    fn poll_ready(&mut self, task: &mut Task<'_>) -> Poll<Result<(), StreamErrorIncoming>> {
        self.send.poll_ready(task)
    }

    fn send_data<T: Into<WriteBuf<Bytes>>>(&mut self, data: T) -> Result<(), StreamErrorIncoming> {
        self.send.send_data(data)
    }

    fn poll_finish(&mut self, task: &mut Task<'_>) -> Poll<Result<(), StreamErrorIncoming>> {
        self.send.poll_finish(task)
    }

    fn reset(&mut self, code: u64) {
        self.send.reset(code);
    }

    fn send_id(&self) -> StreamId {
        self.send.send_id()
    }
}

impl quic::RecvStream for BidiStream {
    type Buf = Bytes;

    fn poll_data(
        &mut self,
        task: &mut Task<'_>,
    ) -> Poll<Result<Option<Bytes>, StreamErrorIncoming>> {
        self.recv.poll_data(task)
    }

    fn stop_sending(&mut self, code: u64) {
        self.recv.stop_sending(code);
    }

    fn recv_id(&self) -> StreamId {
        self.recv.recv_id()
    }
}

/// The server's side of a stream.
pub(super) struct SendStream {
    stream: quinn::SendStream,
    writing: Option<WriteBuf<Bytes>>,
    /// The server has begun to send, which h3 does by itself where it refuses a head.
    has_begun: bool,
    /// It is a response, whose end says that it is complete.
    is_response: bool,
    has_ended: bool,
}

impl SendStream {
    fn new(stream: quinn::SendStream) -> SendStream {
        SendStream {
            stream,
            writing: None,
            has_begun: false,
            is_response: false,
            has_ended: false,
        }
    }
}

impl quic::SendStream<Bytes> for SendStream {
    fn poll_ready(&mut self, task: &mut Task<'_>) -> Poll<Result<(), StreamErrorIncoming>> {
        if let Some(data) = &mut self.writing {
            while data.has_remaining() {
                let written = Pin::new(&mut self.stream).poll_write(task, data.chunk());
                data.advance(ready!(written).map_err(of_write)?);
            }
        }
        self.writing = None;
        Poll::Ready(Ok(()))
    }

    fn send_data<T: Into<WriteBuf<Bytes>>>(&mut self, data: T) -> Result<(), StreamErrorIncoming> {
        if self.writing.is_some() {
            let error = "the last data was not written yet".into();
            return Err(StreamErrorIncoming::Unknown(error));
        }
        self.has_begun = true;
        self.writing = Some(data.into());
        Ok(())
    }

    fn poll_finish(&mut self, _: &mut Task<'_>) -> Poll<Result<(), StreamErrorIncoming>> {
        self.has_ended = true;
        let finished = self.stream.finish();
        Poll::Ready(finished.map_err(|error| StreamErrorIncoming::Unknown(error.into())))
    }

    fn reset(&mut self, code: u64) {
        self.has_ended = true;
        // It fails if the stream has ended.
        let _ = self.stream.reset(var_int(code));
    }

    fn send_id(&self) -> StreamId {
        stream_id(self.stream.id())
    }
}

impl Drop for SendStream {
    fn drop(&mut self) {
        // quinn would end the stream, and the client would take a part of a response for all of it.
        if !self.has_ended && (self.is_response || !self.has_begun) {
            let _ = self.stream.reset(var_int(Code::H3_INTERNAL_ERROR.value()));
        }
    }
}

/// The client's side of a stream.
pub(super) struct RecvStream {
    stream: quinn::RecvStream,
    connection: quinn::Connection,
    frames: Frames,
    /// Bytes that were read, and not checked yet.
    unread: Bytes,
    is_at_end: bool,
}

/// The most that is read at once, in bytes.
const MAX_READ: usize = 64 << 10;

impl RecvStream {
    fn new(
        stream: quinn::RecvStream,
        connection: &quinn::Connection,
        frames: Frames,
    ) -> RecvStream {
        RecvStream {
            stream,
            connection: connection.clone(),
            frames,
            unread: Bytes::new(),
            is_at_end: false,
        }
    }

    /// Closes the connection of a client that breaks the rules of frames.
    fn refuse(&self, fault: FrameFault) -> StreamErrorIncoming {
        let (code, reason) = match fault {
            FrameFault::TooLarge => (Code::H3_EXCESSIVE_LOAD, "a frame is too large"),
            FrameFault::CutOff => (Code::H3_FRAME_ERROR, "the stream ends within a frame"),
        };
        self.connection
            .close(var_int(code.value()), reason.as_bytes());
        StreamErrorIncoming::Unknown(reason.into())
    }
}

impl quic::RecvStream for RecvStream {
    type Buf = Bytes;

    fn poll_data(
        &mut self,
        task: &mut Task<'_>,
    ) -> Poll<Result<Option<Bytes>, StreamErrorIncoming>> {
        loop {
            let admitted = self.frames.take(&mut self.unread);
            if let Some(bytes) = admitted.map_err(|fault| self.refuse(fault))? {
                return Poll::Ready(Ok(Some(bytes)));
            }
            if self.is_at_end {
                return Poll::Ready(Ok(None));
            }
            // A read that waits is registered by its stream, and may be begun again.
            let read = ready!(pin!(self.stream.read_chunk(MAX_READ, true)).poll(task));
            if let Some(chunk) = read.map_err(of_read)? {
                self.unread = chunk.bytes;
            } else {
                self.is_at_end = true;
                self.frames.end().map_err(|fault| self.refuse(fault))?;
            }
        }
    }

    fn stop_sending(&mut self, code: u64) {
        self.is_at_end = true;
        // It fails if the stream has ended.
        let _ = self.stream.stop(var_int(code));
    }

    fn recv_id(&self) -> StreamId {
        stream_id(self.stream.id())
    }
}

impl Drop for RecvStream {
    fn drop(&mut self) {
        if !self.is_at_end {
            // RFC 9114 §4.1: the response does not need the rest of the request.
            let _ = self.stream.stop(var_int(Code::H3_NO_ERROR.value()));
        }
    }
}

fn var_int(number: u64) -> VarInt {
    VarInt::from_u64(number).unwrap_or(VarInt::MAX)
}

fn stream_id(id: quinn::StreamId) -> StreamId {
    let number = u64::from(VarInt::from(id));
    StreamId::try_from(number).expect("both crates have the same range of stream ids")
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

fn of_stream(error: ConnectionError) -> StreamErrorIncoming {
    StreamErrorIncoming::ConnectionErrorIncoming {
        connection_error: of_connection(error),
    }
}

fn of_read(error: ReadError) -> StreamErrorIncoming {
    match error {
        ReadError::Reset(code) => StreamErrorIncoming::StreamTerminated {
            error_code: code.into_inner(),
        },
        ReadError::ConnectionLost(error) => of_stream(error),
        error => StreamErrorIncoming::Unknown(error.into()),
    }
}

fn of_write(error: WriteError) -> StreamErrorIncoming {
    match error {
        WriteError::Stopped(code) => StreamErrorIncoming::StreamTerminated {
            error_code: code.into_inner(),
        },
        WriteError::ConnectionLost(error) => of_stream(error),
        error => StreamErrorIncoming::Unknown(error.into()),
    }
}
