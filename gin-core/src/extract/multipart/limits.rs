//! The limits of multipart forms.

use std::panic::Location;
use std::path::PathBuf;

use crate::request::Scope;

/// The limits of the [`Multipart`](crate::extract::Multipart) forms of a group, as a [state](crate::Group::state) of it.
///
/// A form that goes beyond a limit is 413. Without this state, the defaults apply.
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// use gin::extract::{Multipart, MultipartLimits};
///
/// async fn count(mut form: Multipart) -> Result<String> {
///     let mut fields = 0;
///     while form.next().await?.is_some() {
///         fields += 1;
///     }
///     Ok(format!("{fields} fields"))
/// }
///
/// let limits = MultipartLimits::new().form(50 << 20).field(10 << 20).parts(2);
/// let client = Client::new(Group::new("").state(limits).post("/photos", count));
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// client.post("/photos").multipart(|form| form.text("a", "1").text("b", "2")).await.has_text("2 fields");
/// let many = client.post("/photos").multipart(|form| form.text("a", "1").text("b", "2").text("c", "3"));
/// many.await.is(413);
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct MultipartLimits {
    form: Option<u64>,
    field: Option<u64>,
    text: Option<u64>,
    parts: Option<usize>,
    directory: Option<Directory>,
}

/// The directory of temporary files, and the line that sets it.
#[derive(Debug, Clone)]
struct Directory {
    path: PathBuf,
    at: &'static Location<'static>,
}

impl MultipartLimits {
    /// Returns the default limits.
    pub fn new() -> MultipartLimits {
        MultipartLimits::default()
    }

    /// Limits a form as a whole, in bytes. Default: [`Group::body_limit`](crate::Group::body_limit) if a group sets it, else 32 MiB.
    #[must_use]
    pub fn form(mut self, bytes: u64) -> MultipartLimits {
        self.form = Some(bytes);
        self
    }

    /// Limits each field of a form, files included, in bytes. Default: the limit of the form.
    #[must_use]
    pub fn field(mut self, bytes: u64) -> MultipartLimits {
        self.field = Some(bytes);
        self
    }

    /// Limits the text fields of a form together, in bytes. They are held in memory. Default: 2 MiB.
    #[must_use]
    pub fn text(mut self, bytes: u64) -> MultipartLimits {
        self.text = Some(bytes);
        self
    }

    /// Limits the number of a form's fields. Default: [`Group::max_fields`](crate::Group::max_fields),
    /// which is 1,000.
    #[must_use]
    pub fn parts(mut self, parts: usize) -> MultipartLimits {
        self.parts = Some(parts);
        self
    }

    /// Sets the directory of temporary files. Default: [`std::env::temp_dir`].
    ///
    /// On Linux, [`Upload::persist`](crate::extract::Upload::persist) takes no time if the directory is on the same file system as
    /// the path that it gives the file.
    ///
    /// [`Engine::new`](crate::Engine::new) reports a directory in which no file can be created.
    #[must_use]
    #[track_caller]
    pub fn directory(mut self, path: impl Into<PathBuf>) -> MultipartLimits {
        self.directory = Some(Directory {
            path: path.into(),
            at: Location::caller(),
        });
        self
    }

    /// Returns the reason why the directory cannot be used, with its remedy.
    pub(crate) fn flaw(&self) -> Option<String> {
        let Directory { path, at } = self.directory.as_ref()?;
        let error = tempfile::tempfile_in(path).err()?;
        Some(format!(
            "the multipart limits at {}:{}: no file can be created in `{}`: {error}; create the directory, or pass the path of another one",
            at.file(),
            at.line(),
            path.display()
        ))
    }

    pub(super) fn of(scope: &Scope) -> Limits {
        let given = scope.states.get().cloned();
        let given: MultipartLimits = given.unwrap_or_default();
        let whole = scope.body_limit.map_or(32 << 20, |limit| limit as u64);
        let form = given.form.unwrap_or(whole);
        Limits {
            form,
            field: given.field.unwrap_or(form),
            text: given.text.unwrap_or(2 << 20),
            parts: given.parts.unwrap_or(scope.max_fields),
            directory: given.directory.map(|directory| directory.path),
        }
    }
}

/// The limits of one form. Sizes are in bytes.
pub(super) struct Limits {
    pub(super) form: u64,
    pub(super) field: u64,
    pub(super) text: u64,
    pub(super) parts: usize,
    pub(super) directory: Option<PathBuf>,
}
