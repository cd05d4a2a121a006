//! The wrong fields of all extractors of a handler, in one problem.

use crate::content::Body;
use crate::extract::FromContext;
use crate::failure::Problem;
use crate::request::Context;
use crate::response::{IntoResponse, Response, respond, settle};

/// Makes variables of the values of extractors, or returns the response to their failures.
///
/// This is compiled again for each handler, so it leaves all decisions to [`gather`], which is compiled for each extractor.
macro_rules! arguments {
    ($cx:ident;) => {};
    ($cx:ident; $value:ident = $extraction:expr) => {
        let $value = match $extraction.await {
            Ok(Some(value)) => value,
            Ok(None) => return $crate::handlers::gather::gathered($cx),
            Err(response) => return response,
        };
    };
    ($cx:ident; $($value:ident = $extraction:expr),+) => {
        $(
            let $value = match $extraction.await {
                Ok(value) => value,
                Err(response) => return response,
            };
        )+
        $(
            let Some($value) = $value else {
                return $crate::handlers::gather::gathered($cx);
            };
        )+
    };
}

pub(super) use arguments;

/// Makes the value of an extractor. It is `None` if the extractor failed, but others may find more mistakes.
pub(super) async fn gather<T: FromContext>(cx: &mut Context) -> Result<Option<T>, Response> {
    match T::from_context(cx).await {
        Ok(value) => Ok(Some(value)),
        Err(rejection) => match set_aside(cx, rejection.into_response()) {
            None => Ok(None),
            Some(response) => Err(response),
        },
    }
}

/// The problems of the extractors that have failed.
struct Gathered(Vec<Problem>);

/// Keeps the response of an extractor that failed, if it is only about wrong fields: the other extractors run, to find more of
/// them. Any other response is returned, for the client.
fn set_aside(cx: &mut Context, mut response: Response) -> Option<Response> {
    match response.body_mut().take_problem() {
        Some(problem) if is_about_fields(&problem) && response.headers().is_empty() => {
            match cx.get_mut::<Gathered>() {
                Some(Gathered(problems)) => problems.push(problem),
                None => cx.set(Gathered(vec![problem])),
            }
            return None;
        }
        Some(problem) => *response.body_mut() = Body::problem(problem),
        None => {}
    }
    settle(cx, &mut response);
    Some(response)
}

/// Returns the response to a request of which extractors have failed.
#[doc(hidden)]
pub fn gathered(cx: &mut Context) -> Response {
    let Gathered(problems) = cx.take().unwrap_or(Gathered(Vec::new()));
    let problem = problems
        .into_iter()
        .reduce(|one, other| merged(&one, &other));
    respond(cx, problem.unwrap_or_else(|| Problem::new(400)))
}

/// A wrong path names nothing, which is more than a wrong field.
fn is_about_fields(problem: &Problem) -> bool {
    matches!(problem.status().as_u16(), 400 | 422) && !problem.fields().is_empty()
}

/// Returns one problem with the fields of both. If a body is wrong, its status is that of the whole.
fn merged(one: &Problem, other: &Problem) -> Problem {
    let problem = Problem::new(one.status().max(other.status()));
    let problem = match one.detail_text().or(other.detail_text()) {
        Some(detail) => problem.detail(detail.to_owned()),
        None => problem,
    };
    problem.field_errors(one.fields().iter().chain(other.fields()).cloned())
}
