//! An incident: a request that failed, and everything that is known about it.

use std::path::PathBuf;
use std::sync::Arc;

use http::StatusCode;
use http::header::ALLOW;
use http::response::Parts;

use crate::incidents::miss::Miss;
use crate::incidents::mistake::{self, Mistake};
use crate::incidents::route::Route;
use crate::incidents::signature::{self, Argument};
use crate::incidents::wire::{Failure, Mismatch, Report};
use crate::panic::{Frame, Panic, Place};
use crate::source::{Library, Sources};
use crate::state::{Tail, Target};

/// A request that failed, and everything that is known about it.
#[derive(Clone, Debug)]
pub(crate) struct Incident {
    pub(crate) report: Report,
    pub(crate) status: StatusCode,
    /// The methods of the path, if the request's is not among them.
    pub(crate) allow: Option<String>,
    pub(crate) request: Request,
    /// The panic, if one caused the failure and its place is known.
    pub(crate) panic: Option<Panic>,
    /// The place where the error became a response.
    pub(crate) place: Option<Place>,
    /// The app's routes, if it reported them.
    pub(crate) routes: Option<Arc<[Route]>>,
    /// The directory that rustc's relative file names start from.
    pub(crate) root: PathBuf,
    /// The files that pages of this build show, those of this incident among them.
    pub(crate) sources: Sources,
    /// The lines that the app printed from the request until its response.
    pub(crate) output: Tail,
}

/// The request, with secrets masked.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// The path without its query.
    pub(crate) path: String,
    pub(crate) target: String,
    /// The header fields, in order.
    pub(crate) headers: Vec<(String, String)>,
    /// The id of its record.
    pub(crate) record: u64,
    /// The scheme and host that it was sent to: `http://localhost:3000`.
    pub(crate) origin: String,
}

impl Request {
    /// Replaces each segment of the path that is `value` with `mask`.
    pub(crate) fn hide(&mut self, value: &str, mask: &str) {
        for text in [&mut self.path, &mut self.target] {
            let (path, query) = text.split_at(text.find('?').unwrap_or(text.len()));
            let segments = path
                .split('/')
                .map(|own| if own == value { mask } else { own });
            *text = segments.collect::<Vec<_>>().join("/") + query;
        }
    }
}

impl Incident {
    /// Makes an incident of the report that an app built from `target` sent in place of a response.
    pub(crate) fn new(
        report: Report,
        response: &Parts,
        request: Request,
        routes: Option<Arc<[Route]>>,
        target: &Target,
    ) -> Incident {
        let read = |place: &str| Place::read(place).map(|place| place.named(&target.root));
        let (panic, place) = match &report.failure {
            Failure::Miss { .. } | Failure::Rejection { .. } => (None, None),
            Failure::Error { place, .. } => (None, place.as_deref().and_then(read)),
            Failure::Panic {
                message,
                place,
                calls,
            } => {
                let place = place.as_deref().and_then(read);
                let panic = calls.as_ref().zip(place.clone());
                let panic = panic.map(|(calls, place)| calls.panic(message, place, &target.root));
                (panic, place)
            }
        };
        let allow = response
            .headers
            .get(ALLOW)
            .and_then(|allow| allow.to_str().ok());
        Incident {
            report,
            status: response.status,
            allow: allow.map(str::to_owned),
            request,
            panic,
            place,
            routes,
            root: target.root.clone(),
            sources: Sources::default(),
            output: Tail::default(),
        }
    }

    /// Adds the app's own files that the incident names. `taken` has the files that pages of this build showed before, which keep
    /// their indexes.
    pub(crate) fn take_sources(&mut self, taken: &mut Sources, target: &Target) {
        let library = Library::new(&target.root, &target.packages);
        let calls = self.own_calls().filter_map(|frame| frame.place.as_ref());
        let places = self.place.iter().chain(calls);
        let files = places
            .map(|place| place.file.as_str())
            .chain(self.handlers());
        taken.read(files, &library);
        self.sources = taken.clone();
    }

    /// Iterates over the frames of the panic that are in the app's own files.
    pub(crate) fn own_calls(&self) -> impl Iterator<Item = &Frame> {
        let panics = self.panic.iter();
        panics.flat_map(|panic| panic.own_frames(&self.root))
    }

    /// Returns the fields that are wrong, each with the value that was sent.
    pub(crate) fn mistakes(&self) -> Vec<Mistake> {
        mistake::all(&self.report, &self.request)
    }

    /// Returns the place of the failure: of the panic, of the error, or of the argument that could not be made.
    pub(crate) fn shown_place(&self) -> Option<Place> {
        self.place.clone().or_else(|| self.argument_place())
    }

    /// Returns the arguments that could not be made, each with its place in the signature of its handler if that is found.
    pub(crate) fn arguments(&self) -> Vec<Argument> {
        let Failure::Rejection { arguments } = &self.report.failure else {
            return Vec::new();
        };
        let source = self.report.route.as_ref().and_then(|route| {
            let source = self.sources.get(&route.file)?;
            Some((route, source))
        });
        signature::arguments(arguments, source)
    }

    /// Returns the place of the first argument that could not be made, or else of the route.
    fn argument_place(&self) -> Option<Place> {
        let Failure::Rejection { .. } = &self.report.failure else {
            return None;
        };
        let route = self.report.route.as_ref()?;
        let source = self.sources.get(&route.file)?;
        let found = self
            .arguments()
            .into_iter()
            .find_map(|argument| argument.parameter);
        let (line, column) = match found {
            Some(parameter) => (parameter.line, parameter.column),
            None => source.line(route.line).map(|_| (route.line, 1))?,
        };
        Some(Place {
            file: route.file.clone(),
            line,
            column,
        })
    }

    /// Returns the params whose types kept routes from matching the request.
    pub(crate) fn mismatches(&self) -> &[Mismatch] {
        match &self.report.failure {
            Failure::Miss { mismatches } => mismatches,
            _ => &[],
        }
    }

    /// Iterates over the files of the route, of the nearest routes, and of those for other methods.
    fn handlers(&self) -> impl Iterator<Item = &str> {
        let miss = self.miss();
        let near = miss
            .into_iter()
            .flat_map(|miss| miss.other_methods.into_iter().chain(miss.nearest));
        let refusing = self.mismatches().iter().map(|mismatch| &mismatch.route);
        let routes = self.report.route.iter().chain(refusing).chain(near);
        routes.map(|route| route.file.as_str())
    }

    /// Explains the miss, if no route matched the request.
    pub(crate) fn miss(&self) -> Option<Miss<'_>> {
        let Failure::Miss { mismatches } = &self.report.failure else {
            return None;
        };
        let routes = self.routes.as_ref()?;
        let Request { method, path, .. } = &self.request;
        let mut miss = Miss::explain(routes, method, path);
        let refuses = |route: &Route| mismatches.iter().any(|mismatch| mismatch.route == *route);
        miss.other_methods.retain(|route| !refuses(route));
        Some(miss)
    }
}
