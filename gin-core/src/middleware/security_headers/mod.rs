//! Headers that make browsers stricter.

mod csp;
mod headers;
mod nonce;

pub use csp::Csp;
pub use headers::SecurityHeaders;
pub use nonce::CspNonce;
