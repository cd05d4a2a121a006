//! Directories whose files are served.

use std::borrow::Cow;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::failure::{Error, Problem, Result};
use crate::files::caching::Caching;
use crate::files::embedded::Embedded;
use crate::files::file::File;
use crate::files::relative::{Hidden, Relative};
use crate::files::tree::{Entry, Tree};
use crate::files::worker::run_blocking;

/// A directory of files, on disk or in the program, which [`Group::files`](crate::Group::files) and
/// [`Group::spa`](crate::Group::spa) serve.
///
/// No request leaves it: names are checked one by one, and a symlink is followed only to a place inside. Devices, pipes and names
/// that start with a dot are not served, except for `.well-known`. The page of a directory is its `index.html`.
///
/// Files with a hash in their names, such as `app-3f2a9c1b.js`, are sent with `Cache-Control: immutable`. Clients revalidate all
/// others, which costs a 304 without a body. A compressed sibling of a text (`app.js.br`, `.zst`, `.gz`) is sent instead of it to
/// clients that accept it.
///
/// ```
/// # use gin::{files::Dir, prelude::*, testing::Client};
/// # let assets = tempfile::tempdir()?;
/// # std::fs::write(assets.path().join("app.css"), "body { margin: 0 }")?;
/// # let path = assets.path().to_owned();
/// let app = Group::new("").files("/assets", Dir::new(path));
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(app);
/// let response = client.get("/assets/app.css").await.is(200).has_header("cache-control", "no-cache");
/// let tag = response.header("etag").expect("files have tags");
/// client.get("/assets/app.css").header("if-none-match", tag).await.is(304);
/// client.get("/assets/../secret").await.is(404);
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use = "a directory is served by `Group::files`"]
pub struct Dir {
    pub(super) tree: Tree,
    pub(super) hidden: Hidden,
    pub(super) caching: Caching,
    pub(super) is_listed: bool,
    pub(super) has_siblings: bool,
}

impl Dir {
    /// Returns the directory at `path`, relative to the process's current directory.
    ///
    /// It is opened again for each request, so that it may be replaced while the app runs. [`Engine::new`](crate::Engine::new)
    /// reports a directory that does not exist.
    pub fn new(path: impl Into<PathBuf>) -> Dir {
        Dir::of(Tree::Disk(path.into()))
    }

    /// Returns a directory in the program: `find` returns the content of the file at a path such as `css/app.css`.
    ///
    /// Any crate that embeds files fits. With `rust-embed` it is `Dir::embedded(|path| Assets::get(path).map(|file| file.data))`.
    /// The entity tags are hashes of the content, and there is no `Last-Modified`.
    ///
    /// ```
    /// # use gin::{files::Dir, prelude::*, testing::Client};
    /// let assets = Dir::embedded(|path| match path {
    ///     "logo.svg" => Some(b"<svg/>".into()),
    ///     _ => None,
    /// });
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let client = Client::new(Group::new("").files("/", assets));
    /// client.get("/logo.svg").await.is(200).has_header("content-type", "image/svg+xml");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[doc(alias("include_dir", "rust_embed"))]
    pub fn embedded(
        find: impl Fn(&str) -> Option<Cow<'static, [u8]>> + Send + Sync + 'static,
    ) -> Dir {
        Dir::of(Tree::Embedded(Arc::new(Embedded::new(Box::new(find)))))
    }

    fn of(tree: Tree) -> Dir {
        Dir {
            tree,
            hidden: Hidden::Refused,
            caching: Caching::ByName,
            is_listed: false,
            has_siblings: true,
        }
    }

    /// Lists the files of a directory that has no `index.html`. Default: such a directory is 404.
    ///
    /// Embedded directories are not listed.
    #[doc(alias = "OnlyFilesFS")]
    pub fn listing(mut self) -> Dir {
        self.is_listed = true;
        self
    }

    /// Serves names that start with a dot as well. Default: only `.well-known`, at the top.
    pub fn dotfiles(mut self) -> Dir {
        self.hidden = Hidden::Served;
        self
    }

    /// Does not look for compressed siblings. Default: `app.js.br`, `app.js.zst` and `app.js.gz` are sent instead of `app.js` if
    /// the client accepts them.
    pub fn without_precompressed(mut self) -> Dir {
        self.has_siblings = false;
        self
    }

    /// Lets clients keep files for this long without a request, except for pages. Default: clients revalidate files that have no
    /// hash in their name.
    pub fn max_age(mut self, age: Duration) -> Dir {
        self.caching = Caching::max_age(age);
        self
    }

    /// Declares that files never change, except for pages: all of them have a hash in their names. Default: names with a hash are
    /// recognized, and doubtful ones are revalidated.
    pub fn immutable(mut self) -> Dir {
        self.caching = Caching::Immutable;
        self
    }

    /// Sets the `Cache-Control` of files that have no hash in their name, except for pages. Default: `no-cache`.
    ///
    /// A value that is not valid in a header is an error of [`Engine::new`](crate::Engine::new).
    pub fn cache_control(mut self, value: &str) -> Dir {
        self.caching = Caching::of(value);
        self
    }

    /// Opens a file of the directory for a handler. `path` may come from a client: it cannot leave the directory.
    ///
    /// ```
    /// # use gin::{files::{Dir, File}, prelude::*, testing::Client};
    /// async fn invoice(State(dir): State<Dir>, Path(name): Path<String>) -> gin::Result<File> {
    ///     dir.open(&name).await
    /// }
    /// # let invoices = tempfile::tempdir()?;
    /// # std::fs::write(invoices.path().join("7.pdf"), "%PDF")?;
    /// # let path = invoices.path().to_owned();
    /// let app = Group::new("").state(Dir::new(path)).get("/invoices/:name", invoice);
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let client = Client::new(app);
    /// client.get("/invoices/7.pdf").await.is(200).has_header("content-type", "application/pdf");
    /// client.get("/invoices/..%2f..%2fetc%2fpasswd").await.is(404);
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// A 404 if there is no such file, and a 500 if it cannot be read.
    #[doc(alias = "FileFromFS")]
    pub async fn open(&self, path: &str) -> Result<File> {
        let Some(relative) = Relative::decoded(path, self.hidden) else {
            return Err(Problem::new(404).into());
        };
        let name = relative.name().to_owned();
        let tree = self.tree.clone();
        let found = run_blocking(move || find(&tree, &relative.path)).await?;
        match found.map_err(Error::from)? {
            Some(Entry::File(content, validators)) => {
                let file = File::of(name, content, Some(validators));
                Ok(file.cached_as(self.caching.clone()))
            }
            Some(Entry::Directory) | None => Err(Problem::new(404).into()),
        }
    }
}

fn find(tree: &Tree, path: &Path) -> io::Result<Option<Entry>> {
    let Some(tree) = tree.open()? else {
        return Ok(None);
    };
    match tree.entry(path, "")? {
        Some(Entry::File(content, validators)) => {
            let content = content.read_if_small()?;
            Ok(Some(Entry::File(content, validators)))
        }
        other => Ok(other),
    }
}
