//! The assembly of an engine's table from a group. Everything is checked once, and all flaws are reported together.

use std::cmp::Reverse;
use std::collections::HashSet;
use std::sync::Arc;

use gin_router::{Pattern, PatternError, Router, path};
use http::Method;

#[cfg(feature = "openapi")]
use crate::app::DescribedRoute;
use crate::app::{
    At, BuildError, Flaw, Group, Label, MissingState, Mounted, Part, PlacedRoute, Route,
    RouteSettings,
};
use crate::dispatch::branches::{BranchId, Branches};
use crate::dispatch::checks::Checks;
use crate::dispatch::endpoint::Endpoint;
use crate::dispatch::listing::RouteEntry;
use crate::dispatch::miss::Miss;
use crate::dispatch::misses::{Missing, by_prefix, identity};
use crate::dispatch::table::{Leaf, Table, allow};
use crate::dispatch::warnings;
#[cfg(feature = "multipart")]
use crate::extract::MultipartLimits;
use crate::extract::{Needs, PatternNeed};
use crate::handlers::{Handler, RouteHandler};
use crate::middleware::{Chain, Layer, MethodOverride, Provided, Role, with_stopwatches};
use crate::request::{Place, Proxies, Scope, Site};

/// A table that is being built.
#[derive(Default)]
pub(crate) struct Assembly {
    router: Router,
    leaves: Vec<Leaf>,
    listing: Vec<RouteEntry>,
    misses: Vec<Missing>,
    branches: Branches,
    mounts: Vec<Mounted>,
    warnings: Vec<String>,
    parts: Vec<Arc<dyn Part>>,
    flaws: Vec<Flaw>,
    method_override: Option<MethodOverride>,
    #[cfg(feature = "openapi")]
    described: Vec<DescribedRoute>,
}

/// The prefix, middleware and scope that a group passes on to its routes and children.
struct Inherited {
    prefix: String,
    layers: Vec<Layer>,
    provided: Provided,
    scope: Arc<Scope>,
    /// Those with longer prefixes first.
    mounts: Vec<Mounted>,
    fallback: Option<Fallback>,
    branch: BranchId,
    #[cfg(feature = "openapi")]
    parts: Vec<Arc<dyn Part>>,
}

/// The handler of requests that no route matches, in the group that it belongs to.
#[derive(Clone)]
struct Fallback {
    handler: Arc<dyn Handler>,
    layers: Vec<Layer>,
    scope: Arc<Scope>,
}

impl Inherited {
    /// Returns what the routes and children of `group` inherit, if `group` itself inherits `self`.
    fn within(&self, group: &Group, branch: BranchId) -> Inherited {
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
        let layers: Vec<_> = layers.cloned().collect();
        let scope = Arc::new(scope);
        let own = group.fallback.clone().map(|handler| Fallback {
            handler,
            layers: layers.clone(),
            scope: scope.clone(),
        });
        let prefix = path::join(&self.prefix, &group.prefix);
        Inherited {
            mounts: self.mounts_within(group, &prefix),
            fallback: own.or_else(|| self.fallback.clone()),
            layers,
            provided,
            scope,
            prefix,
            branch,
            #[cfg(feature = "openapi")]
            parts: self.parts.iter().chain(&group.parts).cloned().collect(),
        }
    }

    /// Returns what a route with these settings inherits.
    fn with(&self, settings: &RouteSettings, branch: BranchId) -> Inherited {
        let mut scope = Scope::clone(&self.scope);
        scope.body_limit = settings.body_limit.or(scope.body_limit);
        let mut provided = self.provided.clone();
        for layer in &settings.layers {
            layer.middleware.provides(&mut provided);
        }
        Inherited {
            prefix: self.prefix.clone(),
            layers: settings.within(&self.layers),
            provided,
            scope: Arc::new(scope),
            mounts: self.mounts.clone(),
            fallback: self.fallback.clone(),
            branch,
            #[cfg(feature = "openapi")]
            parts: self.parts.clone(),
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

    fn endpoint(
        &self,
        pattern: Option<Pattern>,
        checks: Checks,
        handler: RouteHandler,
    ) -> Arc<Endpoint> {
        Arc::new(Endpoint {
            checks,
            chain: Arc::new(Chain {
                middlewares: with_stopwatches(&self.layers),
                handler,
            }),
            site: Arc::new(Site {
                pattern,
                scope: self.scope.clone(),
            }),
            branch: self.branch,
        })
    }

    /// Returns the endpoint of the responses that the engine gives in the place of a route.
    fn instead(&self) -> Arc<Endpoint> {
        let miss = Miss {
            mounts: self.mounts.clone(),
            fallback: self.fallback.as_ref().map(|own| own.handler.clone()),
        };
        let handler = RouteHandler::Shared(Arc::new(miss));
        self.endpoint(None, Checks::default(), handler)
    }

    /// Returns the same in the group that the fallback belongs to, whose middleware runs around it.
    fn of_fallback(&self) -> Arc<Endpoint> {
        match &self.fallback {
            None => self.instead(),
            Some(fallback) => Inherited {
                prefix: self.prefix.clone(),
                layers: fallback.layers.clone(),
                provided: Provided::default(),
                scope: fallback.scope.clone(),
                mounts: self.mounts.clone(),
                fallback: self.fallback.clone(),
                branch: self.branch,
                #[cfg(feature = "openapi")]
                parts: self.parts.clone(),
            }
            .instead(),
        }
    }
}

impl Assembly {
    /// Builds the table of `group`.
    pub(crate) fn of(mut group: Group) -> Result<Table, BuildError> {
        let mut assembly = Assembly {
            method_override: group.method_override.take(),
            ..Assembly::default()
        };
        let outside = Inherited {
            prefix: String::new(),
            layers: Vec::new(),
            provided: Provided::default(),
            scope: Arc::new(Scope::root()),
            mounts: Vec::new(),
            fallback: None,
            branch: Branches::ROOT,
            #[cfg(feature = "openapi")]
            parts: Vec::new(),
        };
        let root = assembly.add_group(group, &outside);
        assembly.finish(root)
    }

    /// Adds everything in `group`. Returns the endpoint of requests that none of its routes matches.
    fn add_group(&mut self, group: Group, outer: &Inherited) -> Arc<Endpoint> {
        if let Err(error) = check_prefix(&group.prefix) {
            self.flaws.push(Flaw::BadPrefix(group.at, error));
        }
        if group.method_override.is_some() {
            self.flaws.push(Flaw::InnerMethodOverride(group.at));
        }
        if let Some(fault) = group.proxies.as_ref().and_then(Proxies::fault) {
            self.flaws.push(Flaw::BadProxies(group.at, fault.clone()));
        }
        let inherited = outer.within(&group, self.branches.next());
        self.check_errors(&group, &inherited);
        self.check_middlewares(&group.middlewares, &inherited, &inherited.prefix);
        #[cfg(feature = "multipart")]
        if let Some(limits) = group.states.get::<MultipartLimits>() {
            self.flaws.extend(limits.flaw().map(Flaw::InPart));
        }
        self.parts.extend(group.parts.iter().cloned());
        let miss = inherited.instead();
        self.branches.add(outer.branch, miss.clone());
        self.miss(&group, &inherited, &miss);
        for mut route in group.routes {
            route.prepare();
            match &route.settings {
                None => self.add_route(&route, &inherited),
                Some(settings) => {
                    let own = inherited.with(settings, self.branches.next());
                    self.branches.add(inherited.branch, own.instead());
                    self.add_route(&route, &own);
                }
            }
        }
        for child in group.children {
            self.warnings.extend(warnings::of_middleware(&child));
            self.add_group(child, &inherited);
        }
        miss
    }

    /// Checks the settings and the order of the middleware that a group or a route adds, and that everything exists that it needs.
    fn check_middlewares(&mut self, layers: &[Layer], inherited: &Inherited, pattern: &str) {
        self.check_order(&inherited.layers, layers.len());
        let spans = warnings::of_spans(&inherited.layers, layers.len());
        self.warnings.extend(spans);
        for layer in layers {
            let flaws = layer.middleware.flaws().into_iter();
            let flaws = flaws.map(|flaw| Flaw::BadMiddleware(layer.clone(), flaw));
            self.flaws.extend(flaws);
            let mut needs = Needs::default();
            layer.middleware.needs(&mut needs);
            let label = Label {
                method: "middleware of",
                pattern: pattern.to_owned(),
                at: At {
                    file: layer.at.file(),
                    line: layer.at.line(),
                },
            };
            self.check_needs(&needs, inherited, &label, None);
        }
    }

    /// Checks that no guard comes before one of the last `own` of these layers that responds to preflight requests.
    fn check_order(&mut self, layers: &[Layer], own: usize) {
        let has = |layer: &Layer, role| layer.middleware.role() == role;
        let mut numbered = layers.iter().enumerate();
        let Some((index, guard)) = numbered.find(|(_, layer)| has(layer, Role::Guard)) else {
            return;
        };
        let start = layers.len().saturating_sub(own).max(index);
        let late = layers.iter().skip(start);
        let late = late.filter(|layer| has(layer, Role::Preflights));
        let flaws = late.map(|layer| Flaw::PreflightsBehindGuard(layer.clone(), guard.clone()));
        self.flaws.extend(flaws);
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

    /// Enters the prefixes below which `instead`, the endpoint of the group, responds if no route matches.
    fn miss(&mut self, group: &Group, inherited: &Inherited, instead: &Arc<Endpoint>) {
        if let Some(fallback) = &group.fallback {
            let label = Label {
                method: "fallback of",
                pattern: inherited.prefix.clone(),
                at: group.at,
            };
            self.check_needs(&needs_of(&**fallback), inherited, &label, None);
        }
        let fallback = inherited.fallback.iter();
        let fallback = fallback.map(|fallback| identity(&fallback.handler));
        let mounts = inherited.mounts.iter();
        let mounts = mounts.map(|mounted| identity(&mounted.mount.source));
        let tried: Vec<_> = mounts.chain(fallback).collect();
        let missing = |prefix: &str, at, own, endpoint: &Arc<Endpoint>| Missing {
            prefix: prefix.to_owned(),
            at,
            own,
            tried: tried.clone(),
            endpoint: endpoint.clone(),
        };
        // The misses of a group that only adds middleware stay with its parent.
        if !group.prefix.is_empty() || group.fallback.is_some() {
            let own = group.fallback.iter().map(identity).collect();
            // What is mounted is behind the group's own middleware.
            let endpoint = if group.mounts.is_empty() {
                &inherited.of_fallback()
            } else {
                instead
            };
            let missing = missing(&inherited.prefix, group.at, own, endpoint);
            self.misses.push(missing);
        }
        for mount in &group.mounts {
            match Mounted::new(mount, &inherited.prefix) {
                Ok(mounted) => {
                    self.misses.push(missing(
                        &mounted.prefix,
                        mount.at,
                        vec![identity(&mount.source)],
                        instead,
                    ));
                    self.add_mount(&mounted, inherited);
                    self.mounts.push(mounted);
                }
                Err(error) => self.flaws.push(Flaw::BadPrefix(mount.at, error)),
            }
        }
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
            body_limit: None,
            timeout: None,
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
        if let Some(settings) = &route.settings {
            self.check_middlewares(&settings.own_layers(), inherited, &first.pattern);
        }
        self.list(route, &first.pattern, inherited);
        #[cfg(feature = "openapi")]
        self.describe(route, &pattern, inherited);
        let leaf = self.leaf(&pattern);
        let checks = Checks::of(&pattern, &needs);
        let endpoint = inherited.endpoint(Some(pattern), checks, route.handler.clone());
        if route.methods.is_empty() {
            self.put(leaf, None, &endpoint, first);
        }
        for method in route.methods {
            match Method::from_bytes(method.as_bytes()) {
                Ok(parsed) => {
                    let label = label(method);
                    self.warnings.extend(warnings::of_method(&parsed, &label));
                    self.put(leaf, Some(parsed), &endpoint, label);
                }
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
        let settings = route.settings.as_ref();
        let timeout = settings.and_then(|settings| settings.timeout);
        self.listing.extend(methods.iter().map(|method| RouteEntry {
            method,
            pattern: pattern.to_owned(),
            group: inherited.prefix.clone(),
            handler: route.name(),
            file: route.at.file,
            line: route.at.line,
            middlewares: inherited.layers.iter().map(|layer| layer.name).collect(),
            body_limit: inherited.scope.body_limit,
            timeout: timeout.map(|timeout| timeout.duration),
        }));
    }

    #[cfg(feature = "openapi")]
    fn describe(&mut self, route: &Route, pattern: &Pattern, inherited: &Inherited) {
        self.described
            .extend(route.description.map(|description| DescribedRoute {
                methods: route.methods,
                pattern: pattern.clone(),
                group: inherited.prefix.clone(),
                name: route.name(),
                description,
                layers: inherited.layers.clone(),
                parts: inherited.parts.clone(),
                has_error_hook: inherited.scope.on_error().is_some(),
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
        let places = self.listing.iter().map(place);
        root.site.scope.places.fill(places.collect());
        let entries = || self.leaves.iter().flat_map(Leaf::entries);
        let routings = || entries().map(|(_, endpoint)| endpoint.site.scope.routing);
        let methods = entries().map(|(method, _)| method);
        let options = routings().any(|routing| routing.answers_options);
        let methods = methods.chain(options.then_some("OPTIONS"));
        let merges_slashes = routings().any(|routing| routing.merges_slashes);
        let fixes_paths = routings().any(|routing| routing.fixes_paths);
        Ok(Table {
            methods: allow(methods.filter(|method| !method.is_empty()).collect()),
            fixes_paths,
            router: self.router,
            leaves: self.leaves,
            listing: self.listing,
            prefixes,
            misses,
            branches: self.branches,
            mounts: self.mounts,
            warnings: self.warnings,
            merges_slashes,
            method_override: self.method_override,
            root,
            #[cfg(feature = "openapi")]
            described: self.described,
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
        #[cfg(feature = "openapi")]
        self.parts
            .iter()
            .for_each(|part| part.describe(&self.described));
    }
}

fn place(entry: &RouteEntry) -> Place {
    Place {
        handler: entry.handler,
        prefix: Pattern::parse(&entry.group).ok(),
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
