//! New previews of open pull requests, when the base branch has another file: an Apply makes them, as soon as it is known for
//! which commit it is. They are not made later than that, because until then their checks are of a merge that will not be.

use jiff::Timestamp;
use peribolos_api::{
    GitHubInstallation,
    installation::Preview,
    run::{Mode, Phase},
};

use super::{Need, Step, Verdict, branch, create};
use crate::run::{
    facts::Facts,
    follow_up,
    preview::outdated,
    queue::{commit, order},
    state::phase,
};

/// Whether this run still has to find out which previews are outdated.
pub(super) fn is_due(facts: &Facts, installation: &GitHubInstallation) -> bool {
    let run = &facts.run;
    run.spec.mode == Mode::Apply
        && commit(run).is_some()
        && !facts.published.done.previews
        && installation.spec.preview != Preview::Off
        && !is_left_to_a_newer_one(facts)
}

/// Whether a newer Apply does it: it reads the same branch later.
fn is_left_to_a_newer_one(facts: &Facts) -> bool {
    phase(&facts.run) == Phase::Superseded
        && facts.others().any(|other| {
            let is_newer = order(other) > order(&facts.run);
            other.spec.mode == Mode::Apply && is_newer && commit(other).is_some() && !phase(other).is_final()
        })
}

/// The next step until each open pull request has a preview of the base's file. None: there is nothing to do, or not now.
pub(super) fn again(facts: &Facts, installation: &GitHubInstallation, now: Timestamp) -> Option<Verdict> {
    if !is_due(facts, installation) {
        return None;
    }
    let Some(open) = &facts.found.open_pulls else {
        if !facts.published.may_ask(now) {
            return None;
        }
        return match branch(facts, installation, now) {
            Ok(branch) => Some(Verdict::Need(vec![Need::OpenPulls(branch)])),
            Err(verdict @ (Verdict::Need(_) | Verdict::Do(Step::Record(_)))) => Some(verdict),
            Err(_) => None,
        };
    };
    outdated(open)
        .find_map(|pull| create(facts, follow_up::preview_again(&facts.run, installation, open, &pull, now)))
}
