//! Settings of a document.

use std::borrow::Cow;

/// Settings of a document that [`Group::openapi`](crate::Group::openapi) serves: its path, its title, and so on.
///
/// ```
/// # use gin::{openapi::OpenApi, prelude::*, testing::Client};
/// /// Returns all users.
/// #[get("/users")]
/// async fn users() -> Json<Vec<String>> {
///     Json(Vec::new())
/// }
///
/// let settings = OpenApi::new("/api.json").title("Users").version("2.1").description("All about users.");
/// let app = Group::new("").mount(routes![users]).openapi(settings);
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let document: serde_json::Value = Client::new(app).get("/api.json").await.json();
/// assert_eq!(document["info"], json!({ "title": "Users", "version": "2.1", "description": "All about users." }));
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[must_use = "settings do nothing until a group takes them"]
#[derive(Debug, Clone)]
pub struct OpenApi {
    pub(super) path: Cow<'static, str>,
    pub(super) info: Info,
    pub(super) servers: Vec<String>,
    /// The names of tags and their descriptions.
    pub(super) tags: Vec<(Cow<'static, str>, Cow<'static, str>)>,
    pub(super) page: Page,
}

/// The head of a document.
#[derive(Debug, Clone, Default)]
pub(super) struct Info {
    pub(super) title: Option<Cow<'static, str>>,
    pub(super) version: Option<Cow<'static, str>>,
    pub(super) description: Option<Cow<'static, str>>,
    pub(super) license: Option<Cow<'static, str>>,
    pub(super) contact: Option<Cow<'static, str>>,
}

/// The place of the page that shows a document.
#[derive(Debug, Clone)]
pub(super) enum Page {
    Beside,
    At(Cow<'static, str>),
    Nowhere,
}

impl OpenApi {
    /// Creates the settings of a document at `path`, which is a pattern without params.
    pub fn new(path: impl Into<Cow<'static, str>>) -> OpenApi {
        OpenApi {
            path: path.into(),
            info: Info::default(),
            servers: Vec::new(),
            tags: Vec::new(),
            page: Page::Beside,
        }
    }

    /// Sets the title. Default: the name of the crate with the first route.
    pub fn title(mut self, title: impl Into<Cow<'static, str>>) -> OpenApi {
        self.info.title = Some(title.into());
        self
    }

    /// Sets the version of the API. Default: that of the package with the first route.
    pub fn version(mut self, version: impl Into<Cow<'static, str>>) -> OpenApi {
        self.info.version = Some(version.into());
        self
    }

    /// Sets a text about the API, in Markdown. Default: none.
    pub fn description(mut self, description: impl Into<Cow<'static, str>>) -> OpenApi {
        self.info.description = Some(description.into());
        self
    }

    /// Sets the license of the API, as an expression of SPDX such as `MIT OR Apache-2.0`. Default: none.
    pub fn license(mut self, expression: impl Into<Cow<'static, str>>) -> OpenApi {
        self.info.license = Some(expression.into());
        self
    }

    /// Sets the URL or the e-mail address of those who are responsible for the API. Default: none.
    pub fn contact(mut self, address: impl Into<Cow<'static, str>>) -> OpenApi {
        self.info.contact = Some(address.into());
        self
    }

    /// Describes the operations of a tag, in Markdown. Tags come in the order of these calls. The tag of an operation is the prefix of
    /// its groups, without slashes at its ends and without the part that all operations share.
    ///
    /// ```
    /// # use gin::{openapi::OpenApi, prelude::*, testing::Client};
    /// #[get("")]
    /// async fn users() -> &'static str {
    ///     "all users"
    /// }
    ///
    /// let users = Group::new("/users").mount(routes![users]);
    /// let settings = OpenApi::new("/api.json").tag("users", "Those who have signed up.");
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let client = Client::new(Group::new("").nest(users).openapi(settings));
    /// let document: serde_json::Value = client.get("/api.json").await.json();
    /// assert_eq!(document["tags"][0]["description"], "Those who have signed up.");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[doc(alias("tags", "openapi_tags"))]
    pub fn tag(
        mut self,
        name: impl Into<Cow<'static, str>>,
        description: impl Into<Cow<'static, str>>,
    ) -> OpenApi {
        self.tags.push((name.into(), description.into()));
        self
    }

    /// Adds the URL of a server, in front of all paths. Default: the server that the document is from.
    pub fn server(mut self, url: impl Into<String>) -> OpenApi {
        self.servers.push(url.into());
        self
    }

    /// Sets the path of the page to try the API. Default: the path of the document without `.json`.
    pub fn page(mut self, path: impl Into<Cow<'static, str>>) -> OpenApi {
        self.page = Page::At(path.into());
        self
    }

    /// Serves no page to try the API.
    pub fn without_page(mut self) -> OpenApi {
        self.page = Page::Nowhere;
        self
    }

    /// Returns the path of the page, if there is one.
    pub(super) fn page_path(&self) -> Option<String> {
        match &self.page {
            Page::Nowhere => None,
            Page::At(path) => Some(path.trim_end_matches('/').to_owned()),
            Page::Beside => Some(match self.path.strip_suffix(".json") {
                Some(path) => path.to_owned(),
                None => format!("{}/page", self.path.trim_end_matches('/')),
            }),
        }
    }
}

impl From<&'static str> for OpenApi {
    fn from(path: &'static str) -> OpenApi {
        OpenApi::new(path)
    }
}

impl From<String> for OpenApi {
    fn from(path: String) -> OpenApi {
        OpenApi::new(path)
    }
}
