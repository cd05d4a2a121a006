//! A whole multipart form as names with values, for [`Form`](crate::extract::Form).

use crate::extract::multipart::form::open;
use crate::extract::multipart::lending::File;
use crate::extract::{Rejection, Severity};
use crate::failure::{Error, Problem};
use crate::future::BoxFuture;
use crate::request::Context;

/// A field of a form.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) value: Value,
}

/// The value of a field.
#[derive(Debug)]
pub(crate) enum Value {
    Text(String),
    File(File),
}

/// The names of the fields of a form that was read, for messages about them.
#[cfg(feature = "validation")]
#[derive(Debug)]
pub(crate) struct SentNames(pub(crate) Vec<String>);

/// Reads all fields of a form. File inputs that were left empty are left out.
pub(crate) fn entries(cx: &mut Context) -> BoxFuture<'_, Result<Vec<Entry>, Rejection>> {
    Box::pin(async move {
        let mut form = open(cx)?;
        let mut entries = Vec::new();
        while let Some(field) = form.next().await.map_err(reject)? {
            let name = field.name().to_owned();
            let value = if field.is_file() {
                let upload = field.upload().await.map_err(reject)?;
                if upload.file_name().is_none() && upload.is_empty() {
                    continue;
                }
                Value::File(File::new(upload))
            } else {
                Value::Text(field.text().await.map_err(reject)?)
            };
            entries.push(Entry { name, value });
        }
        #[cfg(feature = "validation")]
        cx.set(SentNames(
            entries.iter().map(|entry| entry.name.clone()).collect(),
        ));
        Ok(entries)
    })
}

/// A form that did not come whole is unusable.
fn reject(error: Error) -> Rejection {
    Rejection::new(Severity::Fatal, Problem::from(error))
}
