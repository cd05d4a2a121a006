//! The JSON of reports. It leaves out what the dev server knows itself, above all the request.

#[cfg(feature = "templates")]
use std::panic::Location;

use serde_json::{Value, json};

use crate::dispatch::{Engine, RouteEntry};
use crate::failure::{Calls, Panic, Problem, texts};
use crate::handlers::Rejected;
use crate::request::Context;
#[cfg(feature = "templates")]
use crate::templates::TemplateError;

/// Returns all routes.
pub(super) fn routes(engine: &Engine) -> Value {
    let routes: Vec<_> = engine.routes().iter().map(RouteEntry::json).collect();
    json!({ "routes": routes })
}

/// Returns the report that no route matches the request.
pub(super) fn miss(engine: &Engine, cx: &Context, problem: &Problem) -> Value {
    json!({
        "kind": "miss",
        "problem": problem,
        "mismatches": engine.mismatches(cx),
        "noted": noted(cx),
    })
}

/// Returns the report on a request that gin refused: an argument of the handler could not be made, or a limit was exceeded.
pub(super) fn rejection(engine: &Engine, cx: &Context, problem: &Problem) -> Value {
    let params: Vec<_> = cx.params().collect();
    let arguments = cx.get().map(|Rejected(arguments)| arguments);
    json!({
        "kind": "rejection",
        "problem": problem,
        "arguments": arguments.map_or(&[][..], Vec::as_slice),
        "route": matched(engine, cx).map(RouteEntry::json),
        "params": params,
        "noted": noted(cx),
    })
}

/// Returns the report on a panic or on an error that became a 5xx, with the route that handled the request.
pub(super) fn failure(engine: &Engine, cx: &Context, problem: &Problem) -> Value {
    let params: Vec<_> = cx.params().collect();
    let mut facts = json!({
        "kind": "error",
        "problem": problem,
        "route": matched(engine, cx).map(RouteEntry::json),
        "params": params,
        "place": problem.place().map(ToString::to_string),
        "noted": noted(cx),
    });
    let Some(cause) = problem.cause() else {
        return facts;
    };
    if let Some(panic) = cause.error().downcast_ref::<Panic>() {
        facts["kind"] = "panic".into();
        facts["message"] = panic.message.as_str().into();
        facts["place"] = panic.place.as_deref().into();
        facts["calls"] = panic.calls.as_ref().map(Calls::to_json).into();
    } else {
        facts["chain"] = texts(cause.error()).into();
    }
    #[cfg(feature = "templates")]
    if let Some(error) = cause.error().downcast_ref() {
        add_template(&mut facts, error, cause.location());
    }
    facts
}

/// Puts the template's line in the place of the line that returned the view, which joins the causes.
#[cfg(feature = "templates")]
fn add_template(facts: &mut Value, error: &TemplateError, view: &Location<'_>) {
    if let Some(place) = error.place() {
        facts["place"] = place.into();
    }
    let view = format!("in the view of {view}");
    let causes = [error.to_string()].into_iter().chain(error.facts());
    facts["chain"] = causes.chain([view]).collect();
}

/// Returns the errors that the handler recorded and recovered from.
fn noted(cx: &Context) -> Vec<String> {
    cx.errors().iter().map(ToString::to_string).collect()
}

/// Returns the route that handled the request.
fn matched<'a>(engine: &'a Engine, cx: &Context) -> Option<&'a RouteEntry> {
    engine.entry(cx.pattern()?, cx.method())
}
