//! An incident in sentences.

use crate::incidents::{Difference, Fault, Incident, Nearly};
use crate::page::words::secret;

/// What went wrong, in a few words: the page's heading.
pub(crate) fn headline(incident: &Incident) -> String {
    let request = &incident.request;
    let asked = format!("{} {}", request.method, request.path);
    match incident.report.fault {
        Fault::Miss => format!("No route takes {asked}"),
        Fault::Error { .. } => format!("{asked} failed"),
        Fault::Panic { .. } => format!("{asked} panicked"),
    }
}

/// What the client is told by the status, and what it could do instead.
pub(crate) fn remark(incident: &Incident) -> String {
    match &incident.allow {
        Some(allow) => format!("{}: the path takes {allow}", incident.status),
        None => incident.status.to_string(),
    }
}

/// What kind of failure it is.
pub(crate) fn word(incident: &Incident) -> &'static str {
    match incident.report.fault {
        Fault::Panic { .. } => "panic",
        Fault::Error { .. } | Fault::Miss => "error",
    }
}

/// What the error or the panic says, its causes behind it. Secrets are masked.
pub(crate) fn messages(incident: &Incident) -> Vec<String> {
    let said = match &incident.report.fault {
        Fault::Miss => Vec::new(),
        Fault::Error { chain, .. } if !chain.is_empty() => {
            chain.iter().map(String::as_str).collect()
        }
        Fault::Error { .. } => vec![incident.report.words()],
        Fault::Panic { message, .. } => vec![message.as_str()],
    };
    said.into_iter().map(masked).collect()
}

/// In what a path differs that has a route.
pub(crate) fn difference(nearly: &Nearly) -> &'static str {
    match nearly.difference {
        Difference::Slash => "in the slash at its end",
        Difference::Case => "in the case of letters",
        Difference::Spelling => "in its spelling",
    }
}

pub(crate) fn masked(text: &str) -> String {
    let lines = text.trim_end().split_inclusive('\n').map(secret::mask);
    lines.collect()
}
