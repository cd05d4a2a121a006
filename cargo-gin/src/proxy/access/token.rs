//! Random tokens.

use std::fmt::{self, Write as _};

use http::HeaderValue;

/// A random secret of 256 bits, in hexadecimal digits.
#[derive(Clone)]
pub(crate) struct Token(String);

impl Token {
    /// Returns a new token.
    pub(crate) fn random() -> Token {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).expect("the operating system gives random numbers");
        let mut text = String::with_capacity(2 * bytes.len());
        for byte in bytes {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
        }
        Token(text)
    }

    /// Returns the token as text.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the token as the value of a header field.
    pub(crate) fn to_header(&self) -> HeaderValue {
        HeaderValue::try_from(&self.0).expect("hexadecimal digits fit in a header")
    }

    /// Returns `true` if `candidate` is this token, in constant time.
    pub(crate) fn is(&self, candidate: &[u8]) -> bool {
        let own = self.0.as_bytes();
        let differences = own
            .iter()
            .zip(candidate)
            .fold(0, |all, (a, b)| all | (a ^ b));
        own.len() == candidate.len() && std::hint::black_box(differences) == 0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_equals_itself_only() {
        let token = Token::random();
        let text = token.as_str().to_owned();
        assert!(token.is(text.as_bytes()));
        assert!(!token.is(b""));
        assert!(!token.is(&text.as_bytes()[..63]));
        assert!(!token.is(format!("{text}0").as_bytes()));
        assert!(!token.is(Token::random().as_str().as_bytes()));
    }
}
