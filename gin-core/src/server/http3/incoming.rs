//! A request's body on its way in over HTTP/3.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::task::{Context as Task, Poll, ready};

use bytes::{Buf, Bytes};
use h3::error::{Code, StreamError};
use h3::server::RequestStream;
use http_body::{Body as HttpBody, Frame, SizeHint};

use crate::failure::BodyError;
use crate::server::http3::streams::RecvStream;

/// A request's body. It must have the length that the head announces.
pub(super) struct IncomingStream {
    stream: RequestStream<RecvStream, Bytes>,
    place: Place,
    /// The length that the head announces, in bytes.
    announced: Option<u64>,
    /// In bytes.
    received: u64,
    is_malformed: Malformed,
}

/// The part of the body that comes next.
enum Place {
    Begun(Bytes),
    Data,
    Trailers,
    End,
}

/// The mark of a request whose body has another length than its head announces. Its stream is reset (RFC 9114 §4.1.2).
#[derive(Debug, Clone, Default)]
pub(super) struct Malformed(Arc<AtomicBool>);

impl Malformed {
    pub(super) fn is_set(&self) -> bool {
        self.0.load(Relaxed)
    }
}

impl IncomingStream {
    /// Looks at what has come of the body, without waiting for the client. Returns `None` if the request has none.
    pub(super) fn begin(
        mut stream: RequestStream<RecvStream, Bytes>,
        announced: Option<u64>,
        task: &mut Task<'_>,
    ) -> Option<Box<IncomingStream>> {
        let place = match stream.poll_recv_data(task) {
            Poll::Ready(Ok(Some(data))) => Place::Begun(whole(data)),
            Poll::Ready(Ok(None)) if announced.is_none_or(|length| length == 0) => {
                return None;
            }
            Poll::Ready(Ok(None)) => Place::Trailers,
            // An error comes again.
            Poll::Ready(Err(_)) | Poll::Pending => Place::Data,
        };
        Some(Box::new(IncomingStream {
            stream,
            place,
            announced,
            received: 0,
            is_malformed: Malformed::default(),
        }))
    }

    pub(super) fn malformed(&self) -> Malformed {
        self.is_malformed.clone()
    }

    fn poll_data(&mut self, task: &mut Task<'_>) -> Poll<Result<Option<Bytes>, BodyError>> {
        let read = ready!(self.stream.poll_recv_data(task));
        let data = read.map_err(broken)?.map(whole);
        Poll::Ready(Ok(data))
    }

    /// Counts the bytes of a body that must not be longer than announced.
    fn count(&mut self, data: Bytes) -> Result<Frame<Bytes>, BodyError> {
        self.received += data.len() as u64;
        if self.announced.is_some_and(|length| self.received > length) {
            return Err(self.refuse("the body is longer than its Content-Length"));
        }
        Ok(Frame::data(data))
    }

    fn refuse(&mut self, reason: &'static str) -> BodyError {
        self.place = Place::End;
        self.is_malformed.0.store(true, Relaxed);
        self.stream.stop_sending(Code::H3_MESSAGE_ERROR);
        BodyError::Broken(reason.into())
    }

    fn poll_trailers(
        &mut self,
        task: &mut Task<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        if self.announced.is_some_and(|length| self.received < length) {
            let error = self.refuse("the body is shorter than its Content-Length");
            return Poll::Ready(Some(Err(error)));
        }
        let trailers = ready!(self.stream.poll_recv_trailers(task));
        self.place = Place::End;
        Poll::Ready(match trailers {
            Ok(trailers) => trailers.map(|trailers| Ok(Frame::trailers(trailers))),
            Err(error) => Some(Err(broken(error))),
        })
    }
}

impl HttpBody for IncomingStream {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        task: &mut Task<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        loop {
            match std::mem::replace(&mut self.place, Place::Data) {
                Place::Begun(data) => return Poll::Ready(Some(self.count(data))),
                Place::Data => match ready!(self.poll_data(task)) {
                    Ok(Some(data)) => return Poll::Ready(Some(self.count(data))),
                    Ok(None) => self.place = Place::Trailers,
                    Err(error) => {
                        self.place = Place::End;
                        return Poll::Ready(Some(Err(error)));
                    }
                },
                Place::Trailers => {
                    self.place = Place::Trailers;
                    return self.poll_trailers(task);
                }
                Place::End => {
                    self.place = Place::End;
                    return Poll::Ready(None);
                }
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self.place, Place::End)
    }

    fn size_hint(&self) -> SizeHint {
        match self.announced {
            Some(length) => SizeHint::with_exact(length.saturating_sub(self.received)),
            None => SizeHint::default(),
        }
    }
}

/// Returns the bytes of a chunk, which are not copied.
fn whole(mut data: impl Buf) -> Bytes {
    data.copy_to_bytes(data.remaining())
}

fn broken(error: StreamError) -> BodyError {
    BodyError::Broken(error.into())
}
