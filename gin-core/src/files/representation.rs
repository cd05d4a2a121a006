//! Representations: content with its metadata, sent whole, in parts or not at all, as the client's conditions say.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::io;
use std::ops::Range;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};

use crate::failure::{Error, Problem};
use crate::files::conditions::{Conditions, Verdict};
use crate::files::content::{Content, Piece, Sending};
use crate::files::ranges::{Selection, select};
use crate::files::validators::{Modified, Validators};
use crate::response::{IntoResponse, Response, typed};

/// Content with its metadata.
#[derive(Debug)]
pub(super) struct Representation {
    pub(super) content: Content,
    pub(super) validators: Validators,
    pub(super) content_type: HeaderValue,
    pub(super) cache_control: Option<HeaderValue>,
    pub(super) vary: Option<HeaderValue>,
    pub(super) content_encoding: Option<HeaderValue>,
    pub(super) disposition: Option<HeaderValue>,
}

/// The head of a response, with the body to send after it.
enum Draft {
    Ready(Response),
    Sending(Response, Sending),
}

impl Representation {
    /// Returns the response under `conditions`. The content is read when the client takes it.
    pub(super) fn respond(self, conditions: &Conditions) -> Response {
        match self.draft(conditions) {
            Draft::Ready(response) => response,
            Draft::Sending(response, sending) => response.map(|_| sending.into_body()),
        }
    }

    /// Returns the response under `conditions`, and reads content that is small. It blocks.
    pub(super) fn respond_now(self, conditions: &Conditions) -> io::Result<Response> {
        match self.draft(conditions) {
            Draft::Ready(response) => Ok(response),
            Draft::Sending(response, sending) => {
                let body = sending.into_body_now()?;
                Ok(response.map(|_| body))
            }
        }
    }

    fn draft(self, conditions: &Conditions) -> Draft {
        match conditions.judge(&self.validators) {
            Verdict::Failed => return Draft::Ready(Problem::new(412).into_response()),
            Verdict::NotModified => return Draft::Ready(self.not_modified()),
            Verdict::Send => {}
        }
        let length = self.content.len();
        let selection = match conditions.range(&self.validators) {
            Some(range) => select(range, length),
            None => Selection::Whole,
        };
        match selection {
            Selection::Whole => {
                let response = self.head(StatusCode::OK);
                Draft::Sending(
                    response,
                    Sending::new(self.content, [Piece::Part(0..length)]),
                )
            }
            Selection::Part(part) => {
                let mut response = self.head(StatusCode::PARTIAL_CONTENT);
                let place = format!("bytes {}-{}/{length}", part.start, part.end - 1);
                put(
                    response.headers_mut(),
                    header::CONTENT_RANGE,
                    HeaderValue::try_from(place),
                );
                Draft::Sending(response, Sending::new(self.content, [Piece::Part(part)]))
            }
            Selection::Parts(parts) => self.multipart(&parts),
            Selection::Unsatisfiable => Draft::Ready(unsatisfiable(length)),
        }
    }

    /// RFC 9110 §15.4.5: the headers that a cache updates, and none that describe the content.
    fn not_modified(self) -> Response {
        let mut response = StatusCode::NOT_MODIFIED.into_response();
        let has_tag = self.validators.tag.is_some();
        let modified = self.validators.modified.filter(|_| !has_tag);
        let headers = response.headers_mut();
        for (name, value) in [
            (header::ETAG, self.validators.tag),
            (header::LAST_MODIFIED, modified.and_then(Modified::header)),
            (header::CACHE_CONTROL, self.cache_control),
            (header::VARY, self.vary),
        ] {
            put(headers, name, value.ok_or(()));
        }
        response
    }

    fn head(&self, status: StatusCode) -> Response {
        let mut response = typed(self.content_type.clone(), Bytes::new());
        *response.status_mut() = status;
        let headers = response.headers_mut();
        let modified = self.validators.modified;
        for (name, value) in [
            (header::ETAG, self.validators.tag.clone()),
            (header::LAST_MODIFIED, modified.and_then(Modified::header)),
            (header::CACHE_CONTROL, self.cache_control.clone()),
            (header::VARY, self.vary.clone()),
            (header::CONTENT_ENCODING, self.content_encoding.clone()),
            (header::CONTENT_DISPOSITION, self.disposition.clone()),
            (
                header::ACCEPT_RANGES,
                Some(HeaderValue::from_static("bytes")),
            ),
            // A browser must not take a text that a user uploaded for HTML.
            (
                header::X_CONTENT_TYPE_OPTIONS,
                Some(HeaderValue::from_static("nosniff")),
            ),
        ] {
            put(headers, name, value.ok_or(()));
        }
        response
    }

    /// Sends several parts as `multipart/byteranges` (RFC 9110 §14.6).
    fn multipart(self, parts: &[Range<u64>]) -> Draft {
        let mut response = self.head(StatusCode::PARTIAL_CONTENT);
        let boundary = boundary();
        let length = self.content.len();
        let content_type = self.content_type.to_str().unwrap_or_default();
        let mut pieces = Vec::with_capacity(2 * parts.len() + 1);
        for part in parts {
            let (first, last) = (part.start, part.end - 1);
            let head = format!(
                "\r\n--{boundary}\r\ncontent-type: {content_type}\r\ncontent-range: bytes {first}-{last}/{length}\r\n\r\n"
            );
            pieces.push(Piece::Text(head.into()));
            pieces.push(Piece::Part(part.clone()));
        }
        pieces.push(Piece::Text(format!("\r\n--{boundary}--\r\n").into()));
        let media = format!("multipart/byteranges; boundary={boundary}");
        put(
            response.headers_mut(),
            header::CONTENT_TYPE,
            HeaderValue::try_from(media),
        );
        Draft::Sending(response, Sending::new(self.content, pieces))
    }
}

/// Returns the response to a client that wants a part where there is nothing (RFC 9110 §15.5.17).
fn unsatisfiable(length: u64) -> Response {
    let problem = Problem::new(416);
    match HeaderValue::try_from(format!("bytes */{length}")) {
        Ok(place) => problem.header(header::CONTENT_RANGE, place).into_response(),
        Err(error) => Error::from(error).into_response(),
    }
}

fn put<E>(headers: &mut HeaderMap, name: HeaderName, value: Result<HeaderValue, E>) {
    if let Ok(value) = value {
        headers.insert(name, value);
    }
}

/// Returns a text that no content has by chance.
fn boundary() -> String {
    let random = || RandomState::new().build_hasher().finish();
    format!("{:016x}{:016x}", random(), random())
}
