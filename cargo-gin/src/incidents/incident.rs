//! Something that went wrong with one request, with all that is known of it.

use std::path::PathBuf;
use std::sync::Arc;

use http::StatusCode;
use http::header::ALLOW;
use http::response::Parts;

use crate::incidents::miss::Miss;
use crate::incidents::route::Route;
use crate::incidents::wire::{Fault, Report};
use crate::panic::{Frame, Panic, Place};
use crate::source::{Library, Sources};
use crate::state::Target;

/// Something that went wrong with one request, with all that is known of it.
#[derive(Clone, Debug)]
pub(crate) struct Incident {
    /// What the app tells.
    pub(crate) report: Report,
    /// The status of the answer.
    pub(crate) status: StatusCode,
    /// The methods that the path takes, where the request's is none of them.
    pub(crate) allow: Option<String>,
    /// What was asked.
    pub(crate) request: Request,
    /// The panic, if that is what went wrong and it is known where.
    pub(crate) panic: Option<Panic>,
    /// Where the error became an answer.
    pub(crate) place: Option<Place>,
    /// The app's routes, if it told them.
    pub(crate) routes: Option<Arc<[Route]>>,
    /// Where rustc's relative file names start.
    pub(crate) root: PathBuf,
    /// The files that are spoken of, and others.
    pub(crate) sources: Sources,
}

/// What was asked, its secrets masked.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// The path without its query.
    pub(crate) path: String,
    pub(crate) target: String,
    /// Fields in their order.
    pub(crate) headers: Vec<(String, String)>,
}

impl Request {
    /// Puts `mask` where a segment of the path is `value`.
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
    /// What `report` tells in the answer's place, of an app that is built from `target`.
    pub(crate) fn new(
        report: Report,
        answer: &Parts,
        request: Request,
        routes: Option<Arc<[Route]>>,
        target: &Target,
    ) -> Incident {
        let (panic, place) = match &report.fault {
            Fault::Miss => (None, None),
            Fault::Error { place, .. } => (None, place.as_deref().and_then(Place::read)),
            Fault::Panic {
                message,
                place,
                calls,
            } => {
                let place = place.as_deref().and_then(Place::read);
                let panic = calls.as_ref().zip(place.clone());
                let panic = panic.map(|(calls, place)| calls.panic(message, place, &target.root));
                (panic, place)
            }
        };
        let allow = answer
            .headers
            .get(ALLOW)
            .and_then(|allow| allow.to_str().ok());
        Incident {
            report,
            status: answer.status,
            allow: allow.map(str::to_owned),
            request,
            panic,
            place,
            routes,
            root: target.root.clone(),
            sources: Sources::default(),
        }
    }

    /// Adds the files that are spoken of and are the app's own. `taken` are those that pages of this build showed before, whose
    /// places among them stay as they are.
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

    /// The calls in the app's own files that led to the panic.
    pub(crate) fn own_calls(&self) -> impl Iterator<Item = &Frame> {
        let calls = self.panic.iter().flat_map(|panic| &panic.frames);
        calls.filter(|frame| frame.is_own(&self.root))
    }

    /// The files of the routes that are of interest.
    fn handlers(&self) -> impl Iterator<Item = &str> {
        let miss = self.miss();
        let near = miss
            .into_iter()
            .flat_map(|miss| miss.takers.into_iter().chain(miss.nearest));
        let routes = self.report.route.iter().chain(near);
        routes.map(|route| route.file.as_str())
    }

    /// Why no route takes the request, if that is what went wrong.
    pub(crate) fn miss(&self) -> Option<Miss<'_>> {
        match (&self.report.fault, &self.routes) {
            (Fault::Miss, Some(routes)) => Some(Miss::explain(
                routes,
                &self.request.method,
                &self.request.path,
            )),
            _ => None,
        }
    }
}
