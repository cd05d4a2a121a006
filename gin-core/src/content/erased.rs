//! Bodies of other crates as a [`Body`].

use std::any::Any;
use std::pin::Pin;
use std::task::{Context as Task, Poll, ready};

use bytes::{Buf, Bytes};
use http_body::{Body as HttpBody, Frame, SizeHint};
use pin_project_lite::pin_project;

use crate::content::body::Body;
use crate::failure::{BodyError, BoxError};

impl Body {
    /// Erases the type of a response's body. A [`Body`] stays as it is, and costs no allocation.
    #[cfg(feature = "tower")]
    pub(crate) fn erase<B>(body: B) -> Body
    where
        B: HttpBody<Data: Buf, Error: Into<BoxError>> + Send + 'static,
    {
        Body::erase_with(body, |error| error)
    }

    /// Erases the type of a request's body that comes by way of another server. Its errors are the client's.
    pub(crate) fn of_client<B>(body: B) -> Body
    where
        B: HttpBody<Data: Buf, Error: Into<BoxError>> + Send + 'static,
    {
        Body::erase_with(body, BodyError::of_client)
    }

    fn erase_with<B>(body: B, convert: fn(BoxError) -> BoxError) -> Body
    where
        B: HttpBody<Data: Buf, Error: Into<BoxError>> + Send + 'static,
    {
        let mut body = Some(body);
        let any: &mut dyn Any = &mut body;
        let own = any.downcast_mut::<Option<Body>>().and_then(Option::take);
        match (own, body) {
            (Some(own), _) => own,
            (None, Some(body)) => Body::new(Erased { body, convert }),
            (None, None) => Body::empty(),
        }
    }
}

pin_project! {
    /// A body of another crate with our types of data and errors.
    struct Erased<B> {
        #[pin]
        body: B,
        convert: fn(BoxError) -> BoxError,
    }
}

impl<B: HttpBody<Data: Buf, Error: Into<BoxError>>> HttpBody for Erased<B> {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        task: &mut Task<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = self.project();
        let frame = ready!(this.body.poll_frame(task));
        Poll::Ready(frame.map(|frame| match frame {
            // `Bytes` are not copied by this.
            Ok(frame) => Ok(frame.map_data(|mut data| data.copy_to_bytes(data.remaining()))),
            Err(error) => Err((this.convert)(error.into())),
        }))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
