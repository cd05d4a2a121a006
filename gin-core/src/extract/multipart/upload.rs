//! A file that a client has sent.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::task::{Context as Task, Poll};

use bytes::Bytes;
use tokio::io::{AsyncRead, ReadBuf};
use tokio_util::io::StreamReader;

use crate::extract::multipart::persist::{place, place_beside};
use crate::extract::multipart::storage::{Chunks, Storage, off_thread};
use crate::failure::Error;
use crate::future::BoxFuture;

/// A file that a client has sent in a form.
///
/// Up to 64 KiB are held in memory. A larger file is a temporary one without a name, which the system removes when the upload is
/// dropped, even if the app is killed. [`persist`](Upload::persist) and [`persist_in`](Upload::persist_in) keep it.
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// use gin::extract::Multipart;
///
/// async fn avatar(mut form: Multipart) -> Result<String> {
///     let Some(field) = form.next().await? else {
///         return Err(gin::Error::new(400, "there is no file"));
///     };
///     let upload = field.upload().await?;
///     # let directory = tempfile::tempdir()?;
///     # let uploads = directory.path();
///     let path = upload.persist_in(uploads).await?;
///     Ok(format!("{} bytes in {}", upload.len(), path.file_name().unwrap_or_default().display()))
/// }
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(Group::new("").post("/avatar", avatar));
/// let request = client.post("/avatar").multipart(|form| form.file("file", "../../me.png", "image/png", "PNG"));
/// request.await.is(200).has_text("3 bytes in me.png");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone)]
pub struct Upload {
    storage: Storage,
    /// In bytes.
    length: u64,
    file_name: Option<String>,
    content_type: Option<String>,
}

/// A file in a form.
#[cfg(feature = "openapi")]
#[cfg_attr(docsrs, doc(cfg(feature = "openapi")))]
impl schemars::JsonSchema for Upload {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Upload".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "binary" })
    }
}

impl Upload {
    pub(super) fn new(
        storage: Storage,
        length: u64,
        file_name: Option<String>,
        content_type: Option<String>,
    ) -> Upload {
        Upload {
            storage,
            length,
            file_name,
            content_type,
        }
    }

    /// Returns a safe form of the name that the client gave the file, or `None` if nothing of it is safe.
    ///
    /// It is a single path component: without directories, leading dots, control characters and marks of text direction, not a
    /// device of Windows, and at most 200 bytes long. Characters that Windows does not allow are `_`. It is not unique.
    pub fn file_name(&self) -> Option<&str> {
        self.file_name.as_deref()
    }

    /// Returns the media type as it was sent, with its parameters. Do not trust it: a client can send any.
    pub fn content_type(&self) -> Option<&str> {
        self.content_type.as_deref()
    }

    /// Returns the length in bytes.
    pub fn len(&self) -> u64 {
        self.length
    }

    /// Returns `true` if the file has no bytes.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Reads the whole file into memory.
    ///
    /// # Errors
    ///
    /// Fails if the temporary file cannot be read.
    pub fn bytes(&self) -> BoxFuture<'_, io::Result<Bytes>> {
        Box::pin(self.storage.read(self.length))
    }

    /// Reads the whole file into memory, as text.
    ///
    /// # Errors
    ///
    /// Fails with 400 if it is not UTF-8, and with 500 if the temporary file cannot be read.
    pub fn text(&self) -> BoxFuture<'_, Result<String, Error>> {
        Box::pin(async move {
            let bytes = self.bytes().await?;
            let text = String::from_utf8(bytes.into());
            text.map_err(|_| Error::new(400, "the file is not UTF-8"))
        })
    }

    /// Turns the file into a reader, which reads it off the async threads.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// # use gin::extract::Multipart;
    /// async fn back(mut form: Multipart) -> Result<Body> {
    ///     let Some(field) = form.next().await? else {
    ///         return Ok(Body::empty());
    ///     };
    ///     let upload = field.upload().await?;
    ///     let length = upload.len();
    ///     Ok(Body::from_reader(upload.into_async_read()).with_len(length))
    /// }
    ///
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let client = Client::new(Group::new("").post("/back", back));
    /// let request = client.post("/back").multipart(|form| form.file("file", "a.txt", "text/plain", "hello"));
    /// request.await.is(200).has_text("hello");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn into_async_read(self) -> UploadReader {
        UploadReader(StreamReader::new(self.storage.into()))
    }

    /// Keeps the file under `path`, which must not exist yet. Missing directories are created, closed to other users.
    ///
    /// The file appears at once and whole, with the permissions of a new file. Do not make `path` of text that a client has sent;
    /// [`persist_in`](Upload::persist_in) does so safely.
    ///
    /// # Errors
    ///
    /// Fails with [`AlreadyExists`](io::ErrorKind::AlreadyExists) if there is anything at `path`, and if it cannot be written.
    #[doc(alias = "SaveUploadedFile")]
    pub fn persist(&self, path: impl AsRef<Path>) -> BoxFuture<'static, io::Result<()>> {
        let path = path.as_ref().to_owned();
        let storage = self.storage.clone();
        Box::pin(off_thread(move || place(&storage, &path)))
    }

    /// Keeps the file in `directory` and returns its path.
    ///
    /// It gets its [`file_name`](Upload::file_name), or `upload` if it has none. If there is a file of that name already, it gets
    /// a random suffix: `me-Xy12Ab34.png`. A missing directory is created, closed to other users.
    ///
    /// # Errors
    ///
    /// Fails if the directory cannot be written.
    #[doc(alias = "SaveUploadedFile")]
    pub fn persist_in(
        &self,
        directory: impl AsRef<Path>,
    ) -> BoxFuture<'static, io::Result<PathBuf>> {
        let directory = directory.as_ref().to_owned();
        let storage = self.storage.clone();
        let name = self.file_name.clone();
        Box::pin(off_thread(move || {
            place_beside(&storage, &directory, name.as_deref())
        }))
    }
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upload")
            .field("file_name", &self.file_name)
            .field("content_type", &self.content_type)
            .field("len", &self.length)
            .finish_non_exhaustive()
    }
}

/// An upload as an [`AsyncRead`], from [`Upload::into_async_read`].
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// use gin::extract::Multipart;
/// use tokio::io::AsyncReadExt;
///
/// async fn magic(mut form: Multipart) -> Result<String> {
///     let mut start = [0; 4];
///     if let Some(field) = form.next().await? {
///         field.upload().await?.into_async_read().read_exact(&mut start).await?;
///     }
///     Ok(start.escape_ascii().to_string())
/// }
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(Group::new("").post("/magic", magic));
/// let request = client.post("/magic").multipart(|form| form.file("file", "a.png", "image/png", b"\x89PNG\r\n"));
/// request.await.is(200).has_text("\\x89PNG");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct UploadReader(StreamReader<Chunks, Bytes>);

impl AsyncRead for UploadReader {
    fn poll_read(
        mut self: Pin<&mut Self>,
        task: &mut Task<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(task, buffer)
    }
}

impl fmt::Debug for UploadReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UploadReader")
    }
}
