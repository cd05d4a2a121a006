//! The token that a form sends back.

use std::fmt;
use std::sync::Arc;
#[cfg(feature = "cookies")]
use std::sync::atomic::{AtomicBool, Ordering};

#[cfg(feature = "cookies")]
use crate::middleware::random;
use crate::request::Context;

/// The token against forged requests: `csrf()` in a template makes a hidden field of it.
///
/// [`Csrf::tokens`](crate::middleware::Csrf::tokens) makes it. A middleware with tokens of its own keeps one with [`Context::set`]:
///
/// ```
/// # use gin::{prelude::*, templates::{CsrfToken, Templates}, testing::Client};
/// async fn token(cx: &mut Context, next: Next<'_>) -> Response {
///     cx.set(CsrfToken::new("abc"));
///     next.run(cx).await
/// }
///
/// let templates = Templates::embedded([("form.html", "<form method=post>{{ csrf() }}</form>")]);
/// let app = Group::new("").with(token).templates(templates).get("/", async || View::new("form.html", ()));
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let form = Client::new(app).get("/").await;
/// form.contains(r#"<input type="hidden" name="csrf_token" value="abc">"#);
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone)]
pub struct CsrfToken(Kind);

#[derive(Clone)]
enum Kind {
    Text(Arc<str>),
    #[cfg(feature = "cookies")]
    Masked(Arc<Masked>),
}

/// A secret whose text differs each time.
#[cfg(feature = "cookies")]
struct Masked {
    secret: Secret,
    is_used: AtomicBool,
}

/// The part of a token that the browser's cookie has as well.
#[cfg(feature = "cookies")]
pub(super) type Secret = [u8; 16];

impl CsrfToken {
    /// Takes the text of the token.
    pub fn new(token: impl Into<Arc<str>>) -> CsrfToken {
        CsrfToken(Kind::Text(token.into()))
    }

    /// Returns the text of the token, for a hidden field or a header.
    pub fn text(&self) -> Arc<str> {
        match &self.0 {
            Kind::Text(text) => text.clone(),
            #[cfg(feature = "cookies")]
            Kind::Masked(masked) => {
                masked.is_used.store(true, Ordering::Relaxed);
                mask(&masked.secret).into()
            }
        }
    }
}

#[cfg(feature = "cookies")]
impl CsrfToken {
    pub(super) fn of(secret: Secret) -> CsrfToken {
        CsrfToken(Kind::Masked(Arc::new(Masked {
            secret,
            is_used: AtomicBool::new(false),
        })))
    }

    pub(super) fn secret(&self) -> Option<Secret> {
        match &self.0 {
            Kind::Text(_) => None,
            Kind::Masked(masked) => Some(masked.secret),
        }
    }

    /// Returns `true` if a page may have the text of the token.
    pub(super) fn is_used(&self) -> bool {
        match &self.0 {
            Kind::Text(_) => true,
            Kind::Masked(masked) => masked.is_used.load(Ordering::Relaxed),
        }
    }
}

/// Returns a text of the secret that no other response has. The size of a compressed page would give away a text that repeats
/// (BREACH).
#[cfg(feature = "cookies")]
fn mask(secret: &Secret) -> String {
    let pad: Secret = random::bytes();
    let mut token = [0; 32];
    for (index, byte) in token.iter_mut().enumerate() {
        let at = index % pad.len();
        *byte = pad[at];
        if index >= pad.len() {
            *byte ^= secret[at];
        }
    }
    random::text(&token)
}

/// Returns the secret of a token's text.
#[cfg(feature = "cookies")]
pub(super) fn unmask(text: &str) -> Option<Secret> {
    let token: [u8; 32] = random::parse(text)?;
    let (pad, masked) = token.split_at(16);
    let mut secret = Secret::default();
    for ((byte, pad), masked) in secret.iter_mut().zip(pad).zip(masked) {
        *byte = pad ^ masked;
    }
    Some(secret)
}

impl Context {
    /// Returns the token that forms and scripts of this response send back, in the field `csrf_token` or in the header `x-csrf-token`.
    /// It is `None` without [`Csrf::tokens`](crate::middleware::Csrf::tokens).
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// use gin::{cookies::Key, middleware::Csrf};
    ///
    /// async fn page(cx: &mut Context) -> Html<String> {
    ///     let token = cx.csrf_token().unwrap_or_default();
    ///     Html(format!("<meta name=\"csrf-token\" content=\"{token}\">"))
    /// }
    ///
    /// let app = Group::new("").with(Csrf::new().tokens(Key::generate())).get("/", page);
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let client = Client::new(app);
    /// client.get("/").await.contains("<meta name=\"csrf-token\" content=\"");
    /// assert!(client.cookie("csrf").is_some());
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn csrf_token(&self) -> Option<Arc<str>> {
        self.get::<CsrfToken>().map(CsrfToken::text)
    }
}

/// Nothing: it is a secret.
impl fmt::Debug for CsrfToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CsrfToken")
    }
}

#[cfg(all(test, feature = "cookies"))]
mod tests {
    use super::*;

    #[test]
    fn a_token_has_another_text_each_time_and_one_secret() {
        let secret = random::bytes();
        let token = CsrfToken::of(secret);
        assert!(!token.is_used());
        let (one, other) = (token.text(), token.text());
        assert_ne!(one, other);
        assert!(token.is_used());
        assert_eq!(unmask(&one), Some(secret));
        assert_eq!(unmask(&other), Some(secret));
        for text in ["", "abc", "é", &one[1..]] {
            assert_eq!(unmask(text), None, "{text}");
        }
    }
}
