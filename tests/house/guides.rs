//! The pages for users of gin and axum have each name of these frameworks.

use std::fs;
use std::path::Path;

use crate::gin;

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
fn no_name_of_gin_is_missing_in_its_guide() {
    let guide = guide("coming_from_gin");
    let listed = gin::lists().chain([gin::AROUND]);
    let listed = listed.filter_map(|list| list.split('|').next());
    lacks_none(&guide, listed.flat_map(str::split_whitespace));
    let unlisted = gin::lists().filter_map(|list| list.split_once('|'));
    let unlisted = unlisted.flat_map(|(_, names)| names.split_whitespace());
    let stale: Vec<_> = unlisted.filter(|name| has(&guide, name)).collect();
    assert!(stale.is_empty(), "the guide has {stale:?}");
}

#[test]
fn no_name_of_axum_is_missing_in_its_guide() {
    lacks_none(&guide("coming_from_axum"), AXUM.split_whitespace());
}

fn guide(page: &str) -> String {
    let path = Path::new("../gin-core/src/guide").join(page);
    fs::read_to_string(path.with_extension("rs")).expect("the page exists")
}

fn lacks_none<'a>(guide: &str, names: impl Iterator<Item = &'a str>) {
    let missing: Vec<_> = names.filter(|name| !has(guide, name)).collect();
    assert!(missing.is_empty(), "the guide lacks {missing:?}");
}

/// Returns `true` if the documentation has `name` as a word.
fn has(text: &str, name: &str) -> bool {
    let mut docs = text.lines().filter_map(|line| line.strip_prefix("//!"));
    let is_end = |character: char| !character.is_alphanumeric() && character != '_';
    docs.any(|line| line.split(is_end).any(|word| word == name))
}
