//! Files: directories, single-page apps, and files as responses.
//!
//! # Directories
//!
//! [`Group::files`](crate::Group::files) serves a [`Dir`] below a prefix, [`Group::spa`](crate::Group::spa) one with the page of a
//! single-page app. Routes win over files, and a path without a file gets the group's fallback.
//!
//! ```
//! use gin::{files::Dir, prelude::*, testing::Client};
//! use std::time::Duration;
//!
//! # let assets = tempfile::tempdir()?;
//! # std::fs::write(assets.path().join("logo-3f2a9c1b.svg"), "<svg/>")?;
//! # let path = assets.path().to_owned();
//! let assets = Dir::new(path).max_age(Duration::from_secs(3600));
//! let app = Group::new("").files("/assets", assets).get("/", async || "home");
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! let logo = Client::new(app).get("/assets/logo-3f2a9c1b.svg").await.is(200);
//! logo.has_header("cache-control", "max-age=31536000, immutable");
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! [`embed!`](crate::embed) makes a directory a part of the program in release builds. [`Dir::embedded`] takes the files of any other
//! crate that embeds them.
//!
//! # Files in handlers
//!
//! [`File`] and [`Attachment`] are responses. [`Dir::open`] opens a file whose path comes from a client.
//!
//! ```
//! use gin::{files::{Attachment, Dir}, prelude::*, testing::Client};
//!
//! #[get("/invoices/:number")]
//! async fn invoice(number: u32, State(invoices): State<Dir>) -> gin::Result<Attachment> {
//!     let file = invoices.open(&format!("{number}.pdf")).await?;
//!     Ok(Attachment::from(file).name(format!("Invoice {number}.pdf")))
//! }
//!
//! # let invoices = tempfile::tempdir()?;
//! # std::fs::write(invoices.path().join("7.pdf"), "%PDF")?;
//! # let path = invoices.path().to_owned();
//! let app = Group::new("").mount(routes![invoice]).state(Dir::new(path));
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! let client = Client::new(app);
//! let expected = "attachment; filename=\"Invoice 7.pdf\"";
//! client.get("/invoices/7").await.is(200).has_header("content-disposition", expected);
//! client.get("/invoices/8").await.is(404);
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! # Clients
//!
//! All of them take part in caching and in downloads that are resumed:
//!
//! | request | response |
//! |---|---|
//! | `If-None-Match`, `If-Modified-Since` | 304 without a body, if the client has the file |
//! | `If-Match`, `If-Unmodified-Since` | 412, if it wants another version |
//! | `Range`, `If-Range` | 206 with one part or several, 416 if there is nothing |
//! | `Accept-Encoding` | a compressed sibling from a directory, such as `app.js.br` |

mod attachment;
mod caching;
mod coding;
mod conditions;
mod content;
mod dir;
mod disk;
mod disposition;
#[cfg(feature = "embed")]
mod embed;
mod embedded;
mod file;
mod group;
mod listing;
mod media_type;
mod navigation;
mod ranges;
mod relative;
mod representation;
mod served;
mod tree;
mod validators;
mod worker;

#[cfg(feature = "embed")]
#[doc(hidden)]
pub mod __private {
    pub use include_dir;

    pub use crate::files::embed::{in_program, on_disk};
}

#[doc(alias("FileAttachment", "download", "Content-Disposition"))]
pub use attachment::Attachment;
#[doc(alias("ServeDir", "Static", "StaticFS", "FileServer", "NamedFile"))]
pub use dir::Dir;
#[doc(alias("ServeFile", "NamedFile", "StaticFile"))]
pub use file::File;
