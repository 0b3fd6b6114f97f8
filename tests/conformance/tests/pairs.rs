//! Every pair of `pairs/`, each a test of its own.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests end by panicking")]

use std::path::PathBuf;

use peribolos_conformance::github::GitHub;
use peribolos_conformance::pair;

#[rstest::rstest]
fn what_is_planned_is_applied(#[files("pairs/*/*.yaml")] path: PathBuf) {
    let ended = GitHub::get().unwrap().block_on(pair::check(&path));
    if let Err(error) = ended {
        panic!("{}: {error:#}", path.display());
    }
}
