//! Multipart forms: their parts as they come, and the files in them.

mod disposition;
mod feed;
mod field;
mod file_name;
mod form;
mod limits;
mod persist;
mod spool;
mod storage;
mod upload;

pub use field::Field;
pub use form::Multipart;
pub use limits::MultipartLimits;
pub use upload::{Upload, UploadReader};
