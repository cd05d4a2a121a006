//! Bodies that are compressed while they are sent.

use std::pin::Pin;
use std::task::{Context as Task, Poll, ready};

use bytes::{Buf, Bytes};
use http::HeaderMap;
use http_body::{Body as HttpBody, Frame};

use crate::content::Body;
use crate::failure::BoxError;
use crate::middleware::compression::encoder::Encoder;

/// The output that makes a frame worth sending, in bytes.
const FRAME: usize = 8 << 10;

/// The most content that is compressed in one go, in bytes. Other tasks of the thread wait for that long.
const PART: usize = 32 << 10;

/// The most content that is compressed in one poll, in bytes.
const BUDGET: usize = 128 << 10;

/// A body that is compressed while it is sent.
///
/// All output is sent as soon as the body has nothing more for the moment, so that a live body is not held back.
pub(super) struct Encoded {
    body: Body,
    encoder: Encoder,
    /// Content that is not compressed yet.
    content: Bytes,
    state: State,
}

enum State {
    /// All content up to now has been sent.
    Flushed,
    /// The encoder may hold content back.
    Holding,
    Finishing(Option<HeaderMap>),
    Finished(Option<HeaderMap>),
}

type Polled = Poll<Option<Result<Frame<Bytes>, BoxError>>>;

impl Encoded {
    pub(super) fn new(body: Body, encoder: Encoder) -> Encoded {
        Encoded {
            body,
            encoder,
            content: Bytes::new(),
            state: State::Flushed,
        }
    }

    fn frame(&mut self) -> Polled {
        let output = self.encoder.take_output();
        Poll::Ready(Some(Ok(Frame::data(output.into()))))
    }

    /// Takes the next frame of the body.
    fn poll_content(&mut self, task: &mut Task<'_>) -> Poll<Result<(), BoxError>> {
        let Some(frame) = ready!(Pin::new(&mut self.body).poll_frame(task)) else {
            self.state = State::Finishing(None);
            return Poll::Ready(Ok(()));
        };
        match frame?.into_data() {
            Ok(data) => self.content = data,
            Err(frame) => self.state = State::Finishing(frame.into_trailers().ok()),
        }
        Poll::Ready(Ok(()))
    }

    /// Sends what the encoder holds back, as the body has nothing more for the moment.
    fn poll_idle(&mut self, task: &mut Task<'_>) -> Polled {
        if let State::Holding = self.state {
            ready!(self.encoder.poll_flush(task))?;
            self.state = State::Flushed;
        }
        if self.encoder.output_len() > 0 {
            return self.frame();
        }
        Poll::Pending
    }
}

impl HttpBody for Encoded {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, task: &mut Task<'_>) -> Polled {
        let this = &mut *self;
        let mut budget = BUDGET;
        loop {
            if this.encoder.output_len() >= FRAME {
                return this.frame();
            }
            if this.content.has_remaining() {
                if budget == 0 {
                    task.waker().wake_by_ref();
                    return Poll::Pending;
                }
                let part = PART.min(budget);
                let written = ready!(this.encoder.poll_write(task, &mut this.content, part))?;
                budget = budget.saturating_sub(written);
                this.state = State::Holding;
                continue;
            }
            match &mut this.state {
                State::Flushed | State::Holding => match this.poll_content(task) {
                    Poll::Ready(taken) => taken?,
                    Poll::Pending => return this.poll_idle(task),
                },
                State::Finishing(trailers) => {
                    let trailers = trailers.take();
                    ready!(this.encoder.poll_finish(task))?;
                    this.state = State::Finished(trailers);
                }
                State::Finished(_) if this.encoder.output_len() > 0 => return this.frame(),
                State::Finished(trailers) => {
                    let trailers = trailers.take().map(Frame::trailers);
                    return Poll::Ready(trailers.map(Ok));
                }
            }
        }
    }
}
