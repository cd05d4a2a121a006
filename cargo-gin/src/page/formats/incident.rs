//! An incident as text, Markdown and problem+json.

use std::fmt::{self, Display, Formatter, Write as _};

use serde_json::{Value, json};

use crate::incidents::{Argument, Failure, Incident, Miss, Route};
use crate::page::formats::markdown::Fenced;
use crate::page::words::incident::{
    argument, difference, heading, headline, kind, masked, messages, mistake, remark, sent,
};
use crate::page::words::{Visible, secret};
use crate::panic::{Frame, Place};

/// Displays an incident as text.
pub(crate) struct IncidentText<'a>(pub(crate) &'a Incident);

impl Display for IncidentText<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        write(&mut text, self.0)?;
        Visible(&text).fmt(f)
    }
}

/// Displays an incident as Markdown.
pub(crate) struct IncidentMarkdown<'a>(pub(crate) &'a Incident);

impl Display for IncidentMarkdown<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let incident = self.0;
        writeln!(f, "# {}\n", Visible(&headline(incident)))?;
        let mut text = String::new();
        write(&mut text, incident)?;
        for frame in incident.own_calls() {
            let Frame { function, place } = frame;
            let place = place
                .as_ref()
                .map(|place| format!(" ({}:{})", place.file, place.line));
            writeln!(text, "  at {function}{}", place.unwrap_or_default())?;
        }
        writeln!(
            text,
            "\nrequest:\n  {} {}",
            incident.request.method, incident.request.target
        )?;
        for (name, value) in &incident.request.headers {
            writeln!(text, "  {name}: {value}")?;
        }
        if let Some(body) = &incident.report.body {
            writeln!(text, "\n{}", masked(body))?;
        }
        if incident.output.count() > 0 {
            writeln!(text, "\nprinted meanwhile:")?;
            for line in incident.output.iter() {
                writeln!(text, "{}", secret::mask_colored(&line.text))?;
            }
        }
        Fenced(text.trim_end()).fmt(f)
    }
}

fn write(text: &mut String, incident: &Incident) -> fmt::Result {
    let messages = messages(incident);
    let mut kind = kind(incident);
    for message in &messages {
        writeln!(text, "{kind}: {message}")?;
        kind = "caused by";
    }
    for argument in incident.arguments() {
        writeln!(text, "  {}", self::argument(&argument))?;
    }
    for mistake in incident.mistakes() {
        let sent = sent(&mistake).map(|sent| format!(" (sent: {sent})"));
        writeln!(
            text,
            "  {}{}",
            self::mistake(&mistake),
            sent.unwrap_or_default()
        )?;
    }
    if let Some(place) = incident.shown_place() {
        write_place(text, incident, &place)?;
    }
    for noted in &incident.report.noted {
        writeln!(text, "noted earlier: {}", masked(noted))?;
    }
    if !messages.is_empty() {
        writeln!(text)?;
    }
    if let Some(route) = &incident.report.route {
        writeln!(text, "matched route: {}", route_line(route))?;
    }
    for (name, value) in &incident.report.params {
        writeln!(text, "  {name} = {value}")?;
    }
    if let Some(miss) = incident.miss() {
        write_miss(text, incident, &miss)?;
    }
    writeln!(text, "{}: {}", headline(incident), remark(incident))
}

/// Writes the source line of a place, drawn as rustc does.
fn write_place(text: &mut String, incident: &Incident, place: &Place) -> fmt::Result {
    let Place { file, line, column } = place;
    writeln!(text, "  --> {file}:{line}:{column}")?;
    let source = incident
        .sources
        .get(file)
        .and_then(|source| source.line(*line));
    let Some(source) = source else {
        return Ok(());
    };
    let margin = " ".repeat(line.to_string().len());
    let indent: String = source
        .chars()
        .take(column.saturating_sub(1))
        .map(|c| if c == '\t' { c } else { ' ' })
        .collect();
    writeln!(text, "{margin} |\n{line} | {source}\n{margin} | {indent}^")
}

fn write_miss(text: &mut String, incident: &Incident, miss: &Miss<'_>) -> fmt::Result {
    if !miss.other_methods.is_empty() {
        return write_routes(text, "routes of this path", &miss.other_methods);
    }
    let refusing = incident.mismatches().iter().map(|mismatch| &mismatch.route);
    let refusing: Vec<_> = refusing.collect();
    if !refusing.is_empty() {
        return write_routes(text, "routes that refused it", &refusing);
    }
    if let Some(similar) = &miss.similar {
        let difference = difference(similar);
        return writeln!(
            text,
            "{} has a route; it differs only {difference}\n",
            similar.path
        );
    }
    if !miss.shared.is_empty() && !miss.next.is_empty() {
        let next = miss.next.join(", ");
        writeln!(text, "routes continue from {} with: {next}\n", miss.shared)?;
    }
    if !miss.nearest.is_empty() {
        return write_routes(text, "similar routes", &miss.nearest);
    }
    let all: Vec<_> = incident
        .routes
        .iter()
        .flat_map(|routes| routes.iter())
        .collect();
    write_routes(text, "routes", &all)
}

fn write_routes(text: &mut String, heading: &str, routes: &[&Route]) -> fmt::Result {
    writeln!(text, "{heading}:")?;
    for route in routes {
        writeln!(text, "  {}", route_line(route))?;
    }
    writeln!(text)
}

/// Returns `GET /api/posts/:id  blog::posts::show (src/posts.rs:7) in Logger, auth`.
pub(super) fn route_line(route: &Route) -> String {
    let Route {
        method,
        pattern,
        handler,
        file,
        line,
        middleware,
        ..
    } = route;
    let around = match middleware.as_slice() {
        [] => String::new(),
        names => format!(" in {}", names.join(", ")),
    };
    format!("{method} {pattern}  {handler} ({file}:{line}){around}")
}

/// Returns the incident as `application/problem+json`: the members that every client sees, and the report.
pub(crate) fn problem(incident: &Incident) -> Value {
    let report = &incident.report;
    let place =
        |place: &Place| json!({ "file": place.file, "line": place.line, "column": place.column });
    let calls: Vec<_> = incident
        .own_calls()
        .map(
            |frame| json!({ "function": frame.function, "place": frame.place.as_ref().map(place) }),
        )
        .collect();
    let noted: Vec<_> = report.noted.iter().map(|noted| masked(noted)).collect();
    let mut problem = report.problem.clone();
    let shown = json!({
        "headline": headline(incident),
        "messages": messages(incident),
        "kind": kind(incident),
        "arguments": incident.arguments().iter().map(argument_json).collect::<Vec<_>>(),
        "place": incident.shown_place().as_ref().map(place),
        "calls": calls,
        "route": report.route,
        "params": report.params,
        "noted": noted,
        "miss": incident.miss().map(|miss| explanation(incident, &miss)),
    });
    let messages = messages(incident);
    let is_rejection = matches!(report.failure, Failure::Rejection { .. });
    if !messages.is_empty() && !is_rejection {
        problem.insert("detail".to_owned(), messages.join(": ").into());
    } else if !problem.contains_key("detail") {
        problem.insert("detail".to_owned(), heading(incident).into());
    }
    problem.insert("report".to_owned(), shown);
    problem.into()
}

fn argument_json(argument: &Argument) -> Value {
    let parameter = argument.parameter.as_ref();
    json!({
        "type": argument.r#type,
        "position": parameter.map(|parameter| parameter.position),
        "name": parameter.map(|parameter| &parameter.name),
    })
}

fn explanation(incident: &Incident, miss: &Miss<'_>) -> Value {
    let similar = miss.similar.as_ref();
    let mismatches = incident.mismatches().iter().map(|mismatch| {
        json!({
            "route": mismatch.route,
            "param": mismatch.param,
            "type": mismatch.r#type,
            "value": mismatch.value,
        })
    });
    json!({
        "mismatches": mismatches.collect::<Vec<_>>(),
        "other_methods": miss.other_methods,
        "shared": miss.shared,
        "next": miss.next,
        "similar": similar.map(|similar| &similar.path),
        "nearest": miss.nearest,
    })
}
