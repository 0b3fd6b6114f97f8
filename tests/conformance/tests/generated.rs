//! Organizations and files by chance. `PROPTEST_CASES` says how many, 500 without it, and `PROPTEST_RNG_SEED` which.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests end by panicking")]

use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::scope;

use peribolos_conformance::github::GitHub;
use peribolos_conformance::organization::Organization;
use peribolos_conformance::round::{self, Outcome};
use peribolos_conformance::{fixture, generate, known, ours};
use peribolos_org::plan::Scope;
use peribolos_org::testing::{Case, LOGINS};
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestError, TestRunner};
use serde_json::json;

fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").map_or(500, |text| text.parse().expect("PROPTEST_CASES is a number"))
}

/// Each worker's seed. How many workers there are is no matter of the machine, so that a seed means the same everywhere.
fn seeds() -> [RngSeed; 3] {
    [0, 1, 2].map(|worker| match Config::default().rng_seed {
        RngSeed::Fixed(seed) => RngSeed::Fixed(seed.wrapping_add(worker)),
        RngSeed::Random => RngSeed::Random,
    })
}

/// How many files were applied, how many of those changed anything, and at how many upstream came to the same end.
#[derive(Default)]
struct Count {
    applied: AtomicU32,
    changing: AtomicU32,
    compared: AtomicU32,
}

#[test]
fn plans_are_applied_as_they_are_and_dumps_change_nothing() {
    let github = GitHub::get().unwrap();
    for login in LOGINS {
        github.block_on(github.control("PUT", &format!("/users/{login}"), Some(&json!({})))).unwrap();
    }
    let seeds = seeds();
    let count = Count::default();
    scope(|scope| {
        for (seed, worker) in seeds.into_iter().zip(0..) {
            let cases = cases() / 3 + u32::from(worker < cases() % 3);
            let count = &count;
            scope.spawn(move || run(cases, seed, count));
        }
    });
    let (applied, changing) = (count.applied.into_inner(), count.changing.into_inner());
    let compared = count.compared.into_inner();
    println!("{} files: {applied} applied, {changing} changed something, {compared} as upstream", cases());
    assert!(cases() < 50 || changing > cases() / 4, "most files are refused or change nothing");
    assert!(cases() < 50 || compared > applied / 2, "upstream fails at most files");
}

fn run(cases: u32, rng_seed: RngSeed, count: &Count) {
    // What fails is printed whole, to become a pair. Shrinking ends after a minute (in milliseconds).
    let config =
        Config { cases, rng_seed, failure_persistence: None, max_shrink_time: 60_000, ..Config::default() };
    let github = GitHub::get().unwrap();
    let ended = TestRunner::new(config).run(&generate::scoped_case(), |(case, scope)| {
        github
            .block_on(check(&case, &scope, count))
            .map_err(|error| TestCaseError::fail(format!("{error:#}")))
    });
    match ended {
        Ok(()) => {}
        Err(TestError::Fail(why, (case, scope))) => {
            let organization = serde_json::to_string_pretty(&fixture::state(&case.snapshot)).unwrap();
            panic!("{rng_seed}: {why}\n\norganization: {organization}\nfile:\n{}\n{scope:?}", case.yaml);
        }
        Err(other) => panic!("{other}"),
    }
}

async fn check(case: &Case, scope: &Scope, count: &Count) -> anyhow::Result<()> {
    let organization = Organization::seed(&fixture::state(&case.snapshot)).await?;
    round::dump_changes_nothing(&organization).await?;
    let before = organization.state().await?;
    let source = case.yaml.replacen("acme:", &format!("{}:", organization.login().as_str()), 1);
    let writes = match round::check(&organization, &source, scope).await? {
        Outcome::Applied { writes, .. } => writes,
        Outcome::Refused(_) => return Ok(()),
        Outcome::Failed(sentences) => {
            anyhow::bail!("GitHub refused what was planned: {sentences:?}\n{source}")
        }
    };
    count.applied.fetch_add(1, Ordering::Relaxed);
    count.changing.fetch_add(u32::from(!writes.is_empty()), Ordering::Relaxed);
    let file = ours::read(&organization, &source)?;
    if known::respells_a_team(&file, &before) {
        return Ok(());
    }
    let copy = async || Organization::seed(&before).await;
    let unknown = |differs: &[String]| -> Vec<String> {
        differs.iter().filter(|line| !known::is_known(line, &before)).cloned().collect()
    };
    let as_we_do = |differs: Option<&[String]>| differs.is_none_or(|differs| unknown(differs).is_empty());
    let differs = round::against_upstream(&organization, copy, &file, scope, as_we_do).await?;
    let Some(left) = differs.as_deref().map(unknown) else { return Ok(()) };
    anyhow::ensure!(left.is_empty(), "after upstream, at each copy: {}\n{source}", left.join("\n"));
    count.compared.fetch_add(1, Ordering::Relaxed);
    Ok(())
}
