//! Tells the integration tests' support, which this uses too, where the operator's binary is: beside this program.

use std::{env, path::PathBuf};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    // target/PROFILE/build/PACKAGE/out
    if let Some(profile) = out.ancestors().nth(3) {
        let program = profile.join("peribolos-operator");
        println!("cargo::rustc-env=CARGO_BIN_EXE_peribolos-operator={}", program.display());
    }
}
