//! The keys that sign and encrypt cookies.

use std::fmt;
use std::sync::Arc;

/// A key that signs and encrypts cookies, with the older keys that it replaces.
///
/// It is made of a secret of 32 bytes or more, such as the output of `openssl rand -base64 48`. A group provides it as state.
/// Cloning it is cheap, and it is never printed.
///
/// To rotate keys, put the new one before the old one: the first one signs and encrypts, and all verify and decrypt. When the
/// cookies of the old one have expired, remove it.
///
/// ```
/// use gin::cookies::Key;
///
/// let old = Key::new("secret of 2024: Ws8dq1mFzYHn4Kc7")?;
/// let key = Key::new("secret of 2025: 3tGx9PbVq0uRj2Le")?.with_older(old);
/// assert_eq!(format!("{key:?}"), "Key(2 secrets)");
///
/// let error = Key::new("short").unwrap_err();
/// assert!(error.to_string().contains("`openssl rand -base64 48`"));
/// # Ok::<(), gin::cookies::KeyError>(())
/// ```
#[derive(Clone)]
pub struct Key(Arc<[cookie::Key]>);

/// The error of making a [`Key`].
///
/// ```
/// use gin::cookies::{Key, KeyError};
///
/// assert_eq!(Key::new("short").unwrap_err(), KeyError::TooShort { length: 5 });
/// let error = Key::from_env("NO_SUCH_KEY").unwrap_err();
/// assert!(error.to_string().starts_with("the environment variable NO_SUCH_KEY is not set"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyError {
    /// The secret is shorter than 32 bytes.
    TooShort {
        /// Its length in bytes.
        length: usize,
    },
    /// The environment variable is not set, or is not text.
    NotSet {
        /// The name of the variable.
        name: String,
    },
}

const SHORTEST: usize = 32;

impl Key {
    /// Makes a key of a secret of 32 bytes or more, which are hard to guess.
    ///
    /// # Errors
    ///
    /// [`KeyError::TooShort`].
    pub fn new(secret: impl AsRef<[u8]>) -> Result<Key, KeyError> {
        let secret = secret.as_ref();
        if secret.len() < SHORTEST {
            return Err(KeyError::TooShort {
                length: secret.len(),
            });
        }
        Ok(Key(Arc::new([cookie::Key::derive_from(secret)])))
    }

    /// Makes a key of the secrets in an environment variable, separated by spaces: the newest first, then those that it replaces.
    ///
    /// # Errors
    ///
    /// [`KeyError::NotSet`] and [`KeyError::TooShort`].
    pub fn from_env(name: &str) -> Result<Key, KeyError> {
        let not_set = || KeyError::NotSet {
            name: name.to_owned(),
        };
        let secrets = std::env::var(name).map_err(|_| not_set())?;
        let mut keys = secrets.split_whitespace().map(Key::new);
        let newest = keys.next().ok_or_else(not_set)??;
        keys.try_fold(newest, |key, older| Ok(key.with_older(older?)))
    }

    /// Makes a random key, which is lost when the process ends: for tests, and for cookies that may end then.
    pub fn generate() -> Key {
        Key(Arc::new([cookie::Key::generate()]))
    }

    /// Also verifies and decrypts cookies of `older`.
    #[must_use]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "so that `Key::new(…)?` can be passed"
    )]
    pub fn with_older(self, older: Key) -> Key {
        Key(self.0.iter().chain(&*older.0).cloned().collect())
    }

    /// Returns the key that signs and encrypts.
    pub(crate) fn newest(&self) -> &cookie::Key {
        self.0.first().expect("a key has at least one secret")
    }

    /// Returns all keys, the newest first.
    pub(crate) fn all(&self) -> impl Iterator<Item = &cookie::Key> {
        self.0.iter()
    }
}

/// The number of secrets, never the secrets themselves.
impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({} secrets)", self.0.len())
    }
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            KeyError::TooShort { length } => write!(
                f,
                "the secret of a cookie key has {length} bytes and needs {SHORTEST} or more; make one with `openssl rand -base64 48`"
            ),
            KeyError::NotSet { name } => write!(
                f,
                "the environment variable {name} is not set to the secret of a cookie key; make one with `openssl rand -base64 48`"
            ),
        }
    }
}

impl std::error::Error for KeyError {}
