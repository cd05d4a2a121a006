//! The parts of reports that later pages need.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::incidents::{Incident, Route};
use crate::proxy::upstream::Upstream;
use crate::source::{Library, Sources};
use crate::state::Target;

/// The parts of reports that later pages need.
#[derive(Default)]
pub(crate) struct ReportCache(Mutex<Cached>);

#[derive(Default)]
struct Cached {
    /// The app that responded last to a request for its routes.
    upstream: Option<Upstream>,
    /// Its routes, unless it does not report them.
    routes: Option<Arc<[Route]>>,
    /// An attempt, and the files that the pages of its reports show.
    files: (u64, Sources),
}

impl Cached {
    /// Drops the files of another attempt.
    fn keep_only(&mut self, attempt: u64) {
        if self.files.0 != attempt {
            self.files = (attempt, Sources::default());
        }
    }
}

impl ReportCache {
    /// Returns the files that the pages of this attempt's reports show.
    pub(super) fn files(&self, attempt: u64) -> Sources {
        let cached = self.lock();
        let (of, files) = &cached.files;
        if *of == attempt {
            files.clone()
        } else {
            Sources::default()
        }
    }

    /// Adds the files of `incident` to those of this attempt, and to `incident` itself.
    pub(super) fn take_sources(&self, incident: &mut Incident, attempt: u64, target: &Target) {
        let mut cached = self.lock();
        cached.keep_only(attempt);
        incident.take_sources(&mut cached.files.1, target);
    }

    /// Adds the files of `routes` to those of this attempt, and returns all of them.
    pub(super) fn files_of(&self, routes: &[Route], attempt: u64, target: &Target) -> Sources {
        self.files_named(
            routes.iter().map(|route| route.file.as_str()),
            attempt,
            target,
        )
    }

    /// Adds the named files to those of this attempt, and returns all of them.
    pub(super) fn files_named<'a>(
        &self,
        names: impl IntoIterator<Item = &'a str>,
        attempt: u64,
        target: &Target,
    ) -> Sources {
        let mut cached = self.lock();
        cached.keep_only(attempt);
        let library = Library::new(&target.root, &target.packages);
        let files = &mut cached.files.1;
        files.read(names, &library);
        files.clone()
    }

    /// Returns `true` if the cached routes are those of `upstream`.
    pub(super) fn has_routes_of(&self, upstream: Upstream) -> bool {
        self.lock().upstream == Some(upstream)
    }

    /// Returns the cached routes.
    pub(super) fn routes(&self) -> Option<Arc<[Route]>> {
        self.lock().routes.clone()
    }

    /// Caches the routes of `upstream`, or that it does not report any.
    pub(super) fn set_routes(&self, upstream: Upstream, routes: Option<Vec<Route>>) {
        let mut cached = self.lock();
        cached.upstream = Some(upstream);
        cached.routes = routes.map(Arc::from);
    }

    fn lock(&self) -> MutexGuard<'_, Cached> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
