//! Bodies that come from a stream or a reader of the app's.

use std::pin::Pin;
use std::task::{Context as Task, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;
use http_body::{Body as HttpBody, Frame};
use tokio::io::AsyncRead;
use tokio_util::io::ReaderStream;

use crate::content::body::Body;
use crate::failure::BoxError;

/// In bytes. It is as much as hyper writes at once.
const READ_SIZE: usize = 16 << 10;

impl Body {
    /// Returns a body of the chunks that `stream` yields.
    ///
    /// The stream is polled only as fast as the client takes the chunks, and dropped when the client disconnects. An error or a
    /// panic of the stream aborts the response, so that the client cannot take it for a complete one. The error is logged, with the
    /// route: the head of the response has been sent, so that [`Group::on_error`](crate::Group::on_error) cannot show it.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// use futures_util::stream;
    ///
    /// async fn numbers() -> Body {
    ///     let lines = (1..=3).map(|number| Ok::<_, std::io::Error>(format!("{number}\n")));
    ///     Body::from_stream(stream::iter(lines))
    /// }
    ///
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let client = Client::new(Group::new("").get("/numbers", numbers));
    /// client.get("/numbers").await.is(200).has_text("1\n2\n3\n");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[doc(alias = "Stream")]
    pub fn from_stream<S, C, E>(stream: S) -> Body
    where
        S: Stream<Item = Result<C, E>> + Send + 'static,
        C: Into<Bytes>,
        E: Into<BoxError>,
    {
        Body::new(Streaming(Some(Box::pin(stream))))
    }

    /// Returns a body of the bytes that `reader` has, up to its end.
    ///
    /// It is read only as fast as the client takes the bytes, 16 KiB at a time, and dropped when the client disconnects. An error
    /// of the reader aborts the response. [`with_len`](Body::with_len) announces a length that is known.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// async fn report(cx: &mut Context) -> Response {
    ///     let reader = std::io::Cursor::new("a,b\n1,2\n");
    ///     cx.data(200, "text/csv", Body::from_reader(reader).with_len(8))
    /// }
    ///
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let client = Client::new(Group::new("").get("/report", report));
    /// client.get("/report").await.is(200).has_text("a,b\n1,2\n");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[doc(alias("DataFromReader", "Reader"))]
    pub fn from_reader(reader: impl AsyncRead + Send + 'static) -> Body {
        Body::from_stream(ReaderStream::with_capacity(reader, READ_SIZE))
    }

    /// Announces `length`, in bytes, as the length of a body that is streamed: it is sent as `Content-Length`.
    ///
    /// A body that turns out to have another length aborts the response.
    ///
    /// ```
    /// use gin::prelude::*;
    ///
    /// let body = Body::from_reader(std::io::Cursor::new("hello"));
    /// assert_eq!(body.len(), None);
    /// assert_eq!(body.with_len(5).len(), Some(5));
    /// ```
    #[must_use]
    pub fn with_len(self, length: u64) -> Body {
        Body::new(Announced {
            body: self,
            left: length,
        })
    }
}

/// The chunks of a stream as a body. `None` once the stream has ended.
struct Streaming<S>(Option<Pin<Box<S>>>);

impl<S, C, E> HttpBody for Streaming<S>
where
    S: Stream<Item = Result<C, E>>,
    C: Into<Bytes>,
    E: Into<BoxError>,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        task: &mut Task<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let Some(stream) = &mut self.0 else {
            return Poll::Ready(None);
        };
        loop {
            let end = match ready!(stream.as_mut().poll_next(task)) {
                Some(Ok(chunk)) => match chunk.into() {
                    // An empty chunk would end the body in some protocols.
                    chunk if chunk.is_empty() => continue,
                    chunk => return Poll::Ready(Some(Ok(Frame::data(chunk)))),
                },
                Some(Err(error)) => Some(Err(error.into())),
                None => None,
            };
            self.0 = None;
            return Poll::Ready(end);
        }
    }
}

/// A body whose length is announced.
struct Announced {
    body: Body,
    /// In bytes.
    left: u64,
}

impl HttpBody for Announced {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        task: &mut Task<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let frame = match ready!(Pin::new(&mut self.body).poll_frame(task)) {
            None if self.left > 0 => {
                return Poll::Ready(Some(Err("the body is shorter than announced".into())));
            }
            Some(Ok(frame)) => frame,
            end => return Poll::Ready(end),
        };
        let length = frame.data_ref().map_or(0, |data| data.len() as u64);
        let Some(left) = self.left.checked_sub(length) else {
            return Poll::Ready(Some(Err("the body is longer than announced".into())));
        };
        self.left = left;
        Poll::Ready(Some(Ok(frame)))
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0 && self.body.is_end_stream()
    }

    fn size_hint(&self) -> http_body::SizeHint {
        http_body::SizeHint::with_exact(self.left)
    }
}
