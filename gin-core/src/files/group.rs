//! Methods of groups that serve directories.

use std::borrow::Cow;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use crate::app::{At, Group, Mount, Part, PlacedRoute};
use crate::files::dir::Dir;
use crate::files::file::File;
use crate::files::served::{Kind, Served};
use crate::future::BoxFuture;
use crate::handlers::Handler;
use crate::request::Context;
use crate::response::{Response, respond};

/// Directories of files.
#[cfg_attr(docsrs, doc(cfg(feature = "files")))]
impl Group {
    /// Serves the files of `dir` below `prefix`, to `GET` and `HEAD` requests that no route matches.
    ///
    /// Routes win, so that `files("/", …)` goes with any others; only a catch-all with a shorter prefix, such as `/*path`, does not see
    /// the paths below `prefix`. A path without a file gets the response that it has without the directory: the group's fallback, or 404,
    /// or 405. The files run inside the group's middleware. In a group inside with a prefix of its own, they run inside its middleware
    /// as well, before its fallback.
    ///
    /// [`Engine::new`](crate::Engine::new) reports a directory that does not exist.
    ///
    /// ```
    /// # use gin::{files::Dir, prelude::*, testing::Client};
    /// # let public = tempfile::tempdir()?;
    /// # std::fs::create_dir(public.path().join("docs"))?;
    /// # std::fs::write(public.path().join("docs/index.html"), "<h1>Docs</h1>")?;
    /// # let path = public.path().to_owned();
    /// let app = Group::new("")
    ///     .files("/", Dir::new(path))
    ///     .get("/api/users", async || "users")
    ///     .fallback(async || (StatusCode::NOT_FOUND, "there is nothing here"));
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let client = Client::new(app);
    /// client.get("/api/users").await.is(200).has_text("users");
    /// client.get("/docs").await.is(301).has_header("location", "/docs/");
    /// client.get("/docs/").await.is(200).has_text("<h1>Docs</h1>");
    /// client.get("/nowhere").await.is(404).has_text("there is nothing here");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[track_caller]
    #[doc(alias("Static", "StaticFS", "ServeDir", "nest_service"))]
    pub fn files(self, prefix: impl Into<Cow<'static, str>>, dir: Dir) -> Group {
        self.serve(prefix.into(), dir, Kind::Files)
    }

    /// Serves a single-page app: the files of `dir` as [`files`](Group::files) does, and its `index.html` for pages that no route and no
    /// file takes.
    ///
    /// Only navigations get the page: a browser opens a page, and does not load a script, an image or data. Missing assets and unknown paths
    /// below the prefix of another group, such as `/api`, stay 404.
    ///
    /// ```
    /// # use gin::{files::Dir, prelude::*, testing::Client};
    /// # let dist = tempfile::tempdir()?;
    /// # std::fs::write(dist.path().join("index.html"), "<div id=app>")?;
    /// # let path = dist.path().to_owned();
    /// let api = Group::new("/api").get("/users", async || "users");
    /// let app = Group::new("").nest(api).spa("/", Dir::new(path));
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let client = Client::new(app);
    /// client.get("/settings/profile").header("accept", "text/html").await.is(200).has_text("<div id=app>");
    /// client.get("/app.js").header("accept", "*/*").await.is(404);
    /// client.get("/api/typo").header("accept", "text/html").await.is(404);
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[track_caller]
    #[doc(alias("history", "not_found_service"))]
    pub fn spa(self, prefix: impl Into<Cow<'static, str>>, dir: Dir) -> Group {
        self.serve(prefix.into(), dir, Kind::SinglePage)
    }

    /// Routes `GET` and `HEAD` requests for `pattern` to the file at `path`, relative to the process's current directory.
    ///
    /// It is opened for each request, and 404 if it was removed. [`Engine::new`](crate::Engine::new) reports a path without a file.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// let app = Group::new("").file("/manifest", "Cargo.toml");
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// Client::new(app).get("/manifest").await.is(200).contains("[package]");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[track_caller]
    #[doc(alias("StaticFile", "StaticFileFS", "ServeFile"))]
    pub fn file(self, pattern: impl Into<Cow<'static, str>>, path: impl Into<PathBuf>) -> Group {
        let (path, at) = (path.into(), At::caller());
        let checked = CheckedFile {
            path: path.clone(),
            at,
        };
        let handler = Arc::new(OneFile { path });
        let mut group = self.own_route(pattern.into(), handler, "gin::file");
        group.parts.push(Arc::new(checked));
        group
    }

    #[track_caller]
    fn serve(mut self, prefix: Cow<'static, str>, dir: Dir, kind: Kind) -> Group {
        self.mounts.push(Mount {
            prefix,
            at: At::caller(),
            source: Arc::new(Served {
                dir: Arc::new(dir),
                kind,
            }),
        });
        self
    }
}

/// The file of a route, and the line that adds it.
struct CheckedFile {
    path: PathBuf,
    at: At,
}

impl Part for CheckedFile {
    fn assemble(&self, _: &[PlacedRoute]) -> Vec<String> {
        let reason = match fs::metadata(&self.path) {
            Ok(metadata) if metadata.is_file() => return Vec::new(),
            Ok(_) => "it is not a file".to_owned(),
            Err(error) => error.to_string(),
        };
        let shown = self.path.display();
        let place = match std::env::current_dir() {
            Ok(current) if self.path.is_relative() => format!(" in {}", current.display()),
            _ => String::new(),
        };
        vec![format!(
            "the route at {}: cannot serve the file `{shown}`{place}: {reason}; create it, or pass the path of another one",
            self.at
        )]
    }
}

/// The handler of a route for one file.
struct OneFile {
    path: PathBuf,
}

impl Handler for OneFile {
    fn call<'a>(&'a self, cx: &'a mut Context) -> BoxFuture<'a, Response> {
        Box::pin(async move {
            let file = File::open(&self.path).await;
            respond(cx, file)
        })
    }
}
