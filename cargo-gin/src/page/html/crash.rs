//! What there is to see when the app has ended by itself.

use super::markup::Html;
use super::output::output;
use crate::page::secret;
use crate::phase::{Exit, Tail};

/// Adds how the app ended, and its last words.
pub(super) fn crash(html: &mut Html, exit: &Exit) {
    last_output(html, &exit.tail, "Its last words");
}

/// Adds the last lines that the app wrote, secrets masked.
pub(super) fn last_output(html: &mut Html, tail: &Tail, heading: &'static str) {
    if tail.iter().next().is_none() {
        html.raw("<p class=\"quiet\">It has written nothing.</p>");
        return;
    }
    html.raw("<section><h2 class=\"sh\">")
        .raw(heading)
        .raw("</h2>");
    html.raw("<pre class=\"out tail\" tabindex=\"0\" role=\"group\" aria-label=\"")
        .raw(heading)
        .raw("\">");
    for line in tail.iter() {
        html.html(&output(&secret::mask(&line.text))).raw("\n");
    }
    html.raw("</pre></section>");
}
