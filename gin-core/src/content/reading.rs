//! Readers of a body: chunk by chunk, as a stream, as an async reader, or whole.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context as Task, Poll, ready};
use std::{fmt, io};

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use http_body::Body as _;
use tokio::io::{AsyncBufRead, AsyncRead, ReadBuf};
use tokio_util::io::StreamReader;

use crate::connection::Http2Stream;
use crate::content::body::Body;
use crate::failure::BodyError;

/// Methods that read the body. A request's body ends with an error where it is cut off, late, or larger than
/// [`Group::body_limit`](crate::Group::body_limit).
impl Body {
    /// Returns the next bytes of the body as they come, or `None` at its end.
    ///
    /// # Errors
    ///
    /// Fails if the body does not come whole. A handler that passes the error on by `?` responds with 400, 408 or 413.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// async fn sum(mut body: Body) -> Result<String> {
    ///     let mut sum = 0;
    ///     while let Some(chunk) = body.chunk().await? {
    ///         sum += chunk.iter().map(|byte| u64::from(*byte)).sum::<u64>();
    ///     }
    ///     Ok(sum.to_string())
    /// }
    ///
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let client = Client::new(Group::new("").post("/sum", sum));
    /// client.post("/sum").body("abc").await.is(200).has_text("294");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, BodyError> {
        poll_fn(|task| self.poll_chunk(task)).await.transpose()
    }

    /// Reads the rest of the body into memory, if it has no more than `limit` bytes.
    ///
    /// # Errors
    ///
    /// Fails if the body is larger, or does not come whole.
    ///
    /// ```
    /// # use gin::{prelude::*, extract::BodyError};
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let body = Body::from("hello");
    /// assert_eq!(body.collect_bytes(5).await.unwrap(), "hello");
    ///
    /// let body = Body::from("hello!");
    /// let error = body.collect_bytes(5).await.unwrap_err();
    /// assert!(matches!(error, BodyError::TooLarge { limit: 5 }));
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[doc(alias = "to_bytes")]
    pub async fn collect_bytes(mut self, limit: usize) -> Result<Bytes, BodyError> {
        self.read_whole(limit).await
    }

    /// Reads the rest of the body into memory, if it has no more than `limit` bytes.
    pub(crate) async fn read_whole(&mut self, limit: usize) -> Result<Bytes, BodyError> {
        let mut whole = BytesMut::new();
        let stream = Http2Stream::current();
        poll_fn(|task| self.poll_whole(task, &mut whole, limit, stream.as_deref())).await
    }

    /// Turns the body into a stream of its bytes.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// use futures_util::TryStreamExt;
    ///
    /// async fn lengths(body: Body) -> Result<String> {
    ///     let lengths: Vec<usize> = body.into_data_stream().map_ok(|chunk| chunk.len()).try_collect().await?;
    ///     Ok(format!("{lengths:?}"))
    /// }
    ///
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let client = Client::new(Group::new("").post("/lengths", lengths));
    /// client.post("/lengths").body("hello").await.is(200).has_text("[5]");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn into_data_stream(self) -> DataStream {
        DataStream(self)
    }

    /// Turns the body into a reader, for functions such as [`tokio::io::copy`].
    ///
    /// Its [`io::Error`]s keep the reason: a handler that passes one on by `?` responds with 400, 408 or 413 if the client is to
    /// blame.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// use tokio::io::AsyncBufReadExt;
    ///
    /// async fn count_lines(body: Body) -> Result<String> {
    ///     let mut lines = body.into_async_read().lines();
    ///     let mut count = 0;
    ///     while lines.next_line().await?.is_some() {
    ///         count += 1;
    ///     }
    ///     Ok(format!("{count} lines"))
    /// }
    ///
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let client = Client::new(Group::new("").body_limit(8).post("/count", count_lines));
    /// client.post("/count").body("1\n2\n3\n").await.is(200).has_text("3 lines");
    /// client.post("/count").body("1\n2\n3\n4\n5\n").await.is(413);
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn into_async_read(self) -> BodyReader {
        BodyReader(StreamReader::new(DataStream(self)))
    }

    fn poll_chunk(&mut self, task: &mut Task<'_>) -> Poll<Option<Result<Bytes, BodyError>>> {
        loop {
            match ready!(Pin::new(&mut *self).poll_frame(task)) {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) if !data.is_empty() => return Poll::Ready(Some(Ok(data))),
                    // Trailers do not belong to the content.
                    Ok(_) | Err(_) => {}
                },
                Some(Err(error)) => return Poll::Ready(Some(Err(BodyError::from_boxed(error)))),
                None => return Poll::Ready(None),
            }
        }
    }

    fn poll_whole(
        &mut self,
        task: &mut Task<'_>,
        whole: &mut BytesMut,
        limit: usize,
        stream: Option<&Http2Stream>,
    ) -> Poll<Result<Bytes, BodyError>> {
        loop {
            let announced = self.size_hint().lower();
            let too_large = BodyError::TooLarge {
                limit: limit as u64,
            };
            if announced.saturating_add(whole.len() as u64) > limit as u64 {
                return Poll::Ready(Err(too_large));
            }
            let Some(chunk) = ready!(self.poll_chunk(task)) else {
                return Poll::Ready(Ok(whole.split().freeze()));
            };
            let chunk = chunk?;
            if whole.len().saturating_add(chunk.len()) > limit {
                return Poll::Ready(Err(too_large));
            }
            // Most bodies come in one chunk, which is not copied.
            if whole.is_empty() && self.is_end_stream() {
                return Poll::Ready(Ok(chunk));
            }
            if stream.is_some_and(|stream| !stream.hold_request(chunk.len())) {
                return Poll::Ready(Err(BodyError::Crowded));
            }
            whole.extend_from_slice(&chunk);
        }
    }
}

/// A body as a [`Stream`] of its bytes, from [`Body::into_data_stream`].
///
/// ```
/// # use gin::prelude::*;
/// use futures_util::StreamExt;
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let mut stream = Body::from("hello").into_data_stream();
/// assert_eq!(stream.next().await.unwrap().unwrap(), "hello");
/// assert!(stream.next().await.is_none());
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct DataStream(Body);

impl Stream for DataStream {
    type Item = Result<Bytes, BodyError>;

    fn poll_next(mut self: Pin<&mut Self>, task: &mut Task<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_chunk(task)
    }
}

/// A body as an [`AsyncRead`] and [`AsyncBufRead`], from [`Body::into_async_read`].
///
/// ```
/// # use gin::prelude::*;
/// use tokio::io::AsyncReadExt;
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let mut reader = Body::from("hello").into_async_read();
/// let mut text = String::new();
/// reader.read_to_string(&mut text).await?;
/// assert_eq!(text, "hello");
/// # Ok::<(), std::io::Error>(())
/// # })
/// # ?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct BodyReader(StreamReader<DataStream, Bytes>);

impl AsyncRead for BodyReader {
    fn poll_read(
        mut self: Pin<&mut Self>,
        task: &mut Task<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(task, buffer)
    }
}

impl AsyncBufRead for BodyReader {
    fn poll_fill_buf(self: Pin<&mut Self>, task: &mut Task<'_>) -> Poll<io::Result<&[u8]>> {
        Pin::new(&mut self.get_mut().0).poll_fill_buf(task)
    }

    fn consume(mut self: Pin<&mut Self>, amount: usize) {
        Pin::new(&mut self.0).consume(amount);
    }
}

impl fmt::Debug for BodyReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BodyReader")
    }
}
