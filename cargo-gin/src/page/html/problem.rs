//! The page of a refusal.

use http::StatusCode;

use crate::page::assets::Nonce;
use crate::page::html::frame::head;
use crate::page::html::markup::{Html, prose};
use crate::page::html::theme::Theme;

/// A page that says why the dev server refuses.
pub(crate) fn problem(code: StatusCode, title: &str, detail: &str, nonce: &Nonce) -> String {
    let theme = Theme::REFUSED;
    let mut html = Html::new();
    head(&mut html, &format!("{} {title}", theme.sign), theme, nonce);
    html.raw("</head><body class=\"")
        .raw(theme.class)
        .raw("\"><header class=\"top\"><span class=\"sign\" aria-hidden=\"true\">")
        .raw(theme.sign)
        .raw("</span><b>cargo gin dev</b></header><main id=\"main\"><div class=\"hero\"><h1>");
    html.text(title).raw("</h1><p class=\"sub\">");
    prose::sentence(&mut html, detail);
    html.raw("</p><p class=\"quiet\">").text(code.as_u16());
    // Who is refused here is refused there, too.
    if code != StatusCode::FORBIDDEN {
        html.raw(" · <a href=\"/__gin/\">Dashboard of cargo gin dev</a>");
    }
    html.raw("</p></div></main></body></html>");
    html.into_string()
}
