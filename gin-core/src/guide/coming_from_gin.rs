//! gin-core for those who know Go's gin.
//!
//! The nouns are gin's: [engine](Engine), [group](Group), [context](Context), [next](Next), [recovery](Recovery), binding. Four
//! things differ everywhere:
//!
//! - **A handler returns its response.** There is no writer that several places write to. `c.JSON(200, x)` as a statement becomes
//!   `cx.json(200, x)` as the value of the function.
//! - **Arguments are typed.** A handler names the param, the query, the form or the state that it needs in its signature. The
//!   context is still there, as `&mut Context`.
//! - **An app is data until it runs.** The order of calls on a group does not matter. [`Engine::new`] checks the whole app, and
//!   reports all mistakes at once, each with `file:line`.
//! - **Nothing is global.** Modes, writers, validators and the switches of JSON belong to a group or a type.
//!
//! # A first app
//!
//! ```go
//! func main() {
//!     r := gin.Default()
//!     r.GET("/hello/:name", func(c *gin.Context) {
//!         c.String(200, "Hello, %s!", c.Param("name"))
//!     })
//!     r.GET("/ping", func(c *gin.Context) {
//!         c.JSON(200, gin.H{"message": "pong"})
//!     })
//!     r.Run()
//! }
//! ```
//!
//! ```no_run
//! use gin::prelude::*;
//!
//! #[get("/hello/:name")]
//! async fn hello(name: &str) -> String {
//!     format!("Hello, {name}!")
//! }
//!
//! #[gin::main]
//! async fn main() -> gin::Result<()> {
//!     gin::default()
//!         .mount(routes![hello])
//!         .get("/ping", async |cx: &mut Context| cx.json(200, json!({ "message": "pong" })))
//!         .run()
//!         .await
//! }
//! ```
//!
//! # A project
//!
//! `cargo gin new` writes a first app, with a test. What gin has in other packages is behind [features](crate#features) of this one:
//!
//! ```console
//! $ cargo gin new albums && cd albums
//! $ cargo add gin-core --features multipart,sessions,templates,validation
//! $ cargo add serde --features derive
//! $ cargo gin dev
//! ```
//!
//! Handlers, groups, responses and most extractors are in [`gin::prelude`](crate::prelude). All else is in the module of its subject, such
//! as `gin::middleware::BasicAuth`, `gin::extract::Valid`, `gin::files::Dir`, `gin::response::Sse`, `gin::cookies::Cookie`,
//! `gin::server::Listener` or `gin::testing::Client`. The search of the API documentation finds an item by its name in gin as well,
//! and a call of gin's method that has another name here is a compile error with that name.
//!
//! # Engine and server
//!
//! | gin | gin-core |
//! |---|---|
//! | `gin.Default()` | [`gin::default()`](crate::default()) |
//! | `gin.New()` | [`Group::new("")`](Group::new) |
//! | `New(opts…)`, `With(opts…)`, `OptionFunc` | functions of a `Group` that return it: `configure(group)` |
//! | `r.Run()` | [`Group::run`]: the inherited socket, else `$HOST:$PORT`, else 127.0.0.1:8080 |
//! | `r.Run(":8080")`, `RunListener`, `RunFd`, `RunUnix` | [`Server::listen`] with a [`Listener`]; inherited sockets are found by themselves |
//! | `RunTLS` | [`Server::tls`], with certificates that are read again when they change |
//! | `RunQUIC` | `Server::http3` beside TLS, with `Alt-Svc`; [`server`](crate::server#http3) describes it |
//! | `UseH2C` | HTTP/2 without TLS serves clients that begin with it |
//! | `http.Server{ReadHeaderTimeout, …}`, `Shutdown(ctx)` | [`Server`], with defaults; SIGINT and SIGTERM let requests finish |
//! | `r.Handler()`, `ServeHTTP` | [`Engine::handle`]; tests send requests with [`Client`] |
//! | `r.Routes()`, `RouteInfo` | [`Engine::routes`], [`RouteEntry`], with place and middleware |
//! | `r.NoRoute(h)` | [`Group::fallback`], for each group |
//! | `r.NoMethod(h)` | 405 is a [`Problem`], as is 404: [`Group::on_error`] |
//! | `HandleMethodNotAllowed` | on; [`Routing::without_method_not_allowed`] |
//! | `RedirectTrailingSlash`, `RedirectFixedPath` | [`Routing::trailing_slash`], [`Routing::fix_paths`] |
//! | `RemoveExtraSlash` | [`Routing::merge_slashes`]; [`Routing::fix_paths`] redirects such paths |
//! | `UseRawPath`, `UseEscapedPath`, `UnescapePathValues` | params are decoded once, after the match; [`Context::path`] is decoded too, and [`Context::raw_path`] is the path as it was sent |
//! | `SetTrustedProxies`, `ForwardedByClientIP`, `RemoteIPHeaders`, `TrustedPlatform`, `AppEngine` | [`Group::proxies`] with [`Proxies`]; none is trusted by default |
//! | `X-Forwarded-Prefix` | from trusted proxies: redirects have it, and [`Context::external_path`] adds it |
//! | `MaxMultipartMemory` | 64 KiB of a file stay in memory; [`MultipartLimits`] are real limits |
//! | `SecureJsonPrefix` | [`SecureJson::prefix`] |
//! | `LoadHTMLGlob`, `LoadHTMLFiles`, `LoadHTMLFS`, `SetHTMLTemplate`, `HTMLRender` | [`Group::templates`] with [`templates!`](crate::templates!) or [`Templates`] |
//! | `SetFuncMap`, `FuncMap`, `Delims` | [`Templates::function`], [`Templates::filter`], [`Templates::delimiters`] |
//! | `HandleContext(c)` | call the other function, or return a [`Redirect`] |
//! | `ContextWithFallback`, `c.Done()` | a handler is dropped when its client leaves, at its next `await` |
//! | `ginS` | an app is a value |
//!
//! # Groups and routes
//!
//! ```go
//! admin := r.Group("/admin", auth)
//! admin.GET("/users/:id", show)
//! admin.POST("/users", create)
//! ```
//!
//! ```
//! # use gin::{prelude::*, testing::Client};
//! # async fn auth(cx: &mut Context, next: Next<'_>) -> Response { next.run(cx).await }
//! #[get("/users/:id")]
//! async fn show(id: u64) -> String {
//!     format!("user {id}")
//! }
//!
//! #[post("/users")]
//! async fn create() -> StatusCode {
//!     StatusCode::CREATED
//! }
//!
//! let admin = Group::new("/admin").with(auth).mount(routes![show, create]);
//! let app = Group::new("").nest(admin);
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! let client = Client::new(app);
//! client.get("/admin/users/7").await.has_text("user 7");
//! client.post("/admin/users").await.is(201);
//! client.get("/admin/users/x").await.is(404);
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! | gin | gin-core |
//! |---|---|
//! | `gin.HandlerFunc`, `HandlersChain` | an async function: a [`Handler`] with a response, or a [`Middleware`] with [`Next`] |
//! | `RouterGroup`, `IRouter`, `IRoutes` | [`Group`], which an app and a part of one both are |
//! | `r.Group("/admin", mw)` | [`Group::new("/admin")`](Group::new), [`with`](Group::with), [`nest`](Group::nest) |
//! | `r.Use(mw)` | [`Group::with`], also around routes that were added before |
//! | `GET`, `POST`, `PUT`, `PATCH`, `DELETE`, `HEAD`, `OPTIONS` | [`Group::get`] and so on, or the attributes [`#[get]`](crate::get) and so on |
//! | `Any` | [`Group::any`], [`#[any]`](crate::any) |
//! | `Match(methods, …)`, `Handle(method, …)` | [`Route::new`], [`#[route]`](crate::route) |
//! | several handlers for one route | a group for these routes, with its middleware |
//! | `BasePath()` | [`Group::prefix`]; [`RouteEntry`] has whole patterns |
//! | `Static`, `StaticFS`, `gin.Dir`, `OnlyFilesFS` | [`Group::files`] with a [`Dir`]; [`Dir::listing`] lists it |
//! | `StaticFile`, `StaticFileFS` | [`Group::file`] |
//! | `Static("/", …)` with API routes: a conflict | [`Group::spa`]; routes win |
//! | `embed.FS` | [`embed!`](crate::embed!) |
//! | `/:name`, `/*path`, `\:` | the same; see [routing](crate::routing) |
//! | `c.Param("path")` is `/a/b` | `a/b`, without `.` and `..`; [`Segments`] is its list |
//! | a path for a link, written by hand | `show::url(7)` |
//!
//! # Flow and values of a request
//!
//! ```go
//! func auth(c *gin.Context) {
//!     user, err := find(c.GetHeader("X-Key"))
//!     if err != nil {
//!         c.AbortWithStatusJSON(401, gin.H{"error": "who are you?"})
//!         return
//!     }
//!     c.Set("user", user)
//!     c.Next()
//!     log.Println(c.Writer.Status())
//! }
//! ```
//!
//! ```
//! # use gin::{prelude::*, testing::Client};
//! #[derive(Clone)]
//! struct User(String);
//!
//! async fn auth(cx: &mut Context, next: Next<'_>) -> Response {
//!     let Some(name) = cx.header("x-key").map(str::to_owned) else {
//!         return cx.json(401, json!({ "error": "who are you?" }));
//!     };
//!     cx.set(User(name));
//!     let response = next.run(cx).await;
//!     info!(status = response.status().as_u16(), "done");
//!     response
//! }
//!
//! #[get("/me")]
//! async fn me(Extension(User(name)): Extension<User>) -> String {
//!     name
//! }
//!
//! let app = Group::new("").with(auth).mount(routes![me]);
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! let client = Client::new(app);
//! client.get("/me").await.is(401);
//! client.get("/me").header("x-key", "Ann").await.has_text("Ann");
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! | gin | gin-core |
//! |---|---|
//! | `c.Next()` | [`next.run(cx).await`](Next::run), which returns the response, and can be called once |
//! | `c.Abort()`, `AbortWithStatus`, `AbortWithStatusJSON`, `AbortWithStatusPureJSON` | return a response without running `next` |
//! | `c.IsAborted()` | the status of the response that `next` returned |
//! | `c.AbortWithError(code, err)` | `return Err(…)`: an [`Error`] with [`with_status`](Error::with_status) |
//! | `c.Error(err)`, `c.Errors` | [`Context::error`], [`Context::errors`], for the log |
//! | `Error.Type`: public or private | the text of [`Error::new`] is for the client, a cause never is |
//! | `Error.Meta`, `Errors.JSON()` | [`Problem::with`], [`Problem::to_json`] |
//! | `Errors.ByType`, `Last`, `Errors`, `String` | [`Context::errors`] is a slice: `last()`, `iter()`; an [`Error`] has its status and its cause instead of a type |
//! | `c.Set`, `c.Get`, `c.MustGet`, `c.Delete`, `c.Keys` | [`Context::set`], [`get`](Context::get), [`take`](Context::take), by type instead of by name; [`Extension`] as an argument |
//! | `GetString`, `GetInt`, `GetBool`, `GetTime`, `GetDuration`, `GetStringMap`, … | not needed: values have their types |
//! | a global database handle | [`Group::state`] and [`State`], checked at the start |
//! | `c.Copy()` for a goroutine | move owned values into `tokio::spawn`; the compiler refuses the context itself |
//! | `c.FullPath()` | [`Context::pattern`] |
//! | `c.HandlerName()`, `HandlerNames()`, `Handler()` | [`Engine::routes`] |
//! | `c.Deadline()`, `Done()`, `Err()`, `Value()` | [`Context::shutdown`]; the future of a handler is dropped when the client leaves |
//!
//! # Errors
//!
//! ```go
//! func show(c *gin.Context) {
//!     user, err := db.User(c.Param("id"))
//!     if errors.Is(err, sql.ErrNoRows) {
//!         c.AbortWithStatusJSON(404, gin.H{"error": "there is no such user"})
//!         return
//!     }
//!     if err != nil {
//!         log.Println(err)
//!         c.AbortWithStatusJSON(500, gin.H{"error": "internal error"})
//!         return
//!     }
//!     c.JSON(200, user)
//! }
//! ```
//!
//! ```
//! # use gin::{prelude::*, testing::Client};
//! # #[derive(Clone)] struct Db;
//! # impl Db { async fn user(&self, id: u64) -> std::io::Result<Option<String>> { Ok((id == 7).then(|| "Ann".to_owned())) } }
//! #[get("/users/:id")]
//! async fn show(id: u64, State(db): State<Db>) -> gin::Result<Json<String>> {
//!     let user = db.user(id).await?.or_status(404, "there is no such user")?;
//!     Ok(Json(user))
//! }
//!
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! let client = Client::new(Group::new("").state(Db).mount(routes![show]));
//! client.get("/users/7").await.has_json(json!("Ann"));
//! client.get("/users/8").await.is(404).contains("there is no such user");
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! An error that `?` passes on is logged and is a 500, whose text does not reach the client. See [failure](crate::failure).
//!
//! # Input
//!
//! ```go
//! r.GET("/posts", func(c *gin.Context) {
//!     page := c.DefaultQuery("page", "1")
//!     c.String(200, "page %s, tags %v", page, c.QueryArray("tag"))
//! })
//! r.POST("/avatar", func(c *gin.Context) {
//!     file, err := c.FormFile("avatar")
//!     if err != nil {
//!         c.String(400, "a file is missing")
//!         return
//!     }
//!     c.SaveUploadedFile(file, "avatars/"+filepath.Base(file.Filename))
//!     c.Redirect(303, "/")
//! })
//! ```
//!
//! ```
//! # use gin::{prelude::*, testing::Client};
//! use serde::Deserialize;
//!
//! #[derive(Deserialize)]
//! struct Filter {
//!     page: Option<u32>,
//!     tag: Vec<String>,
//! }
//!
//! #[get("/posts")]
//! async fn posts(Query(filter): Query<Filter>) -> String {
//!     format!("page {}, tags {:?}", filter.page.unwrap_or(1), filter.tag)
//! }
//!
//! #[derive(Deserialize)]
//! struct Avatar {
//!     avatar: Upload,
//! }
//!
//! #[post("/avatar")]
//! async fn avatar(Form(form): Form<Avatar>) -> gin::Result<Redirect> {
//! #   let avatars = tempfile::tempdir()?;
//!     form.avatar.persist_in(&avatars).await?;
//!     Ok(Redirect::to("/"))
//! }
//!
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! let client = Client::new(Group::new("").mount(routes![posts, avatar]));
//! client.get("/posts?tag=a&tag=b").await.has_text("page 1, tags [\"a\", \"b\"]");
//! client.post("/avatar").multipart(|form| form.file("avatar", "me.png", "image/png", "…")).await.is(303);
//! client.post("/avatar").multipart(|form| form).await.is(422).contains("avatar");
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! | gin | gin-core |
//! |---|---|
//! | `c.Param("id")`, `c.Params` | an argument `id: u64`, [`Path`], [`Context::param`], [`Context::params`] |
//! | `c.AddParam` | not there: a test sends a request, or makes a context by [`into_context`](crate::testing::TestRequest::into_context) |
//! | `c.Query`, `GetQuery` | [`Context::query`], or [`Query`] |
//! | `c.DefaultQuery("page", "1")` | `cx.query("page").unwrap_or("1".into())`, or `#[serde(default)]` in a [`Query`] |
//! | `QueryArray`, `GetQueryArray` | [`Context::query_all`], or a `Vec` in a [`Query`] |
//! | `QueryMap`, `GetQueryMap` | a map in a [`Query`]: `ids[a]=1` |
//! | `PostForm`, `DefaultPostForm`, `GetPostForm`, `PostFormArray`, `PostFormMap` and their `Get` forms | [`Form`], whose fields are checked |
//! | `FormFile`, `MultipartForm` | a field of type [`Upload`] in a [`Form`], or [`Multipart`] |
//! | `SaveUploadedFile` | [`Upload::persist_in`], which takes only the last part of the name, and never replaces a file |
//! | `ClientIP`, `RemoteIP`, `Scheme` | [`Context::client_ip`] or [`ClientIp`], [`Context::remote_ip`], [`Context::scheme`] |
//! | `ContentType`, `GetHeader`, `IsWebsocket` | [`Context::content_type`], [`Context::header`], `Option<WebSocket>` |
//! | `GetRawData` | [`Context::bytes`], or an argument of type `Bytes` or `String` |
//! | `c.Request.Body` | [`Body`] as an argument, [`Context::take_body`] |
//! | `Cookie`, `SetCookie`, `SetCookieData`, `SetSameSite` | [`Cookies`], with [`Cookie`] for attributes |
//! | `session.AddFlash`, `session.Flashes` | [`Session::flash`], and `flashes()` in a template or [`Session::flashes`] |
//!
//! Sessions are middleware with a store, as in gin-contrib:
//!
//! ```go
//! r.Use(sessions.Sessions("session", cookie.NewStore(secret)))
//! r.POST("/sign-in", func(c *gin.Context) {
//!     session := sessions.Default(c)
//!     session.Set("user", c.PostForm("name"))
//!     session.AddFlash("welcome")
//!     session.Save()
//!     c.SetCookie("theme", "dark", 3600, "/", "", true, true)
//!     c.Redirect(303, "/")
//! })
//! ```
//!
//! ```
//! # use gin::{cookies::{Cookie, Key}, prelude::*, sessions::Sessions, testing::Client};
//! # use std::time::Duration;
//! # #[derive(serde::Deserialize)]
//! # struct SignIn { name: String }
//! # let secret = Key::generate();
//! #[post("/sign-in")]
//! async fn sign_in(session: Session, cookies: Cookies, Form(form): Form<SignIn>) -> gin::Result<Redirect> {
//!     session.renew();
//!     session.insert("user", form.name)?;
//!     session.flash("info", "welcome");
//!     cookies.set(Cookie::new("theme", "dark").max_age(Duration::from_secs(3600)))?;
//!     Ok(Redirect::to("/"))
//! }
//!
//! #[get("/")]
//! async fn home(session: Session) -> gin::Result<String> {
//!     Ok(session.get::<String>("user")?.unwrap_or("stranger".to_owned()))
//! }
//!
//! let app = Group::new("").with(Sessions::cookie(secret)).mount(routes![sign_in, home]);
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! let client = Client::new(app);
//! client.post("/sign-in").form("name=Ann").await.is(303);
//! client.get("/").await.has_text("Ann");
//! assert_eq!(client.cookie("theme").as_deref(), Some("dark"));
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! # Binding
//!
//! ```go
//! type SignUp struct {
//!     Name  string `form:"name" binding:"required,min=2"`
//!     Email string `form:"email" binding:"required,email"`
//! }
//!
//! func signUp(c *gin.Context) {
//!     var form SignUp
//!     if err := c.ShouldBind(&form); err != nil {
//!         c.JSON(400, gin.H{"error": err.Error()})
//!         return
//!     }
//!     c.String(200, "Hello, %s!", form.Name)
//! }
//! ```
//!
//! ```
//! # use gin::{prelude::*, testing::Client};
//! use gin::{extract::Valid, validator::Validate};
//! use serde::Deserialize;
//!
//! #[derive(Deserialize, Validate)]
//! #[validate(crate = "gin::validator")]
//! struct SignUp {
//!     #[validate(length(min = 2))]
//!     name: String,
//!     #[validate(email)]
//!     email: String,
//! }
//!
//! #[post("/sign-up")]
//! async fn sign_up(Valid(Form(form)): Valid<Form<SignUp>>) -> String {
//!     format!("Hello, {}!", form.name)
//! }
//!
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! let client = Client::new(Group::new("").mount(routes![sign_up]));
//! client.post("/sign-up").form("name=Ann&email=ann@example.com").await.has_text("Hello, Ann!");
//! // Both fields are in one problem, each with its path and a code.
//! let problem = client.post("/sign-up").form("name=A&email=ann").await.is(422);
//! assert_eq!(problem.problem().unwrap().fields().len(), 2);
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! | gin | gin-core |
//! |---|---|
//! | `BindJSON`, `ShouldBindJSON` | [`Json`] |
//! | `ShouldBindQuery`, `ShouldBindUri`, `ShouldBindHeader`, and `BindQuery`, `BindUri`, `BindHeader` | [`Query`], [`Path`], [`Header`] |
//! | `ShouldBindXML`, `ShouldBindYAML`, `ShouldBindTOML`, `binding.ProtoBuf`, `MsgPack`, `BSON` | [`Xml`], [`Yaml`], [`Toml`], [`Protobuf`], [`MsgPack`], [`Bson`]; [`Cbor`] as well |
//! | `ShouldBindPlain` | `String` or `Bytes` |
//! | `Form`, `FormPost`, `FormMultipart` | [`Form`] reads the body, of both media types; for `GET` the query |
//! | `Bind`, `ShouldBind`, `ShouldBindWith` | [`Context::bind`]: the query of `GET` and `HEAD`, else the body by its content type |
//! | `MustBindWith`: writes the response itself | an extractor; [`Group::on_error`] has the shape of its rejection |
//! | `ShouldBind…`: returns the error | `Result<Form<T>, Rejection>` as an argument; each of `rejection.problem().fields()` has a `path` and a `message` for `err.Error()` |
//! | `ShouldBindBodyWith…` | not needed: the body is kept, and can be bound several times |
//! | `binding.Binding`, `BindingBody`, `MapFormWithTag` | [`FromContext`] for a type of your own |
//! | `SliceValidationError` | a list inside a struct with `#[validate(nested)]`: the path is `pets[0].name` |
//! | `gin.Bind(Struct{})` | an extractor, or a middleware with [`Context::cached`] |
//! | tags `json`, `form`, `uri`, `header` | serde's attributes, one set for all: `#[serde(rename = "…")]` |
//! | `form:"name,default=x"` | `#[serde(default = "…")]`, for an absent field, and for an empty one of a number, an enum or a date. An empty text is a text: `Option<String>` is `None` |
//! | `form:"-"` | `#[serde(skip)]` |
//! | `parser=encoding.TextUnmarshaler`, `BindUnmarshaler` | `Deserialize`, or `#[serde(deserialize_with = "…")]` |
//! | `collection_format` | `multi`: a `Vec`, from `tag=a&tag=b` and `tag[]=a`; `csv`: [`Separated<T>`](Separated); `ssv`, `tsv`, `pipes`: `Separated<T, ' '>`, `'\t'`, `'\|'` |
//! | `time_format`, `time_utc`, `time_location` | the types of `chrono`, `time` or `jiff` with their modules for `#[serde(with = "…")]`; [`Form`] has an example. A type says which time it is: one of UTC, of an offset or of no place |
//! | embedded structs | `#[serde(flatten)]` |
//! | a struct or a map from JSON text in a field | [`JsonText<T>`](JsonText), or fields of its own: `address[city]=Ulm` |
//! | arrays of a fixed length, `map[string]string` | `[T; 3]`, a map: `a[key]=1`; as for any field, the first of several values counts |
//! | pointers for optional fields | `Option<T>`; empty text is `None` in a form |
//! | `required` | a field that is not an `Option`; `0`, `false` and `""` are values |
//! | `binding:"…"` | the rules of the crate [`validator`], by [`Valid`] |
//! | `binding.Validator`, `StructValidator` | [`Input`], [`validate`](crate::extract::validate), or `Validate` implemented by hand |
//! | `DisableBindValidation` | the extractor without `Valid` |
//! | translations of `validator` | [`Group::messages`] |
//! | `EnableJsonDecoderUseNumber` | `serde_json::Number` as the type |
//! | `EnableJsonDecoderDisallowUnknownFields` | `#[serde(deny_unknown_fields)]`, for each type |
//!
//! # Rendering
//!
//! ```go
//! r.LoadHTMLGlob("templates/*")
//! r.GET("/users/:id", func(c *gin.Context) {
//!     c.HTML(200, "user.html", gin.H{"id": c.Param("id")})
//! })
//! ```
//!
//! ```
//! # use gin::{prelude::*, templates::Templates, testing::Client};
//! #[get("/users/:id")]
//! async fn user(id: u64) -> View {
//!     View::new("user.html", context! { id })
//! }
//!
//! // An app with files: `gin::templates!("templates")`.
//! let templates = Templates::embedded([("user.html", "<h1>User {{ id }}</h1>")]);
//! let app = Group::new("").templates(templates).mount(routes![user]);
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! Client::new(app).get("/users/7").await.has_text("<h1>User 7</h1>");
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! Files, and a stream of events:
//!
//! ```go
//! r.Static("/assets", "./assets")
//! r.GET("/clock", func(c *gin.Context) {
//!     c.Stream(func(w io.Writer) bool {
//!         c.SSEvent("tick", time.Now().Unix())
//!         time.Sleep(time.Second)
//!         return true
//!     })
//! })
//! ```
//!
//! ```
//! # use gin::{files::Dir, prelude::*, response::{Event, Sse}, testing::Client};
//! # use std::time::{Duration, SystemTime, UNIX_EPOCH};
//! #[get("/clock")]
//! async fn clock() -> Sse {
//!     Sse::from_writer(async |events| {
//!         loop {
//!             let seconds = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
//!             // It is an error when the client is gone, which ends the function.
//!             events.send(Event::data(seconds.to_string()).event("tick")).await?;
//!             tokio::time::sleep(Duration::from_secs(1)).await;
//!         }
//!     })
//! }
//!
//! # let directory = tempfile::tempdir()?;
//! # std::fs::write(directory.path().join("app.css"), "p {}")?;
//! # let assets = directory.path();
//! let app = Group::new("").files("/assets", Dir::new(assets)).mount(routes![clock]);
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! let client = Client::new(app);
//! client.get("/assets/app.css").await.is(200).has_header("content-type", "text/css; charset=utf-8");
//! let mut events = client.get("/clock").sse().await;
//! assert_eq!(events.next().await.unwrap().event, "tick");
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! | gin | gin-core |
//! |---|---|
//! | `c.JSON`, `c.PureJSON` | [`Json`], [`Context::json`]: like `PureJSON`, without HTML escapes |
//! | `IndentedJSON`, `AsciiJSON`, `SecureJSON`, `JSONP` | [`IndentedJson`], [`AsciiJson`], [`SecureJson`], [`Jsonp`] |
//! | `gin.H` | [`json!`](crate::prelude::json), [`context!`](crate::templates::context) for templates. A function that returns `Json(json!(…))` has the type `Json<serde_json::Value>`, of the crate `serde_json` |
//! | `c.String(200, format, …)` | `format!(…)`, [`Context::string`] |
//! | `c.HTML(200, name, data)` | [`View`], [`Context::view`]; [`Html`] for text that is HTML already |
//! | `c.XML`, `YAML`, `TOML`, `ProtoBuf`, `BSON`, `render.MsgPack` | the extractors of these formats are responses as well |
//! | `c.PDF`, `c.Data` | [`Context::data`] |
//! | `c.DataFromReader` | [`Body::from_reader`] with [`with_len`](Body::with_len) |
//! | `c.File`, `FileFromFS` | [`File`], [`Dir::open`] |
//! | `c.FileAttachment` | [`Attachment`] |
//! | `c.Redirect(302, to)` | [`Redirect`], [`Context::redirect`] |
//! | `c.SSEvent` | [`Sse`] with [`Event`] |
//! | `c.Stream(func(w) bool)` | [`Body::from_writer`], [`Body::from_stream`] |
//! | `c.Negotiate`, `NegotiateFormat` | [`Negotiate`], [`Context::accepts`], with q-values |
//! | `SetAccepted` | [`Context::headers_mut`] |
//! | `c.Render(code, r)`, `render.Render` | [`IntoResponse`] |
//! | `c.Status`, `c.Header` | `(status, headers, body)`, [`Context::status`] |
//! | `c.Header("Content-Type", …)` before a render, `c.Header(k, "")` | headers of the tuple replace those of the body; `headers_mut().remove(k)` on a response |
//! | `c.Writer = wrapper`, `gin.ResponseWriter` | a middleware changes the response that `next` returned: its headers, and its body by [`Body::from_stream`] |
//! | `c.Writer.Status()`, `Size()`, `Written()`, `Header()` after `Next` | `status()`, [`body().len()`](Body::len) and `headers_mut()` of the response that `next` returned |
//! | `c.Writer.Flush()` | each [`BodyWriter::send`] is sent at once |
//! | `c.Writer.Hijack()` | [`Context::upgrade`], [`WebSocket`] |
//! | `c.Writer.CloseNotify()` | the future of the handler, or of the body's writer, is dropped |
//! | `c.Writer.Pusher()` | not there: browsers have removed HTTP/2 push |
//!
//! # Middleware, modes, tests
//!
//! ```go
//! func TestHello(t *testing.T) {
//!     w := httptest.NewRecorder()
//!     req, _ := http.NewRequest("GET", "/hello/Ann", nil)
//!     router().ServeHTTP(w, req)
//!     assert.Equal(t, 200, w.Code)
//!     assert.Equal(t, "Hello, Ann!", w.Body.String())
//! }
//! ```
//!
//! ```
//! # use gin::{prelude::*, testing::Client};
//! # fn app() -> Group { Group::new("").get("/hello/:name", async |Path(name): Path<String>| format!("Hello, {name}!")) }
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! // In a `#[tokio::test]`:
//! Client::new(app()).get("/hello/Ann").await.is(200).has_text("Hello, Ann!");
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! | gin | gin-core |
//! |---|---|
//! | `Logger()`, `LoggerWithWriter`, `LoggerWithConfig` | [`Logger::new`], [`Logger::plain`], [`Logger::json`] |
//! | `LoggerConfig.SkipPaths`, `Skip` | [`Logger::skip`], [`Logger::skip_if`] |
//! | `LoggerWithFormatter`, `LoggerConfig.Formatter`, `LogFormatterParams` | [`Logger::format`], [`LogEntry`] |
//! | `LoggerConfig.SkipQueryString` | [`Logger::without_query`]; secrets in a query are masked without it |
//! | `DisableConsoleColor`, `ForceConsoleColor` | [`Logger::no_color`] or `NO_COLOR=1`, [`Logger::color`] |
//! | `DefaultWriter`, `DefaultErrorWriter` | the argument of [`Logger::json`]; `tracing` for everything else |
//! | `Recovery()`, `RecoveryWithWriter`, `CustomRecovery` | [`Recovery`]; a panic is a [`Problem`], so [`Group::on_error`] has its shape |
//! | `ErrorLogger()` | [`Group::on_error`], [`Group::map_error`] |
//! | `BasicAuth`, `Accounts` | [`BasicAuth::accounts`], [`BasicAuth::verify`] for passwords in a database |
//! | `BasicAuthForRealm`, `BasicAuthForProxy` | [`BasicAuth::realm`], [`BasicAuth::proxy`] |
//! | `c.MustGet(gin.AuthUserKey)` | [`Extension<BasicUser>`](BasicUser), whose `name()` it is, or a type of your own |
//! | `gin.Version` | not needed: `Cargo.lock` has it |
//! | `WrapF`, `WrapH` | [`tower::handler`](crate::tower::handler), and [`Group::service`] for all below a prefix |
//! | `GIN_MODE`, `SetMode`, `Mode`, `IsDebugging`, `DebugMode`, `ReleaseMode`, `TestMode` | a debug build or a release build: `cfg!(debug_assertions)` |
//! | the routes that debug mode prints, `DebugPrintRouteFunc` | [`Engine::routes`], and the dashboard of `cargo gin dev` |
//! | `CreateTestContext` | [`testing::context`](crate::testing::context), [`Rest`](crate::testing::Rest) |
//! | `httptest` | [`Client`] |
//! | `req.SetBasicAuth` | [`TestRequest::basic_auth`](crate::testing::TestRequest::basic_auth) |
//! | build tags `jsoniter`, `go_json`, `sonic`, `nomsgpack` | features of the crate, one for each format |
//!
//! # Packages beside gin
//!
//! A gin app takes its middleware from gin-contrib and from others. Here they are features of one crate:
//!
//! ```go
//! r.Use(cors.New(cors.Config{AllowOrigins: []string{"https://shop.example"}}))
//! r.Use(gzip.Gzip(gzip.DefaultCompression))
//! r.Use(requestid.New())
//! ```
//!
//! ```
//! # use gin::{middleware::{Compression, Cors, RequestId}, prelude::*, testing::Client};
//! let app = Group::new("")
//!     .with(RequestId::new())
//!     .with(Cors::new(["https://shop.example"]))
//!     .with(Compression::new())
//!     .get("/", async || "many words ".repeat(1000));
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! let client = Client::new(app);
//! let request = client.get("/").header("origin", "https://shop.example").header("accept-encoding", "gzip");
//! let response = request.await.is(200).has_header("content-encoding", "gzip");
//! let response = response.has_header("access-control-allow-origin", "https://shop.example");
//! assert!(response.header("x-request-id").is_some());
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! | package | gin-core |
//! |---|---|
//! | gin-contrib/cors | [`Cors`] |
//! | gin-contrib/sessions | [`Sessions`] in memory, in cookies, in Redis or in any store of tower-sessions; [`Session`] |
//! | gin-contrib/gzip, gin-brotli | [`Compression`], and [`Decompression`] for requests |
//! | gin-contrib/static, go-rice | [`Group::files`], [`Group::spa`], [`embed!`](crate::embed) |
//! | gin-contrib/multitemplate | [`Templates`]: a template extends another one |
//! | gin-contrib/requestid | [`RequestId`] |
//! | gin-contrib/timeout | [`Timeout`], [`Route::timeout`] |
//! | gin-contrib/size | [`Group::body_limit`], [`Route::body_limit`] |
//! | gin-contrib/secure, unrolled/secure | [`SecurityHeaders`], [`Csp`], [`Server::redirect_http`] |
//! | gin-csrf, gorilla/csrf, `http.CrossOriginProtection` | [`Csrf`] |
//! | gin-jwt, gin-contrib/authz | [`bearer`], whose function checks the token by a crate such as jsonwebtoken, and returns a user |
//! | ulule/limiter, tollbooth | [`RateLimit`], in Redis for several instances; [`ConcurrencyLimit`] |
//! | gin-contrib/location | [`Context::scheme`], [`Context::host`], [`Context::external_path`] |
//! | gin-contrib/sse | [`Sse`] |
//! | gorilla/websocket, melody | [`WebSocket`] |
//! | gin-contrib/logger, zap, slog | [`Logger::json`], and events of `tracing` |
//! | otelgin, gin-contrib/opengintracing | [`operations::Trace`](crate::operations::Trace), [`operations::Telemetry`](crate::operations::Telemetry) |
//! | go-gin-prometheus, gin-metrics | [`Group::metrics`] |
//! | gin-healthcheck | [`Group::health`], [`Group::ready`] |
//! | gin-swagger | [`Group::openapi`], whose schemas are those of the types |
//! | gin-gonic/autotls | [`Acme`](crate::tls::Acme) |
//! | gin-contrib/graceful, endless | [`Server`]: it drains by itself, and sockets are inherited |
//! | go-playground/validator | [`Valid`] |
//! | viper, godotenv | [`config()`](crate::config()) |
//! | gin-contrib/i18n | [`Group::messages`] for the messages of rules; a crate such as fluent for everything else |
//! | gin-contrib/cache | not there: a proxy caches by `Cache-Control`; [`Context::cached`] keeps a value for one request |
//! | gin-contrib/pprof, expvar | not there: a profiler such as `perf` or samply needs no route; [`Group::metrics`] has the numbers |
//! | gin-contrib/sentry, rollbar | a layer of `tracing`, such as that of sentry, gets the errors |
//! | gorm, sqlx | the crates sqlx, diesel or `SeaORM`, whose pool is a [`State`] |
//! | air, fresh | `cargo gin dev` |
//!
//! # Different on purpose
//!
//! | gin | gin-core | reason |
//! |---|---|---|
//! | a search without full backtracking: `/a/b`, `/a/:p/c` and `/:p/d` on `/a/d` is 404 | `/:p/d` matches | a path is a miss only if no pattern matches it |
//! | params of one place must have one name; a catch-all conflicts with all its neighbors | both are allowed | only patterns of equal shape conflict |
//! | a redirect for a slash beats a pattern that matches, and skips the middleware | it comes last, inside the middleware | the log and CORS headers are complete |
//! | `X-Forwarded-…` is trusted from anyone | trust begins with [`Group::proxies`] | a client can send any header |
//! | `Use` and `Group` depend on the order of calls | they do not | a route that is added early is not left without its guard |
//! | `HEAD`, `OPTIONS` and 405 are off | on | RFC 9110 |
//! | `+` in a path becomes a space, and a bad `%` disables decoding | only `%` sequences are decoded; text that is not UTF-8 is 400 | a path is not a form |
//! | `Bind` sends 400 before the handler can decide | the handler decides, or `on_error` | one place has the shape of errors |
//! | errors of `PostForm` are swallowed | 422, with the field | the user learns what is wrong |
//! | text after a JSON value is accepted | 400 | it is not JSON |
//! | a middleware that returns without `Next` lets the chain go on | it ends the chain | a guard that forgets `Abort` lets nobody through |
//! | `HTML` without templates and `Redirect` with a wrong status panic in a request | [`Engine::new`] finds views without templates; [`Redirect::to`] and the others have no wrong status | mistakes are found before the first request |
//! | two calls of `c.JSON` append to one body | a function returns one value | the compiler warns of a response that is dropped |
//! | no timeouts, no shutdown | [`Server`] has both | slow clients hold nothing |
//! | `strconv.Atoi(c.Param("id"))`, and a 400 by hand | a path whose `id` is not a `u64` does not match the route: another one may, else it is 404 | a debug build logs the route, the param and the type |
//! | `Form` of a `POST` reads the query as well | [`Form`] reads the body, [`Query`] the query | a link cannot fill in a form |
//! | `required` refuses `0`, `false` and `""`; empty text is a zero | zero is a value, and empty text is not a number | a field says what was written |
//! | a content type that `Bind` does not know is a form | 415 | a guess hides the mistake |
//! | `JSON` escapes `<`, and has a charset | [`Json`] does neither | RFC 8259 |

use crate::app::Route;
use crate::cookies::Cookie;
use crate::dispatch::RouteEntry;
use crate::extract::{
    ClientIp, Cookies, Extension, Form, FromContext, Header, Input, JsonText, Multipart,
    MultipartLimits, Path, Query, Segments, Separated, State, Upload, Valid,
};
use crate::files::{Attachment, Dir, File};
use crate::formats::{Bson, Cbor, MsgPack, Protobuf, Toml, Xml, Yaml};
use crate::handlers::Handler;
use crate::middleware::{
    BasicAuth, BasicUser, Compression, ConcurrencyLimit, Cors, Csp, Csrf, Decompression, LogEntry,
    Logger, Middleware, Next, RateLimit, Recovery, RequestId, SecurityHeaders, Timeout, bearer,
};
use crate::request::{Proxies, Routing};
use crate::response::{
    AsciiJson, BodyWriter, Event, Html, IndentedJson, IntoResponse, Jsonp, Negotiate, Redirect,
    SecureJson, Sse,
};
use crate::server::Listener;
use crate::sessions::{Session, Sessions};
use crate::templates::{Templates, View};
use crate::testing::Client;
use crate::websocket::WebSocket;
use crate::{Body, Context, Engine, Error, Group, Json, Problem, Server, validator};
