//! The assembly of an engine's table from a group. Everything is checked once, and all flaws are reported together.

use std::collections::HashSet;
use std::sync::Arc;

use gin_router::{Pattern, PatternError, Router, path};
use http::Method;

#[cfg(feature = "openapi")]
use crate::app::DescribedRoute;
use crate::app::{At, BuildError, Flaw, Group, Label, Mounted, Part, PlacedRoute, Route};
use crate::dispatch::branches::Branches;
use crate::dispatch::checks::Checks;
use crate::dispatch::endpoint::Endpoint;
use crate::dispatch::inherited::Inherited;
use crate::dispatch::listing::RouteEntry;
use crate::dispatch::misses::{Missing, by_prefix, identity};
use crate::dispatch::table::{Leaf, Table, allow};
use crate::dispatch::warnings;
#[cfg(feature = "multipart")]
use crate::extract::MultipartLimits;
use crate::extract::Needs;
use crate::handlers::Handler;
use crate::middleware::{MethodOverride, Provided};
use crate::request::{Place, Proxies, Scope};

/// A table that is being built.
#[derive(Default)]
pub(crate) struct Assembly {
    router: Router,
    leaves: Vec<Leaf>,
    listing: Vec<RouteEntry>,
    misses: Vec<Missing>,
    branches: Branches,
    mounts: Vec<Mounted>,
    pub(super) warnings: Vec<String>,
    parts: Vec<Arc<dyn Part>>,
    pub(super) flaws: Vec<Flaw>,
    method_override: Option<MethodOverride>,
    #[cfg(feature = "openapi")]
    described: Vec<DescribedRoute>,
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
            params: Vec::new(),
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
        self.list(route, &pattern, &needs, inherited);
        #[cfg(feature = "openapi")]
        self.describe(route, &pattern, inherited);
        let leaf = self.leaf(&pattern);
        let checks = Checks::of(&pattern, &needs);
        let place = Some((pattern, route.name()));
        let endpoint = inherited.endpoint(place, checks, route.handler.clone());
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

    fn list(&mut self, route: &Route, pattern: &Pattern, needs: &Needs, inherited: &Inherited) {
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
            pattern: pattern.to_string(),
            group: inherited.prefix.clone(),
            handler: route.name(),
            file: route.at.file,
            line: route.at.line,
            middlewares: inherited.layers.iter().map(|layer| layer.name).collect(),
            params: typed_params(pattern, needs),
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
                body_limit: inherited.scope.body_limit,
                has_error_hook: inherited.scope.on_error().is_some(),
            }));
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
        at: (entry.file, entry.line),
        prefix: Pattern::parse(&entry.group).ok(),
    }
}

fn needs_of(handler: &dyn Handler) -> Needs {
    let mut needs = Needs::default();
    handler.needs(&mut needs);
    needs
}

/// Returns the params of `pattern` that are parsed, each with its type, in the order of the pattern.
fn typed_params(pattern: &Pattern, needs: &Needs) -> Vec<(&'static str, &'static str)> {
    let typed = |name| needs.typed_params().find(|param| param.name == name);
    let typed = pattern.names().filter_map(typed);
    typed.map(|param| (param.name, param.kind)).collect()
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
