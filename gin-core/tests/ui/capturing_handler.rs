use gin::prelude::*;

fn main() {
    let name = String::from("Ann");
    let _ = Group::new("").get("/captures", async move || name.clone());
}
