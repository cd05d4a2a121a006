//! Builds again when a migration is added, and a release when a static file is: they are a part of the program.

fn main() {
    println!("cargo::rerun-if-changed=migrations");
    if std::env::var("PROFILE").as_deref() == Ok("release") {
        println!("cargo::rerun-if-changed=static");
    }
}
