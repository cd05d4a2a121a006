//! From a group to an engine's table: everything is checked once, and all that is wrong is said at once.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use gin_router::{Pattern, PatternError, Router, path};
use http::Method;

use crate::app::{At, BuildError, Fault, Group, Label, Route};
use crate::dispatch::endpoint::Endpoint;
use crate::dispatch::listing::RouteEntry;
use crate::dispatch::miss::Miss;
use crate::dispatch::table::{Leaf, Table, allow};
use crate::extract::Needs;
use crate::handlers::{Handler, RouteHandler};
use crate::middleware::{Chain, Layer};
use crate::request::{Scope, Site};

/// A table in the making.
#[derive(Default)]
pub(crate) struct Assembly {
    router: Router,
    leaves: Vec<Leaf>,
    listing: Vec<RouteEntry>,
    misses: Vec<Missing>,
    faults: Vec<Fault>,
}

/// What will answer inside a group's prefix where no route does.
struct Missing {
    prefix: String,
    at: At,
    has_fallback: bool,
    endpoint: Arc<Endpoint>,
}

/// What a group hands down to what is inside it.
struct Around {
    prefix: String,
    layers: Vec<Layer>,
    scope: Arc<Scope>,
}

impl Around {
    /// What is handed down inside `group`, which itself stands inside `self`.
    fn within(&self, group: &Group) -> Around {
        let mut scope = Scope::clone(&self.scope);
        scope.states = group.states.within(&scope.states);
        scope.on_error = group.on_error.clone().or(scope.on_error);
        scope.body_limit = group.body_limit.unwrap_or(scope.body_limit);
        scope.routing = group.routing.unwrap_or(scope.routing);
        if let Some(Ok(proxies)) = &group.proxies {
            scope.proxies = proxies.clone();
        }
        let layers = self.layers.iter().chain(&group.middlewares);
        Around {
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
    /// The table of `group`.
    pub(crate) fn of(group: Group) -> Result<Table, BuildError> {
        let mut assembly = Assembly::default();
        let outside = Around {
            prefix: String::new(),
            layers: Vec::new(),
            scope: Arc::new(Scope::root()),
        };
        let root = assembly.add_group(group, &outside);
        assembly.finish(root)
    }

    /// Adds all that is in `group`, and gives what answers where none of its routes does.
    fn add_group(&mut self, group: Group, outer: &Around) -> Arc<Endpoint> {
        if let Err(error) = check_prefix(&group.prefix) {
            self.faults.push(Fault::BadPrefix(group.at, error));
        }
        if let Some(Err(error)) = &group.proxies {
            self.faults.push(Fault::BadProxy(group.at, error.clone()));
        }
        let around = outer.within(&group);
        let miss = self.miss(&group, &around);
        for route in group.routes {
            self.add_route(&route, &around);
        }
        for child in group.children {
            self.add_group(child, &around);
        }
        miss
    }

    fn miss(&mut self, group: &Group, around: &Around) -> Arc<Endpoint> {
        if let Some(fallback) = &group.fallback {
            let label = Label {
                method: "fallback of",
                pattern: around.prefix.clone(),
                at: group.at,
            };
            self.check_needs(&**fallback, &around.scope, &label, None);
        }
        let miss = Miss(group.fallback.clone());
        let endpoint = around.endpoint(None, RouteHandler::Shared(Arc::new(miss)));
        // A group that only adds middleware does not take its parent's misses away.
        if !group.prefix.is_empty() || group.fallback.is_some() {
            self.misses.push(Missing {
                prefix: around.prefix.clone(),
                at: group.at,
                has_fallback: group.fallback.is_some(),
                endpoint: endpoint.clone(),
            });
        }
        endpoint
    }

    fn add_route(&mut self, route: &Route, around: &Around) {
        let label = |method| Label {
            method,
            pattern: path::join(&around.prefix, &route.pattern),
            at: route.at,
        };
        let first = label(route.methods.first().copied().unwrap_or("ANY"));
        let pattern = match parse(&first.pattern, &route.pattern) {
            Ok(pattern) => pattern,
            Err(error) => return self.faults.push(Fault::BadPattern(first, error)),
        };
        if let Some(name) = name_twice(&pattern) {
            let fault = Fault::ParamTwice(first.clone(), name.to_owned());
            self.faults.push(fault);
        }
        self.check_needs(&route.handler, &around.scope, &first, Some(&pattern));
        self.list(route, &first.pattern, around);
        let leaf = self.leaf(&pattern);
        let endpoint = around.endpoint(Some(pattern), route.handler.clone());
        if route.methods.is_empty() {
            self.put(leaf, None, &endpoint, first);
        }
        for method in route.methods {
            match Method::from_bytes(method.as_bytes()) {
                Ok(parsed) => self.put(leaf, Some(parsed), &endpoint, label(method)),
                Err(_) => self.faults.push(Fault::BadMethod(label(method))),
            }
        }
    }

    fn list(&mut self, route: &Route, pattern: &str, around: &Around) {
        let any: &[&str] = &["ANY"];
        let methods = if route.methods.is_empty() {
            any
        } else {
            route.methods
        };
        self.listing.extend(methods.iter().map(|method| RouteEntry {
            method,
            pattern: pattern.to_owned(),
            group: around.prefix.clone(),
            handler: route.name(),
            file: route.at.file,
            line: route.at.line,
            middlewares: around.layers.iter().map(|layer| layer.name).collect(),
        }));
    }

    /// Checks that a handler gets what it needs. A fallback has no pattern.
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
            let fault = Fault::MissingState(label.clone(), need.name);
            self.faults.push(fault);
        }
        if needs.has_params() && pattern.is_none_or(|pattern| pattern.names().next().is_none()) {
            self.faults.push(Fault::NoParams(label.clone()));
        }
    }

    /// The number of the leaf that has the shape of `pattern`.
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

    /// Puts a route in its place, unless another has it.
    fn put(&mut self, leaf: u32, method: Option<Method>, endpoint: &Arc<Endpoint>, label: Label) {
        let leaf = &mut self.leaves[leaf as usize];
        if let Some(other) = leaf
            .labels
            .iter()
            .find(|other| other.method == label.method)
        {
            return self.faults.push(Fault::SameShape(label, other.clone()));
        }
        leaf.labels.push(label);
        match method {
            Some(method) => leaf.routes.push((method, endpoint.clone())),
            None => leaf.any = Some(endpoint.clone()),
        }
    }

    fn finish(mut self, root: Arc<Endpoint>) -> Result<Table, BuildError> {
        let (prefixes, misses) = self.prefixes();
        if !self.faults.is_empty() {
            return Err(BuildError(self.faults));
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

    /// The prefixes of groups, and what answers inside each. Of several groups with one prefix it is the one with a fallback.
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
                    let fault = Fault::SecondFallback(miss.prefix, miss.at, at);
                    self.faults.push(fault);
                }
                (false, true) => endpoints.swap(owner as usize, index as usize),
                (_, false) => drop(owners.insert(owner, (has_fallback, at))),
            }
        }
        (prefixes, endpoints)
    }
}

/// Enters `prefix` and all that is under it as `index`, or gives the index that it has already.
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

/// The pattern `whole`, of which a route said `own`. An empty one stands for the prefix itself.
fn parse(whole: &str, own: &str) -> Result<Pattern, PatternError> {
    if !own.is_empty() {
        Pattern::parse(own)?;
    }
    Pattern::parse(whole)
}

/// The name that two params of `pattern` have: a handler that asks for one would be given that of an outer group.
fn name_twice(pattern: &Pattern) -> Option<&str> {
    let mut seen = HashSet::new();
    pattern.names().find(|name| !seen.insert(*name))
}
