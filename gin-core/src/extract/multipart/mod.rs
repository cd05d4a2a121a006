//! Multipart forms: their parts as they come, and the files in them.

mod disposition;
mod entries;
mod feed;
mod field;
mod file_name;
mod form;
mod lending;
mod limits;
mod persist;
mod spool;
mod storage;
mod upload;

#[cfg(feature = "validation")]
pub(crate) use entries::SentNames;
pub(crate) use entries::{Entry, Value, entries};
pub use field::Field;
pub use form::Multipart;
pub(crate) use form::is_multipart;
pub(crate) use lending::Lent;
pub use limits::MultipartLimits;
pub use upload::{Upload, UploadReader};
