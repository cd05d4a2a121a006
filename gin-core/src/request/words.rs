//! Methods of the context in Go's gin that are named otherwise here. A call does not compile, and its error names what to write.

use std::future::Pending;

use crate::request::Context;

/// Defines methods whose bound no type meets. `for<'any>` delays the check of the bound until a method is called.
macro_rules! words {
    ($Type:ident; $($Word:ident [$($(#[$attribute:meta])* $word:ident)+] $self:ty, $arguments:tt $Output:ty, $message:literal, $label:literal;)*) => {
        $(
            #[doc(hidden)]
            #[diagnostic::on_unimplemented(message = $message, label = $label)]
            pub trait $Word {}

            impl $Type {
                $(crate::request::word!($(#[$attribute])* $word, $Type, $Word, $self, $arguments, $Output);)+
            }
        )*
    };
}

/// Defines one of these methods.
macro_rules! word {
    ($(#[$attribute:meta])* $word:ident, $Type:ident, $Word:ident, $self:ty, ($($Argument:ident),*), $Output:ty) => {
        #[doc(hidden)]
        $(#[$attribute])*
        pub fn $word<$($Argument),*>(self: $self, $(_: $Argument),*) -> $Output
        where
            for<'any> $Type: $Word,
        {
            unreachable!("no type meets the bound")
        }
    };
}

pub(crate) use {word, words};

words! {
    Context;
    NextWord [next] &Self, () Pending<()>,
        "a middleware runs the rest of the chain by `next.run(cx).await`",
        "take `next: Next<'_>` as the second argument of the middleware";
    JsonWord [
        #[expect(non_snake_case, reason = "it is Go's name")]
        JSON
        pure_json
    ] &Self, (S, T) (),
        "a value is sent as JSON by `cx.json(200, value)`",
        "use `cx.json`";
    JsonVariantWord [indented_json ascii_json secure_json jsonp] &Self, (S, T) (),
        "these kinds of JSON are responses of their own: `IndentedJson`, `AsciiJson`, `SecureJson` and `Jsonp`",
        "return one of them from `gin::response`, with a status as `(status, IndentedJson(value))`";
    HtmlWord [
        #[expect(non_snake_case, reason = "it is Go's name")]
        HTML
    ] &Self, (S, N, T) (),
        "a template is rendered as a response of its own, `View`; `cx.html(200, text)` sends HTML as it is",
        "use `View`, or `cx.html`";
    ProtoBufWord [proto_buf] &Self, (S, T) (),
        "a message is sent as a response of its own, `Protobuf`",
        "return `Protobuf(message)` from `gin::formats`, with gin's feature `protobuf`";
    AbortWord [abort] &Self, () (),
        "a middleware ends the chain by returning a response without running `next`",
        "return the response instead";
    IsAbortedWord [is_aborted] &Self, () bool,
        "a middleware sees how the rest of the chain ended by the response of `next.run(cx).await`",
        "look at `response.status()`";
    AbortWithStatusWord [abort_with_status] &Self, (S) (),
        "a middleware ends the chain by returning a response without running `next`",
        "return `Problem::new(401)`, or `Err(…)` of it";
    AbortWithStatusJsonWord [abort_with_status_json abort_with_status_pure_json] &Self, (S, T) (),
        "a middleware ends the chain by returning a response without running `next`",
        "return `cx.json(401, value)`";
    AbortWithErrorWord [abort_with_error] &Self, (S, E) (),
        "a middleware ends the chain by returning an error without running `next`",
        "return the error by `?`, or `gin::Error::new(401, \"…\")`";
    ShouldBindWord [should_bind should_bind_with must_bind_with should_bind_body_with] &Self, () Pending<()>,
        "the context reads JSON and forms by `cx.bind::<T>().await`, which returns its error",
        "use `cx.bind`, which can be called several times";
    BindJsonWord [bind_json should_bind_json should_bind_body_with_json] &Self, () Pending<()>,
        "the context reads JSON and forms by `cx.bind::<T>().await?`",
        "use `cx.bind`, or take `Json(value): Json<T>` as an argument";
    BindXmlWord [bind_xml should_bind_xml should_bind_body_with_xml] &Self, () (),
        "XML is read as a value by the extractor `Xml`",
        "take `Xml(value): Xml<T>` of `gin::formats` as an argument, with gin's feature `xml`";
    BindYamlWord [bind_yaml should_bind_yaml should_bind_body_with_yaml] &Self, () (),
        "YAML is read as a value by the extractor `Yaml`",
        "take `Yaml(value): Yaml<T>` of `gin::formats` as an argument, with gin's feature `yaml`";
    BindTomlWord [bind_toml should_bind_toml should_bind_body_with_toml] &Self, () (),
        "TOML is read as a value by the extractor `Toml`",
        "take `Toml(value): Toml<T>` of `gin::formats` as an argument, with gin's feature `toml`";
    BindPlainWord [bind_plain should_bind_plain should_bind_body_with_plain get_raw_data] &Self, () Pending<()>,
        "the context reads a body as it is by `cx.bytes().await?`",
        "use `cx.bytes`, or take a `String` or `Bytes` as an argument";
    BindQueryWord [bind_query should_bind_query] &Self, () (),
        "the query is read as a value by the extractor `Query`",
        "take `Query(value): Query<T>` as an argument";
    BindHeaderWord [bind_header should_bind_header] &Self, () (),
        "headers are read as a value by the extractor `Header`",
        "take `Header(value): Header<T>` of `gin::extract` as an argument";
    BindUriWord [bind_uri should_bind_uri] &Self, () (),
        "the params of the path are read as a value by the extractor `Path`",
        "take `Path(value): Path<T>` as an argument, or one argument for each param";
    PostFormWord [post_form get_post_form post_form_array get_post_form_array post_form_map get_post_form_map] &Self, (N) String,
        "a form is read as a value by the extractor `Form`",
        "take `Form(value): Form<T>` as an argument, or use `cx.bind::<T>().await?`";
    DefaultPostFormWord [default_post_form] &Self, (N, V) String,
        "a form is read as a value by the extractor `Form`, and a default is serde's: `#[serde(default)]` at the field",
        "take `Form(value): Form<T>` as an argument, or use `cx.bind::<T>().await?`";
    FormFileWord [form_file] &Self, (N) (),
        "an uploaded file is a field of the type `Upload` in the struct of a `Form`",
        "take `Form(value): Form<T>` as an argument, with gin's feature `multipart`";
    MultipartFormWord [multipart_form] &Self, () (),
        "a form with files is read by the extractor `Form` with fields of the type `Upload`, or part by part by `Multipart`",
        "take one of them as an argument, with gin's feature `multipart`";
    SaveUploadedFileWord [save_uploaded_file] &Self, (F, P) (),
        "an upload is saved by `upload.persist_in(directory).await?`, or by `persist` under a name of yours",
        "use a method of `Upload`";
    GetQueryWord [get_query] &Self, (N) Option<String>,
        "a value of the query is `cx.query(name)`, which returns an `Option`",
        "use `cx.query`";
    DefaultQueryWord [default_query] &Self, (N, V) String,
        "a default is that of the `Option` which `cx.query` returns",
        "use `cx.query(name).unwrap_or(\"…\".into())`";
    QueryArrayWord [query_array get_query_array] &Self, (N) Vec<String>,
        "all values of a name in the query are `cx.query_all(name)`",
        "use `cx.query_all`";
    QueryMapWord [query_map get_query_map] &Self, (N) (),
        "`ids[a]=1` in the query is read by a field that is a map, of the extractor `Query`",
        "take `Query(value): Query<T>` as an argument";
    GetWord [
        must_get get_string get_bool get_time get_duration get_error get_float32 get_float64
        get_int get_int8 get_int16 get_int32 get_int64 get_uint get_uint8 get_uint16 get_uint32 get_uint64
        get_string_slice get_error_slice get_float32_slice get_float64_slice
        get_int_slice get_int8_slice get_int16_slice get_int32_slice get_int64_slice
        get_uint_slice get_uint8_slice get_uint16_slice get_uint32_slice get_uint64_slice
        get_string_map get_string_map_string get_string_map_string_slice
    ] &Self, (N) (),
        "values of a request are kept by their types",
        "use `cx.get::<T>()`, which returns an `Option`";
    AddParamWord [add_param] &Self, (N, V) (),
        "params are those of the route that a request has matched",
        "send a request by `gin::testing::Client` in a test, and use `cx.set(value)` in a middleware";
    FullPathWord [full_path] &Self, () String,
        "the pattern that matched is `cx.pattern()`",
        "use `cx.pattern()`";
    HandlerNameWord [handler_name handler_names] &Self, () String,
        "the routes of an app, with the names of their handlers, are `engine.routes()`",
        "use `Engine::routes`, or `cx.pattern()` for the route of this request";
    GetHeaderWord [get_header] &Self, (N) String,
        "a header of the request is `cx.header(name)`",
        "use `cx.header(name)`";
    IsWebsocketWord [is_websocket] &Self, () bool,
        "a handler takes a WebSocket as an argument",
        "take `Option<WebSocket>` of `gin::websocket`, which is `None` for other requests, with gin's feature `websocket`";
    SetCookieWord [
        #[expect(clippy::too_many_arguments, reason = "they are those of Go's gin")]
        set_cookie
    ] &Self, (N, V, A, P, D, S, H) (),
        "cookies are set by `cx.cookies().set(cookie)?`",
        "use `Cookie::new(name, value)` of `gin::cookies`, whose methods set its attributes, with gin's feature `cookies`";
    SetCookieDataWord [set_cookie_data] &Self, (C) (),
        "cookies are set by `cx.cookies().set(cookie)?`",
        "use `Cookies::set`, with gin's feature `cookies`";
    SetSameSiteWord [set_same_site] &Self, (S) (),
        "`SameSite` is an attribute of each cookie: `Cookie::new(name, value).same_site(…)`",
        "use `Cookie::same_site`; the default is `Lax`";
    DataFromReaderWord [data_from_reader] &Self, (S, L, T, R, H) (),
        "a reader is sent as a body: `Body::from_reader(reader)`, with its length by `with_len`",
        "return the body, with a status and headers as `(status, headers, body)`";
    FileAttachmentWord [file_attachment file_from_fs] &Self, (P, N) (),
        "a file is sent as a response of its own: `File::open(path).await?`, an `Attachment` of it, or one by `Dir::open`",
        "return it from `gin::files`";
    SseEventWord [sse_event ss_event] &Self, (N, T) (),
        "events are sent by a response of its own, `Sse`",
        "return `Sse::from_writer` of `gin::response`, whose function sends each `Event`";
    NegotiateFormatWord [negotiate_format] &Self, (O) String,
        "the media type that the client accepts is `cx.accepts(&[…])`",
        "use `cx.accepts`";
    SetAcceptedWord [set_accepted] &Self, (F) (),
        "the media types that a client accepts are those of its `Accept` header",
        "change it by `cx.headers_mut()`";
}
