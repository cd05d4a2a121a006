//! The theme of a page: its color, and its sign in the tab and at the top.

use crate::page::html::markup::Html;
use crate::state::Phase;

/// Builds a favicon: a disc of a color (hexadecimal) with a sign in it (an SVG path).
macro_rules! icon {
    ($color:literal, $path:literal) => {
        concat!(
            "<link rel=\"icon\" href=\"data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'>",
            // `#` would begin the URL's fragment.
            "<circle cx='8' cy='8' r='8' fill='%23",
            $color,
            "'/><path d='",
            $path,
            "' fill='none' stroke='white' stroke-width='2' stroke-linecap='round'/></svg>\">"
        )
    };
}

/// A page's color and sign.
#[derive(Clone, Copy)]
pub(crate) struct Theme {
    /// The class of the body.
    pub(crate) class: &'static str,
    /// The sign before the title.
    pub(crate) sign: &'static str,
    /// The favicon's element.
    icon: &'static str,
}

impl Theme {
    /// The dev server refuses a request.
    pub(crate) const REFUSED: Theme = Theme {
        class: "bad",
        sign: "⊘",
        icon: icon!("6b7280", "M4 8h8"),
    };
    /// The app, its build or a request failed.
    pub(crate) const FAILED: Theme = Theme {
        class: "bad",
        sign: "✗",
        icon: icon!("c62828", "M5 5l6 6M11 5l-6 6"),
    };
    const CRASHED: Theme = Theme {
        class: "bad",
        sign: "✗",
        icon: icon!("c62828", "M8 4v5M8 12v0"),
    };
    const WAITING: Theme = Theme {
        class: "busy",
        sign: "◌",
        icon: icon!("b26a00", "M8 4v4l3 2"),
    };
    /// The app runs, but listens on another port, which only the user can change.
    const WRONG_PORT: Theme = Theme {
        class: "stuck",
        sign: "!",
        icon: icon!("b26a00", "M8 4v5M8 12v0"),
    };
    const READY: Theme = Theme {
        class: "good",
        sign: "✓",
        icon: icon!("2e7d32", "M4 8l3 3 5-6"),
    };

    pub(crate) fn of(phase: &Phase) -> Theme {
        match phase {
            Phase::Failed => Theme::FAILED,
            Phase::Crashed(_) => Theme::CRASHED,
            Phase::Starting(start) if start.is_elsewhere() => Theme::WRONG_PORT,
            Phase::Building(_) | Phase::Idle | Phase::Built | Phase::Starting(_) => Theme::WAITING,
            Phase::Ready(_) => Theme::READY,
        }
    }

    pub(crate) fn sign(self, html: &mut Html) {
        html.tag("span")
            .attribute("class", "sign")
            .attribute("aria-hidden", "true")
            .holding(self.sign);
    }

    pub(crate) fn icon(self, html: &mut Html) {
        html.raw(self.icon);
    }
}
