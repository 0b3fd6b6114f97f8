//! Organizations and files by chance. `PROPTEST_CASES` says how many, 500 without it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests end by panicking")]

use std::thread::{available_parallelism, scope};

use peribolos_conformance::generate::{Case, case};
use peribolos_conformance::github::GitHub;
use peribolos_conformance::organization::Organization;
use peribolos_conformance::round;
use proptest::test_runner::{Config, TestCaseError, TestError, TestRunner};
use serde_json::json;

fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").map_or(500, |text| text.parse().expect("PROPTEST_CASES is a number"))
}

async fn check(case: &Case) -> anyhow::Result<()> {
    let state = json!(case.organization);
    let organization = Organization::seed(&state).await?;
    round::dump_changes_nothing(&organization).await?;
    let file = case.wish().yaml(organization.login().as_str());
    let outcome = round::check(&organization, &file, &case.scope).await?;
    eprintln!(
        "{}",
        match outcome {
            round::Outcome::Refused(plan) => format!(
                "R {}",
                plan.refusals.iter().map(|r| r.message.clone()).collect::<Vec<_>>().join("; ")
            ),
            round::Outcome::Applied { writes, again } => format!("A {} {}", writes.len(), again.len()),
        }
    );
    Ok(())
}

/// One upstream for each processor, and one to keep them busy while another thinks.
#[test]
fn plans_equal_upstream() {
    let workers = u32::try_from(available_parallelism().map_or(2, usize::from) + 1).unwrap();
    scope(|scope| {
        for worker in 0..workers {
            let cases = cases() / workers + u32::from(worker < cases() % workers);
            scope.spawn(move || run(cases));
        }
    });
}

fn run(cases: u32) {
    let config = Config {
        cases,
        // What fails is printed whole, to become a pair.
        failure_persistence: None,
        // Milliseconds.
        max_shrink_time: 60_000,
        ..Config::default()
    };
    let github = GitHub::get().unwrap();
    let ended = TestRunner::new(config).run(&case(), |case| {
        github.block_on(check(&case)).map_err(|error| TestCaseError::fail(format!("{error:#}")))
    });
    match ended {
        Ok(()) => {}
        Err(TestError::Fail(why, case)) => {
            let organization = serde_json::to_string_pretty(&case.organization).unwrap();
            panic!(
                "{why}\n\norganization: {organization}\nfile:\n{}\n{:?}",
                case.wish().yaml("acme"),
                case.scope
            );
        }
        Err(other) => panic!("{other}"),
    }
}
