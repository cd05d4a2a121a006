//! Request bodies that wait for the app's `100 Continue`.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tokio::sync::mpsc;
use tokio::time::{Sleep, sleep};

use crate::proxy::streams::{Body, Error};

/// The body of a request that expects `100 Continue` (RFC 9110 §10.1.1).
///
/// hyper sends that response to the client as soon as the body is read, so it is not read before the app sends its own.
pub(crate) struct Gated {
    body: Body,
    /// `None` once it has opened.
    gate: Option<Gate>,
}

/// Opens a [`Gated`] body.
pub(crate) struct Opener(mpsc::Sender<()>);

struct Gate {
    opened: mpsc::Receiver<()>,
    /// Runs from the first time that the body is polled.
    timeout: Option<Pin<Box<Sleep>>>,
}

impl Gated {
    /// Returns `body` behind a gate, and the gate's opener.
    pub(crate) fn new(body: Body) -> (Gated, Opener) {
        let (open, opened) = mpsc::channel(1);
        let timeout = None;
        let gate = Some(Gate { opened, timeout });
        (Gated { body, gate }, Opener(open))
    }
}

impl Opener {
    /// Opens the gate.
    pub(crate) fn open(&self) {
        // It fails for a second `100 Continue`, which opens nothing.
        let _ = self.0.try_send(());
    }
}

impl Gate {
    /// The time that the app has to send `100 Continue`. An app that does not know `Expect` just waits for the body.
    const TIMEOUT: Duration = Duration::from_secs(1);

    /// Waits until the gate is opened, or for the timeout.
    ///
    /// The app's final response does not open the gate: if the body were read before that response has left, hyper would prompt the
    /// client to send it first.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if let Poll::Ready(Some(())) = self.opened.poll_recv(cx) {
            return Poll::Ready(());
        }
        let timeout = self
            .timeout
            .get_or_insert_with(|| Box::pin(sleep(Self::TIMEOUT)));
        timeout.as_mut().poll(cx)
    }
}

impl http_body::Body for Gated {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        if let Some(gate) = &mut self.gate {
            ready!(gate.poll(cx));
            self.gate = None;
        }
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
