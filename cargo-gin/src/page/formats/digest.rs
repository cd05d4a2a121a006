//! Digests: a status, requests and output as short texts with small JSON, for programs that edit code.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::diagnostics::{Diagnostic, Diagnostics, Level};
use crate::fix::{self, Confidence};
use crate::incidents::{Incident, Route};
use crate::page::exchange::{Exchange, Fields, FullExchange, RecordedBody, Replay};
use crate::page::formats::incident::{IncidentMarkdown, problem, route_line};
use crate::page::formats::json::{changed, exit, tail, timings};
use crate::page::formats::markdown::{Fenced, Section};
use crate::page::words::{Visible, secret, sentence};
use crate::state::{Phase, Status, Tail};

/// A text, and the same as JSON.
#[derive(Clone, Debug)]
pub(crate) struct Digest {
    pub(crate) text: String,
    pub(crate) data: Value,
}

/// The diagnostics that a client wants to see.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Selected {
    /// Warnings as well, or errors only.
    pub(crate) least: Level,
    /// The most diagnostics.
    pub(crate) limit: usize,
}

/// The longest rendering of one diagnostic or body, in bytes.
const LONG: usize = 8 << 10;

/// The most output, in bytes.
const OUTPUT: usize = 24 << 10;

/// Returns the phase, its cause and its times, without diagnostics. `url` is that of the dev server.
pub(crate) fn status(status: &Status, url: &str) -> Digest {
    let headline = sentence::headline(status);
    let remark = match &status.phase {
        // A program that only knew the app's own address would get old code while a build runs.
        Phase::Ready(_) => Some(format!("Requests to {url} get the newest code.")),
        _ => sentence::remark(status),
    };
    let lines = [headline.clone(), sentence::attempt(status)];
    let lines = lines.into_iter().chain(remark.clone());
    let text: Vec<_> = lines.map(|line| Visible(&line).to_string()).collect();
    let address = match &status.phase {
        Phase::Ready(reachable) => Some(reachable.address.to_string()),
        _ => None,
    };
    let data = json!({
        "phase": status.phase.name(),
        "is_under_way": status.phase.is_under_way(),
        "build": status.attempt,
        "headline": headline,
        "detail": remark,
        "cause": status.cause.to_string(),
        "changed": changed(&status.cause),
        "errors": status.diagnostics.errors(),
        "warnings": status.diagnostics.warnings(),
        "timings": timings(&status.timings),
        "url": url,
        "address": address,
        "root": status.target.root.display().to_string(),
    });
    let text = text.join("\n");
    Digest { text, data }
}

/// Returns the errors, then the warnings, with the ids of suggestions that can be applied.
pub(crate) fn diagnostics(status: &Status, selected: Selected) -> Digest {
    let diagnostics = &status.diagnostics;
    let of_level = |is_error: bool| {
        let all = diagnostics.iter().enumerate();
        all.filter(move |(_, each)| each.message.level.is_error() == is_error)
    };
    let is_wanted = |level: Level| level.is_error() || !selected.least.is_error();
    let all = of_level(true)
        .chain(of_level(false))
        .filter(|(_, each)| is_wanted(each.message.level));
    let wanted: Vec<_> = all.collect();
    let shown = &wanted[..wanted.len().min(selected.limit)];
    let mut text = format!("build {}: {}\n", status.attempt, counts(diagnostics));
    let mut listed = Vec::new();
    for (id, diagnostic) in shown {
        let (section, data) = entry(*id, diagnostic, diagnostics);
        text.push_str(&section);
        listed.push(data);
    }
    let more = wanted.len() - shown.len() + diagnostics.omitted();
    if more > 0 {
        let _ = writeln!(text, "\nAnd {more} more.");
    }
    let data = json!({
        "build": status.attempt,
        "phase": status.phase.name(),
        "errors": diagnostics.errors(),
        "warnings": diagnostics.warnings(),
        "more": more,
        "sure_fixes": fix::sure_offers(diagnostics),
        "diagnostics": listed,
    });
    Digest { text, data }
}

fn counts(diagnostics: &Diagnostics) -> String {
    let errors = sentence::counted(diagnostics.errors(), "error");
    let warnings = sentence::counted(diagnostics.warnings(), "warning");
    format!("{errors}, {warnings}")
}

/// Returns one diagnostic as a section and as JSON.
fn entry(id: usize, diagnostic: &Diagnostic, diagnostics: &Diagnostics) -> (String, Value) {
    let message = &diagnostic.message;
    let offers = fix::offers(id, diagnostic, diagnostics.sources());
    let mut section = format!("\n{}", Section(diagnostic));
    for offer in &offers {
        let confidence = match offer.confidence {
            Confidence::Sure => "rustc is sure",
            Confidence::Unsure => "rustc is not sure",
        };
        let _ = writeln!(section, "fix {} ({confidence})", offer.choice);
    }
    let place = message.spans.iter().find(|span| span.is_primary);
    let place = place.map(|span| {
        let span = span.shown();
        json!({ "file": span.file_name, "line": span.line_start, "column": span.column_start })
    });
    let fixes: Value = offers
        .iter()
        .map(|offer| {
            let is_sure = offer.confidence == Confidence::Sure;
            json!({ "id": offer.choice.to_string(), "sure": is_sure })
        })
        .collect();
    let data = json!({
        "id": id,
        "level": sentence::level(message.level),
        "code": message.code.as_ref().map(|code| &code.code),
        "message": message.message,
        "place": place,
        "package": diagnostic.package,
        "fixes": fixes,
    });
    (bounded(section, LONG), data)
}

/// Returns requests, one a line, in their order.
pub(crate) fn exchanges(exchanges: &[Exchange]) -> Digest {
    let mut text = String::new();
    for exchange in exchanges {
        let _ = writeln!(text, "{}", line(exchange));
    }
    if exchanges.is_empty() {
        text.push_str("No such requests were recorded.\n");
    }
    let listed: Value = exchanges
        .iter()
        .map(|exchange| {
            let mut data = json!(exchange);
            if let Some(members) = data.as_object_mut() {
                members.remove("request_headers");
                members.remove("response_headers");
            }
            data
        })
        .collect();
    Digest {
        text,
        data: json!({ "requests": listed }),
    }
}

/// Returns `#7 GET /posts?page=2 → 200, 12 ms`.
fn line(exchange: &Exchange) -> String {
    let mut line = format!("#{} {} {}", exchange.id, exchange.method, exchange.target);
    match (exchange.status, exchange.ms) {
        (Some(status), _) => _ = write!(line, " → {status}"),
        (None, Some(_)) => line.push_str(" → no response"),
        (None, None) => line.push_str(" → no response yet"),
    }
    if let Some(ms) = exchange.ms {
        _ = write!(line, ", {ms} ms");
    }
    if let Some(reason) = &exchange.in_place {
        _ = write!(line, ", in place of the app: {reason}");
    }
    Visible(&line).to_string()
}

/// Returns one request with its headers and bodies.
pub(crate) fn full_exchange(full: &FullExchange) -> Digest {
    let exchange = &full.exchange;
    let mut text = format!("{}\n", line(exchange));
    side(
        &mut text,
        "request",
        &exchange.request_headers,
        &full.request,
    );
    if let Some(headers) = &exchange.response_headers {
        side(&mut text, "response", headers, &full.response);
    }
    let replay = match full.replay {
        Replay::Freely => None,
        Replay::Confirmed(reason) | Replay::Never(reason) => Some(reason),
    };
    if let Some(reason) = replay {
        let _ = writeln!(text, "\n{reason}");
    }
    let mut data = json!(full);
    for side in ["request", "response"] {
        if let Value::String(body) = &mut data[side]["text"] {
            *body = bounded(std::mem::take(body), LONG);
        }
    }
    data["replay"] = match full.replay {
        Replay::Freely => "freely",
        Replay::Confirmed(_) => "confirm",
        Replay::Never(_) => "never",
    }
    .into();
    Digest { text, data }
}

fn side(text: &mut String, name: &str, headers: &Fields, body: &RecordedBody) {
    let _ = writeln!(text, "\n## {name}\n");
    for (name, value) in headers {
        let _ = writeln!(text, "{}: {}", Visible(name), Visible(value));
    }
    match &body.text {
        Some(body) if !body.is_empty() => {
            let body = bounded(body.clone(), LONG);
            let _ = write!(text, "\n{}", Fenced(&body));
        }
        _ => _ = writeln!(text, "\nbody: {}", sentence::bytes(body.bytes)),
    }
}

/// Returns an incident as it is shown to programs.
pub(crate) fn incident(incident: &Incident) -> Digest {
    let text = bounded(IncidentMarkdown(incident).to_string(), LONG);
    let mut data = problem(incident);
    data["request"] = incident.request.record.into();
    Digest { text, data }
}

/// Returns a route as one line.
pub(crate) fn route(route: &Route) -> String {
    Visible(&route_line(route)).to_string()
}

/// Returns the last lines of an output, the newest at the end.
pub(crate) fn output(output: &Tail, lines: usize) -> Digest {
    let all = tail(output);
    let mut size = 0;
    let newest = all.iter().rev().take(lines).take_while(|line| {
        size += line["text"].as_str().map_or(0, str::len) + 1;
        size <= OUTPUT
    });
    let shown = &all[all.len() - newest.count()..];
    let texts: Vec<_> = shown
        .iter()
        .filter_map(|line| line["text"].as_str())
        .collect();
    let text = match texts.as_slice() {
        [] => "There is no output.\n".to_owned(),
        texts => Visible(&(texts.join("\n") + "\n")).to_string(),
    };
    let data = json!({ "lines": shown, "earlier": all.len() - shown.len() });
    Digest { text, data }
}

/// Returns the crash with its panics and last output, or that there is none.
pub(crate) fn crash(status: &Status, url: &str) -> Digest {
    let Phase::Crashed(crash) = &status.phase else {
        let mut shown = self::status(status, url);
        shown.text.insert_str(0, "The app has not crashed.\n");
        shown.data["crashed"] = false.into();
        return shown;
    };
    let Digest { mut text, .. } = self::status(status, url);
    let panics = crash.panics(&status.target.root);
    for panic in &panics {
        let place = &panic.place;
        let message = secret::mask(panic.message.trim_end());
        let message = Visible(&message);
        let _ = write!(
            text,
            "\npanic at {}:{}:{}: {message}",
            place.file, place.line, place.column
        );
    }
    let last = output(&crash.tail, Tail::LINES);
    let _ = write!(text, "\n\n{}", Fenced(last.text.trim_end()));
    let mut data = exit(crash);
    data["tail"] = last.data["lines"].clone();
    data["crashed"] = true.into();
    data["build"] = status.attempt.into();
    data["panics"] = panics.iter().map(super::lost::panic).collect();
    Digest { text, data }
}

/// Cuts a text after `most` bytes, at the end of a character, and notes its whole length.
pub(crate) fn bounded(mut text: String, most: usize) -> String {
    let length = text.len();
    if length > most {
        let ends = (0..=most).rev().find(|end| text.is_char_boundary(*end));
        text.truncate(ends.unwrap_or(0));
        let _ = write!(
            text,
            "\n… cut off: {} in all\n",
            sentence::bytes(length as u64)
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_at_the_end_of_a_character() {
        assert_eq!(bounded("four".to_owned(), 4), "four");
        let cut = bounded("ééé".to_owned(), 3);
        assert!(cut.starts_with("é\n… cut off: 6 "), "{cut}");
    }
}
