//! The bytes to and from an app: a TCP connection, with TLS or without.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

use crate::proxy::upstream::connection::Upstream;
use crate::proxy::upstream::speech::{Protocol, Speech};

/// The most bytes that are written again in TLS once the app has refused them.
const MAX_REPEATED: usize = 64 * 1024;
/// The type of a TLS record that is an alert (RFC 8446 §5.1). No HTTP response begins with it.
const ALERT: u8 = 21;

/// A connection to an app.
pub(crate) struct Transport {
    stream: Stream,
    /// `None` once it is known what the app speaks.
    unsure: Option<Unsure>,
}

enum Stream {
    Http(TcpStream),
    Https(Box<TlsStream<TcpStream>>),
}

/// A connection that speaks HTTP until the app refuses it.
struct Unsure {
    upstream: Upstream,
    speech: Speech,
    /// Everything that was written. `None` once that is too much to be written again.
    written: Option<Vec<u8>>,
    /// The handshake with an app that has refused HTTP.
    handshake: Option<Handshake>,
}

/// Returns the stream to go on with, if the app speaks TLS.
type Handshake = Pin<Box<dyn Future<Output = Option<TlsStream<TcpStream>>> + Send>>;

impl Transport {
    /// Connects to `upstream`.
    pub(super) async fn open(upstream: Upstream, speech: &Speech) -> io::Result<Transport> {
        if speech.likely() == Protocol::Https
            && let Some(stream) = speech.shake_hands(upstream).await
        {
            return Ok(Transport {
                stream: Stream::Https(Box::new(stream)),
                unsure: None,
            });
        }
        let stream = TcpStream::connect(upstream.address).await?;
        stream.set_nodelay(true)?;
        let unsure = (!speech.is_known(upstream)).then(|| Unsure {
            upstream,
            speech: speech.clone(),
            written: Some(Vec::new()),
            handshake: None,
        });
        Ok(Transport {
            stream: Stream::Http(stream),
            unsure,
        })
    }

    /// Waits until the app has sent something, and decides by that how to go on.
    fn poll_decided(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let (Some(unsure), Stream::Http(stream)) = (&mut self.unsure, &self.stream) else {
            return Poll::Ready(());
        };
        if unsure.handshake.is_none() {
            if !ready!(poll_refused(stream, cx)) {
                unsure.speech.learn(unsure.upstream, Protocol::Http);
                self.unsure = None;
                return Poll::Ready(());
            }
            unsure.handshake = Some(Box::pin(unsure.shake_hands()));
        }
        if let Some(handshake) = &mut unsure.handshake
            && let Some(stream) = ready!(handshake.as_mut().poll(cx))
        {
            self.stream = Stream::Https(Box::new(stream));
        }
        self.unsure = None;
        Poll::Ready(())
    }
}

/// Returns `true` if the first bytes of the app are what one that speaks TLS sends to a client that does not.
fn poll_refused(stream: &TcpStream, cx: &mut Context<'_>) -> Poll<bool> {
    let mut bytes = [0; b"HTTP/1.1 400 ".len()];
    let mut first = ReadBuf::new(&mut bytes);
    let peeked = ready!(stream.poll_peek(cx, &mut first));
    Poll::Ready(peeked.is_err() || is_refusal(first.filled()))
}

fn is_refusal(first: &[u8]) -> bool {
    let is_bad_request = || first.starts_with(b"HTTP/1.") && first.ends_with(b" 400 ");
    first.first().is_none_or(|first| *first == ALERT) || is_bad_request()
}

impl Unsure {
    /// Takes note of bytes that were written.
    fn wrote(&mut self, bytes: &[u8]) {
        if let Some(written) = &mut self.written {
            written.extend_from_slice(bytes);
            if written.len() > MAX_REPEATED {
                self.written = None;
            }
        }
    }

    /// Shakes hands with the app, and writes everything again. An app that speaks TLS understood none of it before.
    fn shake_hands(&mut self) -> impl Future<Output = Option<TlsStream<TcpStream>>> + use<> {
        let (speech, upstream, written) = (self.speech.clone(), self.upstream, self.written.take());
        async move {
            let mut stream = speech.shake_hands(upstream).await?;
            stream.write_all(&written?).await.ok()?;
            stream.flush().await.ok()?;
            Some(stream)
        }
    }
}

impl AsyncRead for Transport {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        ready!(self.poll_decided(cx));
        match &mut self.stream {
            Stream::Http(stream) => Pin::new(stream).poll_read(cx, buffer),
            Stream::Https(stream) => Pin::new(stream).poll_read(cx, buffer),
        }
    }
}

impl AsyncWrite for Transport {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self
            .unsure
            .as_ref()
            .is_some_and(|unsure| unsure.handshake.is_some())
        {
            ready!(self.poll_decided(cx));
        }
        let written = match &mut self.stream {
            Stream::Http(stream) => ready!(Pin::new(stream).poll_write(cx, bytes)),
            Stream::Https(stream) => return Pin::new(stream).poll_write(cx, bytes),
        };
        if let Some(unsure) = &mut self.unsure {
            // The app may have refused the beginning, and closed the connection.
            let count = written.as_ref().map_or(bytes.len(), |count| *count);
            unsure.wrote(&bytes[..count]);
        }
        Poll::Ready(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if self.unsure.is_some() {
            let first = slices.iter().find(|slice| !slice.is_empty());
            return self.poll_write(cx, first.map_or(&[], |slice| slice));
        }
        match &mut self.stream {
            Stream::Http(stream) => Pin::new(stream).poll_write_vectored(cx, slices),
            Stream::Https(stream) => Pin::new(stream).poll_write_vectored(cx, slices),
        }
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.stream {
            Stream::Http(stream) => Pin::new(stream).poll_flush(cx),
            Stream::Https(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.stream {
            Stream::Http(stream) => Pin::new(stream).poll_shutdown(cx),
            Stream::Https(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}
