//! The assembly of an engine's table from a group. Everything is checked once, and all flaws are reported together.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use gin_router::{Pattern, PatternError, Router, path};
use http::Method;

use crate::app::{At, BuildError, Flaw, Group, Label, Route};
use crate::dispatch::endpoint::Endpoint;
use crate::dispatch::listing::RouteEntry;
use crate::dispatch::miss::Miss;
use crate::dispatch::table::{Leaf, Table, allow};
use crate::extract::Needs;
use crate::handlers::{Handler, RouteHandler};
use crate::middleware::{Chain, Layer};
use crate::request::{Scope, Site};

/// A table that is being built.
#[derive(Default)]
pub(crate) struct Assembly {
    router: Router,
    leaves: Vec<Leaf>,
    listing: Vec<RouteEntry>,
    misses: Vec<Missing>,
    flaws: Vec<Flaw>,
}

/// The endpoint of requests below a group's prefix that no route matches.
struct Missing {
    prefix: String,
    at: At,
    has_fallback: bool,
    endpoint: Arc<Endpoint>,
}

/// The prefix, middleware and scope that a group passes on to its routes and children.
struct Inherited {
    prefix: String,
    layers: Vec<Layer>,
    scope: Arc<Scope>,
}

impl Inherited {
    /// Returns what the routes and children of `group` inherit, if `group` itself inherits `self`.
    fn within(&self, group: &Group) -> Inherited {
        let mut scope = Scope::clone(&self.scope);
        scope.states = group.states.within(&scope.states);
        scope.on_error = group.on_error.clone().or(scope.on_error);
        scope.messages = group.messages.clone().or(scope.messages);
        scope.body_limit = group.body_limit.or(scope.body_limit);
        scope.max_fields = group.max_fields.unwrap_or(scope.max_fields);
        scope.routing = group.routing.unwrap_or(scope.routing);
        if let Some(Ok(proxies)) = &group.proxies {
            scope.proxies = proxies.clone();
        }
        let layers = self.layers.iter().chain(&group.middlewares);
        Inherited {
            prefix: path::join(&self.prefix, &group.prefix),
            layers: layers.cloned().collect(),
            scope: Arc::new(scope),
        }
    }

    fn endpoint(&self, pattern: Option<Pattern>, handler: RouteHandler) -> Arc<Endpoint> {
        let middlewares = self.layers.iter().map(|layer| layer.middleware.clone());
        Arc::new(Endpoint {
            chain: Chain {
                middlewares: middlewares.collect(),
                handler,
            },
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
            scope: Arc::new(Scope::root()),
        };
        let root = assembly.add_group(group, &outside);
        assembly.finish(root)
    }

    /// Adds everything in `group`. Returns the endpoint of requests that none of its routes matches.
    fn add_group(&mut self, group: Group, outer: &Inherited) -> Arc<Endpoint> {
        if let Err(error) = check_prefix(&group.prefix) {
            self.flaws.push(Flaw::BadPrefix(group.at, error));
        }
        if let Some(Err(error)) = &group.proxies {
            self.flaws.push(Flaw::BadProxy(group.at, error.clone()));
        }
        let inherited = outer.within(&group);
        let miss = self.miss(&group, &inherited);
        for route in group.routes {
            self.add_route(&route, &inherited);
        }
        for child in group.children {
            self.add_group(child, &inherited);
        }
        miss
    }

    fn miss(&mut self, group: &Group, inherited: &Inherited) -> Arc<Endpoint> {
        if let Some(fallback) = &group.fallback {
            let label = Label {
                method: "fallback of",
                pattern: inherited.prefix.clone(),
                at: group.at,
            };
            self.check_needs(&**fallback, &inherited.scope, &label, None);
        }
        let miss = Miss(group.fallback.clone());
        let endpoint = inherited.endpoint(None, RouteHandler::Shared(Arc::new(miss)));
        // The misses of a group that only adds middleware stay with its parent.
        if !group.prefix.is_empty() || group.fallback.is_some() {
            self.misses.push(Missing {
                prefix: inherited.prefix.clone(),
                at: group.at,
                has_fallback: group.fallback.is_some(),
                endpoint: endpoint.clone(),
            });
        }
        endpoint
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
        self.check_needs(&route.handler, &inherited.scope, &first, Some(&pattern));
        self.list(route, &first.pattern, inherited);
        let leaf = self.leaf(&pattern);
        let endpoint = inherited.endpoint(Some(pattern), route.handler.clone());
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

    /// Checks that the state and the params that a handler needs exist. A fallback has no pattern.
    fn check_needs(
        &mut self,
        handler: &dyn Handler,
        scope: &Scope,
        label: &Label,
        pattern: Option<&Pattern>,
    ) {
        let mut needs = Needs::default();
        handler.needs(&mut needs);
        for need in needs.states().filter(|need| !scope.states.has(need.id)) {
            let flaw = Flaw::MissingState(label.clone(), need.name);
            self.flaws.push(flaw);
        }
        if needs.has_params() && pattern.is_none_or(|pattern| pattern.names().next().is_none()) {
            self.flaws.push(Flaw::NoParams(label.clone()));
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
        let leaf = &mut self.leaves[leaf as usize];
        if let Some(other) = leaf
            .labels
            .iter()
            .find(|other| other.method == label.method)
        {
            return self.flaws.push(Flaw::SameShape(label, other.clone()));
        }
        leaf.labels.push(label);
        match method {
            Some(method) => leaf.routes.push((method, endpoint.clone())),
            None => leaf.any = Some(endpoint.clone()),
        }
    }

    fn finish(mut self, root: Arc<Endpoint>) -> Result<Table, BuildError> {
        let (prefixes, misses) = self.prefixes();
        if !self.flaws.is_empty() {
            return Err(BuildError(self.flaws));
        }
        let methods = self.leaves.iter().flat_map(Leaf::methods).collect();
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

    /// Returns the prefixes of groups, and the endpoint of misses below each. Of several groups with one prefix, the one with a
    /// fallback owns it, else the first.
    fn prefixes(&mut self) -> (Router, Vec<Arc<Endpoint>>) {
        let mut prefixes = Router::default();
        let mut endpoints = Vec::new();
        let mut owners: HashMap<u32, (bool, At)> = HashMap::new();
        for (index, miss) in (0..).zip(std::mem::take(&mut self.misses)) {
            endpoints.push(miss.endpoint);
            let owner = inside(&mut prefixes, &miss.prefix, index);
            let Some(owner) = owner else { continue };
            let Some((has_fallback, at)) = owners.insert(owner, (miss.has_fallback, miss.at))
            else {
                continue;
            };
            match (has_fallback, miss.has_fallback) {
                (true, true) => {
                    let flaw = Flaw::SecondFallback(miss.prefix, miss.at, at);
                    self.flaws.push(flaw);
                }
                (false, true) => endpoints.swap(owner as usize, index as usize),
                (_, false) => drop(owners.insert(owner, (has_fallback, at))),
            }
        }
        (prefixes, endpoints)
    }
}

/// Enters `prefix` and everything below it under `index`. Returns the index that it is entered under already, else `index`.
fn inside(prefixes: &mut Router, prefix: &str, index: u32) -> Option<u32> {
    let below = Pattern::parse(&path::join(prefix, "/*below")).ok()?;
    if let Ok(exact) = Pattern::parse(prefix) {
        // The prefix itself has the same owner as what is below it.
        let _ = prefixes.insert(&exact, index);
    }
    Some(prefixes.insert(&below, index).err().unwrap_or(index))
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
