//! Sentences about a process beside the app.

use crate::diagnostics::Diagnostic;
use crate::state::{Phase, Status};

/// Returns the heading of its page: the phase in a few words.
pub(crate) fn headline(status: &Status) -> String {
    let name = &status.target.name;
    match &status.phase {
        Phase::Crashed(exit) => format!("{name} exited: {}", exit.status),
        Phase::Failed => format!("{name} could not be started"),
        _ => format!("Starting {name}"),
    }
}

/// Returns the reason why it serves no request, and the remedy.
pub(crate) fn detail(status: &Status) -> String {
    let name = &status.target.name;
    match &status.phase {
        Phase::Crashed(_) => {
            format!(
                "This path is {name}'s, which has exited. The terminal shows whether it starts again."
            )
        }
        Phase::Failed => {
            let reasons = status.diagnostics.iter().map(reason);
            reasons.collect::<Vec<_>>().join(" ")
        }
        Phase::Starting(start) => format!(
            "This path is {name}'s, which is not ready yet. It is expected to accept connections on PORT={}.",
            start.port
        ),
        _ => format!("This path is {name}'s, which is about to start."),
    }
}

fn reason(diagnostic: &Diagnostic) -> String {
    diagnostic.message.message.clone()
}
