//! A body that is written while the client reads it.

use std::pin::Pin;
use std::task::{Context as Task, Poll};

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame};
use tokio::sync::mpsc;

use crate::content::body::Body;
use crate::failure::BoxError;
use crate::future::BoxFuture;

/// Where the pieces of a body go, one after the other; see [`Body::pieces`].
#[derive(Debug)]
pub struct Pieces(mpsc::Sender<Bytes>);

impl Pieces {
    /// Sends a piece, once the client has taken those before the last.
    pub async fn send(&mut self, piece: impl Into<Bytes>) {
        let piece = piece.into();
        // One without octets would end the body in some protocols. An error means that the client has gone: then this future is
        // dropped as well.
        if !piece.is_empty() {
            let _ = self.0.send(piece).await;
        }
    }
}

impl Body {
    /// A body that `write` sends piece by piece, as fast as the client takes them. It ends with `write`.
    ///
    /// `write` runs only while the client is there, and is dropped at its next `.await` when it goes. A stream that never ends by
    /// itself ends when the server [stops](crate::server::Stop):
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// #[get("/events")]
    /// async fn events(cx: &mut Context) -> Response {
    ///     let stop = cx.stop();
    ///     let body = Body::pieces(async move |mut out| {
    ///         for number in 0..3 {
    ///             if stop.has_begun() {
    ///                 break;
    ///             }
    ///             out.send(format!("data: {number}\n\n")).await;
    ///         }
    ///     });
    ///     cx.data(200, "text/event-stream", body)
    /// }
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let client = Client::new(Group::new("").mount(routes![events]));
    /// client.get("/events").await.is(200).has_text("data: 0\n\ndata: 1\n\ndata: 2\n\n");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn pieces<F, Fut>(write: F) -> Body
    where
        F: FnOnce(Pieces) -> Fut,
        Fut: Future<Output = ()> + Send + 'static,
    {
        let (sender, sent) = mpsc::channel(1);
        Body::stream(Writing {
            write: Some(Box::pin(write(Pieces(sender)))),
            sent,
        })
    }
}

/// A body that is being written.
struct Writing {
    /// Absent once all is written.
    write: Option<BoxFuture<'static, ()>>,
    sent: mpsc::Receiver<Bytes>,
}

impl HttpBody for Writing {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        task: &mut Task<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        // What is written now is taken below.
        if let Some(write) = &mut self.write
            && write.as_mut().poll(task).is_ready()
        {
            self.write = None;
        }
        let piece = self.sent.poll_recv(task);
        piece.map(|piece| piece.map(|piece| Ok(Frame::data(piece))))
    }
}
