//! The runs that follow from another, or from nothing but time: what they are called and what is in them. Their names follow
//! from their causes, so that making one twice is making it once.

use std::collections::BTreeMap;

use jiff::Timestamp;
use peribolos_api::{
    GitHubInstallation, PeribolosRun, PeribolosRunSpec,
    installation::LastApply,
    names::{CREATED_BY_OPERATOR, LABEL_CREATED_BY},
    run::{InstallationRef, Mode, Source, Trigger},
};

use super::{
    facts::Facts,
    preview::{OpenPulls, Outdated},
    source,
};
use crate::{
    config::{self, login},
    event::{NewRun, run_labels},
    heal::file,
    installation_status::last_apply,
    names,
};

/// What is noted as the event that a DryRun follows from which compares the organization with its file after an Apply.
pub const AFTER_APPLY: &str = "after-apply";

/// What is noted as the event that a preview follows from which is made again because the base has another file.
pub const BASE: &str = "base";

/// The head that a branch has by now.
#[derive(Clone, Copy, Debug)]
pub struct Head<'a> {
    /// The branch.
    pub branch: &'a str,
    /// The commit.
    pub sha: &'a str,
    /// Its file's blob; empty: it has none.
    pub blob: &'a str,
}

/// A run that the operator makes by itself. Every one comes from here.
pub fn new_run(
    installation: &GitHubInstallation,
    name: String,
    mode: Mode,
    event: &str,
    source: Source,
    now: Timestamp,
) -> NewRun {
    let of = installation.metadata.name.clone().unwrap_or_default();
    let mut labels = run_labels(&of, mode, &source);
    labels.insert(LABEL_CREATED_BY.to_owned(), CREATED_BY_OPERATOR.to_owned());
    NewRun {
        name,
        labels,
        owner_uid: installation.metadata.uid.clone(),
        annotations: BTreeMap::new(),
        spec: PeribolosRunSpec {
            installation_ref: InstallationRef { name: of },
            mode,
            source,
            trigger: Trigger {
                event: event.to_owned(),
                // To the fraction of a second, as the receiver notes it: this run is newer than those it saw.
                at: now.to_string(),
                ..Trigger::default()
            },
            cancel: false,
        },
    }
}

/// The run for the head in the place of one for another commit, which ends without a TaskRun or was stopped when the head
/// moved. None: none is needed. `left`: what that one leaves as the last Apply.
pub fn for_head(
    facts: &Facts,
    installation: &GitHubInstallation,
    head: Head<'_>,
    left: Option<LastApply>,
    now: Timestamp,
) -> Option<NewRun> {
    let mut status = installation.status.clone().unwrap_or_default();
    let others: Vec<&PeribolosRun> = facts.others().collect();
    // What one that has ended will leave when it frees the slot.
    let about_to = status.active_run.as_ref().and_then(|active| {
        let ended = others.iter().find(|other| other.metadata.name.as_ref() == Some(&active.name))?;
        last_apply(ended, ended.status.as_ref()?)
    });
    status.last_apply = left.or(about_to).or(status.last_apply);
    let repository = config::chosen(installation).map_or("", |chosen| chosen.name);
    let is_needed = file::in_place_of(
        &facts.run,
        &status,
        file::Head { sha: head.sha, blob: head.blob },
        &others,
        |other| source::validate(&other.spec, login(installation), repository, head.branch).is_ok(),
        now,
    );
    if !is_needed {
        return None;
    }
    let of = installation.metadata.name.as_deref().unwrap_or_default();
    let name = names::healing_run(of, status.heal_sequence.unwrap_or(0), head.sha);
    let source = Source {
        repository: format!("{}/{repository}", login(installation)),
        git_ref: facts.run.spec.source.git_ref.clone(),
        sha: head.sha.to_owned(),
        pull_request: None,
    };
    Some(new_run(installation, name, Mode::Apply, "heal", source, now))
}

/// A run of the head of the moment it starts.
fn of_branch(run: &PeribolosRun, installation: &GitHubInstallation) -> Source {
    Source {
        repository: config::full_name(installation),
        git_ref: run.spec.source.git_ref.clone(),
        ..Source::default()
    }
}

/// The DryRun of the branch that finds what remains after an Apply that did not report it.
pub fn comparison(run: &PeribolosRun, installation: &GitHubInstallation, now: Timestamp) -> NewRun {
    let of = installation.metadata.name.as_deref().unwrap_or_default();
    let name = names::comparison(of, run.metadata.name.as_deref().unwrap_or_default());
    new_run(installation, name, Mode::DryRun, AFTER_APPLY, of_branch(run, installation), now)
}

/// The Apply that corrects the drift which this DryRun found.
pub fn correction(run: &PeribolosRun, installation: &GitHubInstallation, now: Timestamp) -> NewRun {
    let of = installation.metadata.name.as_deref().unwrap_or_default();
    let name = names::correction(of, run.metadata.name.as_deref().unwrap_or_default());
    new_run(installation, name, Mode::Apply, "drift", of_branch(run, installation), now)
}

/// The preview of an open pull request whose base has another file by now.
pub fn preview_again(
    run: &PeribolosRun,
    installation: &GitHubInstallation,
    open: &OpenPulls,
    pull: &Outdated<'_>,
    now: Timestamp,
) -> NewRun {
    let of = installation.metadata.name.as_deref().unwrap_or_default();
    let name = names::preview_again(of, &open.base, pull.number.unsigned_abs(), pull.before);
    let source =
        Source { sha: pull.head.to_owned(), pull_request: Some(pull.number), ..of_branch(run, installation) };
    new_run(installation, name, Mode::DryRun, BASE, source, now)
}
