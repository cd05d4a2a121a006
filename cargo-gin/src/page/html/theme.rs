//! How a phase looks in the browser's tab and at the top of the page.

use crate::page::html::markup::Html;
use crate::state::Phase;

/// How a phase looks in the tab and at the top of the page.
#[derive(Clone, Copy)]
pub(crate) struct Theme {
    /// The class of the page's body.
    pub(crate) class: &'static str,
    /// What stands before the title.
    pub(crate) sign: &'static str,
    /// The colour of the favicon's disc, in hexadecimal.
    color: &'static str,
    /// The sign in that disc, as an SVG path.
    path: &'static str,
}

impl Theme {
    /// The dev server refuses.
    pub(crate) const REFUSED: Theme = Theme {
        class: "bad",
        sign: "⊘",
        color: "6b7280",
        path: "M4 8h8",
    };
    /// Something of the app went wrong.
    pub(crate) const FAILED: Theme = Theme {
        class: "bad",
        sign: "✗",
        color: "c62828",
        path: "M5 5l6 6M11 5l-6 6",
    };
    const CRASHED: Theme = Theme {
        class: "bad",
        sign: "✗",
        color: "c62828",
        path: "M8 4v5M8 12v0",
    };
    const WAITING: Theme = Theme {
        class: "busy",
        sign: "◌",
        color: "b26a00",
        path: "M8 4v4l3 2",
    };
    /// It runs, and nothing more happens by itself.
    const ELSEWHERE: Theme = Theme {
        class: "stuck",
        sign: "!",
        color: "b26a00",
        path: "M8 4v5M8 12v0",
    };
    const READY: Theme = Theme {
        class: "good",
        sign: "✓",
        color: "2e7d32",
        path: "M4 8l3 3 5-6",
    };

    /// The look of a phase.
    pub(crate) fn of(phase: &Phase) -> Theme {
        match phase {
            Phase::Failed => Theme::FAILED,
            Phase::Crashed(_) => Theme::CRASHED,
            Phase::Starting(start) if !start.opened.is_empty() => Theme::ELSEWHERE,
            Phase::Building(_) | Phase::Idle | Phase::Starting(_) => Theme::WAITING,
            Phase::Ready(_) => Theme::READY,
        }
    }

    /// Adds the favicon: a disc with a sign in it.
    pub(crate) fn icon(self, html: &mut Html) {
        html.raw("<link rel=\"icon\" href=\"data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'>");
        // `#` would begin the address's fragment.
        html.raw("<circle cx='8' cy='8' r='8' fill='%23")
            .raw(self.color)
            .raw("'/><path d='")
            .raw(self.path);
        html.raw("' fill='none' stroke='white' stroke-width='2' stroke-linecap='round'/></svg>\">");
    }
}
