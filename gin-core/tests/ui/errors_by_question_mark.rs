use gin::prelude::*;
use std::error::Error;

fn local() -> std::result::Result<(), Box<dyn Error>> {
    Ok(())
}

fn number() -> std::result::Result<(), u8> {
    Err(7)
}

async fn of_a_box() -> gin::Result<()> {
    Ok(local()?)
}

async fn of_a_number() -> gin::Result<()> {
    Ok(number()?)
}

fn main() {
    let _ = Group::new("").get("/box", of_a_box).get("/number", of_a_number);
}
