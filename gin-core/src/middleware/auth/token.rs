//! The bearer token of a request (RFC 6750).

use std::fmt;

use http::HeaderMap;
use http::header::AUTHORIZATION;

use crate::middleware::auth::is_equal;

/// The token that a client sends in `Authorization: Bearer …`, which the function of [`bearer`](crate::middleware::bearer) checks.
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// use gin::middleware::{Token, bearer};
///
/// #[derive(Clone)]
/// struct Robot;
///
/// let verify = async |token: Token| token.is("s3cr3t").then_some(Robot);
/// let app = Group::new("").with(bearer(verify)).get("/", async || "hello");
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(app);
/// client.get("/").header("authorization", "Bearer s3cr3t").await.is(200);
/// client.get("/").header("authorization", "Bearer guess").await.is(401);
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone)]
pub struct Token(String);

/// The header of a request in another form than RFC 6750 §2.1 has it.
#[derive(Debug)]
pub(super) struct Malformed;

impl Token {
    /// Returns the text of the token, to be looked up or decoded.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns `true` if the token is `secret`. The time that it takes does not depend on how much of it is right.
    pub fn is(&self, secret: &str) -> bool {
        is_equal(self.0.as_bytes(), secret.as_bytes())
    }

    /// Returns the token of a request, or `None` if it has credentials of another scheme or none.
    pub(super) fn of(headers: &HeaderMap) -> Result<Option<Token>, Malformed> {
        let mut values = headers.get_all(AUTHORIZATION).iter();
        let Some(value) = values.next() else {
            return Ok(None);
        };
        if values.next().is_some() {
            return Err(Malformed);
        }
        let text = value.to_str().map_err(|_| Malformed)?;
        let (scheme, token) = text.split_once(' ').unwrap_or((text, ""));
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Ok(None);
        }
        let token = token.trim_matches(' ');
        let is_valid = is_b64token(token);
        is_valid
            .then(|| Some(Token(token.to_owned())))
            .ok_or(Malformed)
    }
}

/// RFC 6750 §2.1.
fn is_b64token(token: &str) -> bool {
    let body = token.trim_end_matches('=');
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte);
    !body.is_empty() && body.bytes().all(is_allowed)
}

/// Nothing: it is a secret.
impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token")
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn a_token_has_one_form() {
        for (value, expected) in [
            ("Bearer a.b-c_~+/==", Some(Some("a.b-c_~+/=="))),
            ("bEARER  a", Some(Some("a"))),
            ("Basic YTpi", Some(None)),
            ("Bearera", Some(None)),
            ("Bearer", None),
            ("Bearer =", None),
            ("Bearer a b", None),
            ("Bearer a,b", None),
            ("Bearer a=b", None),
            ("Bearer \"a\"", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(AUTHORIZATION, HeaderValue::from_static(value));
            let found = Token::of(&headers).ok();
            let found = found
                .as_ref()
                .map(|token| token.as_ref().map(Token::as_str));
            assert_eq!(found, expected, "{value}");
        }
    }
}
