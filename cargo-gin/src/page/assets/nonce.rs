//! The nonce of a page, which permits its own style and script and no others.

use std::fmt::{self, Display};

use http::HeaderValue;

use crate::page::format::Revisit;

/// 128 random bits, used for one page.
#[derive(Debug)]
pub(crate) struct Nonce(u128);

impl Nonce {
    /// Draws a fresh nonce.
    pub(crate) fn new() -> Nonce {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).expect("the operating system gives random numbers");
        Nonce(u128::from_ne_bytes(bytes))
    }

    /// Returns the page's `Content-Security-Policy`: its own style and script, connections to its own origin, and nothing else. The
    /// page of a sent form may send it again.
    pub(crate) fn policy(&self, revisit: Revisit) -> HeaderValue {
        let forms = match revisit {
            Revisit::Freely | Revisit::Edited => "'none'",
            Revisit::Asks => "'self'",
        };
        let policy = format!(
            "default-src 'none'; script-src 'nonce-{self}'; style-src 'nonce-{self}'; connect-src 'self'; img-src data:; \
             base-uri 'none'; form-action {forms}; frame-ancestors 'none'"
        );
        HeaderValue::try_from(policy).expect("hexadecimal digits fit in a header")
    }
}

impl Display for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}
