//! The errors of setting cookies.

use std::fmt;

/// The error of a cookie that cannot be set. By `?` it becomes a 500, and the log gets its text.
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// use gin::cookies::CookieError;
///
/// async fn note(cookies: Cookies, text: String) -> Result<&'static str, Problem> {
///     match cookies.set(("note", text)) {
///         Err(CookieError::TooLarge { .. }) => Err(Problem::new(422).detail("the note is too long")),
///         set => set.map(|()| "noted").map_err(|error| gin::Error::from(error).into()),
///     }
/// }
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(Group::new("").post("/", note));
/// client.post("/").body("short").await.is(200);
/// client.post("/").body("long".repeat(2000)).await.is(422);
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CookieError {
    /// The name is not a token (RFC 9110 §5.6.2).
    BadName {
        /// The name.
        name: String,
    },
    /// Browsers would reject the cookie because of an attribute, or the attribute is not valid in a header.
    BadAttribute {
        /// The cookie's name.
        name: String,
        /// The rule that is broken.
        rule: &'static str,
    },
    /// The name and the encoded value have more than 4096 bytes, so that browsers ignore the cookie (RFC 6265bis §5.6).
    TooLarge {
        /// The cookie's name.
        name: String,
        /// The size of the name and the encoded value in bytes.
        size: usize,
    },
}

impl CookieError {
    /// The largest name and value together, in bytes.
    pub(crate) const LIMIT: usize = 4096;

    pub(crate) fn bad_attribute(name: &str, rule: &'static str) -> CookieError {
        CookieError::BadAttribute {
            name: name.to_owned(),
            rule,
        }
    }
}

impl fmt::Display for CookieError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CookieError::BadName { name } => {
                write!(
                    f,
                    "{name:?} is not a cookie's name: letters, digits, `-` and `_`"
                )
            }
            CookieError::BadAttribute { name, rule } => write!(f, "the cookie `{name}`: {rule}"),
            CookieError::TooLarge { name, size } => write!(
                f,
                "the cookie `{name}` has {size} bytes, and browsers keep at most {} bytes; keep the data in a session",
                CookieError::LIMIT
            ),
        }
    }
}

impl std::error::Error for CookieError {}
