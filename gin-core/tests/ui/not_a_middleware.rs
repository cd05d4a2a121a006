#![allow(unused)]

use gin::prelude::*;

async fn shared(cx: &Context, next: Next<'_>) -> StatusCode {
    StatusCode::OK
}

async fn swapped(next: Next<'_>, cx: &mut Context) -> Response {
    next.run(cx).await
}

async fn alone(cx: &mut Context) -> StatusCode {
    StatusCode::OK
}

fn blocking(cx: &mut Context, next: Next<'_>) -> StatusCode {
    StatusCode::OK
}

async fn number(cx: &mut Context, next: Next<'_>) -> u32 {
    1
}

async fn with_extractor(cx: &mut Context, user: String) -> StatusCode {
    StatusCode::OK
}

async fn across_an_await(cx: &mut Context, next: Next<'_>) -> Response {
    let count = std::rc::Rc::new(1);
    let response = next.run(cx).await;
    drop(count);
    response
}

fn main() {
    let _ = Group::new("").with(shared);
    let _ = Group::new("").with(swapped);
    let _ = Group::new("").with(alone);
    let _ = Group::new("").with(blocking);
    let _ = Group::new("").with(number);
    let _ = Group::new("").with(with_extractor);
    let _ = Group::new("").with(across_an_await);
}
