//! Endpoints: chains, and the data that their requests share.

use std::sync::Arc;

use gin_router::Pattern;

#[cfg(feature = "cookies")]
use crate::cookies::append_cookies;
use crate::dispatch::branches::BranchId;
use crate::dispatch::checks::Checks;
use crate::dispatch::framing::frame;
#[cfg(feature = "cookies")]
use crate::middleware::set_due_cookie;
use crate::middleware::{Chain, caught, warn_if_blocking};
use crate::request::{Context, Site};
use crate::response::{Response, add_assured, settle};

/// The destination of a request: a chain, and the data that all its requests share.
pub(crate) struct Endpoint {
    pub(crate) checks: Checks,
    pub(crate) chain: Arc<Chain>,
    pub(crate) site: Arc<Site>,
    pub(crate) branch: BranchId,
}

impl Endpoint {
    /// Runs the chain and returns the response in the form in which it may be sent.
    pub(crate) async fn respond(&self, cx: &mut Context) -> Response {
        let route = self.site.pattern.as_ref().map(Pattern::as_str);
        let run = warn_if_blocking(route, self.chain.start().run(cx));
        let mut response = caught(run).await;
        // A handler that panicked or was dropped has not come to that.
        cx.prepares = false;
        settle(cx, &mut response);
        frame(cx, &mut response);
        if cx.has_values() {
            add_assured(cx, &mut response);
            #[cfg(feature = "cookies")]
            {
                set_due_cookie(cx);
                append_cookies(cx, &mut response);
            }
        }
        response
    }
}
