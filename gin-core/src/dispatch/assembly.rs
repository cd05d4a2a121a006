//! The assembly of an engine's table from a group. Everything is checked once, and all flaws are reported together.

use std::cmp::Reverse;
use std::collections::HashSet;
use std::sync::Arc;

use gin_router::{Pattern, PatternError, Router, path};
use http::Method;

use crate::app::{
    At, BuildError, Flaw, Group, Label, MissingState, Mounted, Part, PlacedRoute, Route,
};
use crate::dispatch::checks::Checks;
use crate::dispatch::endpoint::Endpoint;
use crate::dispatch::listing::RouteEntry;
use crate::dispatch::miss::Miss;
use crate::dispatch::misses::{Missing, by_prefix, identity};
use crate::dispatch::table::{Leaf, Table, allow};
use crate::extract::{Needs, PatternNeed};
use crate::handlers::{Handler, RouteHandler};
use crate::middleware::{Chain, Layer, Provided};
use crate::request::{Proxies, Scope, Site};

/// A table that is being built.
#[derive(Default)]
pub(crate) struct Assembly {
    router: Router,
    leaves: Vec<Leaf>,
    listing: Vec<RouteEntry>,
    misses: Vec<Missing>,
    parts: Vec<Arc<dyn Part>>,
    flaws: Vec<Flaw>,
}

/// The prefix, middleware and scope that a group passes on to its routes and children.
struct Inherited {
    prefix: String,
    layers: Vec<Layer>,
    provided: Provided,
    scope: Arc<Scope>,
    /// Those with longer prefixes first.
    mounts: Vec<Mounted>,
    fallback: Option<Arc<dyn Handler>>,
}

impl Inherited {
    /// Returns what the routes and children of `group` inherit, if `group` itself inherits `self`.
    fn within(&self, group: &Group) -> Inherited {
        let mut scope = Scope::clone(&self.scope);
        scope.states = group.states.within(&scope.states);
        scope.error_map = group.error_map.within(&scope.error_map);
        scope.on_error = group.on_error.clone().or(scope.on_error);
        scope.messages = group.messages.clone().or(scope.messages);
        scope.body_limit = group.body_limit.or(scope.body_limit);
        scope.max_fields = group.max_fields.unwrap_or(scope.max_fields);
        scope.routing = group.routing.unwrap_or(scope.routing);
        if let Some(proxies) = &group.proxies {
            scope.proxies = proxies.clone();
        }
        let mut provided = self.provided.clone();
        for layer in &group.middlewares {
            layer.middleware.provides(&mut provided);
        }
        let layers = self.layers.iter().chain(&group.middlewares);
        let prefix = path::join(&self.prefix, &group.prefix);
        Inherited {
            layers: layers.cloned().collect(),
            provided,
            scope: Arc::new(scope),
            mounts: self.mounts_within(group, &prefix),
            fallback: self.fallback_within(group),
            prefix,
        }
    }

    /// Returns the mounts of `group` and those around it. One whose prefix is malformed is left out; it is reported elsewhere.
    fn mounts_within(&self, group: &Group, prefix: &str) -> Vec<Mounted> {
        let own = group.mounts.iter();
        let own = own.filter_map(|mount| Mounted::new(mount, prefix).ok());
        let outer = self.mounts.iter().map(|mounted| {
            if group.prefix.is_empty() {
                mounted.clone()
            } else {
                mounted.seen_from_inside()
            }
        });
        let mut mounts: Vec<_> = own.chain(outer).collect();
        mounts.sort_by_key(|mounted| Reverse(mounted.depth()));
        mounts
    }

    /// Returns the fallback of `group`. One without a prefix shares that of the group around it.
    fn fallback_within(&self, group: &Group) -> Option<Arc<dyn Handler>> {
        let own = group.fallback.clone();
        let outer = || self.fallback.clone().filter(|_| group.prefix.is_empty());
        own.or_else(outer)
    }

    fn endpoint(
        &self,
        pattern: Option<Pattern>,
        checks: Checks,
        handler: RouteHandler,
    ) -> Arc<Endpoint> {
        let middlewares = self.layers.iter().map(|layer| layer.middleware.clone());
        Arc::new(Endpoint {
            checks,
            chain: Arc::new(Chain {
                middlewares: middlewares.collect(),
                handler,
            }),
            site: Arc::new(Site {
                pattern,
                scope: self.scope.clone(),
            }),
        })
    }
}

impl Assembly {
    /// Builds the table of `group`.
    pub(crate) fn of(group: Group) -> Result<Table, BuildError> {
        let mut assembly = Assembly::default();
        let outside = Inherited {
            prefix: String::new(),
            layers: Vec::new(),
            provided: Provided::default(),
            scope: Arc::new(Scope::root()),
            mounts: Vec::new(),
            fallback: None,
        };
        let root = assembly.add_group(group, &outside);
        assembly.finish(root)
    }

    /// Adds everything in `group`. Returns the endpoint of requests that none of its routes matches.
    fn add_group(&mut self, group: Group, outer: &Inherited) -> Arc<Endpoint> {
        if let Err(error) = check_prefix(&group.prefix) {
            self.flaws.push(Flaw::BadPrefix(group.at, error));
        }
        if let Some(fault) = group.proxies.as_ref().and_then(Proxies::fault) {
            self.flaws.push(Flaw::BadProxies(group.at, fault.clone()));
        }
        let inherited = outer.within(&group);
        self.check_errors(&group, &inherited);
        self.parts.extend(group.parts.iter().cloned());
        let miss = self.miss(&group, &inherited);
        for route in group.routes {
            self.add_route(&route, &inherited);
        }
        for child in group.children {
            self.add_group(child, &inherited);
        }
        miss
    }

    /// Checks that everything exists that the responses to errors need.
    fn check_errors(&mut self, group: &Group, inherited: &Inherited) {
        let states = &inherited.scope.states;
        let needs = group.error_needs.iter();
        let missing = needs.filter(|(_, need)| !states.has(need.id));
        self.flaws.extend(missing.map(|(method, need)| {
            let label = Label {
                method,
                pattern: inherited.prefix.clone(),
                at: group.at,
            };
            Flaw::MissingForResponse(label, need.message)
        }));
    }

    fn miss(&mut self, group: &Group, inherited: &Inherited) -> Arc<Endpoint> {
        if let Some(fallback) = &group.fallback {
            let label = Label {
                method: "fallback of",
                pattern: inherited.prefix.clone(),
                at: group.at,
            };
            self.check_needs(&needs_of(&**fallback), inherited, &label, None);
        }
        let fallback = inherited.fallback.as_ref();
        let miss = Miss {
            mounts: inherited.mounts.clone(),
            fallback: fallback.cloned(),
        };
        let handler = RouteHandler::Shared(Arc::new(miss));
        let endpoint = inherited.endpoint(None, Checks::default(), handler);
        let mounts = inherited.mounts.iter();
        let mounts = mounts.map(|mounted| identity(&mounted.mount.source));
        let tried: Vec<_> = mounts.chain(fallback.map(identity)).collect();
        let missing = |prefix: &str, at, own| Missing {
            prefix: prefix.to_owned(),
            at,
            own,
            tried: tried.clone(),
            endpoint: endpoint.clone(),
        };
        // The misses of a group that only adds middleware stay with its parent.
        if !group.prefix.is_empty() || group.fallback.is_some() {
            let own = group.fallback.iter().map(identity).collect();
            self.misses.push(missing(&inherited.prefix, group.at, own));
        }
        for mount in &group.mounts {
            match Mounted::new(mount, &inherited.prefix) {
                Ok(mounted) => {
                    self.misses.push(missing(
                        &mounted.prefix,
                        mount.at,
                        vec![identity(&mount.source)],
                    ));
                    self.add_mount(&mounted, inherited);
                }
                Err(error) => self.flaws.push(Flaw::BadPrefix(mount.at, error)),
            }
        }
        endpoint
    }

    /// Enters a mount into the router and the list of routes, and checks its source.
    fn add_mount(&mut self, mounted: &Mounted, inherited: &Inherited) {
        let pattern = mounted.pattern();
        let at = mounted.mount.at;
        let label = Label {
            method: "GET",
            pattern: pattern.clone(),
            at,
        };
        if let Some(flaw) = mounted.mount.source.flaw() {
            self.flaws.push(Flaw::BadMount(label.clone(), flaw));
        }
        self.listing.push(RouteEntry {
            method: "GET",
            group: inherited.prefix.clone(),
            handler: mounted.mount.source.name(),
            file: at.file,
            line: at.line,
            middlewares: inherited.layers.iter().map(|layer| layer.name).collect(),
            pattern,
        });
        if let Ok(pattern) = Pattern::parse(&label.pattern) {
            let leaf = self.leaf(&pattern);
            self.leaves[leaf as usize].is_mount = true;
            self.claim(leaf, label);
        }
    }

    fn add_route(&mut self, route: &Route, inherited: &Inherited) {
        let label = |method| Label {
            method,
            pattern: path::join(&inherited.prefix, &route.pattern),
            at: route.at,
        };
        let first = label(route.methods.first().copied().unwrap_or("ANY"));
        let pattern = match parse(&first.pattern, &route.pattern) {
            Ok(pattern) => pattern,
            Err(error) => return self.flaws.push(Flaw::BadPattern(first, error)),
        };
        if let Some(name) = name_twice(&pattern) {
            let flaw = Flaw::ParamTwice(first.clone(), name.to_owned());
            self.flaws.push(flaw);
        }
        let needs = needs_of(&route.handler);
        self.check_needs(&needs, inherited, &first, Some(&pattern));
        self.list(route, &first.pattern, inherited);
        let leaf = self.leaf(&pattern);
        let checks = Checks::of(&pattern, &needs);
        let endpoint = inherited.endpoint(Some(pattern), checks, route.handler.clone());
        if route.methods.is_empty() {
            self.put(leaf, None, &endpoint, first);
        }
        for method in route.methods {
            match Method::from_bytes(method.as_bytes()) {
                Ok(parsed) => self.put(leaf, Some(parsed), &endpoint, label(method)),
                Err(_) => self.flaws.push(Flaw::BadMethod(label(method))),
            }
        }
    }

    fn list(&mut self, route: &Route, pattern: &str, inherited: &Inherited) {
        let any: &[&str] = &["ANY"];
        let methods = if route.methods.is_empty() {
            any
        } else {
            route.methods
        };
        self.listing.extend(methods.iter().map(|method| RouteEntry {
            method,
            pattern: pattern.to_owned(),
            group: inherited.prefix.clone(),
            handler: route.name(),
            file: route.at.file,
            line: route.at.line,
            middlewares: inherited.layers.iter().map(|layer| layer.name).collect(),
        }));
    }

    /// Checks that everything that a handler needs exists. A fallback has no pattern.
    fn check_needs(
        &mut self,
        needs: &Needs,
        inherited: &Inherited,
        label: &Label,
        pattern: Option<&Pattern>,
    ) {
        let Inherited {
            scope, provided, ..
        } = inherited;
        for need in needs.states().filter(|need| !scope.states.has(need.id)) {
            let missing = MissingState {
                needed: need.name,
                given: scope.states.names().collect(),
            };
            self.flaws.push(Flaw::MissingState(label.clone(), missing));
        }
        for need in needs
            .extensions()
            .filter(|need| !provided.may_have(need.id))
        {
            let flaw = Flaw::MissingExtension(label.clone(), need.name);
            self.flaws.push(flaw);
        }
        for need in needs.responses().filter(|need| !scope.states.has(need.id)) {
            let flaw = Flaw::MissingForResponse(label.clone(), need.message);
            self.flaws.push(flaw);
        }
        for (need, remedy) in needs
            .middlewares()
            .filter(|(need, _)| !provided.has(need.id))
        {
            let flaw = Flaw::MissingMiddleware(label.clone(), need.name, remedy);
            self.flaws.push(flaw);
        }
        let has_params = pattern.is_some_and(|pattern| pattern.names().next().is_some());
        let has_catch_all = pattern.is_some_and(|pattern| pattern.catch_all().is_some());
        match needs.pattern() {
            PatternNeed::Param if !has_params => self.flaws.push(Flaw::NoParams(label.clone())),
            PatternNeed::CatchAll if !has_catch_all => {
                self.flaws.push(Flaw::NoCatchAll(label.clone()));
            }
            _ => {}
        }
    }

    /// Returns the index of the leaf for the shape of `pattern`.
    fn leaf(&mut self, pattern: &Pattern) -> u32 {
        let fresh = u32::try_from(self.leaves.len()).expect("no app has 2³² routes");
        match self.router.insert(pattern, fresh) {
            Ok(()) => {
                self.leaves.push(Leaf::default());
                fresh
            }
            Err(existing) => existing,
        }
    }

    /// Adds a route to a leaf, unless the leaf has one for the same method.
    fn put(&mut self, leaf: u32, method: Option<Method>, endpoint: &Arc<Endpoint>, label: Label) {
        if !self.claim(leaf, label) {
            return;
        }
        let leaf = &mut self.leaves[leaf as usize];
        match method {
            Some(method) => leaf.routes.push((method, endpoint.clone())),
            None => leaf.any = Some(endpoint.clone()),
        }
    }

    /// Enters `label` into a leaf. Returns `false` if the leaf has one for the same method, which is a flaw. A mount and a route
    /// for every method would hide each other.
    fn claim(&mut self, leaf: u32, label: Label) -> bool {
        let leaf = &mut self.leaves[leaf as usize];
        let is_same = |other: &&Label| match (other.method, label.method) {
            ("GET", "ANY") | ("ANY", "GET") => leaf.is_mount,
            (other, own) => other == own,
        };
        if let Some(other) = leaf.labels.iter().find(is_same) {
            let flaw = Flaw::SameShape(label, other.clone());
            self.flaws.push(flaw);
            return false;
        }
        leaf.labels.push(label);
        true
    }

    fn finish(mut self, root: Arc<Endpoint>) -> Result<Table, BuildError> {
        self.assemble_parts();
        let misses = std::mem::take(&mut self.misses);
        let (prefixes, misses) = by_prefix(misses, &mut self.flaws);
        if !self.flaws.is_empty() {
            return Err(BuildError(self.flaws));
        }
        let methods = self
            .leaves
            .iter()
            .flat_map(|leaf| leaf.methods(|_| true))
            .collect();
        Ok(Table {
            methods: allow(methods),
            router: self.router,
            leaves: self.leaves,
            listing: self.listing,
            prefixes,
            misses,
            root,
        })
    }

    /// Makes the parts ready, which may refer to any route.
    fn assemble_parts(&mut self) {
        if self.parts.is_empty() {
            return;
        }
        let routes = self.listing.iter().filter_map(|entry| {
            Some(PlacedRoute {
                name: entry.handler,
                pattern: Pattern::parse(&entry.pattern).ok()?,
                at: At {
                    file: entry.file,
                    line: entry.line,
                },
            })
        });
        let routes: Vec<_> = routes.collect();
        let flaws = self.parts.iter().flat_map(|part| part.assemble(&routes));
        self.flaws.extend(flaws.map(Flaw::InPart));
    }
}

fn needs_of(handler: &dyn Handler) -> Needs {
    let mut needs = Needs::default();
    handler.needs(&mut needs);
    needs
}

fn check_prefix(prefix: &str) -> Result<(), PatternError> {
    match prefix {
        "" => Ok(()),
        prefix => Pattern::parse(prefix).map(drop),
    }
}

/// Parses the pattern `whole`, whose last part `own` is the route's. An empty `own` stands for the prefix itself.
fn parse(whole: &str, own: &str) -> Result<Pattern, PatternError> {
    if !own.is_empty() {
        Pattern::parse(own)?;
    }
    Pattern::parse(whole)
}

/// Returns a name that two params of `pattern` share. A handler could only get the one in the outer group's prefix.
fn name_twice(pattern: &Pattern) -> Option<&str> {
    let mut seen = HashSet::new();
    pattern.names().find(|name| !seen.insert(*name))
}
