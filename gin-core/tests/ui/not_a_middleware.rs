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

fn main() {
    let _ = Group::new("").with(shared);
    let _ = Group::new("").with(swapped);
    let _ = Group::new("").with(alone);
    let _ = Group::new("").with(blocking);
    let _ = Group::new("").with(number);
}
