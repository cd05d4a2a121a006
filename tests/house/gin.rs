//! The exported names of Go's gin (version 1.12), each with the item of gin-core that the search of the documentation finds by it, or
//! with the reason why there is none. Names after a `|` are not in the guide, because one before it, or a sentence, stands for them.

/// Items of gin-core, and the names of gin's that find them.
pub(crate) const FOUND: &[(&str, &str)] = &[
    // Engine and groups.
    ("default", "Default"),
    ("Engine", "Engine"),
    ("Engine::handle", "ServeHTTP Handler"),
    (
        "Engine::routes",
        "Routes HandlerName HandlerNames DebugPrintRouteFunc | RoutesInfo",
    ),
    ("RouteEntry", "RouteInfo"),
    ("Group", "RouterGroup IRouter IRoutes"),
    ("Group::new", "New"),
    ("Group::run", "Run"),
    ("Server", "UseH2C"),
    ("Server::listen", "RunListener RunFd RunUnix"),
    ("Server::tls", "RunTLS"),
    ("Server::http3", "RunQUIC"),
    ("Group::with", "Use HandlersChain"),
    ("Group::nest", "Group"),
    ("Group::prefix", "BasePath"),
    ("Group::get", "GET"),
    ("Group::post", "POST"),
    ("Group::put", "PUT"),
    ("Group::patch", "PATCH"),
    ("Group::delete", "DELETE"),
    ("Group::head", "HEAD"),
    ("Group::options", "OPTIONS"),
    ("Group::any", "Any"),
    ("Route::new", "Handle Match"),
    ("Handler", "HandlerFunc"),
    ("Group::fallback", "NoRoute"),
    ("Group::on_error", "NoMethod ErrorLogger | ErrorLoggerT"),
    ("Routing::trailing_slash", "RedirectTrailingSlash"),
    ("Routing::fix_paths", "RedirectFixedPath"),
    ("Routing::merge_slashes", "RemoveExtraSlash"),
    (
        "Routing::without_method_not_allowed",
        "HandleMethodNotAllowed",
    ),
    (
        "Context::raw_path",
        "UseRawPath UseEscapedPath UnescapePathValues",
    ),
    ("Group::proxies", "SetTrustedProxies ForwardedByClientIP"),
    (
        "Proxies::header",
        "RemoteIPHeaders TrustedPlatform AppEngine | PlatformCloudflare PlatformFlyIO PlatformGoogleAppEngine",
    ),
    ("handler", "WrapF WrapH"),
    // Files and templates.
    ("Group::files", "Static StaticFS"),
    ("Group::file", "StaticFile StaticFileFS"),
    ("Dir", "Dir"),
    ("Dir::listing", "OnlyFilesFS"),
    ("Dir::open", "FileFromFS"),
    ("File", "File"),
    ("Attachment", "FileAttachment"),
    (
        "Group::templates",
        "LoadHTMLGlob LoadHTMLFiles LoadHTMLFS SetHTMLTemplate",
    ),
    ("Templates", "HTMLRender | HTMLDebug HTMLProduction"),
    ("Templates::function", "FuncMap SetFuncMap"),
    ("Templates::delimiters", "Delims"),
    // Flow and values of a request.
    ("Context", "Context"),
    ("Next", "Next Abort IsAborted"),
    ("Problem::new", "AbortWithStatus"),
    ("Error", "AbortWithError"),
    ("Error::cause", "| Unwrap"),
    ("Problem::with", "| SetMeta"),
    ("Problem::to_json", "| MarshalJSON"),
    ("Context::error", "Error"),
    ("Context::errors", "ByType Errors"),
    ("Context::extensions", "Keys"),
    ("Context::set", "Set"),
    ("Context::get", "Get MustGet"),
    ("Context::take", "Delete"),
    ("Context::pattern", "FullPath"),
    ("Shutdown", "Done"),
    // Input.
    ("Context::param", "Param | ByName"),
    ("Context::params", "Params"),
    ("Context::query", "DefaultQuery GetQuery"),
    ("Context::query_all", "QueryArray GetQueryArray"),
    (
        "Query",
        "Query QueryMap GetQueryMap BindQuery ShouldBindQuery",
    ),
    (
        "Form",
        "Form FormPost FormMultipart PostForm DefaultPostForm GetPostForm PostFormArray PostFormMap | GetPostFormArray GetPostFormMap",
    ),
    ("Upload", "FormFile"),
    ("Upload::persist_in", "SaveUploadedFile"),
    ("Multipart", "MultipartForm"),
    ("MultipartLimits", "MaxMultipartMemory"),
    ("Context::client_ip", "ClientIP"),
    ("Context::remote_ip", "RemoteIP"),
    ("Context::scheme", "Scheme"),
    ("Context::content_type", "ContentType"),
    ("Context::header", "GetHeader"),
    ("WebSocket", "IsWebsocket"),
    (
        "Context::bytes",
        "GetRawData ShouldBindPlain | Plain BindPlain ShouldBindBodyWithPlain",
    ),
    ("Context::cookie", "Cookie"),
    ("Cookies::set", "SetCookie SetCookieData"),
    ("Cookie::same_site", "SetSameSite"),
    // Binding.
    (
        "Context::bind",
        "Bind MustBindWith ShouldBind ShouldBindWith ShouldBindBodyWith | BindWith",
    ),
    (
        "Json",
        "JSON BindJSON ShouldBindJSON | ShouldBindBodyWithJSON",
    ),
    ("Xml", "XML ShouldBindXML | BindXML ShouldBindBodyWithXML"),
    (
        "Yaml",
        "YAML ShouldBindYAML | BindYAML ShouldBindBodyWithYAML",
    ),
    (
        "Toml",
        "TOML ShouldBindTOML | BindTOML ShouldBindBodyWithTOML",
    ),
    ("Path", "BindUri ShouldBindUri | Uri"),
    ("Header", "Header BindHeader ShouldBindHeader"),
    ("MsgPack", "MsgPack | WriteMsgPack"),
    ("Protobuf", "ProtoBuf"),
    ("Bson", "BSON"),
    ("FromContext", "Binding BindingBody | BindingUri"),
    ("Valid", "DisableBindValidation"),
    ("Input", "StructValidator Validator"),
    ("FieldError", "SliceValidationError"),
    // Rendering.
    ("IntoResponse", "Render ResponseWriter"),
    (
        "Context::json",
        "PureJSON AbortWithStatusJSON AbortWithStatusPureJSON | WriteJSON",
    ),
    ("IndentedJson", "IndentedJSON"),
    ("AsciiJson", "AsciiJSON"),
    ("SecureJson", "SecureJSON"),
    ("SecureJson::prefix", "SecureJsonPrefix"),
    ("Jsonp", "JSONP | JsonpJSON"),
    ("Context::string", "String | WriteString"),
    ("Context::view", "HTML"),
    ("Context::data", "Data PDF"),
    ("Context::redirect", "Redirect"),
    ("Body::from_reader", "DataFromReader | Reader"),
    ("Event", "SSEvent"),
    ("Body::from_writer", "Stream"),
    ("BodyWriter::send", "Flush"),
    ("Negotiate", "Negotiate"),
    ("Context::accepts", "NegotiateFormat"),
    ("Context::headers_mut", "SetAccepted | Accepted"),
    ("Context::status", "Status"),
    ("Context::upgrade", "Hijack"),
    // Middleware and tests.
    ("Logger", "Logger LoggerConfig LoggerWithConfig"),
    ("Logger::plain", "LoggerWithWriter"),
    ("Logger::format", "LoggerWithFormatter | LogFormatter"),
    ("LogEntry", "LogFormatterParams"),
    ("Logger::skip", "SkipPaths"),
    ("Logger::skip_if", "| Skipper"),
    ("Logger::without_query", "SkipQueryString"),
    ("Logger::color", "ForceConsoleColor"),
    ("Logger::no_color", "DisableConsoleColor"),
    (
        "Recovery",
        "Recovery RecoveryWithWriter CustomRecovery | RecoveryFunc CustomRecoveryWithWriter",
    ),
    ("BasicAuth", "BasicAuth"),
    ("BasicAuth::accounts", "Accounts"),
    ("BasicAuth::realm", "BasicAuthForRealm"),
    ("BasicAuth::proxy", "BasicAuthForProxy"),
    ("BasicUser", "AuthUserKey | AuthProxyUserKey"),
    ("context", "CreateTestContext | CreateTestContextOnly"),
];

/// Names of gin's that find nothing, each group with the reason.
pub(crate) const DIFFERENT: &[(&str, &str)] = &[
    (
        "OptionFunc With",
        "an app is configured by functions that take a group and return it",
    ),
    (
        "HandleContext",
        "a handler calls the other function, or responds with a redirect",
    ),
    (
        "ContextWithFallback Deadline Err Value",
        "a handler is a future, which is dropped when its client leaves; a value of a request has a type for its key",
    ),
    (
        "Copy",
        "values that are moved into a task are owned, and the compiler refuses the context",
    ),
    ("Last", "errors are a slice, whose method `last` is"),
    (
        "| ErrorType IsType SetType",
        "an error has a status and a text for the client; its cause is never sent, and needs no type for that",
    ),
    (
        "GetBool GetDuration GetInt GetString GetStringMap GetTime | GetError GetErrorSlice GetFloat32 GetFloat32Slice \
         GetFloat64 GetFloat64Slice GetInt16 GetInt16Slice GetInt32 GetInt32Slice GetInt64 GetInt64Slice GetInt8 \
         GetInt8Slice GetIntSlice GetStringMapString GetStringMapStringSlice GetStringSlice GetUint GetUint16 \
         GetUint16Slice GetUint32 GetUint32Slice GetUint64 GetUint64Slice GetUint8 GetUint8Slice GetUintSlice",
        "a value of a request is kept by its type, so there is nothing to convert",
    ),
    (
        "AddParam",
        "a test sends a request, or makes a context of one",
    ),
    (
        "| BindKey BodyBytesKey ContextKey ContextKeyType ContextRequestKey",
        "values of a request have types for keys; the body is kept, so that it can be bound several times",
    ),
    ("BindUnmarshaler", "a type reads itself by `Deserialize`"),
    (
        "MapFormWithTag | ErrConvertMapStringSlice ErrConvertToMapString ErrMultiFileHeader ErrMultiFileHeaderLenInvalid",
        "serde reads the fields of a form; each wrong one is in the problem of the response",
    ),
    (
        "EnableJsonDecoderDisallowUnknownFields | EnableDecoderDisallowUnknownFields",
        "`#[serde(deny_unknown_fields)]` says it for each type",
    ),
    (
        "EnableJsonDecoderUseNumber | EnableDecoderUseNumber",
        "a field of the type `serde_json::Number` keeps the digits",
    ),
    (
        "API | Core Decoder Encoder Package",
        "the codec of JSON is serde_json; another one is an extractor of your own",
    ),
    (
        "H | MarshalXML",
        "`json!` and `context!` make values; serde writes them in each format",
    ),
    (
        "| MIMEBSON MIMEHTML MIMEJSON MIMEMSGPACK MIMEMSGPACK2 MIMEMultipartPOSTForm MIMEPOSTForm MIMEPROTOBUF MIMEPlain MIMETOML \
         MIMEXML MIMEXML2 MIMEYAML MIMEYAML2",
        "media types are text, and the types of the formats set them",
    ),
    (
        "CloseNotify",
        "the future of the handler, or of the body's writer, is dropped",
    ),
    ("Pusher", "browsers have removed HTTP/2 push"),
    (
        "Size Written | Write WriteHeader WriteHeaderNow",
        "a handler returns its response, and `next.run` returns it to the middleware: there is no writer",
    ),
    (
        "| IsOutputColor LatencyColor MethodColor ResetColor StatusCodeColor",
        "a format of your own writes its own colors",
    ),
    (
        "DefaultErrorWriter DefaultWriter | DebugPrintFunc",
        "nothing is global: a log has its writer, and everything else is an event of `tracing`",
    ),
    (
        "DebugMode IsDebugging Mode ReleaseMode SetMode TestMode | EnvGinMode",
        "a debug build or a release build, which `cfg!(debug_assertions)` tells apart",
    ),
    ("Version", "`Cargo.lock` has it"),
];

/// Words of tags, build tags and variables, and names of interfaces of Go's, that the guide has besides.
pub(crate) const AROUND: &str = "GIN_MODE TextUnmarshaler Writer collection_format ginS go_json jsoniter nomsgpack required sonic time_format \
     time_location time_utc";

/// The methods of gin's context, as they are spelled in Rust.
pub(crate) const CONTEXT: &str = "abort abort_with_error abort_with_status abort_with_status_json abort_with_status_pure_json add_param ascii_json bind \
     bind_header bind_json bind_plain bind_query bind_toml bind_uri bind_xml bind_yaml bson client_ip content_type cookie \
     copy data data_from_reader deadline default_post_form default_query delete done err error file file_attachment \
     file_from_fs form_file full_path get get_bool get_duration get_error get_error_slice get_float32 get_float32_slice \
     get_float64 get_float64_slice get_header get_int get_int16 get_int16_slice get_int32 get_int32_slice get_int64 \
     get_int64_slice get_int8 get_int8_slice get_int_slice get_post_form get_post_form_array get_post_form_map get_query \
     get_query_array get_query_map get_raw_data get_string get_string_map get_string_map_string get_string_map_string_slice \
     get_string_slice get_time get_uint get_uint16 get_uint16_slice get_uint32 get_uint32_slice get_uint64 get_uint64_slice \
     get_uint8 get_uint8_slice get_uint_slice handler handler_name handler_names header html indented_json is_aborted \
     is_websocket json jsonp multipart_form must_bind_with must_get negotiate negotiate_format next param pdf post_form \
     post_form_array post_form_map proto_buf pure_json query query_array query_map redirect remote_ip render \
     save_uploaded_file scheme secure_json set set_accepted set_cookie set_cookie_data set_same_site should_bind \
     should_bind_body_with should_bind_body_with_json should_bind_body_with_plain should_bind_body_with_toml \
     should_bind_body_with_xml should_bind_body_with_yaml should_bind_header should_bind_json should_bind_plain \
     should_bind_query should_bind_toml should_bind_uri should_bind_with should_bind_xml should_bind_yaml sse_event status \
     stream string toml value xml yaml";

/// Methods of gin's context that are words of any app. One of ours would hide that of an app's own trait.
pub(crate) const ORDINARY: &str =
    "bson copy deadline delete done err file handler pdf render stream toml value xml yaml";

/// Returns the names of a list.
pub(crate) fn names(list: &str) -> impl Iterator<Item = &str> {
    list.split_whitespace().filter(|name| *name != "|")
}

/// Returns the lists of gin's exported names.
pub(crate) fn lists() -> impl Iterator<Item = &'static str> {
    let found = FOUND.iter().map(|(_, names)| *names);
    found.chain(DIFFERENT.iter().map(|(names, _)| *names))
}
