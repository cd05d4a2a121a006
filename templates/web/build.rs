//! Builds again when a migration or a static file is added: they are a part of the program.

fn main() {
    println!("cargo::rerun-if-changed=migrations");
    println!("cargo::rerun-if-changed=static");
}
