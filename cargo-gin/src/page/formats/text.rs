//! A phase as text: rustc's own output, for curl.

use std::fmt::{self, Display, Formatter};

use crate::page::format::Color;
use crate::page::words::inert::Inert;
use crate::page::words::{Visible, secret, sentence, whole};
use crate::state::{Phase, Status, Tail};

/// Displays a phase as text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PhaseText<'a> {
    pub(crate) status: &'a Status,
    pub(crate) color: Color,
}

impl Display for PhaseText<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let PhaseText { status, color } = *self;
        for (id, diagnostic) in status.diagnostics.iter().enumerate() {
            let message = &diagnostic.message;
            let text = message.rendered.as_ref().unwrap_or(&message.message);
            let text = text.trim_end();
            writeln!(f, "{}\n", Inert { text, color })?;
            if let Some(whole) = whole::sentence(status, id, diagnostic) {
                writeln!(f, "{whole}\n")?;
            }
        }
        if status.diagnostics.omitted() > 0 {
            writeln!(f, "and {} more\n", status.diagnostics.omitted())?;
        }
        if let Some(tail) = tail(&status.phase) {
            Output { tail, color }.fmt(f)?;
        }
        writeln!(f, "{}", Visible(&sentence::headline(status)))?;
        if let Some(remark) = sentence::remark(status) {
            writeln!(f, "{}", Visible(&remark))?;
        }
        writeln!(f, "{}", Visible(&sentence::attempt(status)))
    }
}

/// Returns the app's last output, in the phases that have some.
pub(crate) fn tail(phase: &Phase) -> Option<&Tail> {
    let tail = match phase {
        Phase::Crashed(exit) => &exit.tail,
        Phase::Starting(start) => &start.tail,
        Phase::Building(_) | Phase::Failed | Phase::Idle | Phase::Built | Phase::Ready(_) => {
            return None;
        }
    };
    tail.iter().next().map(|_| tail)
}

/// Displays an app's last output, and an empty line.
pub(crate) struct Output<'a> {
    pub(crate) tail: &'a Tail,
    pub(crate) color: Color,
}

impl Display for Output<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for line in self.tail.iter() {
            let text = &secret::mask_colored(&line.text);
            let color = self.color;
            writeln!(f, "{}", Inert { text, color })?;
        }
        writeln!(f)
    }
}
