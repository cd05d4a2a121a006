//! Values that must not be shown.

use std::fmt;

use serde::{Deserialize, Deserializer};

/// A value of the settings that is not printed, such as a password. It has no text, and is not serialized.
///
/// ```
/// use gin::operations::Secret;
///
/// let password = Secret::from("hunter2".to_owned());
/// assert_eq!(format!("{password:?}"), "Secret(…)");
/// assert_eq!(password.expose(), "hunter2");
/// ```
#[derive(Clone, Default)]
pub struct Secret<T>(T);

impl<T> Secret<T> {
    /// Returns the value.
    pub fn expose(&self) -> &T {
        &self.0
    }

    /// Returns the value itself.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> From<T> for Secret<T> {
    fn from(value: T) -> Secret<T> {
        Secret(value)
    }
}

impl<T> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Secret<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Secret<T>, D::Error> {
        T::deserialize(deserializer).map(Secret)
    }
}
