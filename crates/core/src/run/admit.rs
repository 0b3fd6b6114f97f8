//! Whether a run may wait for its turn: its source must be its installation's, and its sender must be allowed to request it.
//! No field of a run is trusted; everything is verified with GitHub.

use peribolos_api::{
    GitHubInstallation, GitHubInstallationStatus, Reason,
    installation::Preview,
    run::{Mode, Phase},
};

use super::{
    arguments, command,
    command::Standing,
    facts::{Commander, Facts, Head, Pull},
    first,
    preview::{self, Grant, Unchanged},
    source::{self, PreviewOf, SourceNotAllowed},
    state::State,
    status::End,
    step::Need,
};
use crate::config::{self, ConfigRepository, login};

/// Whether a run may wait for its turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Admission {
    /// The decision needs these facts.
    Need(Need),
    /// It may wait, for this commit.
    Admitted(String),
    /// It ends. The commit is the one that gets a check, if any.
    Refused(End, Option<String>),
}

fn refused(phase: Phase, reason: Reason, message: impl Into<String>) -> Admission {
    Admission::Refused(End::new(phase, reason, message), None)
}

/// Decides whether the run may wait for its turn. `repository` is the config repository, as it was looked up for this run; the
/// installation's status says the same.
pub fn admit(facts: &Facts, installation: &GitHubInstallation, repository: &ConfigRepository) -> Admission {
    let spec = &facts.run.spec;
    let login = login(installation);
    let branch = branch(installation, repository);
    if let Err(error) = source::validate(spec, login, &repository.name, branch) {
        if is_of_other_candidate(installation, &error) {
            let message = format!("the organization's file is in {login}/{}", repository.name);
            return refused(Phase::Skipped, Reason::OtherRepository, message);
        }
        return refused(Phase::Failed, Reason::SourceNotAllowed, error.to_string());
    }
    match commander(facts) {
        None => return Admission::Need(Need::Commander),
        Some(Commander::Nobody) => {}
        Some(Commander::Help) => return refused(Phase::Skipped, Reason::HelpShown, HELP_SHOWN),
        Some(Commander::Wrong(why)) => return refused(Phase::Skipped, Reason::NotAllowed, *why),
        Some(Commander::By(standing)) => {
            if let Err((reason, message)) = command::may(*standing, spec.mode) {
                return refused(Phase::Skipped, reason, message);
            }
        }
    }
    match source::preview_of(spec) {
        Some(PreviewOf::PullRequest(number)) => of_pull_request(facts, installation, branch, number),
        Some(PreviewOf::MergeGroup(group)) => of_merge_group(facts, installation, group),
        None => of_branch(facts, installation, branch),
    }
}

/// A merge queue asks for the checks of its group's commit, which GitHub has made of pull requests that were approved.
fn of_merge_group(facts: &Facts, installation: &GitHubInstallation, group: &str) -> Admission {
    let branch = group.strip_prefix("refs/heads/").unwrap_or(group);
    let given = &facts.run.spec.source.sha;
    let sha = match &facts.found.head {
        None => return Admission::Need(Need::Head(branch.to_owned())),
        Some(Head { sha: Some(sha), .. }) if given.is_empty() || sha == given => sha.clone(),
        Some(_) => {
            return refused(Phase::Skipped, Reason::NotHead, "the merge group does not exist any more");
        }
    };
    if installation.spec.preview == Preview::Off {
        let end = End::new(Phase::Skipped, Reason::FileUnchanged, preview::OFF);
        return Admission::Refused(end, Some(sha));
    }
    if_changed(facts, installation, "merge group", sha)
}

/// Admits a preview of what changes the file.
fn if_changed(facts: &Facts, installation: &GitHubInstallation, what: &str, sha: String) -> Admission {
    match &facts.found.unchanged {
        None => Admission::Need(Need::Unchanged),
        Some(Unchanged::Always | Unchanged::With(_)) => {
            let message = format!("the {what} does not change {}", installation.spec.config.path);
            Admission::Refused(End::new(Phase::Skipped, Reason::FileUnchanged, message), Some(sha))
        }
        Some(Unchanged::No) => Admission::Admitted(sha),
    }
}

/// The branch that is applied.
pub fn branch<'a>(installation: &'a GitHubInstallation, repository: &'a ConfigRepository) -> &'a str {
    installation.spec.config.branch_or(&repository.default_branch)
}

/// Whether the run is of the repository that was not chosen: its push came before the choice.
fn is_of_other_candidate(installation: &GitHubInstallation, error: &SourceNotAllowed) -> bool {
    let SourceNotAllowed::Repository { given, .. } = error else { return false };
    installation.spec.config.repository.is_empty() && config::candidate(given, login(installation)).is_some()
}

/// What is recorded of a request for help.
const HELP_SHOWN: &str = "a comment asked which commands there are; it was answered, and nothing was run";

/// Who requested the run. For a run that names no comment this is always known.
pub(super) fn commander(facts: &Facts) -> Option<&Commander> {
    if facts.is_command() { facts.found.commander.as_ref() } else { Some(&Commander::Nobody) }
}

fn of_branch(facts: &Facts, installation: &GitHubInstallation, branch: &str) -> Admission {
    let given = &facts.run.spec.source.sha;
    let is_rerequest = facts.is_rerequest();
    if facts.run.spec.mode == Mode::Apply && !given.is_empty() && !is_rerequest {
        // Whether an Apply's commit is still the head is checked just before its TaskRun is created, after all waiting.
        return by_owner(facts, installation, branch, given);
    }
    let Some(head) = &facts.found.head else { return Admission::Need(Need::Head(branch.to_owned())) };
    let Some(head) = &head.sha else {
        let message = format!("the branch {branch} of {} does not exist", config::full_name(installation));
        return refused(Phase::Failed, Reason::ConfigMissing, message);
    };
    if is_rerequest && given != head {
        return refused(Phase::Skipped, Reason::NotHead, not_head_again(branch));
    }
    by_owner(facts, installation, branch, if given.is_empty() { head } else { given })
}

/// Admits a run of the branch. The first Apply of a config repository needs an owner: otherwise whoever is the first to put a file
/// into a repository of the right name would control the organization.
fn by_owner(facts: &Facts, installation: &GitHubInstallation, branch: &str, sha: &str) -> Admission {
    let admitted = || Admission::Admitted(sha.to_owned());
    let status = facts.installation_status();
    // A command was admitted because its author is an owner.
    let is_first = || first::is_first(&status) && !is_started(facts, &status);
    if facts.run.spec.mode != Mode::Apply || facts.is_command() || !is_first() {
        return admitted();
    }
    let Some(backing) = &facts.found.backing else {
        return Admission::Need(Need::Backing { sha: sha.to_owned(), branch: branch.to_owned() });
    };
    let since = installation.metadata.creation_timestamp.as_ref().map(|time| time.0);
    if first::is_by_owner(backing, since) {
        return admitted();
    }
    let is_named = arguments::discloses_all(facts, installation);
    let message = first::owner_required(&config::full_name(installation), &backing.strangers, is_named);
    Admission::Refused(End::new(Phase::Skipped, Reason::OwnerRequired, message), Some(sha.to_owned()))
}

/// Whether an Apply of the config repository has started its pod and is not recorded yet: an owner is behind it.
fn is_started(facts: &Facts, status: &GitHubInstallationStatus) -> bool {
    let (Some(holder), Some(config)) = (facts.slot_holder(), &status.config) else { return false };
    facts.others().any(|other| {
        let repository = other.status.as_ref().and_then(|status| status.repository.as_ref());
        other.metadata.name.as_deref() == Some(holder)
            && other.spec.mode == Mode::Apply
            && State::of(other) == State::Running
            && repository.is_some_and(|repository| repository.id == config.repository_id)
    })
}

/// Why a re-requested check does not lead to a run.
pub(super) fn not_head_again(branch: &str) -> String {
    format!("the check was requested again on a commit that is no longer the head of {branch}")
}

fn of_pull_request(facts: &Facts, installation: &GitHubInstallation, branch: &str, number: i64) -> Admission {
    let pull = match &facts.found.pull {
        None => return Admission::Need(Need::Pull),
        Some(Some(pull)) if pull.base == branch => pull,
        Some(Some(pull)) => {
            let message = format!("pull request {number} is against {}, not against {branch}", pull.base);
            return refused(Phase::Failed, Reason::SourceNotAllowed, message);
        }
        Some(None) => {
            let repository = config::full_name(installation);
            let message = format!("there is no pull request {number} in {repository}");
            return refused(Phase::Failed, Reason::SourceNotAllowed, message);
        }
    };
    if !pull.open {
        let message = format!("pull request {number} is closed");
        return refused(Phase::Skipped, Reason::NotHead, message);
    }
    let given = &facts.run.spec.source.sha;
    if !given.is_empty() && *given != pull.head {
        let (phase, reason) = if facts.is_rerequest() {
            (Phase::Skipped, Reason::NotHead)
        } else {
            (Phase::Superseded, Reason::Superseded)
        };
        return refused(phase, reason, "the pull request has a newer commit");
    }
    let sha = pull.head.clone();
    let grant = grant(facts, installation, pull);
    if preview::is_limited(grant) && facts.found.same_commit.is_none() {
        return Admission::Need(Need::SameCommit);
    }
    if let Err((reason, message)) = grant {
        return Admission::Refused(End::new(Phase::Skipped, reason, message), Some(sha));
    }
    if_changed(facts, installation, "pull request", sha)
}

/// What the preview of a pull request is granted.
///
/// # Errors
/// Why there is none.
pub(super) fn grant(
    facts: &Facts,
    installation: &GitHubInstallation,
    pull: &Pull,
) -> Result<Grant, (Reason, &'static str)> {
    let requested = matches!(commander(facts), Some(Commander::By(Standing::Owner | Standing::Member)));
    preview::grant(installation.spec.preview, pull, requested)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use peribolos_api::names::ANNOTATION_REREQUEST;

    use super::*;
    use crate::config::ConfigFound;
    use crate::run::{
        facts::Head,
        preview::Author,
        testing::{COMMENT, at, facts, here, installation, run},
    };

    /// What is admitted, refused or fetched for a run after this change to it.
    fn admitted(mode: Mode, change: impl FnOnce(&mut Facts)) -> String {
        let mut facts = facts(run("r", mode, 0, Phase::Pending));
        facts.run.status = None;
        // Something was applied before.
        let mut installation = installation();
        let last = serde_json::json!({"run": "a", "phase": "Failed", "repositoryId": 5});
        installation.status.as_mut().unwrap().last_apply = serde_json::from_value(last).unwrap();
        facts.installation = Some(std::sync::Arc::new(installation));
        change(&mut facts);
        let installation = facts.installation.clone().unwrap();
        let Some(ConfigFound::Here(repository)) = here() else { panic!("not here") };
        match admit(&facts, &installation, &repository) {
            Admission::Need(need) => format!("{need:?}"),
            Admission::Admitted(sha) => format!("admitted {sha}"),
            Admission::Refused(end, sha) => {
                let check = if sha.is_some() { ", with a check" } else { "" };
                format!("{:?} {:?}{check}", end.phase, end.why.reason)
            }
        }
    }

    fn annotate(facts: &mut Facts, name: &str) {
        facts.run.metadata.annotations = Some([(name.to_owned(), "7".to_owned())].into());
    }

    #[expect(clippy::unnecessary_wraps, reason = "as the facts hold it")]
    fn head(sha: &str) -> Option<Head> {
        Some(Head { sha: Some(sha.to_owned()), at: at(0) })
    }

    #[test]
    fn an_apply_is_for_its_commit_or_the_head() {
        assert_eq!(admitted(Mode::Apply, |facts| facts.run.spec.source.sha = "old".into()), "admitted old");
        assert_eq!(admitted(Mode::Apply, |_| ()), r#"Head("main")"#);
        assert_eq!(admitted(Mode::Apply, |facts| facts.found.head = head("new")), "admitted new");
        let gone = Some(Head { sha: None, at: Timestamp::MIN });
        assert_eq!(admitted(Mode::Apply, |facts| facts.found.head = gone), "Failed ConfigMissing");
    }

    #[rstest::rstest]
    #[case("old", "Skipped NotHead")]
    #[case("new", "admitted new")]
    fn a_rerequest_is_for_the_head_alone(#[case] sha: &str, #[case] expected: &str) {
        let outcome = admitted(Mode::Apply, |facts| {
            annotate(facts, ANNOTATION_REREQUEST);
            facts.run.spec.source.sha = sha.into();
            facts.found.head = head("new");
        });
        assert_eq!(outcome, expected);
    }

    #[rstest::rstest]
    #[case(None, "Commander")]
    #[case(Some(Commander::By(Standing::Owner)), r#"Head("main")"#)]
    #[case(Some(Commander::By(Standing::Member)), "Skipped NotAllowed")]
    #[case(Some(Commander::By(Standing::Stranger)), "Skipped NotAllowed")]
    #[case(Some(Commander::Help), "Skipped HelpShown")]
    #[case(Some(Commander::Wrong("the comment was deleted")), "Skipped NotAllowed")]
    fn an_owner_commands_an_apply(#[case] commander: Option<Commander>, #[case] expected: &str) {
        let outcome = admitted(Mode::Apply, |facts| {
            facts.run.spec.trigger.comment = Some(COMMENT);
            facts.found.commander = commander;
        });
        assert_eq!(outcome, expected);
    }

    #[rstest::rstest]
    #[case(None, None, r#"Head("gh-readonly-queue/main/pr-7-abc")"#)]
    #[case::destroyed(Some("other"), None, "Skipped NotHead")]
    #[case(Some("group"), None, "Unchanged")]
    #[case(Some("group"), Some(Unchanged::Always), "Skipped FileUnchanged, with a check")]
    #[case(Some("group"), Some(Unchanged::No), "admitted group")]
    fn a_merge_group_is_previewed_while_it_is_there(
        #[case] at: Option<&str>,
        #[case] unchanged: Option<Unchanged>,
        #[case] expected: &str,
    ) {
        let outcome = admitted(Mode::DryRun, |facts| {
            facts.run.spec.source.git_ref = "refs/heads/gh-readonly-queue/main/pr-7-abc".into();
            facts.run.spec.source.sha = "group".into();
            facts.found.head = at.and_then(head);
            facts.found.unchanged = unchanged;
        });
        assert_eq!(outcome, expected);
    }

    #[rstest::rstest]
    #[case::another_repository(|facts: &mut Facts| facts.run.spec.source.repository = "globex/.github".into())]
    #[case::another_branch(|facts: &mut Facts| facts.run.spec.source.git_ref = "refs/heads/other".into())]
    #[case::a_pull_request(|facts: &mut Facts| facts.run.spec.source.pull_request = Some(1))]
    fn another_source_is_refused(#[case] change: fn(&mut Facts)) {
        assert_eq!(admitted(Mode::Apply, change), "Failed SourceNotAllowed");
    }

    fn previewed(change: impl FnOnce(&mut Facts, &mut Pull)) -> String {
        admitted(Mode::DryRun, |facts| {
            facts.run.spec.source.pull_request = Some(7);
            let mut pull = Pull {
                base: "main".into(),
                head: "new".into(),
                open: true,
                author: Author::Member,
                pushed_by_member: true,
            };
            change(facts, &mut pull);
            facts.found.pull = Some(Some(pull));
        })
    }

    #[test]
    fn a_preview_is_of_an_open_pull_requests_newest_commit() {
        assert_eq!(admitted(Mode::DryRun, |facts| facts.run.spec.source.pull_request = Some(7)), "Pull");
        assert_eq!(previewed(|_, _| ()), "Unchanged");
        assert_eq!(previewed(|facts, _| facts.found.unchanged = Some(Unchanged::No)), "admitted new");
        let skipped = previewed(|facts, _| facts.found.unchanged = Some(Unchanged::With("none".into())));
        assert_eq!(skipped, "Skipped FileUnchanged, with a check");
        assert_eq!(previewed(|_, pull| pull.base = "other".into()), "Failed SourceNotAllowed");
        assert_eq!(previewed(|_, pull| pull.open = false), "Skipped NotHead");
        let older = |facts: &mut Facts, _: &mut Pull| facts.run.spec.source.sha = "old".into();
        assert_eq!(previewed(older), "Superseded Superseded");
        let again = previewed(|facts, _| {
            facts.run.spec.source.sha = "old".into();
            annotate(facts, ANNOTATION_REREQUEST);
        });
        assert_eq!(again, "Skipped NotHead");
        let strangers = previewed(|_, pull| pull.author = Author::Stranger);
        assert_eq!(strangers, "SameCommit", "the check may be another pull request's");
        let strangers = previewed(|facts, pull| {
            facts.found.same_commit = Some(None);
            pull.author = Author::Stranger;
        });
        assert_eq!(strangers, "Skipped ApprovalRequired, with a check");
        let requested = previewed(|facts, pull| {
            pull.author = Author::Stranger;
            facts.run.spec.trigger.comment = Some(COMMENT);
            facts.found.commander = Some(Commander::By(Standing::Member));
        });
        assert_eq!(requested, "Unchanged");
    }
}
