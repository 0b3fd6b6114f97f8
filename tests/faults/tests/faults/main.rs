//! Stories of the operator's life, told again and again with one fault each: whatever goes wrong, the end is the same.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests end by panicking, and say what they are at"
)]

mod cases;
mod ending;
mod fault;
mod known;
mod lots;
mod matrix;
mod proxy;
mod settings;
mod storm;
mod story;
#[path = "../../../../crates/operator/tests/support/mod.rs"]
mod support;
mod telling;
mod world;

/// The machine is not shared: what is at stake is the order of events, and not how many there are.
static ONE_AT_A_TIME: std::sync::Mutex<()> = std::sync::Mutex::new(());

/// The sample, or the whole matrix: see [`settings`].
#[test]
fn whatever_goes_wrong_the_end_is_the_same() {
    let _one = ONE_AT_A_TIME.lock();
    let settings = settings::Settings::from_environment();
    println!("{settings}");
    let report = matrix::run(&settings);
    println!("{report}");
    assert!(report.is_good(), "some endings differ: see above ({settings})");
}
