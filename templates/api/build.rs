//! Builds again when a migration is added: migrations are a part of the program.

fn main() {
    println!("cargo::rerun-if-changed=migrations");
}
