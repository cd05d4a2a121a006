use gin::middleware::{Token, bearer};

struct User;

async fn without_verdict(_: Token) -> User {
    User
}

async fn of_text(_: String) -> Option<User> {
    None
}

fn not_async(_: Token) -> Option<User> {
    None
}

fn main() {
    bearer(without_verdict);
    bearer(of_text);
    bearer(not_async);
}
