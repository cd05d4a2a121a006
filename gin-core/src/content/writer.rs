//! A body that is written while the client reads it.

use std::pin::Pin;
use std::task::{Context as Task, Poll};

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame};

use crate::content::body::Body;
use crate::content::handoff::{Giver, Taker, handoff};
use crate::failure::BoxError;
use crate::future::BoxFuture;

/// The sender of a body's chunks, which [`Body::from_writer`] lends to the function that writes the body.
///
/// ```
/// use gin::{prelude::*, response::BodyWriter, testing::Client};
///
/// async fn count(out: &mut BodyWriter) {
///     for number in 1..=3 {
///         out.send(format!("{number}\n")).await;
///     }
/// }
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let numbers = async || Body::from_writer(async |mut out| count(&mut out).await);
/// let client = Client::new(Group::new("").get("/", numbers));
/// client.get("/").await.is(200).has_text("1\n2\n3\n");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct BodyWriter(Giver<Result<Bytes, BoxError>>);

impl BodyWriter {
    /// Sends a chunk. Waits until the client has taken all chunks before the last one.
    #[doc(alias = "Flush")]
    pub async fn send(&mut self, chunk: impl Into<Bytes>) {
        let chunk = chunk.into();
        // An empty chunk would end the body in some protocols. An error means that the client has gone: then this future is
        // dropped as well.
        if !chunk.is_empty() {
            let _ = self.0.give(Ok(chunk)).await;
        }
    }

    /// Ends the body with an error, so that the client cannot take it for a complete one: the response is aborted, as that of a
    /// [stream](Body::from_stream) which fails. The error is logged and never sent.
    ///
    /// ```
    /// use gin::prelude::*;
    ///
    /// async fn export() -> Body {
    ///     Body::from_writer(async |mut out| {
    ///         out.send("id,name\n").await;
    ///         out.fail("the database has gone").await;
    ///     })
    /// }
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let mut body = export().await;
    /// assert_eq!(body.chunk().await.unwrap().unwrap(), "id,name\n");
    /// assert!(body.chunk().await.is_err());
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub async fn fail(self, error: impl Into<BoxError>) {
        let _ = self.0.give(Err(error.into())).await;
    }
}

impl Body {
    /// Returns a body that `write` sends chunk by chunk, as fast as the client takes them. The body ends when `write` returns.
    ///
    /// [`BodyWriter::fail`] ends it with an error. `write` runs only while the client is connected. When the client disconnects, it is dropped at its `.await`. A stream that
    /// would never end by itself should end when the server [shuts down](crate::server::Shutdown):
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// #[get("/events")]
    /// async fn events(cx: &mut Context) -> Response {
    ///     let shutdown = cx.shutdown();
    ///     let body = Body::from_writer(async move |mut out| {
    ///         for number in 0..3 {
    ///             if shutdown.is_requested() {
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
    #[doc(alias = "Stream")]
    pub fn from_writer<F, Fut>(write: F) -> Body
    where
        F: FnOnce(BodyWriter) -> Fut,
        Fut: Future<Output = ()> + Send + 'static,
    {
        let (giver, sent) = handoff();
        Body::new(Writing {
            write: Some(Box::pin(write(BodyWriter(giver)))),
            sent,
        })
    }
}

/// A body that is written while it is sent.
struct Writing {
    /// `None` once the function has returned.
    write: Option<BoxFuture<'static, ()>>,
    sent: Taker<Result<Bytes, BoxError>>,
}

impl HttpBody for Writing {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        task: &mut Task<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        // The chunk that is sent by this poll is taken below.
        self.sent.stop_waiting();
        if let Some(write) = &mut self.write
            && write.as_mut().poll(task).is_ready()
        {
            self.write = None;
        }
        let chunk = self.sent.poll_take(task);
        chunk.map(|chunk| chunk.map(|chunk| chunk.map(Frame::data)))
    }
}
