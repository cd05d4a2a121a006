//! Multipart forms of requests.

use std::fmt;

use bytes::{Bytes, BytesMut};

/// A multipart form that [`TestRequest::multipart`](crate::testing::TestRequest::multipart) sends, with texts and files in the order in
/// which they are added.
///
/// ```
/// # #[cfg(feature = "multipart")] {
/// use gin::{extract::Multipart, prelude::*, testing::Client};
///
/// async fn names(mut form: Multipart) -> Result<String> {
///     let mut names = Vec::new();
///     while let Some(field) = form.next().await? {
///         names.push(field.name().to_owned());
///     }
///     Ok(names.join(", "))
/// }
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(Group::new("").post("/names", names));
/// let request = client.post("/names").multipart(|form| {
///     form.text("title", "Sea").file("photo", "sea.jpg", "image/jpeg", b"\xff\xd8\xff")
/// });
/// request.await.is(200).has_text("title, photo");
/// # });
/// # }
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Default)]
pub struct MultipartForm {
    parts: Vec<Part>,
}

#[derive(Clone)]
struct Part {
    head: String,
    data: Bytes,
}

impl MultipartForm {
    /// Adds a text.
    #[must_use]
    pub fn text(mut self, name: &str, value: impl AsRef<[u8]>) -> MultipartForm {
        self.parts.push(Part {
            head: format!("content-disposition: form-data; name=\"{}\"", encode(name)),
            data: Bytes::copy_from_slice(value.as_ref()),
        });
        self
    }

    /// Adds a file with a name and a media type.
    #[must_use]
    pub fn file(
        mut self,
        name: &str,
        file_name: &str,
        content_type: &str,
        data: impl AsRef<[u8]>,
    ) -> MultipartForm {
        let (name, file_name) = (encode(name), encode(file_name));
        self.parts.push(Part {
            head: format!(
                "content-disposition: form-data; name=\"{name}\"; filename=\"{file_name}\"\r\n\
                 content-type: {content_type}"
            ),
            data: Bytes::copy_from_slice(data.as_ref()),
        });
        self
    }

    /// Returns the media type, with a boundary that is in none of the parts, and the body.
    pub(super) fn encode(&self) -> (String, Bytes) {
        let mut boundary = "gin".to_owned();
        while self.parts.iter().any(|part| part.contains(&boundary)) {
            boundary.push('n');
        }
        let mut body = BytesMut::new();
        for part in &self.parts {
            body.extend_from_slice(format!("--{boundary}\r\n{}\r\n\r\n", part.head).as_bytes());
            body.extend_from_slice(&part.data);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
        let media_type = format!("multipart/form-data; boundary={boundary}");
        (media_type, body.freeze())
    }
}

impl Part {
    fn contains(&self, boundary: &str) -> bool {
        let boundary = format!("--{boundary}");
        let mut windows = self.data.windows(boundary.len());
        windows.any(|window| window == boundary.as_bytes())
    }
}

/// Encodes a name as browsers do (WHATWG HTML, "multipart/form-data encoding algorithm").
fn encode(name: &str) -> String {
    let name = name.replace('"', "%22");
    name.replace('\r', "%0D").replace('\n', "%0A")
}

impl fmt::Debug for MultipartForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.parts.iter().map(|part| &part.head))
            .finish()
    }
}
