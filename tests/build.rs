//! Tells the tests which machine they are built for.

fn main() {
    let target = std::env::var("TARGET").expect("cargo tells the target");
    println!("cargo::rustc-env=GIN_TESTS_HOST={target}");
    println!("cargo::rerun-if-changed=build.rs");
}
