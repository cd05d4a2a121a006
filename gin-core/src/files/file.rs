//! Files as responses.

use std::fs::Metadata;
use std::io::{self, ErrorKind};
use std::panic::Location;
use std::path::Path;
use std::time::SystemTime;

use bytes::Bytes;
use http::{HeaderValue, StatusCode};

#[cfg(feature = "openapi")]
use crate::description::Operation;
use crate::failure::{Error, Problem, Result};
use crate::files::caching::Caching;
use crate::files::conditions::Conditions;
use crate::files::content::{Content, OpenFile};
use crate::files::disk::{is_absence, open_file};
use crate::files::disposition::Disposition;
use crate::files::embedded::hash;
use crate::files::media_type::media_type;
use crate::files::representation::Representation;
use crate::files::validators::{Modified, Validators};
use crate::files::worker::run_blocking;
use crate::request::Context;
use crate::response::{Deferred, IntoResponse, Response};

/// A file as a response.
///
/// It has a `Content-Type` by its name, an `ETag` and a `Last-Modified`. Clients get parts of it (`Range`), 304 if they have it
/// already, and 412 if they want another version. It is read in chunks of 64 KiB, off the threads that serve connections, so that a
/// file of any size takes little memory. If it shrinks while it is sent, the connection is cut; if it grows, the client gets as much
/// as it had at first.
///
/// ```
/// # use gin::{files::File, prelude::*, testing::Client};
/// async fn manual() -> gin::Result<File> {
///     Ok(File::open("Cargo.toml").await?.content_type("text/plain; charset=utf-8"))
/// }
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(Group::new("").get("/manual", manual));
/// client.get("/manual").await.is(200).has_header("accept-ranges", "bytes");
/// client.get("/manual").header("range", "bytes=0-8").await.is(206).has_text("[package]");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// `(StatusCode::NOT_FOUND, file)` is sent whole: conditions and ranges are for success.
#[derive(Debug)]
pub struct File {
    name: String,
    content: Content,
    /// `None` for content that is hashed when it is sent.
    validators: Option<Validators>,
    content_type: Option<HeaderValue>,
    cache_control: Option<HeaderValue>,
    caching: Caching,
    disposition: Option<Disposition>,
    /// The first value that a header cannot have.
    fault: Option<Error>,
}

impl File {
    /// Opens the file at `path`. The path is the app's own: one from a client belongs into [`Dir::open`](crate::files::Dir::open).
    ///
    /// # Errors
    ///
    /// A 404 if there is no regular file, and a 500 if it cannot be opened.
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn open(path: impl AsRef<Path>) -> impl Future<Output = Result<File>> + Send + 'static {
        let path = path.as_ref().to_owned();
        let location = Location::caller();
        async move {
            let name = path.file_name().unwrap_or_default();
            let name = name.to_string_lossy().into_owned();
            match run_blocking(move || read(&path)).await? {
                Ok((content, metadata)) => {
                    let validators = Validators::of_file(&metadata, "");
                    Ok(File::of(name, content, Some(validators)))
                }
                Err(error) => {
                    let status = if is_absence(&error) {
                        StatusCode::NOT_FOUND
                    } else {
                        StatusCode::INTERNAL_SERVER_ERROR
                    };
                    let problem = Problem::caused_by(Box::new(error), location);
                    Err(problem.status_of(status).into())
                }
            }
        }
    }

    /// Returns a file of bytes, with a name that shows the type of its content. Its entity tag is a hash of the content.
    ///
    /// ```
    /// # use gin::{files::File, prelude::*, testing::Client};
    /// let csv = async || File::from_bytes("report.csv", "name,age\nAnn,7\n");
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let client = Client::new(Group::new("").get("/", csv));
    /// client.get("/").await.has_header("content-type", "text/csv; charset=utf-8");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn from_bytes(name: impl Into<String>, bytes: impl Into<Bytes>) -> File {
        File::of(name.into(), Content::Memory(bytes.into()), None)
    }

    pub(super) fn of(name: String, content: Content, validators: Option<Validators>) -> File {
        File {
            name,
            content,
            validators,
            content_type: None,
            cache_control: None,
            caching: Caching::ByName,
            disposition: None,
            fault: None,
        }
    }

    /// Sets the name that the client gives the file when it saves it. Default: the browser takes the end of the URL.
    ///
    /// Separators, control characters and the like are replaced, so that the name may come from a user.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> File {
        self.name = name.into();
        self.disposition = self.disposition.or(Some(Disposition::Inline));
        self
    }

    /// Sets the media type. Default: by the extension of the name, and UTF-8 for text.
    ///
    /// A value that is not valid in a header is a 500 response.
    #[must_use]
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn content_type(mut self, media_type: &str) -> File {
        self.content_type = self.header(media_type);
        self
    }

    /// Sets the `Cache-Control`. Default: `no-cache`, so that clients revalidate the file. A name with a hash, such as
    /// `app-3f2a9c1b.js`, is immutable.
    ///
    /// A value that is not valid in a header is a 500 response.
    #[must_use]
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn cache_control(mut self, value: &str) -> File {
        self.cache_control = self.header(value);
        self
    }

    /// Sets the entity tag, without quotes: a version number or a hash. It must change whenever a byte of the content does. Default:
    /// by the size and the time of the last change, or by a hash of bytes in memory.
    ///
    /// A value that is not valid in a header is a 500 response.
    #[must_use]
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn etag(mut self, tag: &str) -> File {
        // A quote in a tag would end it, and is as wrong as a line break.
        let quoted = format!("\"{}\"", tag.replace('"', "\n"));
        if let Some(tag) = self.header(&quoted) {
            let modified = self.validators.and_then(|validators| validators.modified);
            self.validators = Some(Validators {
                tag: Some(tag),
                modified,
            });
        }
        self
    }

    /// Sets the date of the last change. Default: that of the file on disk. One that a header cannot have, because it is in the
    /// future or before 1970, is left out.
    #[must_use]
    pub fn last_modified(mut self, time: SystemTime) -> File {
        let mut validators = self.own_validators();
        validators.modified = Modified::at(time, SystemTime::now());
        self.validators = Some(validators);
        self
    }

    /// Returns the length in bytes.
    #[expect(clippy::len_without_is_empty, reason = "an empty file is a file")]
    pub fn len(&self) -> u64 {
        self.content.len()
    }

    pub(super) fn cached_as(mut self, caching: Caching) -> File {
        self.caching = caching;
        self
    }

    pub(super) fn disposed(mut self, disposition: Disposition) -> File {
        self.disposition = Some(disposition);
        self
    }

    #[cfg_attr(debug_assertions, track_caller)]
    fn header(&mut self, value: &str) -> Option<HeaderValue> {
        match HeaderValue::from_str(value) {
            Ok(value) => Some(value),
            Err(error) => {
                self.fault.get_or_insert(error.into());
                None
            }
        }
    }

    fn own_validators(&self) -> Validators {
        match (&self.validators, &self.content) {
            (Some(validators), _) => validators.clone(),
            (None, Content::Memory(bytes)) => {
                Validators::of_hash(hash(bytes), bytes.len() as u64, "")
            }
            (None, Content::Disk(..)) => Validators {
                tag: None,
                modified: None,
            },
        }
    }

    fn representation(self) -> Representation {
        let disposition = self.disposition;
        Representation {
            validators: self.own_validators(),
            content_type: self.content_type.unwrap_or_else(|| media_type(&self.name)),
            cache_control: Some(
                self.cache_control
                    .unwrap_or_else(|| self.caching.value(&self.name)),
            ),
            vary: None,
            content_encoding: None,
            disposition: disposition.and_then(|disposition| disposition.header(&self.name)),
            content: self.content,
        }
    }
}

/// Opens a file, and reads a small one at once.
fn read(path: &Path) -> io::Result<(Content, Metadata)> {
    let (file, metadata) = open_file(path)?;
    let content = Content::Disk(OpenFile::new(file), metadata.len());
    match content.read_if_small() {
        Ok(content) => Ok((content, metadata)),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => read(path),
        Err(error) => Err(error),
    }
}

impl IntoResponse for File {
    fn into_response(mut self) -> Response {
        if let Some(fault) = self.fault.take() {
            return fault.into_response();
        }
        let make = move |cx: &mut Context, status: StatusCode| {
            // RFC 9110 §13.2.1: conditions count only where the response would have been a success without them.
            let conditions = if status.is_success() {
                Conditions::of(cx.method(), cx.headers())
            } else {
                Conditions::default()
            };
            self.representation().respond(&conditions)
        };
        Deferred::new(Box::new(make)).into_response()
    }

    #[cfg(feature = "openapi")]
    fn describe(operation: &mut Operation) {
        operation.file();
    }
}
