//! Keeps the flags that this was compiled with, so that a task that compiles more of the workspace uses the same ones.

fn main() {
    let flags = std::env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    println!("cargo::rustc-env=XTASK_ENCODED_RUSTFLAGS={flags}");
    println!("cargo::rerun-if-changed=build.rs");
}
