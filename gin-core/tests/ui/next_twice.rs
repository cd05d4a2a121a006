use gin::prelude::*;

async fn retry(cx: &mut Context, next: Next<'_>) -> Response {
    let response = next.run(cx).await;
    if response.status().is_server_error() {
        return next.run(cx).await;
    }
    response
}

fn main() {
    Group::new("").with(retry);
}
