#![allow(unused)]

mod arguments {
    #[gin::main]
    async fn main(name: String) {}
}

mod options {
    #[gin::main(flavor = "current_thread")]
    async fn main() {}
}

mod not_async {
    #[gin::main]
    fn main() {}
}

#[gin::main]
struct Main;
