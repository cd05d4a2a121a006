//! The body of a request over HTTP/2.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

use crate::proxy::streams::body::Error;

const RESET: &str = "the client has reset the stream before the end of the body";

/// The body of a request over HTTP/2. A reset of the stream is an error, whatever its code.
///
/// hyper takes a reset with the code `NO_ERROR` for the end of the body, as RFC 9113 §8.1 has it for servers alone. The app would take
/// a part for the whole.
pub(crate) struct Upload<B>(pub(crate) B);

impl<B> Body for Upload<B>
where
    B: Body<Data = Bytes, Error: Into<Error>> + Unpin,
{
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        match ready!(Pin::new(&mut self.0).poll_frame(cx)) {
            None if !self.0.is_end_stream() => Poll::Ready(Some(Err(RESET.into()))),
            frame => Poll::Ready(frame.map(|frame| frame.map_err(Into::into))),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::{BodyExt as _, Full};

    use super::*;

    /// A body that ends though its stream has not.
    struct Reset;

    impl Body for Reset {
        type Data = Bytes;
        type Error = Error;

        fn poll_frame(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
            Poll::Ready(None)
        }
    }

    #[tokio::test]
    async fn only_the_end_of_the_stream_ends_the_body() {
        let whole = Upload(Full::new(Bytes::from_static(b"whole")));
        assert_eq!(whole.collect().await.unwrap().to_bytes(), "whole");
        let error = Upload(Reset).collect().await.err();
        assert_eq!(error.unwrap().to_string(), RESET);
    }
}
