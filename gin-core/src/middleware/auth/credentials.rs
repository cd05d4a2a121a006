//! The name and password of a request (RFC 7617).

use std::fmt;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use http::{HeaderMap, HeaderName};

use crate::middleware::auth::is_equal;

/// Some clients leave out the padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The name and password that a client sends, which a function of [`BasicAuth::verify`](crate::middleware::BasicAuth::verify) checks.
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// use gin::middleware::{BasicAuth, Credentials};
///
/// #[derive(Clone)]
/// struct User(String);
///
/// async fn verify(credentials: Credentials) -> Option<User> {
///     let is_right = credentials.name() == "ann" && credentials.has_password("open sesame");
///     is_right.then(|| User(credentials.name().to_owned()))
/// }
///
/// let app = Group::new("").with(BasicAuth::verify(verify)).get("/", async |user: Extension<User>| user.0.0);
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(app);
/// client.get("/").header("authorization", "Basic YW5uOm9wZW4gc2VzYW1l").await.has_text("ann");
/// client.get("/").await.is(401);
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone)]
pub struct Credentials {
    name: String,
    password: String,
}

impl Credentials {
    /// Returns the user's name as the client sent it. Do not trust it before the password is checked.
    #[doc(alias("username", "user_id"))]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the password, to be checked against a hash: compare it to a password itself by [`has_password`](Self::has_password).
    pub fn password(&self) -> &str {
        &self.password
    }

    /// Returns `true` if the password is `password`. The time that it takes does not depend on how much of it is right.
    pub fn has_password(&self, password: &str) -> bool {
        is_equal(self.password.as_bytes(), password.as_bytes())
    }

    /// Reads the only header `name` of a request, if it has the form of RFC 7617 §2.
    pub(super) fn of(headers: &HeaderMap, name: &HeaderName) -> Option<Credentials> {
        let mut values = headers.get_all(name).iter();
        let value = values.next().filter(|_| values.next().is_none())?;
        let (scheme, encoded) = value.to_str().ok()?.split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("basic") {
            return None;
        }
        let decoded = BASE64.decode(encoded.trim_matches(' ')).ok()?;
        let text = String::from_utf8(decoded).ok()?;
        // RFC 7617 §2: neither part has control characters.
        let (name, password) = text.split_once(':')?;
        (!text.contains(char::is_control)).then(|| Credentials {
            name: name.to_owned(),
            password: password.to_owned(),
        })
    }
}

/// The name without the password.
impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credentials({:?})", self.name)
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use http::header::AUTHORIZATION;

    use super::*;

    #[test]
    fn credentials_have_one_form() {
        for (value, expected) in [
            ("Basic YTpi", Some(("a", "b"))),
            ("bASIC  YTpi ", Some(("a", "b"))),
            ("Basic YTpiOmM=", Some(("a", "b:c"))),
            ("Basic YTpiOmM", Some(("a", "b:c"))),
            ("Basic w6Q6w7w=", Some(("ä", "ü"))),
            ("Basic Og==", Some(("", ""))),
            ("Basic 5Dpi", None),
            ("Basic YQ==", None),
            ("Basic YQo6Yg==", None),
            ("Basic YTpi YTpi", None),
            ("Basic !", None),
            ("Basic", None),
            ("Basic ", None),
            ("BasicYTpi", None),
            ("Bearer YTpi", None),
            ("", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(AUTHORIZATION, HeaderValue::from_static(value));
            let found = Credentials::of(&headers, &AUTHORIZATION);
            let found = found.as_ref().map(|found| (found.name(), found.password()));
            assert_eq!(found, expected, "{value}");
        }
    }

    #[test]
    fn a_second_header_is_refused_and_no_password_is_printed() {
        let mut headers = HeaderMap::new();
        headers.append(AUTHORIZATION, HeaderValue::from_static("Basic YTpi"));
        let credentials = Credentials::of(&headers, &AUTHORIZATION).expect("they are well-formed");
        assert_eq!(format!("{credentials:?}"), "Credentials(\"a\")");
        headers.append(AUTHORIZATION, HeaderValue::from_static("Basic YTpi"));
        assert!(Credentials::of(&headers, &AUTHORIZATION).is_none());
    }
}
