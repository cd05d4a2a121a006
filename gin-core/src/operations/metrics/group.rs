//! The route that shows metrics.

use std::borrow::Cow;
use std::sync::Arc;

use crate::app::Group;
use crate::future::BoxFuture;
use crate::handlers::Handler;
use crate::operations::metrics::Metrics;
use crate::request::Context;
use crate::response::Response;

impl Group {
    /// Measures the requests of the group, and shows all metrics at `pattern`.
    ///
    /// Middleware that is added before it is further out, and its responses are not measured; so it is best added first. Everyone who
    /// reaches the route can read the metrics. [`Metrics::respond`] shows them on another server.
    ///
    /// ```
    /// # use gin::{operations::Metrics, prelude::*, testing::Client};
    /// let app = Group::new("").metrics("/metrics", &Metrics::new()).get("/users/:id", async || "a user");
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let client = Client::new(app);
    /// client.get("/users/7").await.is(200);
    /// client.get("/metrics").await.contains("http_request_duration_seconds_count{method=\"GET\",route=\"/users/:id\",status=\"200\"} 1");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[cfg_attr(docsrs, doc(cfg(feature = "metrics")))]
    #[doc(alias("prometheus", "promhttp"))]
    #[track_caller]
    pub fn metrics(self, pattern: impl Into<Cow<'static, str>>, metrics: &Metrics) -> Group {
        let page = Arc::new(Page(metrics.clone()));
        let group = self.with(metrics.clone());
        group.own_route(pattern.into(), page, "gin::metrics")
    }
}

/// The handler that shows metrics.
struct Page(Metrics);

impl Handler for Page {
    fn call<'a>(&'a self, cx: &'a mut Context) -> BoxFuture<'a, Response> {
        let response = self.0.respond(cx);
        Box::pin(async { response })
    }
}
