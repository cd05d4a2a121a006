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
    LayerWord [layer] Self, (L) Group,
        "a group takes middleware by `group.with(middleware)`",
        "use `with`; a middleware is an `async fn(cx: &mut Context, next: Next<'_>)`, or a type that implements `Middleware`; a layer of tower needs gin's feature `tower`";
}

words! {
    Group;
    RouteWord [route] Self, (P, H) Group,
        "a group takes a handler by its method: `group.get(\"/users\", users)`, `post`, `put` and so on",
        "use the method that is named like the request's";
    HandleWord [handle] Self, (M, P, H) Group,
        "a group takes a handler of any methods as a `Route`",
        "use `group.mount([Route::new(&[\"PURGE\"], \"/path\", handler)])`";
    MergeWord [merge] Self, (G) Group,
        "a group takes another one by `group.nest(other)`; one with the prefix `\"\"` adds its routes as they are",
        "use `nest`";
    WithStateWord [with_state] Self, (S) Group,
        "a group takes state by `group.state(value)`",
        "use `state`; there may be several, one for each type";
    GroupWord [
        #[expect(clippy::self_named_constructors, reason = "it is Go's name")]
        group
    ] Self, (P) Group,
        "a group inside another one is made by itself: `group.nest(Group::new(\"/api\").get(…))`",
        "use `nest`";
    NoRouteWord [no_route] Self, (H) Group,
        "a group takes the handler of requests that no route matches by `group.fallback(handler)`",
        "use `fallback`";
    NestServiceWord [nest_service] Self, (P, S) Group,
        "a group takes another one by `group.nest(Group::new(\"/prefix\"))`, and a service of tower by `group.service(\"/prefix\", service)`",
        "use `nest`, or `service` with gin's feature `tower`";
    NoMethodWord [no_method] Self, (H) Group,
        "a request of a wrong method gets a `Problem` with the status 405, whose form `group.on_error` sets",
        "use `on_error`";
    BasePathWord [base_path] &Self, () String,
        "the prefix of a group is `group.prefix()`",
        "use `prefix`";
    StaticWord [static_fs static_file static_file_fs] Self, (P, F) Group,
        "a group serves a directory by `group.files(\"/assets\", Dir::new(\"assets\"))`, and one file by `group.file`",
        "use `files` with a `Dir` of `gin::files`, or `file`";
    LoadHtmlWord [load_html_glob load_html_files load_html_fs set_html_template] Self, (T) Group,
        "a group takes its templates by `group.templates(gin::templates!(\"templates\"))`",
        "use `templates`, with gin's feature `templates`";
    SetFuncMapWord [set_func_map] Self, (F) Group,
        "templates take each of their functions by a name: `templates.function(\"name\", function)`",
        "use `Templates::function`, or `filter`";
    SetTrustedProxiesWord [set_trusted_proxies] Self, (P) Group,
        "a group trusts proxies by `group.proxies(Proxies::trusted([\"10.0.0.0/8\"]))`",
        "use `proxies` with `Proxies` of `gin::routing`";
}
