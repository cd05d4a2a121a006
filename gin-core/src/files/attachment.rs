//! Files that the client saves.

use std::path::Path;

use http::{HeaderValue, header};

use crate::content::Body;
#[cfg(feature = "openapi")]
use crate::description::Operation;
use crate::failure::Result;
use crate::files::disposition::Disposition;
use crate::files::file::File;
use crate::files::media_type::media_type;
use crate::response::{IntoResponse, Response, typed};

/// A file that the client saves instead of showing it: `Content-Disposition: attachment`, with a name in any script (RFC 6266).
///
/// It is made of a [`File`], or of a body that is written while it is sent.
///
/// ```
/// # use gin::{files::Attachment, prelude::*, testing::Client};
/// async fn export() -> Attachment {
///     Attachment::new("Übersicht.csv", "name,age\nAnn,7\n")
/// }
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(Group::new("").get("/export", export));
/// let expected = "attachment; filename=\"_bersicht.csv\"; filename*=UTF-8''%C3%9Cbersicht.csv";
/// client.get("/export").await.is(200).has_header("content-disposition", expected);
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Attachment(Content);

#[derive(Debug)]
enum Content {
    File(Box<File>),
    Body(String, Body),
}

impl Attachment {
    /// Opens the file at `path`, which keeps its name. The path is the app's own: one from a client belongs into
    /// [`Dir::open`](crate::files::Dir::open), whose [`File`] converts into an attachment.
    ///
    /// ```
    /// # use gin::{files::Attachment, prelude::*, testing::Client};
    /// async fn manifest() -> gin::Result<Attachment> {
    ///     Ok(Attachment::open("Cargo.toml").await?.name("manifest.toml"))
    /// }
    ///
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let client = Client::new(Group::new("").get("/", manifest));
    /// client.get("/").await.has_header("content-disposition", "attachment; filename=\"manifest.toml\"");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`File::open`].
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn open(
        path: impl AsRef<Path>,
    ) -> impl Future<Output = Result<Attachment>> + Send + 'static {
        let file = File::open(path);
        async move { file.await.map(Attachment::from) }
    }

    /// Returns an attachment of text, bytes or a stream. It has no entity tag, and clients cannot get parts of it; for that, make it
    /// of [`File::from_bytes`].
    pub fn new(name: impl Into<String>, body: impl Into<Body>) -> Attachment {
        Attachment(Content::Body(name.into(), body.into()))
    }

    /// Sets the name under which the client saves the file. Default: the name of the file.
    ///
    /// Separators, control characters and the like are replaced, so that the name may come from a user.
    #[must_use]
    pub fn name(self, name: impl Into<String>) -> Attachment {
        Attachment(match self.0 {
            Content::File(file) => Content::File(Box::new(file.name(name))),
            Content::Body(_, body) => Content::Body(name.into(), body),
        })
    }
}

impl From<File> for Attachment {
    fn from(file: File) -> Attachment {
        let file = file.disposed(Disposition::Attachment);
        Attachment(Content::File(Box::new(file)))
    }
}

impl IntoResponse for Attachment {
    fn into_response(self) -> Response {
        match self.0 {
            Content::File(file) => file.into_response(),
            Content::Body(name, body) => {
                let mut response = typed(media_type(&name), body);
                let headers = response.headers_mut();
                if let Some(disposition) = Disposition::Attachment.header(&name) {
                    headers.insert(header::CONTENT_DISPOSITION, disposition);
                }
                let nosniff = HeaderValue::from_static("nosniff");
                headers.insert(header::X_CONTENT_TYPE_OPTIONS, nosniff);
                response
            }
        }
    }

    #[cfg(feature = "openapi")]
    fn describe(operation: &mut Operation) {
        operation.file();
    }
}
