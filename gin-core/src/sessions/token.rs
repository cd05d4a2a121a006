//! Tokens: the secrets that browsers send, and the ids under which stores keep their sessions.

use std::fmt;

use sha2::{Digest, Sha256};
use tower_sessions_core::session::Id;

/// The secret of a session: 128 random bits, which only the browser keeps.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Token(Id);

impl Token {
    /// Returns a new secret of a cryptographic random generator.
    pub(super) fn random() -> Token {
        Token(Id::default())
    }

    pub(super) fn parse(text: &str) -> Option<Token> {
        text.parse().ok().map(Token)
    }

    /// Returns the text that the cookie holds.
    pub(super) fn text(self) -> String {
        self.0.to_string()
    }

    /// Returns the id of the session in the store. It is a hash, so that a copy of the store opens no session.
    pub(super) fn id(self) -> Id {
        let Token(Id(secret)) = self;
        let hash: [u8; 32] = Sha256::digest(secret.to_le_bytes()).into();
        let half = hash.first_chunk().expect("half of 32 bytes is 16");
        Id(i128::from_le_bytes(*half))
    }
}

/// Nothing: it is a secret.
impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token")
    }
}
