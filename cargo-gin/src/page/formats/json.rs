//! A status as JSON: `/__gin/status`, the events, and problem+json.

use std::collections::BTreeMap;

use http::StatusCode;
use serde_json::{Value, json};

use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::fix::{self, Confidence, Offer};
use crate::os::exit::ExitStatus;
use crate::page::words::{self, ansi, secret, sentence, whole};
use crate::source::Sources;
use crate::state::{
    Attempt, Cause, Compiled, Exit, Phase, Progress, Route, Sent, Side, Sides, Start, Status, Tail,
    Timings,
};

/// Returns the body of `GET /__gin/status`.
pub(crate) fn status_json(status: &Status) -> Value {
    let diagnostics = &status.diagnostics;
    let sources = diagnostics.sources();
    let recipe = &status.target.recipe;
    let listed = diagnostics.iter().enumerate();
    let listed: Vec<_> = listed
        .map(|(id, diagnostic)| {
            let mut value = self::diagnostic(id, diagnostic, sources);
            value["whole"] = whole::path(status, id, diagnostic).into();
            value
        })
        .collect();
    let mut value = json!({
        "phase": status.phase.name(),
        "headline": sentence::headline(status),
        "detail": detail(status),
        "build": status.attempt,
        "cause": status.cause.to_string(),
        "changed": changed(&status.cause),
        "target": {
            "package": status.target.package,
            "name": status.target.name,
            "root": status.target.root.display().to_string(),
            "toolchain": recipe.toolchain,
            "profile": recipe.profile,
            "features": recipe.features,
            "target_dir": recipe.target_dir.display().to_string(),
        },
        "errors": diagnostics.errors(),
        "warnings": diagnostics.warnings(),
        "omitted": diagnostics.omitted(),
        "diagnostics": listed,
        "explanations": explanations(diagnostics),
        "files": files(sources),
        "exit": null,
        "timings": timings(&status.timings),
    });
    match &status.phase {
        Phase::Building(done) => value["progress"] = progress(done),
        Phase::Starting(starting) => value["start"] = start(starting),
        Phase::Ready(reachable) => value["address"] = reachable.address.to_string().into(),
        Phase::Crashed(exited) => value["exit"] = exit(exited),
        Phase::Failed | Phase::Idle | Phase::Built => {}
    }
    value
}

/// Returns the explanations of error codes, each once: many errors of a build share a code.
fn explanations(diagnostics: &Diagnostics) -> Value {
    let codes = diagnostics
        .iter()
        .filter_map(|diagnostic| diagnostic.message.code.as_ref());
    let explained = codes.filter_map(|code| Some((&code.code, code.explanation.as_ref()?)));
    let explained: BTreeMap<_, _> = explained.collect();
    json!(explained)
}

/// Returns the processes beside the app, as `GET /__gin/status` lists them.
pub(crate) fn sides_json(sides: &Sides) -> Value {
    sides.iter().map(side).collect()
}

fn side(side: &Side) -> Value {
    let status = side.status.borrow();
    let patterns = |routes: &[Route]| routes.iter().map(Route::pattern).collect::<Vec<_>>();
    let mut value = json!({
        "name": *side.name,
        "phase": status.phase.name(),
        "starts": status.attempt,
        "routes": patterns(&side.routes),
        "except": patterns(&side.except),
        "address": null,
        "exit": null,
        "error": null,
    });
    match &status.phase {
        // Without routes, only the process knows where it listens, if it does.
        Phase::Ready(reachable) if !side.routes.is_empty() => {
            value["address"] = reachable.address.to_string().into();
        }
        Phase::Crashed(exited) => value["exit"] = exit(exited),
        Phase::Failed => value["error"] = words::side::detail(&status).into(),
        Phase::Building(_) | Phase::Idle | Phase::Built | Phase::Starting(_) | Phase::Ready(_) => {}
    }
    value
}

/// Returns the body of `GET /__gin/history`: this attempt and the earlier ones, the newest first.
pub(crate) fn history_json(status: &Status) -> Value {
    let now = status.to_attempt();
    let attempts = std::iter::once(&now).chain(status.history.iter().rev());
    let attempts: Vec<_> = attempts.map(attempt).collect();
    json!({ "history": attempts })
}

fn attempt(attempt: &Attempt) -> Value {
    json!({
        "build": attempt.number,
        "cause": attempt.cause.to_string(),
        "changed": changed(&attempt.cause),
        "phase": attempt.phase,
        "errors": attempt.errors,
        "warnings": attempt.warnings,
        "timings": timings(&attempt.timings),
    })
}

/// Returns all files that caused an attempt, relative to the workspace's root.
pub(super) fn changed(cause: &Cause) -> Value {
    match cause {
        Cause::Changed(files) => files
            .names()
            .map(|name| name.display().to_string())
            .collect(),
        Cause::Started
        | Cause::Requested
        | Cause::RestartRequested
        | Cause::Crashed
        | Cause::Overflow => json!([]),
    }
}

pub(super) fn timings(timings: &Timings) -> Value {
    json!({
        "build_ms": timings.build.map(millis),
        "start_ms": timings.start.map(millis),
    })
}

/// Returns the event that `/__gin/events` sends when `status` follows `shown`, in the format of the stream.
///
/// It is a `progress` event while the same build advances, and a `phase` event otherwise. Both have the same small payload.
pub(crate) fn event(shown: Option<&Status>, status: &Status) -> String {
    let is_progress = shown.is_some_and(|shown| {
        let both_build = matches!(
            (&shown.phase, &status.phase),
            (Phase::Building(_), Phase::Building(_))
        );
        both_build && shown.attempt == status.attempt
    });
    let name = if is_progress { "progress" } else { "phase" };
    let mut data = json!({
        "phase": status.phase.name(),
        "build": status.attempt,
        "edition": status.edition,
        "cause": status.cause.to_string(),
        "headline": sentence::headline(status),
        "remark": sentence::remark(status),
        "errors": status.diagnostics.errors(),
        "warnings": status.diagnostics.warnings(),
    });
    if let Phase::Failed | Phase::Ready(_) = status.phase {
        data["fixes"] = fix::sure_offers(&status.diagnostics).into();
    }
    // Pages ignore an event that repeats the last one, so it contains everything that they show.
    match &status.phase {
        Phase::Building(done) => data["progress"] = progress(done),
        Phase::Starting(starting) => data["start"] = start(starting),
        _ => {}
    }
    // JSON escapes line ends, so the payload is one `data` line.
    format!("event: {name}\ndata: {data}\n\n")
}

/// Returns the page as `application/problem+json`: the members of RFC 9457, and those of `/__gin/status`.
pub(crate) fn problem(status: &Status, code: StatusCode) -> Value {
    let mut value = status_json(status);
    let headline = sentence::headline(status);
    value["type"] = "/__gin/".into();
    value["title"] = headline.into();
    value["status"] = code.as_u16().into();
    value
}

/// Returns the phase in a sentence, the first error of a failed build among them.
fn detail(status: &Status) -> String {
    let detail = sentence::remark(status).or_else(|| first_error(status));
    detail.unwrap_or_else(|| sentence::attempt(status))
}

fn first_error(status: &Status) -> Option<String> {
    let first = status
        .diagnostics
        .iter()
        .find(|diagnostic| diagnostic.message.level.is_error())?;
    Some(first.message.message.clone())
}

/// Returns a diagnostic with its id, its applicable suggestions, and rustc's output without colors.
fn diagnostic(id: usize, diagnostic: &Diagnostic, sources: &Sources) -> Value {
    // Serializing fails only for maps whose keys are not strings, and a diagnostic has none.
    let mut value = serde_json::to_value(diagnostic).unwrap_or_default();
    value["id"] = id.into();
    if let Some(code) = value["code"].as_object_mut() {
        code.remove("explanation");
    }
    value["fixes"] = fix::offers(id, diagnostic, sources)
        .iter()
        .map(offered)
        .collect();
    if let Some(rendered) = &diagnostic.message.rendered {
        value["rendered"] = ansi::strip(rendered).into();
    }
    value
}

/// Returns a suggestion with the id that `POST /__gin/fix` takes.
fn offered(offer: &Offer) -> Value {
    let is_sure = offer.confidence == Confidence::Sure;
    json!({ "id": offer.choice.to_string(), "sure": is_sure })
}

/// Returns the names of the shown files. `POST /__gin/open` refers to them by index.
fn files(sources: &Sources) -> Vec<&str> {
    sources.iter().map(|taken| taken.name.as_str()).collect()
}

fn progress(progress: &Progress) -> Value {
    json!({
        "step": (!progress.step.is_empty()).then_some(&progress.step),
        "hook": (!progress.hook.is_empty()).then_some(&progress.hook),
        "done": progress.done,
        "total": progress.total,
        "crates": progress.underway.names(),
        "slowest": progress.underway.slowest().iter().map(compiled).collect::<Value>(),
        "blocked": progress.blocked.as_ref().map(|blocked| &blocked.what),
        "holder": progress.blocked.as_ref().and_then(|blocked| blocked.holder.as_ref()),
    })
}

fn compiled(compiled: &Compiled) -> Value {
    json!({ "crate": compiled.name, "ms": millis(compiled.took) })
}

fn start(start: &Start) -> Value {
    json!({
        "port": start.port,
        "open": start.is_open,
        "opened": start.opened,
        "tail": tail(&start.tail),
    })
}

pub(super) fn exit(exit: &Exit) -> Value {
    let (code, signal, dumped) = match exit.status {
        ExitStatus::Code(code) => (Some(code), None, false),
        ExitStatus::Signal { number, dumped } => (None, Some(number), dumped),
    };
    json!({
        "end": exit.status.to_string(),
        "code": code,
        "signal": signal,
        "dumped": dumped,
        "uptime_ms": millis(exit.uptime),
        "port": exit.port,
        "in_flight": exit.in_flight.iter().map(sent).collect::<Value>(),
        "tail": tail(&exit.tail),
        "files": files(&exit.sources),
    })
}

fn sent(sent: &Sent) -> Value {
    json!({ "id": sent.id, "method": sent.method, "path": sent.path })
}

pub(super) fn tail(tail: &Tail) -> Vec<Value> {
    tail.iter()
        .map(|line| {
            json!({
                "stream": line.stream.name(),
                "text": secret::mask(&ansi::strip(&line.text)),
            })
        })
        .collect()
}

fn millis(duration: std::time::Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
