//! The method of groups that serves a document.

use std::sync::Arc;

use crate::app::{Group, Route};
use crate::handlers::Handler;
use crate::openapi::page;
use crate::openapi::served::{Document, DocumentHandler};
use crate::openapi::settings::OpenApi;

/// Documents.
#[cfg_attr(docsrs, doc(cfg(feature = "openapi")))]
impl Group {
    /// Serves the OpenAPI document of this group's routes at a path, and a page to try them beside it.
    ///
    /// The document has the routes that attributes made in this group and in those inside. The page is at the path without `.json`,
    /// and needs no asset from elsewhere. Both are served in all builds: to keep them from others, call this in debug builds only, or
    /// in a group with a middleware that checks who is there.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// /// Returns all users.
    /// #[get("/users")]
    /// async fn users() -> Json<Vec<String>> {
    ///     Json(Vec::new())
    /// }
    ///
    /// let app = Group::new("").mount(routes![users]).openapi("/api/openapi.json");
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let client = Client::new(app);
    /// let document: serde_json::Value = client.get("/api/openapi.json").await.json();
    /// assert_eq!(document["paths"]["/users"]["get"]["summary"], "Returns all users.");
    /// client.get("/api/openapi").await.is(200).has_header("content-type", "text/html; charset=utf-8");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[doc(alias("Swagger", "swagger-ui", "ginSwagger", "RapiDoc", "utoipa"))]
    #[track_caller]
    pub fn openapi(mut self, settings: impl Into<OpenApi>) -> Group {
        let settings = settings.into();
        let path = settings.path.clone();
        let page = settings.page_path();
        let document = Arc::new(Document::new(settings));
        self.parts.push(document.clone());
        let handler: Arc<dyn Handler> = Arc::new(DocumentHandler(document.clone()));
        let mut routes = vec![Route::shared(
            &["GET"],
            path.clone(),
            (handler, "openapi::document"),
        )];
        if let Some(page) = page {
            let assets = page::assets(&page, &path, &document).into_iter();
            routes.extend(assets.map(|(path, name, handler)| {
                Route::shared(&["GET"], path.into(), (handler, name))
            }));
        }
        self.mount(routes)
    }
}
