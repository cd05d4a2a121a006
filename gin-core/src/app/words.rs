//! Methods of groups in Go's gin, and of axum's routers, that are named otherwise here. A call does not compile, and its error names
//! what to write.

use crate::app::Group;
use crate::request::words;

/// axum's name of a [`Group`].
#[doc(hidden)]
#[deprecated(note = "a router is a `Group`, which is made with its prefix: `Group::new(\"\")`")]
pub type Router = Group;

#[cfg(not(feature = "tower"))]
words! {
    Group;
    LayerWord layer Self, (L) Group,
        "a group takes middleware by `group.with(middleware)`",
        "use `with`; a middleware is an `async fn(cx: &mut Context, next: Next<'_>)`, or a type that implements `Middleware`; a layer of tower needs gin's feature `tower`";
}

words! {
    Group;
    RouteWord route Self, (P, H) Group,
        "a group takes a handler by its method: `group.get(\"/users\", users)`, `post`, `put` and so on",
        "use the method that is named like the request's";
    HandleWord handle Self, (M, P, H) Group,
        "a group takes a handler of any methods as a `Route`",
        "use `group.mount([Route::new(&[\"PURGE\"], \"/path\", handler)])`";
    MergeWord merge Self, (G) Group,
        "a group takes another one by `group.nest(other)`; one with the prefix `\"\"` adds its routes as they are",
        "use `nest`";
    WithStateWord with_state Self, (S) Group,
        "a group takes state by `group.state(value)`",
        "use `state`; there may be several, one for each type";
    #[expect(clippy::self_named_constructors, reason = "it is Go's name")]
    GroupWord group Self, (P) Group,
        "a group inside another one is made by itself: `group.nest(Group::new(\"/api\").get(…))`",
        "use `nest`";
    NoRouteWord no_route Self, (H) Group,
        "a group takes the handler of requests that no route matches by `group.fallback(handler)`",
        "use `fallback`";
    NestServiceWord nest_service Self, (P, S) Group,
        "a group takes another one by `group.nest(Group::new(\"/prefix\"))`, and a service of tower by `group.service(\"/prefix\", service)`",
        "use `nest`, or `service` with gin's feature `tower`";
}
