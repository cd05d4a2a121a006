//! How a phase looks in the browser's tab and at the top of the page.

use crate::page::html::markup::Html;
use crate::state::Phase;

/// A favicon: a disc of a colour (hexadecimal), and in it a sign (an SVG path).
macro_rules! icon {
    ($color:literal, $path:literal) => {
        concat!(
            "<link rel=\"icon\" href=\"data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'>",
            // `#` would begin the address's fragment.
            "<circle cx='8' cy='8' r='8' fill='%23",
            $color,
            "'/><path d='",
            $path,
            "' fill='none' stroke='white' stroke-width='2' stroke-linecap='round'/></svg>\">"
        )
    };
}

/// How a phase looks in the tab and at the top of the page.
#[derive(Clone, Copy)]
pub(crate) struct Theme {
    /// The class of the page's body.
    pub(crate) class: &'static str,
    /// What stands before the title.
    pub(crate) sign: &'static str,
    /// The favicon's element.
    icon: &'static str,
}

impl Theme {
    /// The dev server refuses.
    pub(crate) const REFUSED: Theme = Theme {
        class: "bad",
        sign: "⊘",
        icon: icon!("6b7280", "M4 8h8"),
    };
    /// Something of the app went wrong.
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
    /// It runs, and nothing more happens by itself.
    const ELSEWHERE: Theme = Theme {
        class: "stuck",
        sign: "!",
        icon: icon!("b26a00", "M8 4v5M8 12v0"),
    };
    const READY: Theme = Theme {
        class: "good",
        sign: "✓",
        icon: icon!("2e7d32", "M4 8l3 3 5-6"),
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

    /// Adds the sign.
    pub(crate) fn sign(self, html: &mut Html) {
        html.tag("span")
            .attribute("class", "sign")
            .attribute("aria-hidden", "true")
            .holding(self.sign);
    }

    /// Adds the favicon.
    pub(crate) fn icon(self, html: &mut Html) {
        html.raw(self.icon);
    }
}
