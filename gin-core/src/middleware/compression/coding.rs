//! The codings that responses are compressed with.

use http::{HeaderMap, HeaderValue};

use crate::request::Codings;

/// A coding of content (RFC 9110 §8.4.1).
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// use gin::middleware::{Coding, Compression};
///
/// let compression = Compression::new().only([Coding::Gzip]).min_size(0);
/// let app = Group::new("").with(compression).get("/", async || "hello, hello, hello, hello, hello, hello");
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let request = Client::new(app);
/// request.get("/").header("accept-encoding", "br, gzip").await.has_header("content-encoding", "gzip");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Coding {
    /// Brotli (RFC 7932), `br`: the smallest pages.
    Brotli,
    /// Zstandard (RFC 8878), `zstd`: the fastest.
    Zstd,
    /// gzip (RFC 1952), `gzip`: every client has it.
    Gzip,
}

/// The effort of compression, between speed and size.
///
/// ```
/// use gin::middleware::{Compression, Effort};
///
/// let compression = Compression::new().effort(Effort::Fast);
/// # let _ = compression;
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Effort {
    /// Little time.
    Fast,
    /// The best size that takes about as long as making the content.
    #[default]
    Balanced,
    /// The smallest size, for content that is made once and cached. It is many times slower.
    Smallest,
}

impl Coding {
    /// The codings from the smallest content to the largest.
    pub(super) const ALL: [Coding; 3] = [Coding::Brotli, Coding::Zstd, Coding::Gzip];

    fn name(self) -> &'static str {
        match self {
            Coding::Brotli => "br",
            Coding::Zstd => "zstd",
            Coding::Gzip => "gzip",
        }
    }

    /// Returns the value of `Content-Encoding`.
    pub(super) fn value(self) -> HeaderValue {
        HeaderValue::from_static(self.name())
    }

    /// Returns the coding that the client prefers. Of those that it likes equally, it is the first in `offered`.
    pub(super) fn preferred(offered: &[Coding], headers: &HeaderMap) -> Option<Coding> {
        let accepted = Codings::of(headers)?;
        let weights = offered.iter().rev();
        let weights = weights.filter_map(|coding| Some((accepted.weight(coding.name())?, *coding)));
        // Of equal weights, the last one wins.
        let best = weights.max_by_key(|(weight, _)| *weight);
        best.map(|(_, coding)| coding)
    }
}
