//! Sentences about an incident.

use crate::incidents::{
    Argument, Difference, Failure, Incident, Mismatch, Mistake, Parameter, Route, SimilarPath,
};
use crate::page::words::secret;

/// The number of characters of a message up to which it is a heading.
const HEADING: usize = 200;
/// The most wrong fields that a heading names.
const NAMED: usize = 3;

/// Returns the heading of the page: what is wrong, in one sentence.
pub(crate) fn heading(incident: &Incident) -> String {
    let message = match &incident.report.failure {
        Failure::Miss { .. } => None,
        Failure::Rejection { .. } => {
            wrong_fields(&incident.mistakes()).or_else(|| detail(incident))
        }
        Failure::Error { chain, .. } if chain.is_empty() => detail(incident),
        Failure::Error { .. } | Failure::Panic { .. } => messages(incident).into_iter().next(),
    };
    let line = message.iter().flat_map(|message| message.lines());
    let Some(line) = line.map(str::trim).find(|line| !line.is_empty()) else {
        return headline(incident);
    };
    match line.char_indices().nth(HEADING) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}

/// Returns the message of the failure, unless the `heading` says all of it.
pub(crate) fn message_below(incident: &Incident, heading: &str) -> Option<String> {
    let message = match &incident.report.failure {
        Failure::Rejection { .. } => detail(incident),
        _ => messages(incident).into_iter().next(),
    };
    message.filter(|message| message != heading)
}

fn detail(incident: &Incident) -> Option<String> {
    incident.report.detail().map(masked)
}

/// Returns the wrong fields in one sentence: "`page` in the query must be a whole number".
fn wrong_fields(mistakes: &[Mistake]) -> Option<String> {
    let name = |mistake: &Mistake| match (mistake.path.as_str(), mistake.place.as_str()) {
        ("", "") => "the request".to_owned(),
        ("", place) => format!("the {place}"),
        (path, _) => format!("`{path}`"),
    };
    match mistakes {
        [] => None,
        [only] => {
            let place = match (only.path.as_str(), only.place.as_str()) {
                ("", _) | (_, "") => String::new(),
                (_, place) => format!(" in the {place}"),
            };
            // gin-core's messages go on like this; those of an app's own types may be sentences.
            let starts = ["must ", "is ", "has "];
            let goes_on = starts.iter().any(|start| only.message.starts_with(start));
            let colon = if goes_on { "" } else { ":" };
            let message = masked(&only.message);
            Some(format!("{}{place}{colon} {message}", name(only)))
        }
        several => {
            let named: Vec<_> = several.iter().take(NAMED).map(name).collect();
            let others = match several.len() - named.len() {
                0 => String::new(),
                others => format!(" and {others} more"),
            };
            Some(format!(
                "{} fields are wrong: {}{others}",
                several.len(),
                named.join(", ")
            ))
        }
    }
}

/// Returns the request and its failure in a few words.
pub(crate) fn headline(incident: &Incident) -> String {
    let request = &incident.request;
    let line = format!("{} {}", request.method, request.path);
    match incident.report.failure {
        Failure::Miss { .. } => format!("No route matches {line}"),
        Failure::Rejection { .. } => format!("{line} was rejected"),
        Failure::Error { .. } => format!("{line} failed"),
        Failure::Panic { .. } => format!("{line} panicked"),
    }
}

/// Returns the status of the response, and the allowed methods if the method is wrong.
pub(crate) fn remark(incident: &Incident) -> String {
    match &incident.allow {
        Some(allow) => format!("{}; allowed: {allow}", incident.status),
        None => incident.status.to_string(),
    }
}

/// Returns the failure in one sentence, with its place.
pub(crate) fn summary(incident: &Incident) -> String {
    let mut summary = headline(incident);
    let messages = messages(incident);
    if !messages.is_empty() {
        summary = format!("{summary}: {}", messages.join(": "));
    }
    for mistake in incident.mistakes() {
        summary = format!("{summary}; {}", self::mistake(&mistake));
    }
    if let Some(place) = incident.shown_place() {
        summary = format!("{summary} ({}:{}:{})", place.file, place.line, place.column);
    }
    summary
}

/// Returns the kind of failure.
pub(crate) fn kind(incident: &Incident) -> &'static str {
    match incident.report.failure {
        Failure::Panic { .. } => "panic",
        Failure::Rejection { .. } => "rejected",
        Failure::Error { .. } | Failure::Miss { .. } => "error",
    }
}

/// Returns the message of the error or the panic, followed by its causes. Secrets are masked.
pub(crate) fn messages(incident: &Incident) -> Vec<String> {
    let messages = match &incident.report.failure {
        Failure::Miss { mismatches } => return mismatches.iter().map(mismatch).collect(),
        Failure::Error { chain, .. } if !chain.is_empty() => {
            chain.iter().map(String::as_str).collect()
        }
        Failure::Error { .. } | Failure::Rejection { .. } => vec![incident.report.words()],
        Failure::Panic { message, .. } => vec![message.as_str()],
    };
    messages.into_iter().map(masked).collect()
}

/// Returns why a route does not match: "GET /users/:id matched, but `id: i64` refused `abc`". Secrets are masked already.
fn mismatch(mismatch: &Mismatch) -> String {
    let Mismatch {
        route,
        param,
        r#type,
        value,
    } = mismatch;
    let Route {
        method, pattern, ..
    } = route;
    format!("`{method} {pattern}` matched, but `{param}: {type}` refused `{value}`")
}

/// Returns an argument that could not be made: "argument 2 `user`: `Json<User>`".
pub(crate) fn argument(argument: &Argument) -> String {
    let kind = &argument.r#type;
    match &argument.parameter {
        Some(Parameter { position, name, .. }) => format!("argument {position} `{name}`: {kind}"),
        None => format!("argument: {kind}"),
    }
}

/// Returns a wrong field in one sentence: `body items[0].name: is missing`. Secrets are masked.
pub(crate) fn mistake(mistake: &Mistake) -> String {
    let Mistake {
        place,
        path,
        message,
        ..
    } = mistake;
    let field = [place.as_str(), path].join(" ");
    masked(&format!("{}: {message}", field.trim()))
}

/// Returns the value that was sent for a wrong field, unless it is a secret.
pub(crate) fn sent(mistake: &Mistake) -> Option<String> {
    let name = mistake.path.rsplit('.').next().unwrap_or_default();
    let sent = mistake.sent.as_deref()?;
    Some(value(name, sent))
}

/// Returns a value, or a mask if its name is that of a secret.
pub(crate) fn value(name: &str, value: &str) -> String {
    if secret::is_secret(name) {
        secret::MASK.to_owned()
    } else {
        masked(value)
    }
}

/// Returns how the requested path differs from one that has a route.
pub(crate) fn difference(similar: &SimilarPath) -> &'static str {
    match similar.difference {
        Difference::Slash => "in the trailing slash",
        Difference::Case => "in upper and lower case",
        Difference::Spelling => "in its spelling",
    }
}

pub(crate) fn masked(text: &str) -> String {
    let lines = text.trim_end().split_inclusive('\n').map(secret::mask);
    lines.collect()
}
