//! The wrong fields of all extractors of a handler, in one problem.

use std::any::type_name;

use crate::content::Body;
use crate::failure::Problem;
use crate::handlers::rejected::note;
use crate::request::Context;
use crate::response::{IntoResponse, Response, respond, settle};

/// Makes variables of the values of extractors, or returns the response to their failures.
///
/// This is compiled again for each handler, so it decides little. The last value needs no `Option`, as no other extractor follows.
macro_rules! arguments {
    ($cx:ident;) => {};
    ($cx:ident; $last:ident = $extraction:expr) => {
        let $last = match $crate::handlers::gather::last($extraction.await, $cx) {
            Ok(value) => value,
            Err(response) => return response,
        };
    };
    ($cx:ident; $value:ident = $extraction:expr, $($rest:tt)+) => {
        let $value = match $crate::handlers::gather::sift($extraction.await, $cx) {
            Ok(value) => value,
            Err(response) => return response,
        };
        arguments!($cx; $($rest)+);
        let Some($value) = $value else {
            return $crate::handlers::gather::gathered($cx);
        };
    };
}

pub(super) use arguments;

/// Returns the value of an extractor. It is `None` if the extractor failed, but others may find more mistakes.
///
/// # Errors
///
/// The response to a failure that is not about wrong fields.
#[doc(hidden)]
#[expect(
    clippy::result_large_err,
    reason = "the handler returns the response as it is"
)]
pub fn sift<T, R: IntoResponse>(
    value: Result<T, R>,
    cx: &mut Context,
) -> Result<Option<T>, Response> {
    match value {
        Ok(value) => Ok(Some(value)),
        Err(rejection) => {
            note(cx, type_name::<T>());
            match set_aside(cx, rejection.into_response()) {
                None => Ok(None),
                Some(response) => Err(response),
            }
        }
    }
}

/// Returns the value of the last extractor.
#[expect(
    clippy::result_large_err,
    reason = "the handler returns the response as it is"
)]
pub(super) fn last<T, R: IntoResponse>(
    value: Result<T, R>,
    cx: &mut Context,
) -> Result<T, Response> {
    // `map_err` would add a function to each handler.
    match value {
        Ok(value) => Ok(value),
        Err(rejection) => Err(set_aside_last(
            cx,
            type_name::<T>(),
            rejection.into_response(),
        )),
    }
}

fn set_aside_last(cx: &mut Context, argument: &'static str, response: Response) -> Response {
    note(cx, argument);
    match set_aside(cx, response) {
        None => gathered(cx),
        Some(response) => response,
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
