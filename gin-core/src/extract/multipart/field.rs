//! One field of a multipart form.

use std::fmt;
use std::future::poll_fn;

use bytes::{Bytes, BytesMut};
use http::HeaderMap;
use http::header::CONTENT_TYPE;

use crate::extract::multipart::form::Multipart;
use crate::extract::multipart::spool::Spool;
use crate::extract::multipart::upload::Upload;
use crate::failure::{Error, Problem};
use crate::future::BoxFuture;

/// One field of a [`Multipart`] form: a text or a file. Its data is read by one of its methods, or skipped.
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// use gin::extract::Multipart;
///
/// async fn lengths(mut form: Multipart) -> Result<String> {
///     let mut lengths = String::new();
///     while let Some(mut field) = form.next().await? {
///         let mut length = 0;
///         while let Some(chunk) = field.chunk().await? {
///             length += chunk.len();
///         }
///         lengths += &format!("{}={length} ", field.name());
///     }
///     Ok(lengths)
/// }
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(Group::new("").post("/lengths", lengths));
/// let request = client.post("/lengths").multipart(|form| form.text("a", "1").text("b", "22"));
/// request.await.is(200).has_text("a=1 b=2 ");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Field<'a> {
    form: &'a mut Multipart,
    head: Head,
    /// In bytes.
    length: u64,
}

/// The head of a part.
pub(super) struct Head {
    pub(super) name: String,
    pub(super) is_file: bool,
    pub(super) file_name: Option<String>,
    pub(super) headers: HeaderMap,
}

impl<'a> Field<'a> {
    pub(super) fn new(form: &'a mut Multipart, head: Head) -> Field<'a> {
        Field {
            form,
            head,
            length: 0,
        }
    }

    /// Returns the field's name.
    pub fn name(&self) -> &str {
        &self.head.name
    }

    /// Returns `true` if the field is a file. A file input that was left empty is one as well, without a name and without data.
    pub fn is_file(&self) -> bool {
        self.head.is_file
    }

    /// Returns the name of the file, as a name that is [safe](Upload::file_name). It is `None` for a text, and for a file whose
    /// name is empty or has nothing safe in it.
    pub fn file_name(&self) -> Option<&str> {
        self.head.file_name.as_deref()
    }

    /// Returns the media type as it was sent, with its parameters. Do not trust it: a client can send any.
    pub fn content_type(&self) -> Option<&str> {
        self.head.headers.get(CONTENT_TYPE)?.to_str().ok()
    }

    /// Returns the headers of the part.
    pub fn headers(&self) -> &HeaderMap {
        &self.head.headers
    }

    /// Returns the next bytes of the data as they come, or `None` at its end.
    ///
    /// # Errors
    ///
    /// Fails as [`Multipart::next`] does, and with 413 if the field is larger than [its limit](super::MultipartLimits::field).
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        let chunk = poll_fn(|task| self.form.poll_data(task)).await?;
        self.length += chunk.as_ref().map_or(0, |chunk| chunk.len() as u64);
        let limit = self.form.limits.field;
        if self.length > limit {
            return Err(self.too_large(limit));
        }
        Ok(chunk)
    }

    /// Reads the data into memory.
    ///
    /// # Errors
    ///
    /// Fails as [`chunk`](Field::chunk) does.
    pub fn bytes(mut self) -> BoxFuture<'a, Result<Bytes, Error>> {
        Box::pin(async move { self.read(u64::MAX).await })
    }

    /// Reads the data into memory, as text.
    ///
    /// # Errors
    ///
    /// Fails as [`chunk`](Field::chunk) does, with 413 if the texts of the form are larger together than
    /// [their limit](super::MultipartLimits::text), and with 400 if the data is not UTF-8.
    pub fn text(mut self) -> BoxFuture<'a, Result<String, Error>> {
        Box::pin(async move {
            let bytes = self.read(self.form.text_left).await?;
            self.form.text_left -= bytes.len() as u64;
            String::from_utf8(bytes.into()).map_err(|_| {
                let problem = Problem::new(400).field(self.head.name, "is not UTF-8");
                problem.into()
            })
        })
    }

    /// Reads the data to the end: into memory if it has at most 64 KiB, else into a temporary file.
    ///
    /// # Errors
    ///
    /// Fails as [`chunk`](Field::chunk) does, and with 500 if the file cannot be written.
    pub fn upload(mut self) -> BoxFuture<'a, Result<Upload, Error>> {
        Box::pin(async move {
            let mut spool = Spool::new(self.form.memory_left);
            while let Some(chunk) = self.chunk().await? {
                spool
                    .add(chunk, self.form.limits.directory.as_ref())
                    .await?;
            }
            let storage = spool.finish().await?;
            self.form.memory_left -= storage.memory();
            let content_type = self.content_type().map(str::to_owned);
            Ok(Upload::new(
                storage,
                self.length,
                self.head.file_name,
                content_type,
            ))
        })
    }

    async fn read(&mut self, limit: u64) -> Result<Bytes, Error> {
        let mut whole = BytesMut::new();
        while let Some(chunk) = self.chunk().await? {
            if self.length > limit {
                return Err(self.too_large(limit));
            }
            whole.extend_from_slice(&chunk);
        }
        Ok(whole.freeze())
    }

    fn too_large(&mut self, limit: u64) -> Error {
        let message = format!("is larger than {limit} bytes");
        let problem = Problem::new(413).field(&*self.head.name, message);
        self.form.fail(problem)
    }
}

impl fmt::Debug for Field<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Field")
            .field("name", &self.head.name)
            .field("file_name", &self.head.file_name)
            .finish_non_exhaustive()
    }
}
