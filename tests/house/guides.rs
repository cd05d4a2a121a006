//! The pages for users of gin and axum have each name of these frameworks.

use std::fs;
use std::path::Path;

/// The public names of gin, by page of its documentation.
const GIN: &str = "
    New Default With OptionFunc RedirectTrailingSlash RedirectFixedPath HandleMethodNotAllowed ForwardedByClientIP RemoteIPHeaders
    TrustedPlatform AppEngine SetTrustedProxies UseRawPath UseEscapedPath UnescapePathValues RemoveExtraSlash MaxMultipartMemory UseH2C
    ContextWithFallback HTMLRender SetFuncMap Delims SecureJsonPrefix
    Run RunTLS RunUnix RunFd RunListener RunQUIC Handler ServeHTTP Routes RouteInfo NoRoute NoMethod Use LoadHTMLGlob LoadHTMLFiles
    LoadHTMLFS SetHTMLTemplate HandleContext ginS
    Group BasePath Handle GET POST DELETE PATCH PUT OPTIONS HEAD Any Match Static StaticFS StaticFile StaticFileFS Dir OnlyFilesFS
    Copy Next Abort IsAborted AbortWithStatus AbortWithStatusJSON AbortWithStatusPureJSON AbortWithError Error Errors Set Get MustGet
    Delete GetString GetInt GetBool GetTime GetDuration GetStringMap HandlerName HandlerNames FullPath Deadline Done Err Value
    Param Params AddParam Query DefaultQuery GetQuery QueryArray GetQueryArray QueryMap GetQueryMap PostForm DefaultPostForm
    GetPostForm PostFormArray PostFormMap FormFile MultipartForm SaveUploadedFile ClientIP RemoteIP Scheme ContentType IsWebsocket
    GetHeader GetRawData Cookie SetCookie SetCookieData SetSameSite
    Bind BindJSON ShouldBind ShouldBindJSON ShouldBindXML ShouldBindQuery ShouldBindYAML ShouldBindTOML ShouldBindPlain
    ShouldBindHeader ShouldBindUri ShouldBindBodyWith MustBind Form FormPost FormMultipart ProtoBuf MsgPack BSON
    TextUnmarshaler collection_format time_format time_utc time_location BindUnmarshaler MapFormWithTag required SliceValidationError
    StructValidator DisableBindValidation EnableJsonDecoderUseNumber EnableJsonDecoderDisallowUnknownFields
    Render JSON PureJSON IndentedJSON SecureJSON AsciiJSON JSONP XML YAML TOML PDF String HTML Redirect Data DataFromReader File
    FileFromFS FileAttachment SSEvent Stream Negotiate NegotiateFormat SetAccepted Status Header Writer Size Written Flush Hijack
    CloseNotify Pusher
    Logger LoggerConfig LoggerWithFormatter LoggerWithWriter SkipPaths SkipQueryString DisableConsoleColor ForceConsoleColor
    DefaultWriter DefaultErrorWriter Recovery RecoveryWithWriter CustomRecovery BasicAuth ErrorLogger WrapF WrapH GIN_MODE SetMode Mode
    IsDebugging DebugPrintRouteFunc CreateTestContext jsoniter go_json sonic nomsgpack H Accounts Version";

/// The public names of axum, axum-extra and tower-http that an app uses.
const AXUM: &str = "
    Router route nest merge layer route_layer with_state fallback method_not_allowed_fallback nest_service route_service
    fallback_service into_make_service_with_connect_info serve with_graceful_shutdown MethodFilter on any debug_handler
    Path RawPathParams Query RawQuery OptionalQuery Form RawForm Json Multipart TypedMultipart DefaultBodyLimit State FromRef Extension
    ConnectInfo MatchedPath NestedPath OriginalUri Host Scheme Request Parts Bytes Body TypedHeader WebSocketUpgrade FromRequest
    FromRequestParts OptionalFromRequest JsonRejection WithRejection CookieJar SignedCookieJar PrivateCookieJar Cached TypedPath
    Protobuf Attachment FileStream ErasedJson AsyncReadBody Either
    IntoResponse IntoResponseParts AppendHeaders Html Redirect NoContent Sse Event KeepAlive ErrorResponse from_stream into_data_stream
    to_bytes from_fn from_fn_with_state from_extractor map_request map_response Next HandleErrorLayer HandleError
    TraceLayer CorsLayer CatchPanicLayer CompressionLayer TimeoutLayer NormalizePathLayer RequestBodyLimitLayer SetRequestIdLayer
    ValidateRequestHeaderLayer SetResponseHeaderLayer ServeDir ServeFile not_found_service ServiceBuilder oneshot";

#[test]
fn no_name_of_gin_or_axum_is_missing_in_its_guide() {
    for (page, names) in [("coming_from_gin", GIN), ("coming_from_axum", AXUM)] {
        let path = Path::new("../gin-core/src/guide").join(page);
        let text = fs::read_to_string(path.with_extension("rs")).expect("the page exists");
        let missing: Vec<_> = names
            .split_whitespace()
            .filter(|name| !has(&text, name))
            .collect();
        assert!(missing.is_empty(), "{page} lacks {missing:?}");
    }
}

/// Returns `true` if the documentation has `name` as a word.
fn has(text: &str, name: &str) -> bool {
    let mut docs = text.lines().filter_map(|line| line.strip_prefix("//!"));
    let is_end = |character: char| !character.is_alphanumeric() && character != '_';
    docs.any(|line| line.split(is_end).any(|word| word == name))
}
