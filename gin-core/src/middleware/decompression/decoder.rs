//! Decoders of the formats that requests are compressed with.

use std::io;
use std::pin::Pin;
use std::task::{Context as Task, Poll};

use async_compression::tokio::bufread::{BrotliDecoder, GzipDecoder, ZlibDecoder, ZstdDecoder};
use async_compression::zstd::DParameter;
use tokio::io::{AsyncBufRead, AsyncRead, ReadBuf};

/// A format of compressed content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Gzip,
    Brotli,
    Zstd,
    /// The format of zlib: RFC 9110 §8.4.1.2 names it `deflate`.
    Zlib,
}

impl Format {
    /// Returns the format of a coding in `Content-Encoding`.
    pub(super) fn named(name: &str) -> Option<Format> {
        let formats = [
            ("gzip", Format::Gzip),
            ("x-gzip", Format::Gzip),
            ("br", Format::Brotli),
            ("zstd", Format::Zstd),
            ("deflate", Format::Zlib),
        ];
        let mut formats = formats.into_iter();
        formats.find_map(|(own, format)| own.eq_ignore_ascii_case(name).then_some(format))
    }
}

/// A decoder that reads compressed content from an `R`.
pub(super) enum Decoder<R> {
    Gzip(Box<GzipDecoder<R>>),
    Brotli(Box<BrotliDecoder<R>>),
    Zstd(Box<ZstdDecoder<R>>),
    Zlib(Box<ZlibDecoder<R>>),
}

impl<R: AsyncBufRead + Unpin> Decoder<R> {
    pub(super) fn new(format: Format, input: R) -> Decoder<R> {
        match format {
            Format::Gzip => {
                let mut decoder = GzipDecoder::new(input);
                decoder.multiple_members(true);
                Decoder::Gzip(Box::new(decoder))
            }
            Format::Brotli => Decoder::Brotli(Box::new(BrotliDecoder::new(input))),
            Format::Zstd => {
                // RFC 9659 §3: 8 MiB. A frame could demand 128 MiB of memory otherwise.
                let window = DParameter::window_log_max(23);
                let mut decoder = ZstdDecoder::with_params(input, &[window]);
                decoder.multiple_members(true);
                Decoder::Zstd(Box::new(decoder))
            }
            Format::Zlib => Decoder::Zlib(Box::new(ZlibDecoder::new(input))),
        }
    }

    pub(super) fn poll_read(
        &mut self,
        task: &mut Task<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self {
            Decoder::Gzip(decoder) => Pin::new(&mut **decoder).poll_read(task, buffer),
            Decoder::Brotli(decoder) => Pin::new(&mut **decoder).poll_read(task, buffer),
            Decoder::Zstd(decoder) => Pin::new(&mut **decoder).poll_read(task, buffer),
            Decoder::Zlib(decoder) => Pin::new(&mut **decoder).poll_read(task, buffer),
        }
    }

    pub(super) fn input(&mut self) -> &mut R {
        match self {
            Decoder::Gzip(decoder) => decoder.get_mut(),
            Decoder::Brotli(decoder) => decoder.get_mut(),
            Decoder::Zstd(decoder) => decoder.get_mut(),
            Decoder::Zlib(decoder) => decoder.get_mut(),
        }
    }
}
