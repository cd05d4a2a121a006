//! A multipart form, part by part.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context as Task, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};

#[cfg(feature = "openapi")]
use crate::description::Operation;
use crate::extract::multipart::disposition::Disposition;
use crate::extract::multipart::feed::Feed;
use crate::extract::multipart::field::{Field, Head};
use crate::extract::multipart::file_name::safe;
use crate::extract::multipart::limits::{Limits, MultipartLimits};
use crate::extract::{FromContext, Rejection, Severity, content_coding};
use crate::failure::{BodyError, Error, Problem};
use crate::request::Context;

/// In bytes. It limits the headers of a part, and what may come before the first part.
const HEAD_LIMIT: u64 = 16 << 10;

/// The memory, in bytes, that the files of a form share before each new one goes to a temporary file.
const SHARED_MEMORY: usize = 1 << 20;

/// A `multipart/form-data` body, whose fields are read one after the other as they come.
///
/// Another media type is 415, a malformed form 400, and one beyond its [limits](MultipartLimits) 413: by default 32 MiB, or what
/// [`Group::body_limit`](crate::Group::body_limit) says.
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// use gin::extract::Multipart;
///
/// async fn describe(mut form: Multipart) -> Result<String> {
///     let mut fields = Vec::new();
///     while let Some(field) = form.next().await? {
///         let name = field.name().to_owned();
///         fields.push(match field.file_name().map(str::to_owned) {
///             Some(file) => format!("{name}: {file}, {} bytes", field.upload().await?.len()),
///             None => format!("{name}: {}", field.text().await?),
///         });
///     }
///     Ok(fields.join("; "))
/// }
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(Group::new("").post("/photos", describe));
/// let request = client.post("/photos").multipart(|form| {
///     form.text("title", "Sea").file("photo", "../sea.jpg", "image/jpeg", "JFIF")
/// });
/// request.await.is(200).has_text("title: Sea; photo: sea.jpg, 4 bytes");
/// client.post("/photos").form("title=Sea").await.is(415);
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Multipart {
    parser: multer::Multipart<'static>,
    feed: Feed,
    /// The part whose data is being read.
    part: Option<multer::Field<'static>>,
    pub(super) limits: Limits,
    /// The bytes of text that may still come.
    pub(super) text_left: u64,
    /// The bytes of files that may still be held in memory.
    pub(super) memory_left: usize,
    parts: usize,
    /// The problem that ended the form.
    failure: Option<Problem>,
}

impl FromContext for Multipart {
    type Rejection = Rejection;

    async fn from_context(cx: &mut Context) -> Result<Self, Rejection> {
        open(cx)
    }

    fn severity(rejection: &Rejection) -> Severity {
        rejection.severity()
    }

    #[cfg(feature = "openapi")]
    fn describe(operation: &mut Operation) {
        operation.multipart();
    }
}

/// Returns `true` for `multipart/form-data`.
pub(crate) fn is_multipart(media_type: &str) -> bool {
    media_type.eq_ignore_ascii_case("multipart/form-data")
}

pub(super) fn open(cx: &mut Context) -> Result<Multipart, Rejection> {
    let unsupported = |severity| {
        let detail = "the body must be sent as multipart/form-data";
        Rejection::new(severity, Problem::new(415).detail(detail))
    };
    match cx.content_type() {
        Some(sent) if is_multipart(sent) => {}
        Some(_) => return Err(unsupported(Severity::Invalid)),
        None => return Err(unsupported(Severity::Absent)),
    }
    content_coding::check(cx)?;
    let header = cx.headers().get(CONTENT_TYPE);
    let header = header.and_then(|value| value.to_str().ok());
    let boundary = header.and_then(|value| multer::parse_boundary(value).ok());
    // RFC 2046 §5.1.1 allows 70 characters.
    let boundary = boundary.filter(|boundary| (1..=70).contains(&boundary.len()));
    let Some(boundary) = boundary else {
        return Err(Rejection::invalid(
            "the form's boundary is missing or longer than 70 characters",
        ));
    };
    let limits = MultipartLimits::of(cx.scope());
    let limit = usize::try_from(limits.form).unwrap_or(usize::MAX);
    let body = cx.open_body(limit);
    let body = body.map_err(|problem| Rejection::new(Severity::Fatal, problem))?;
    let feed = Feed::default();
    Ok(Multipart {
        parser: multer::Multipart::new(feed.source(body), boundary),
        feed,
        part: None,
        text_left: limits.text,
        memory_left: SHARED_MEMORY,
        limits,
        parts: 0,
        failure: None,
    })
}

impl Multipart {
    /// Returns the next field, or `None` after the last one. What was not read of the field before is skipped.
    ///
    /// # Errors
    ///
    /// Fails with 400 if the form is malformed or cut off, 413 beyond a limit, and 408 if it comes too slowly.
    #[doc(alias = "next_field")]
    pub async fn next(&mut self) -> Result<Option<Field<'_>>, Error> {
        let head = poll_fn(|task| self.poll_head(task)).await?;
        Ok(head.map(|head| Field::new(self, head)))
    }

    fn poll_head(&mut self, task: &mut Task<'_>) -> Poll<Result<Option<Head>, Error>> {
        while ready!(self.poll_data(task))?.is_some() {}
        let parser = &mut self.parser;
        let part = self.feed.drive(HEAD_LIMIT, || parser.poll_next_field(task));
        let part = match ready!(part) {
            Ok(Ok(Some(part))) => part,
            Ok(Ok(None)) => return Poll::Ready(Ok(None)),
            Ok(Err(error)) => return Poll::Ready(Err(self.fail(problem(error)))),
            Err(_starving) => {
                let problem = malformed("a part has too many headers, or does not begin");
                return Poll::Ready(Err(self.fail(problem)));
            }
        };
        self.parts += 1;
        if self.parts > self.limits.parts {
            let problem = format!("the form has more than {} fields", self.limits.parts);
            return Poll::Ready(Err(self.fail(Problem::new(413).detail(problem))));
        }
        let disposition = part.headers().get(CONTENT_DISPOSITION);
        let disposition = disposition.map(|value| Disposition::parse(value.as_bytes()));
        let disposition = disposition.unwrap_or_default();
        let Some(name) = disposition.name else {
            return Poll::Ready(Err(self.fail(malformed("a part has no name"))));
        };
        let head = Head {
            name,
            is_file: disposition.file_name.is_some(),
            file_name: disposition.file_name.as_deref().and_then(safe),
            headers: part.headers().clone(),
        };
        self.part = Some(part);
        Poll::Ready(Ok(Some(head)))
    }

    /// Returns the next bytes of the current part, or `None` at its end.
    pub(super) fn poll_data(&mut self, task: &mut Task<'_>) -> Poll<Result<Option<Bytes>, Error>> {
        if let Some(problem) = &self.failure {
            return Poll::Ready(Err(problem.clone().into()));
        }
        loop {
            let Some(part) = &mut self.part else {
                return Poll::Ready(Ok(None));
            };
            let chunk = self
                .feed
                .drive(u64::MAX, || Pin::new(&mut *part).poll_next(task));
            match ready!(chunk) {
                Ok(Some(Ok(chunk))) if chunk.is_empty() => {}
                Ok(Some(Ok(chunk))) => return Poll::Ready(Ok(Some(chunk))),
                Ok(Some(Err(error))) => return Poll::Ready(Err(self.fail(problem(error)))),
                Ok(None) | Err(_) => self.part = None,
            }
        }
    }

    /// Ends the form with `problem`.
    pub(super) fn fail(&mut self, problem: Problem) -> Error {
        self.part = None;
        self.failure.get_or_insert(problem).clone().into()
    }
}

fn malformed(detail: &'static str) -> Problem {
    Problem::new(400).detail(detail)
}

fn problem(error: multer::Error) -> Problem {
    if let Some(problem) = BodyError::within(&error).and_then(BodyError::problem) {
        return problem;
    }
    match error {
        multer::Error::StreamReadFailed(_) => Problem::from(Error::from(error)),
        multer::Error::IncompleteFieldData { .. }
        | multer::Error::IncompleteHeaders
        | multer::Error::IncompleteStream => malformed("the form is cut off or malformed"),
        _ => malformed("the form is malformed"),
    }
}

impl fmt::Debug for Multipart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Multipart")
            .field("fields", &self.parts)
            .finish_non_exhaustive()
    }
}
