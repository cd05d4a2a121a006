//! The body of a form, urlencoded or multipart.

use bytes::Bytes;

#[cfg(feature = "multipart")]
use crate::extract::multipart::{Entry, Lent, Value, entries, is_multipart};
use crate::extract::tree::{Leaf, Tree};
use crate::extract::{Rejection, Severity, charset, content_coding};
use crate::failure::Problem;
use crate::request::{Context, pairs};

const URLENCODED: &str = "application/x-www-form-urlencoded";

/// Returns `true` for the media types of forms.
pub(crate) fn is_form(media_type: &str) -> bool {
    #[cfg(feature = "multipart")]
    if is_multipart(media_type) {
        return true;
    }
    media_type.eq_ignore_ascii_case(URLENCODED)
}

/// A form that a client sent.
pub(crate) enum Sent {
    /// Text that is UTF-8.
    Urlencoded(Bytes),
    #[cfg(feature = "multipart")]
    Multipart(Vec<Entry>),
}

impl Sent {
    pub(crate) async fn read(cx: &mut Context) -> Result<Sent, Rejection> {
        match cx.content_type() {
            Some(sent) if sent.eq_ignore_ascii_case(URLENCODED) => {
                charset::check(cx)?;
                content_coding::check(cx)?;
                let bytes = cx.bytes().await?;
                Ok(Sent::Urlencoded(utf8(bytes)))
            }
            #[cfg(feature = "multipart")]
            Some(sent) if is_multipart(sent) => Ok(Sent::Multipart(entries(cx).await?)),
            Some(_) => Err(unsupported(Severity::Invalid)),
            None => Err(unsupported(Severity::Absent)),
        }
    }

    /// Returns the names and values as a tree of at most `limit` values.
    pub(crate) fn tree(&self, limit: usize) -> Result<Tree<'_>, Rejection> {
        let tree = match self {
            Sent::Urlencoded(bytes) => {
                let text = std::str::from_utf8(bytes).unwrap_or_default();
                let pairs = pairs(text).map(|(name, text)| (name, Leaf::Text(text)));
                Tree::nested(pairs, limit)
            }
            #[cfg(feature = "multipart")]
            Sent::Multipart(entries) => Tree::nested(entries.iter().map(pair), limit),
        };
        Ok(tree?)
    }

    /// Lets the files of the form be deserialized, until the guard is dropped.
    #[cfg(feature = "multipart")]
    pub(crate) fn lend(&self) -> Option<Lent> {
        match self {
            Sent::Urlencoded(_) => None,
            Sent::Multipart(entries) => {
                let files = entries.iter().filter_map(|entry| match &entry.value {
                    Value::Text(_) => None,
                    Value::File(file) => Some(file),
                });
                Some(Lent::new(files))
            }
        }
    }

    #[cfg(not(feature = "multipart"))]
    #[expect(clippy::unused_self, reason = "without the feature there are no files")]
    pub(crate) fn lend(&self) -> Option<std::convert::Infallible> {
        None
    }
}

#[cfg(feature = "multipart")]
fn pair(entry: &Entry) -> (std::borrow::Cow<'_, str>, Leaf<'_>) {
    let text = match &entry.value {
        Value::Text(text) => text,
        Value::File(file) => file.text(),
    };
    (entry.name.as_str().into(), Leaf::Text(text.into()))
}

/// Replaces what is not UTF-8.
fn utf8(bytes: Bytes) -> Bytes {
    match std::str::from_utf8(&bytes) {
        Ok(_) => bytes,
        Err(_) => String::from_utf8_lossy(&bytes).into_owned().into(),
    }
}

fn unsupported(severity: Severity) -> Rejection {
    let detail = if cfg!(feature = "multipart") {
        "the body must be sent as application/x-www-form-urlencoded or multipart/form-data"
    } else {
        "the body must be sent as application/x-www-form-urlencoded"
    };
    Rejection::new(severity, Problem::new(415).detail(detail))
}
