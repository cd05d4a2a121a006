//! Directories below a prefix of a group.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gin_router::path;
use http::{HeaderValue, Method, header};

use crate::app::{Reach, Source, Visit};
use crate::failure::{Error, Problem};
use crate::files::caching::Caching;
use crate::files::coding::{Coding, accepted};
use crate::files::conditions::Conditions;
use crate::files::dir::Dir;
use crate::files::listing::listing;
use crate::files::media_type::{is_compressible, media_type};
use crate::files::navigation::is_navigation;
use crate::files::relative::Relative;
use crate::files::representation::Representation;
use crate::files::tree::{Entry, OpenTree, Tree};
use crate::files::worker::run_blocking;
use crate::future::BoxFuture;
use crate::request::Context;
use crate::response::{IntoResponse, Redirect, Response};

/// A directory that a group serves.
pub(super) struct Served {
    pub(super) dir: Arc<Dir>,
    pub(super) kind: Kind,
}

/// The kind of site in a directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Files,
    /// An app in the browser, whose page handles the paths that are not files.
    SinglePage,
}

const INDEX: &str = "index.html";

/// A request, in the form in which another thread looks it up.
struct Lookup {
    relative: Relative,
    conditions: Conditions,
    codings: Vec<Coding>,
    is_read: bool,
    is_navigation: bool,
    /// The canonical path.
    path: String,
}

/// The result of a lookup.
enum Found {
    Response(Response),
    /// A directory whose path lacks the slash at the end.
    Directory,
    /// The request is not for reading, but there is something to read.
    Something,
    Nothing,
}

impl Source for Served {
    fn respond<'a>(
        &'a self,
        cx: &'a mut Context,
        visit: Visit<'a>,
    ) -> BoxFuture<'a, Option<Response>> {
        Box::pin(async move {
            let lookup = self.lookup(cx, visit)?;
            let dir = self.dir.clone();
            let found = match dir.tree {
                Tree::Embedded(_) => Ok(look_up(&dir, &lookup)),
                Tree::Disk(_) => run_blocking(move || look_up(&dir, &lookup)).await,
            };
            match found {
                Ok(Ok(found)) => respond(cx, visit, found),
                Ok(Err(error)) if error.kind() == io::ErrorKind::PermissionDenied => {
                    // The client learns no more than that it gets nothing, the log learns why.
                    cx.error(error);
                    None
                }
                Ok(Err(error)) => Some(Error::from(error).into_response()),
                Err(error) => Some(error.into_response()),
            }
        })
    }

    fn flaw(&self) -> Option<String> {
        match &self.dir.caching {
            Caching::Invalid(error) => Some(format!("the Cache-Control is not valid: {error}")),
            Caching::ByName | Caching::Immutable | Caching::Other(_) => self.dir.tree.flaw(),
        }
    }

    fn name(&self) -> &'static str {
        match self.kind {
            Kind::Files => "gin::files::Dir",
            Kind::SinglePage => "gin::files::Dir as a single-page app",
        }
    }
}

impl Served {
    fn lookup(&self, cx: &Context, visit: Visit<'_>) -> Option<Lookup> {
        // The page of an app belongs to its own group: below the prefix of another one, an unknown path is unknown.
        let has_page = self.kind == Kind::SinglePage && visit.reach == Reach::Own;
        let codings = if self.dir.has_siblings {
            accepted(cx.headers())
        } else {
            Vec::new()
        };
        Some(Lookup {
            relative: Relative::parse(visit.below, self.dir.hidden)?,
            conditions: Conditions::of(cx.method(), cx.headers()),
            codings,
            is_read: matches!(*cx.method(), Method::GET | Method::HEAD),
            is_navigation: has_page && is_navigation(cx, visit.below),
            path: visit.path.to_owned(),
        })
    }
}

/// Returns the response to a request, or `None` if it is left to the group's fallback.
fn respond(cx: &Context, visit: Visit<'_>, found: Found) -> Option<Response> {
    let routing = cx.scope().routing;
    match found {
        Found::Response(response) => Some(response),
        Found::Directory => {
            let query = cx.uri().query().map(|query| format!("?{query}"));
            let location = path::encode(visit.path) + "/" + &query.unwrap_or_default();
            Some(Redirect::with(301, location).into_response())
        }
        Found::Something if *cx.method() == Method::OPTIONS && routing.answers_options => {
            let allow = HeaderValue::from_static("GET, HEAD, OPTIONS");
            let mut response = http::StatusCode::NO_CONTENT.into_response();
            response.headers_mut().insert(header::ALLOW, allow);
            Some(response)
        }
        Found::Something if routing.knows_methods => {
            let allow = if routing.answers_options {
                "GET, HEAD, OPTIONS"
            } else {
                "GET, HEAD"
            };
            let problem = Problem::new(405).header(header::ALLOW, HeaderValue::from_static(allow));
            Some(problem.into_response())
        }
        Found::Something | Found::Nothing => None,
    }
}

/// Looks for the file, or for the page in its place. It blocks.
fn look_up(dir: &Dir, lookup: &Lookup) -> io::Result<Found> {
    let Some(tree) = dir.tree.open()? else {
        return Ok(Found::Nothing);
    };
    let search = Search { dir, tree, lookup };
    match search.entry()? {
        Found::Nothing if lookup.is_navigation => search.page(),
        found => Ok(found),
    }
}

/// A lookup in an open directory.
struct Search<'a> {
    dir: &'a Dir,
    tree: OpenTree<'a>,
    lookup: &'a Lookup,
}

impl Search<'_> {
    fn entry(&self) -> io::Result<Found> {
        let Relative { path, is_directory } = &self.lookup.relative;
        if !is_directory {
            return self.file(path, None);
        }
        match self.file(&path.join(INDEX), None)? {
            Found::Nothing | Found::Directory => self.listing(path),
            found => Ok(found),
        }
    }

    /// Returns the page of a single-page app. The same path may have no response for other clients.
    fn page(&self) -> io::Result<Found> {
        self.file(
            Path::new(INDEX),
            Some("accept, sec-fetch-dest, sec-fetch-mode"),
        )
    }

    /// Returns the best representation of the file at `path`, which depends on `vary` as well.
    fn file(&self, path: &Path, vary: Option<&str>) -> io::Result<Found> {
        let name = path.file_name().and_then(|name| name.to_str());
        let name = name.unwrap_or_default();
        let content_type = media_type(name);
        let has_siblings = self.dir.has_siblings && is_compressible(&content_type);
        let (entry, coding) = match has_siblings.then(|| self.sibling(path)).transpose()? {
            Some(Some((entry, coding))) => (Some(entry), Some(coding)),
            _ => (self.tree.entry(path, "")?, None),
        };
        let (content, validators) = match entry {
            Some(Entry::File(content, validators)) => (content, validators),
            Some(Entry::Directory) => return self.directory(path),
            None => return Ok(Found::Nothing),
        };
        if !self.lookup.is_read {
            return Ok(Found::Something);
        }
        let vary = match (has_siblings, vary) {
            (true, Some(vary)) => Some(format!("accept-encoding, {vary}")),
            (true, None) => Some("accept-encoding".to_owned()),
            (false, vary) => vary.map(str::to_owned),
        };
        let representation = Representation {
            content,
            validators,
            content_type,
            cache_control: Some(self.dir.caching.value(name)),
            vary: vary.and_then(|vary| HeaderValue::try_from(vary).ok()),
            content_encoding: coding.map(|coding| HeaderValue::from_static(coding.name)),
            disposition: None,
        };
        let response = representation.respond_now(&self.lookup.conditions)?;
        Ok(Found::Response(response))
    }

    /// Returns the compressed sibling of the file at `path` that the client likes best.
    fn sibling(&self, path: &Path) -> io::Result<Option<(Entry, Coding)>> {
        for coding in &self.lookup.codings {
            let mut name = path.as_os_str().to_owned();
            name.push(coding.extension);
            let variant = coding.extension;
            let entry = self.tree.entry(&PathBuf::from(name), variant)?;
            if let Some(entry @ Entry::File(..)) = entry {
                return Ok(Some((entry, *coding)));
            }
        }
        Ok(None)
    }

    /// A directory without a slash at the end: relative links on its page would be wrong.
    fn directory(&self, path: &Path) -> io::Result<Found> {
        if self.dir.is_listed {
            return Ok(Found::Directory);
        }
        Ok(match self.tree.entry(&path.join(INDEX), "")? {
            Some(Entry::File(..)) => Found::Directory,
            Some(Entry::Directory) | None => Found::Nothing,
        })
    }

    fn listing(&self, path: &Path) -> io::Result<Found> {
        let is_listed = self.dir.is_listed && matches!(self.dir.tree, Tree::Disk(_));
        if !is_listed || !matches!(self.tree.entry(path, "")?, Some(Entry::Directory)) {
            return Ok(Found::Nothing);
        }
        if !self.lookup.is_read {
            return Ok(Found::Something);
        }
        let is_top = path.as_os_str().is_empty();
        let names = self.tree.names(path)?.into_iter();
        let names = names.filter(|name| {
            let index = usize::from(!is_top);
            let plain = name.trim_end_matches('/');
            !matches!(plain, "." | "..") && self.dir.hidden.allows(plain.as_bytes(), index)
        });
        let response = listing(&self.lookup.path, names.collect());
        Ok(Found::Response(response))
    }
}
