//! Content compressed and decompressed by the test itself.

use async_compression::tokio::{bufread, write};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// The codings by their names in headers.
pub(crate) const CODINGS: [&str; 4] = ["gzip", "br", "zstd", "deflate"];

pub(crate) async fn encode(coding: &str, content: &[u8]) -> Vec<u8> {
    macro_rules! encode {
        ($Encoder:ident) => {{
            let mut encoder = write::$Encoder::new(Vec::new());
            encoder.write_all(content).await.expect("memory is there");
            encoder.shutdown().await.expect("memory is there");
            encoder.into_inner()
        }};
    }
    match coding {
        "gzip" => encode!(GzipEncoder),
        "br" => encode!(BrotliEncoder),
        "zstd" => encode!(ZstdEncoder),
        "deflate" => encode!(ZlibEncoder),
        _ => content.to_vec(),
    }
}

/// Returns the content, as far as it can be made of `bytes`, and the error behind that.
pub(crate) async fn decode_part(coding: &str, bytes: &[u8]) -> (Vec<u8>, std::io::Result<usize>) {
    let mut content = Vec::new();
    let end = match coding {
        "gzip" => {
            bufread::GzipDecoder::new(bytes)
                .read_to_end(&mut content)
                .await
        }
        "br" => {
            bufread::BrotliDecoder::new(bytes)
                .read_to_end(&mut content)
                .await
        }
        "zstd" => {
            bufread::ZstdDecoder::new(bytes)
                .read_to_end(&mut content)
                .await
        }
        _ => panic!("{coding}"),
    };
    (content, end)
}

pub(crate) async fn decode(coding: &str, bytes: &[u8]) -> Vec<u8> {
    let (content, end) = decode_part(coding, bytes).await;
    end.expect("the content is whole");
    content
}
