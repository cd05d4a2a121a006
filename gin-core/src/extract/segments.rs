//! The segments of the rest of a path.

use std::path::{Component, Path, PathBuf};

use crate::extract::names::is_plain_on_windows;
use crate::extract::rejection::not_text;
use crate::extract::{FromContext, Needs, Rejection, Severity};
use crate::failure::Problem;
use crate::request::Context;

/// The segments of what a catch-all takes, decoded, for a handler to match on.
///
/// They are never empty, `.` or `..`. A request whose rest of the path contains `.` or `..`, in any encoding, does not match a
/// catch-all. A `/` that the client has encoded stays inside its segment.
///
/// ```
/// use gin::{extract::Segments, prelude::*, testing::Client};
///
/// #[get("/docs/*rest")]
/// async fn docs(rest: Segments) -> String {
///     match rest.segments() {
///         [] => "all books".to_owned(),
///         [book] => format!("the book {book}"),
///         [book, chapters @ ..] => format!("{} of {book}", chapters.join(" / ")),
///     }
/// }
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(Group::new("").mount(routes![docs]));
/// client.get("/docs/").await.has_text("all books");
/// client.get("/docs/caf%C3%A9").await.has_text("the book café");
/// client.get("/docs/rust/ownership/moves").await.has_text("ownership / moves of rust");
/// client.get("/docs/%2e%2e/secret").await.is(404);
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// It is also an extractor, for handlers without an attribute. To match on literal text, match on [`Segments::as_strs`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Segments {
    segments: Vec<String>,
    ends_with_slash: bool,
}

impl Segments {
    /// Decodes the value of the param `name`, as the path spells it.
    pub(crate) fn of(cx: &Context, name: &str) -> Result<Segments, Rejection> {
        let encoded = cx.param_encoded(name).unwrap_or_default();
        let texts = encoded.split('/').filter(|segment| !segment.is_empty());
        let segments = texts.map(|text| {
            let bytes = gin_router::path::decode(text).into_owned();
            String::from_utf8(bytes).map_err(|_| not_text(name))
        });
        Ok(Segments {
            segments: segments.collect::<Result<_, _>>()?,
            ends_with_slash: encoded.ends_with('/'),
        })
    }

    /// Returns the segments.
    pub fn segments(&self) -> &[String] {
        &self.segments
    }

    /// Returns the segments as a list of `&str`, which patterns with literals match.
    ///
    /// ```
    /// # use gin::{extract::Segments, prelude::*, testing::Client};
    /// async fn asset(rest: Segments) -> String {
    ///     match *rest.as_strs() {
    ///         ["css", name] => format!("the style sheet {name}"),
    ///         _ => "something else".to_owned(),
    ///     }
    /// }
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let client = Client::new(Group::new("").get("/assets/*rest", asset));
    /// client.get("/assets/css/main.css").await.has_text("the style sheet main.css");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn as_strs(&self) -> Vec<&str> {
        self.segments.iter().map(String::as_str).collect()
    }

    /// Returns `true` if the path ends with a slash, as that of a directory does.
    pub fn ends_with_slash(&self) -> bool {
        self.ends_with_slash
    }

    /// Returns the path of these segments below `root`, or `None` if one of them is not a plain name of a file.
    ///
    /// The path never leaves `root`. It is not checked against the file system: a link below `root` may still lead out of it.
    ///
    /// ```
    /// # use gin::{extract::Segments, prelude::*, testing::Client};
    /// # use gin::failure::Problem;
    /// async fn page(rest: Segments) -> Result<String, Problem> {
    ///     let path = rest.join_under("pages").ok_or_else(|| Problem::new(404))?;
    ///     Ok(path.display().to_string())
    /// }
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let client = Client::new(Group::new("").get("/*rest", page));
    /// client.get("/a/b.html").await.is(200);
    /// client.get("/%2Fetc%2Fpasswd").await.is(404);
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn join_under(&self, root: impl AsRef<Path>) -> Option<PathBuf> {
        let mut path = root.as_ref().to_owned();
        for segment in &self.segments {
            if !is_plain_name(segment) {
                return None;
            }
            path.push(segment);
        }
        Some(path)
    }
}

/// Returns `true` if `segment` is the name of one file or directory on this system.
fn is_plain_name(segment: &str) -> bool {
    let mut components = Path::new(segment).components();
    let is_one = matches!(
        (components.next(), components.next()),
        (Some(Component::Normal(name)), None) if name == segment
    );
    is_one
        && !segment.contains(['\0', '/'])
        && (cfg!(not(windows)) || is_plain_on_windows(segment.as_bytes()))
}

/// The segments of the catch-all of the route's pattern.
impl FromContext for Segments {
    type Rejection = Rejection;

    async fn from_context(cx: &mut Context) -> Result<Segments, Rejection> {
        match cx.catch_all() {
            Some(name) => Segments::of(cx, name),
            None => Err(Rejection::new(Severity::Absent, Problem::new(404))),
        }
    }

    fn needs(needs: &mut Needs) {
        needs.catch_all();
    }

    fn severity(rejection: &Rejection) -> Severity {
        rejection.severity()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(segments: &[&str]) -> Option<PathBuf> {
        let segments = Segments {
            segments: segments.iter().map(ToString::to_string).collect(),
            ends_with_slash: false,
        };
        segments.join_under("/srv/www")
    }

    #[test]
    fn segments_never_leave_the_root() {
        assert_eq!(joined(&[]), Some("/srv/www".into()));
        assert_eq!(joined(&["a", "b c.txt"]), Some("/srv/www/a/b c.txt".into()));
        for bad in ["..", ".", "/etc/passwd", "../x", "a/..", "a/", "a\0", ""] {
            assert_eq!(joined(&["a", bad]), None, "{bad:?}");
        }
    }
}
