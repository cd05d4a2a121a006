//! Sentences about an incident.

use crate::incidents::{
    Argument, Difference, Failure, Incident, Mismatch, Mistake, Parameter, Route, SimilarPath,
};
use crate::page::words::secret;

/// Returns the heading of the page: the failure in a few words.
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
