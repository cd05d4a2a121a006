//! Sentences about an incident.

use crate::incidents::{Difference, Fault, Incident, Nearly};
use crate::page::words::secret;

/// Returns the heading of the page: the failure in a few words.
pub(crate) fn headline(incident: &Incident) -> String {
    let request = &incident.request;
    let line = format!("{} {}", request.method, request.path);
    match incident.report.fault {
        Fault::Miss => format!("No route takes {line}"),
        Fault::Error { .. } => format!("{line} failed"),
        Fault::Panic { .. } => format!("{line} panicked"),
    }
}

/// Returns the status of the response, and the allowed methods if the method is wrong.
pub(crate) fn remark(incident: &Incident) -> String {
    match &incident.allow {
        Some(allow) => format!("{}: the path takes {allow}", incident.status),
        None => incident.status.to_string(),
    }
}

/// Returns the kind of failure.
pub(crate) fn kind(incident: &Incident) -> &'static str {
    match incident.report.fault {
        Fault::Panic { .. } => "panic",
        Fault::Error { .. } | Fault::Miss => "error",
    }
}

/// Returns the message of the error or the panic, followed by its causes. Secrets are masked.
pub(crate) fn messages(incident: &Incident) -> Vec<String> {
    let messages = match &incident.report.fault {
        Fault::Miss => Vec::new(),
        Fault::Error { chain, .. } if !chain.is_empty() => {
            chain.iter().map(String::as_str).collect()
        }
        Fault::Error { .. } => vec![incident.report.words()],
        Fault::Panic { message, .. } => vec![message.as_str()],
    };
    messages.into_iter().map(masked).collect()
}

/// Returns how the requested path differs from one that has a route.
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
