//! Runs for tests.

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use peribolos_api::{
    PeribolosRun, PeribolosRunSpec, PeribolosRunStatus,
    run::{InstallationRef, Mode, Phase},
};

/// Seconds after the tests' beginning of time.
pub(crate) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_767_225_600 + second).unwrap()
}

/// A run of installation `acme-1`, made at that second.
pub(crate) fn run(name: &str, mode: Mode, second: i64, phase: Phase) -> PeribolosRun {
    let mut run = PeribolosRun::new(
        name,
        PeribolosRunSpec {
            installation_ref: InstallationRef { name: "acme-1".into() },
            mode,
            source: peribolos_api::run::Source::default(),
            trigger: peribolos_api::run::Trigger::default(),
            cancel: false,
        },
    );
    run.metadata.creation_timestamp = Some(Time(at(second)));
    run.metadata.uid = Some(format!("uid-{name}"));
    run.status = Some(PeribolosRunStatus {
        phase: Some(phase),
        sha: Some("a".repeat(40)),
        ..PeribolosRunStatus::default()
    });
    run
}
