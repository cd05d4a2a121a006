//! Headers that make browsers stricter.

mod csp;
mod headers;
mod nonce;

pub use csp::Csp;
pub use headers::SecurityHeaders;
#[cfg(feature = "tls")]
pub(crate) use headers::WithoutHsts;
pub use nonce::CspNonce;
