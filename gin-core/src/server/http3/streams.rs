//! The streams of a connection, in the shape that h3 expects.

use std::pin::{Pin, pin};
use std::task::{Context as Task, Poll, ready};

use bytes::{Buf, Bytes};
use h3::error::Code;
use h3::quic::{self, StreamErrorIncoming, StreamId, WriteBuf};
use quinn::{ReadError, VarInt, WriteError};
use tokio::sync::oneshot;

use crate::server::http3::frames::{FrameFault, Frames};
use crate::server::http3::transport::{of_stream, var_int};

/// The stream of a request, which is split once the head is known.
///
/// Until then only h3 sends anything: an empty response to a head that is too large, and a reset if the head is malformed. Both are
/// withheld, and the server gets the stream for a response of its own.
pub(super) struct BidiStream {
    send: Unsplit,
    recv: RecvStream,
}

/// The server's side of a stream whose request is not known yet.
struct Unsplit {
    stream: Option<SendStream>,
    refused: Option<oneshot::Sender<SendStream>>,
}

impl BidiStream {
    pub(super) fn new(
        send: quinn::SendStream,
        recv: RecvStream,
        refused: oneshot::Sender<SendStream>,
    ) -> BidiStream {
        let stream = SendStream::of_response(send);
        let send = Unsplit {
            stream: Some(stream),
            refused: Some(refused),
        };
        BidiStream { send, recv }
    }
}

impl Drop for Unsplit {
    fn drop(&mut self) {
        if let (Some(stream), Some(refused)) = (self.stream.take(), self.refused.take()) {
            // If the server does not wait for it any more, the stream is reset.
            let _ = refused.send(stream);
        }
    }
}

impl Unsplit {
    fn stream(&mut self) -> &mut SendStream {
        self.stream.as_mut().expect("it is taken when it is split")
    }
}

impl quic::BidiStream<Bytes> for BidiStream {
    type SendStream = SendStream;
    type RecvStream = RecvStream;

    fn split(mut self) -> (SendStream, RecvStream) {
        let send = self.send.stream.take();
        (send.expect("it is split once"), self.recv)
    }
}

impl quic::SendStream<Bytes> for BidiStream {
    fn poll_ready(&mut self, _: &mut Task<'_>) -> Poll<Result<(), StreamErrorIncoming>> {
        Poll::Ready(Ok(()))
    }

    fn send_data<T: Into<WriteBuf<Bytes>>>(&mut self, _: T) -> Result<(), StreamErrorIncoming> {
        Ok(())
    }

    fn poll_finish(&mut self, _: &mut Task<'_>) -> Poll<Result<(), StreamErrorIncoming>> {
        Poll::Ready(Ok(()))
    }

    fn reset(&mut self, code: u64) {
        // RFC 9114 §4.1.2: a malformed request may get a response.
        if code != Code::H3_MESSAGE_ERROR.value() {
            self.send.stream().reset(code);
        }
    }

    fn send_id(&self) -> StreamId {
        let stream = self.send.stream.as_ref();
        stream.expect("it is taken when it is split").send_id()
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
    /// It is a response, whose end says that it is complete.
    is_response: bool,
    has_ended: bool,
}

impl SendStream {
    /// Returns a stream of the server's own.
    pub(super) fn of_server(stream: quinn::SendStream) -> SendStream {
        SendStream {
            stream,
            writing: None,
            is_response: false,
            has_ended: false,
        }
    }

    fn of_response(stream: quinn::SendStream) -> SendStream {
        SendStream {
            is_response: true,
            stream,
            writing: None,
            has_ended: false,
        }
    }

    /// Sends `bytes` as all of the response, without h3.
    pub(super) async fn send_whole(mut self, bytes: &[u8]) -> Result<(), WriteError> {
        self.stream.write_all(bytes).await?;
        self.has_ended = true;
        // It fails if the stream has ended.
        let _ = self.stream.finish();
        Ok(())
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
        if !self.has_ended && self.is_response {
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
    pub(super) fn new(
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

fn stream_id(id: quinn::StreamId) -> StreamId {
    let number = u64::from(VarInt::from(id));
    StreamId::try_from(number).expect("both crates have the same range of stream ids")
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
