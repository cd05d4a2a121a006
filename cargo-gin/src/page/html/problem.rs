//! The page on which the dev server refuses a request.

use http::StatusCode;

use crate::page::assets::Nonce;
use crate::page::html::frame::{DASHBOARD_LINK, page};
use crate::page::html::markup::prose;
use crate::page::html::theme::Theme;

/// Returns a page that gives the reason for a refusal.
pub(crate) fn problem(code: StatusCode, title: &str, detail: &str, nonce: &Nonce) -> String {
    let theme = Theme::REFUSED;
    let title_bar = format!("{} {title}", theme.sign);
    page(
        &title_bar,
        theme,
        nonce,
        |_| {},
        |html| {
            html.element("body", theme.class, |html| {
                html.element("header", "top", |html| {
                    theme.sign(html);
                    html.raw("<b>cargo gin dev</b>");
                });
                html.tag("main").attribute("id", "main").around(|html| {
                    html.element("div", "hero", |html| {
                        html.leaf("h1", "", title);
                        html.element("p", "sub", |html| prose::sentence(html, detail));
                        html.element("p", "quiet", |html| {
                            html.text(code.as_u16());
                            // A client that is refused here may not see the dashboard either.
                            if code != StatusCode::FORBIDDEN {
                                html.text(" · ").raw(DASHBOARD_LINK);
                            }
                        });
                    });
                });
            });
        },
    )
}
