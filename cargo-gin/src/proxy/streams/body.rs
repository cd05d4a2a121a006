//! Bodies on their way: streamed both ways, never collected.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use tokio::sync::mpsc;
use tokio::time::{Sleep, sleep};

use crate::proxy::records::Trace;

/// The body of an answer, whoever gives it.
pub(crate) type Body = UnsyncBoxBody<Bytes, Error>;

/// Whatever cut a body off.
pub(crate) type Error = Box<dyn std::error::Error + Send + Sync>;

/// A body of ours. Empty octets are no body.
pub(crate) fn full(bytes: impl Into<Bytes>) -> Body {
    let never = |never: Infallible| match never {};
    Full::new(bytes.into()).map_err(never).boxed_unsync()
}

/// A request's body, on its way to the app.
pub(crate) enum Upload {
    /// There is none.
    Empty,
    /// It goes as it comes.
    Streamed {
        body: Incoming,
        /// The client waits to be asked for it, so it is not read before the app asks (RFC 9110 §10.1.1).
        ask: Option<Ask>,
        /// Takes down what passes.
        trace: Trace,
    },
    /// All of it was here before.
    Kept(Option<Bytes>),
}

/// The app's `100 Continue`.
pub(crate) struct Ask {
    asked: mpsc::Receiver<()>,
    /// Runs from the first time that the body is wanted.
    patience: Option<Pin<Box<Sleep>>>,
}

impl Ask {
    /// How long an app is waited for: one that has never heard of `Expect` reads on without a word.
    const PATIENCE: Duration = Duration::from_secs(1);

    /// An ask, and who makes it.
    pub(crate) fn channel() -> (mpsc::Sender<()>, Ask) {
        let (ask, asked) = mpsc::channel(1);
        let patience = None;
        (ask, Ask { asked, patience })
    }

    /// Waits until the app has asked, or is not going to ask. Its answer asks for nothing: were the body read before that has
    /// left, the client would be told to send it first.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if let Poll::Ready(Some(())) = self.asked.poll_recv(cx) {
            return Poll::Ready(());
        }
        let patience = self
            .patience
            .get_or_insert_with(|| Box::pin(sleep(Self::PATIENCE)));
        patience.as_mut().poll(cx)
    }
}

impl http_body::Body for Upload {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let (body, ask, trace) = match &mut *self {
            Upload::Empty => return Poll::Ready(None),
            Upload::Kept(kept) => return Poll::Ready(kept.take().map(Frame::data).map(Ok)),
            Upload::Streamed { body, ask, trace } => (body, ask, trace),
        };
        if let Some(asking) = ask {
            ready!(asking.poll(cx));
            *ask = None;
        }
        let frame = ready!(Pin::new(body).poll_frame(cx));
        if let Some(Ok(frame)) = &frame
            && let Some(chunk) = frame.data_ref()
        {
            trace.uploads(chunk);
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Upload::Empty | Upload::Kept(None) => true,
            Upload::Kept(Some(_)) => false,
            Upload::Streamed { body, .. } => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Upload::Empty | Upload::Kept(None) => SizeHint::with_exact(0),
            Upload::Kept(Some(kept)) => SizeHint::with_exact(kept.len() as u64),
            Upload::Streamed { body, .. } => body.size_hint(),
        }
    }
}
