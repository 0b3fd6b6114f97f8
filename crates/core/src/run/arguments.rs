//! The arguments of an attempt's step, from its installation's spec and what the controller has found out.

use std::{collections::BTreeMap, time::Duration};

use jiff::{SignedDuration, Timestamp};
use peribolos_api::{
    GitHubInstallation, GitHubInstallationSpec, PeribolosRunStatus,
    installation::{Disclosure, Preview, UnreviewedRemovals},
    run::{MergedPullRequest, Mode},
};
use peribolos_vocab::Visibility;

use super::{
    facts::{Facts, Settings},
    first::is_first,
    source::{PreviewOf, preview_of},
};
use crate::{config::ConfigFound, names::RunToken};

/// What every plan is made with beside the spec.
#[derive(Clone, Copy, Debug, Default)]
pub struct PlanFacts<'a> {
    /// Whether names in the file itself may be posted: it is on the base, or by a verified member.
    pub discloses_file: bool,
    /// Whether everything may be posted.
    pub discloses_all: bool,
    /// Commits of the base branch whose file's names may be posted, too.
    pub disclose: &'a [&'a str],
    /// The salt of the digests of removals: the run's UID. None: they are not recorded.
    pub salt: Option<&'a str>,
}

/// What an apply is made with beside the plan.
#[derive(Clone, Copy, Debug)]
pub struct ApplyFacts<'a> {
    /// What previews showed.
    pub reviewed: &'a Reviewed,
    /// The content-creating writes of the last hour, by minute: [`content_writes`].
    pub content_writes: &'a BTreeMap<Timestamp, i32>,
    /// When the TaskRun is requested: Tekton counts its timeout from then, and not from when its step starts.
    pub now: Timestamp,
}

/// What previews showed of the removals that an Apply brings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reviewed {
    /// For each run that showed some, the salt and the digests of its removals.
    pub shown: Vec<(String, Vec<String>)>,
    /// Whether nothing needs to have been shown under `Block`: [`super::review::needs_no_preview`].
    pub without_pull_requests: bool,
    /// The pull requests that it applies.
    pub merged: Vec<MergedPullRequest>,
}

/// The most pull requests that are named as applied by one run, the newest.
pub const MAX_MERGED: usize = 20;

/// The longest `--shown`, in bytes. Linux takes 128 KiB for one argument.
const MAX_SHOWN_BYTES: usize = 120 * 1024;
/// The most bytes of all `--shown`: a TaskRun and its pod must stay below etcd's 1.5 MiB.
const MAX_ALL_SHOWN_BYTES: usize = 400 * 1024;

/// How long before a run's timeout its step stops beginning anything at the latest, …
const LONGEST_RESERVE: Duration = Duration::from_mins(2);
/// … and at most this part of it.
const LARGEST_RESERVE: u32 = 4;

/// The arguments of an Apply.
pub fn of_apply(
    facts: &Facts,
    installation: &GitHubInstallation,
    reviewed: &Reviewed,
    now: Timestamp,
) -> Vec<String> {
    let plan = PlanFacts {
        discloses_file: true,
        discloses_all: discloses_all(facts, installation),
        disclose: &last_applied(installation),
        salt: facts.run.metadata.uid.as_deref(),
    };
    // GitHub counts them for the installation.
    let applies = facts.others().filter(|other| other.spec.mode == Mode::Apply);
    let statuses = applies.chain([&facts.run]).filter_map(|run| run.status.as_ref());
    let content_writes = content_writes(statuses, now);
    for_apply(&installation.spec, &plan, &ApplyFacts { reviewed, content_writes: &content_writes, now })
}

/// What a preview is compared with.
#[derive(Clone, Copy, Debug)]
pub struct Base<'a> {
    /// The branch that is applied.
    pub branch: &'a str,
    /// The commit: that branch's head, or a merge group.
    pub sha: &'a str,
}

/// The arguments of a preview, or of a DryRun of the branch. `by_member`: the file's author is a verified member.
pub fn of_dry_run(
    facts: &Facts,
    installation: &GitHubInstallation,
    token: RunToken,
    by_member: bool,
    base: Option<Base<'_>>,
) -> Vec<String> {
    if token == RunToken::File {
        return vec!["--file-only".to_owned()];
    }
    let preview = preview_of(&facts.run.spec);
    let mut disclose = last_applied(installation);
    disclose.extend(base.map(|base| base.sha));
    let plan = PlanFacts {
        discloses_file: by_member || preview.is_none(),
        discloses_all: discloses_all(facts, installation),
        disclose: &disclose,
        salt: facts.run.metadata.uid.as_deref(),
    };
    let is_of_pull = matches!(preview, Some(PreviewOf::PullRequest(_)));
    let base = base.filter(|_| is_of_pull);
    let base =
        base.map(|Base { branch, sha }| [format!("--base-branch={branch}"), format!("--base-sha={sha}")]);
    for_plan(&installation.spec, &plan).into_iter().chain(base.into_iter().flatten()).collect()
}

/// Whether everything may be named on GitHub: who can read the config repository now decides. A repository that is visible in the
/// whole enterprise is not private.
pub(super) fn discloses_all(facts: &Facts, installation: &GitHubInstallation) -> bool {
    match installation.spec.disclosure {
        Disclosure::Full => true,
        Disclosure::FileOnly => false,
        Disclosure::Auto => {
            let is_ours = !depends_on_strangers(facts, installation)
                || facts.found.strangers.as_ref().is_some_and(Vec::is_empty);
            is_private(facts) && is_ours
        }
    }
}

/// Whether it depends on who administers the private config repository what a plan may name: before an owner has agreed that its
/// file is applied, anybody may have put a repository of the right name into place.
pub(super) fn depends_on_strangers(facts: &Facts, installation: &GitHubInstallation) -> bool {
    installation.spec.disclosure == Disclosure::Auto
        && facts.run.spec.mode == Mode::DryRun
        && is_private(facts)
        && is_first(&facts.installation_status())
}

fn is_private(facts: &Facts) -> bool {
    matches!(&facts.found.config, Some(ConfigFound::Here(found)) if found.visibility == Visibility::Private)
}

/// The arguments of a Dump.
pub fn of_dump(spec: &GitHubInstallationSpec, settings: &Settings) -> Vec<String> {
    let allow_public = spec.onboarding.allow_public.then(|| "--allow-public".to_owned());
    let branch = Some(&spec.config.branch).filter(|branch| !branch.is_empty());
    let branch = branch.map(|branch| format!("--branch={branch}"));
    let docs = settings.docs_url.as_ref().map(|url| format!("--docs-url={url}"));
    let support = settings.support_url.as_ref().map(|url| format!("--support-url={url}"));
    allow_public.into_iter().chain(branch).chain(docs).chain(support).collect()
}

/// The commit that was applied last: it is on the base branch, so what its file names may be named.
fn last_applied(installation: &GitHubInstallation) -> Vec<&str> {
    installation.status.as_ref().and_then(|status| status.last_applied_sha.as_deref()).into_iter().collect()
}

/// The arguments of a plan, in a fixed order.
pub fn for_plan(spec: &GitHubInstallationSpec, facts: &PlanFacts<'_>) -> Vec<String> {
    let mut manage = spec.run.manage.clone();
    manage.sort_unstable();
    let words = |words: Vec<String>| words.join(",");
    let mut arguments = vec![
        format!("--manage={}", words(manage.iter().map(|part| format!("{part:?}")).collect())),
        format!("--allow={}", words(spec.run.allow.iter().map(|allow| format!("{allow:?}")).collect())),
        format!("--ignore={}", words(spec.run.ignore.iter().map(|ignore| format!("{ignore:?}")).collect())),
        format!("--minimum-admins={}", spec.guards.minimum_admins),
        format!("--required-admins={}", spec.guards.required_admins.join(",")),
        format!("--maximum-removal-percent={}", spec.guards.maximum_removal_percent),
    ];
    if facts.discloses_file {
        arguments.push("--disclose-file".to_owned());
    }
    if facts.discloses_all {
        arguments.push("--disclose-all".to_owned());
    }
    arguments.extend(facts.disclose.iter().map(|sha| format!("--disclose={sha}")));
    arguments.extend(facts.salt.map(|salt| format!("--salt={salt}")));
    arguments
}

/// The arguments of an apply, in a fixed order: those of its plan first.
pub fn for_apply(spec: &GitHubInstallationSpec, plan: &PlanFacts<'_>, apply: &ApplyFacts<'_>) -> Vec<String> {
    let mut arguments = for_plan(spec, plan);
    arguments.extend(review(spec, apply.reviewed));
    // The file at its head is read while the plan is applied; empty: the default branch.
    arguments.push(format!("--branch={}", spec.config.branch));
    arguments.push(format!("--deadline={}s", deadline(spec.run.timeout.get()).as_secs()));
    arguments.push(format!("--requested-at={}", apply.now));
    let writes = apply.content_writes.iter().map(|(at, count)| format!("--content-write={at}={count}"));
    arguments.extend(writes);
    arguments
}

/// How long a step may begin something new, of a run with this timeout: what it has begun is to end before Tekton ends
/// it.
fn deadline(timeout: Duration) -> Duration {
    timeout.saturating_sub(LONGEST_RESERVE.min(timeout / LARGEST_RESERVE))
}

/// The content-creating writes of the last hour by the attempts of these runs, by minute. A later attempt reports those of
/// earlier ones, too, so the largest count of a minute is right.
pub fn content_writes<'a>(
    runs: impl IntoIterator<Item = &'a PeribolosRunStatus>,
    now: Timestamp,
) -> BTreeMap<Timestamp, i32> {
    let since = now.checked_sub(SignedDuration::from_hours(1)).unwrap_or(Timestamp::MIN);
    let mut by_minute = BTreeMap::new();
    for writes in runs.into_iter().flat_map(|status| &status.content_writes) {
        if let Ok(at) = writes.at.parse::<Timestamp>()
            && at > since
        {
            let count = by_minute.entry(at).or_insert(0);
            *count = writes.count.max(*count);
        }
    }
    by_minute
}

/// What happens to removals that nobody has seen.
pub(super) fn rule_of_removals(spec: &GitHubInstallationSpec) -> UnreviewedRemovals {
    match (spec.guards.unreviewed_removals, spec.preview) {
        // Nobody could have seen a preview.
        (UnreviewedRemovals::Block, Preview::Off) => UnreviewedRemovals::Warn,
        (rule, _) => rule,
    }
}

fn review(spec: &GitHubInstallationSpec, reviewed: &Reviewed) -> Vec<String> {
    let rule = rule_of_removals(spec);
    let mut arguments = vec![format!("--unreviewed-removals={rule:?}")];
    if reviewed.without_pull_requests {
        arguments.push("--without-pull-requests".to_owned());
    }
    let mut bytes = 0;
    for (salt, digests) in &reviewed.shown {
        let argument = format!("--shown={salt}:{}", digests.join(","));
        bytes += argument.len();
        // What does not fit counts as not shown: that asks for one more look, and removes nobody.
        if argument.len() <= MAX_SHOWN_BYTES && bytes <= MAX_ALL_SHOWN_BYTES {
            arguments.push(argument);
        }
    }
    arguments
}

#[cfg(test)]
mod tests {
    use peribolos_api::run::{ContentWrites, Phase};

    use super::*;
    use crate::config::ConfigRepository;
    use crate::run::testing::{at, facts, here, installation, run};

    fn spec(json: &serde_json::Value) -> GitHubInstallationSpec {
        serde_json::from_value(json.clone()).unwrap()
    }

    #[test]
    fn a_plan_gets_what_the_spec_says() {
        let spec = spec(&serde_json::json!({
            "installationId": 1,
            "run": {"manage": ["Teams", "Org"], "allow": ["RepoPublish"], "ignore": ["SecretTeams"]},
            "guards": {"requiredAdmins": ["alice", "bob"], "maximumRemovalPercent": 10},
        }));
        let facts =
            PlanFacts { discloses_file: true, disclose: &["abc"], salt: Some("uid"), ..PlanFacts::default() };
        assert_eq!(
            for_plan(&spec, &facts),
            [
                "--manage=Org,Teams",
                "--allow=RepoPublish",
                "--ignore=SecretTeams",
                "--minimum-admins=2",
                "--required-admins=alice,bob",
                "--maximum-removal-percent=10",
                "--disclose-file",
                "--disclose=abc",
                "--salt=uid",
            ]
        );
    }

    #[rstest::rstest]
    #[case("Auto", Some(Visibility::Private), true)]
    #[case("Auto", Some(Visibility::Internal), false)]
    #[case("Auto", Some(Visibility::Public), false)]
    #[case("Auto", None, false)]
    #[case("Full", Some(Visibility::Public), true)]
    #[case("FileOnly", Some(Visibility::Private), false)]
    fn everything_is_named_where_the_repository_is_private(
        #[case] disclosure: &str,
        #[case] visibility: Option<Visibility>,
        #[case] expected: bool,
    ) {
        let mut facts = facts(run("r", Mode::Apply, 0, Phase::Running));
        let Some(ConfigFound::Here(repository)) = here() else { panic!("not here") };
        facts.found.config =
            visibility.map(|visibility| ConfigFound::Here(ConfigRepository { visibility, ..repository }));
        let mut installation = installation();
        installation.spec = spec(&serde_json::json!({"installationId": 1, "disclosure": disclosure}));
        let is_there = |arguments: Vec<String>| arguments.contains(&"--disclose-all".to_owned());
        assert_eq!(is_there(of_apply(&facts, &installation, &Reviewed::default(), at(0))), expected);
        let previewed = of_dry_run(&facts, &installation, RunToken::Read, false, None);
        assert_eq!(is_there(previewed), expected);
        let strangers = of_dry_run(&facts, &installation, RunToken::File, false, None);
        assert!(!is_there(strangers), "it sees nothing of the organization");
    }

    /// What an apply gets beside its plan.
    fn apply_of(spec: &serde_json::Value, reviewed: &Reviewed, writes: &[(i64, i32)]) -> Vec<String> {
        let mut spec = spec.clone();
        spec["installationId"] = 1.into();
        let spec = self::spec(&spec);
        let content_writes = writes.iter().map(|(second, count)| (at(*second), *count)).collect();
        let facts = ApplyFacts { reviewed, content_writes: &content_writes, now: at(0) };
        for_apply(&spec, &PlanFacts::default(), &facts).split_off(6)
    }

    fn review_of(spec: &serde_json::Value, reviewed: &Reviewed) -> Vec<String> {
        let mut arguments = apply_of(spec, reviewed, &[]);
        let mine = arguments.split_off(arguments.len() - 3);
        assert_eq!(mine, ["--branch=", "--deadline=7080s", "--requested-at=2026-01-01T00:00:00Z"]);
        arguments
    }

    #[test]
    fn an_apply_gets_what_was_shown() {
        let reviewed = Reviewed {
            shown: vec![("u1".into(), vec!["aa".into(), "bb".into()]), ("u2".into(), vec![])],
            without_pull_requests: true,
            merged: vec![],
        };
        assert_eq!(
            review_of(&serde_json::json!({}), &reviewed),
            ["--unreviewed-removals=Block", "--without-pull-requests", "--shown=u1:aa,bb", "--shown=u2:"]
        );
    }

    #[rstest::rstest]
    #[case("2h", "--deadline=7080s")]
    #[case("8m", "--deadline=360s")]
    #[case("4m", "--deadline=180s")]
    #[case("1m", "--deadline=45s")]
    #[case("24h", "--deadline=86280s")]
    fn a_step_ends_before_it_is_ended(#[case] timeout: &str, #[case] expected: &str) {
        let arguments =
            apply_of(&serde_json::json!({"run": {"timeout": timeout}}), &Reviewed::default(), &[]);
        assert!(arguments.iter().any(|argument| argument == expected), "{arguments:?}");
    }

    #[test]
    fn an_attempt_goes_on_counting_the_last_hours_writes() {
        let status = |writes: &[(i64, i32)]| PeribolosRunStatus {
            content_writes: writes
                .iter()
                .map(|(second, count)| ContentWrites { at: at(*second).to_string(), count: *count })
                .collect(),
            ..PeribolosRunStatus::default()
        };
        let (earlier, later) = (status(&[(0, 9), (60, 3)]), status(&[(60, 5), (120, 1)]));
        let writes = content_writes([&earlier, &later], at(3600));
        assert_eq!(writes, BTreeMap::from([(at(60), 5), (at(120), 1)]));
        let arguments = apply_of(&serde_json::json!({}), &Reviewed::default(), &[(60, 5)]);
        assert_eq!(arguments.last().map(String::as_str), Some("--content-write=2026-01-01T00:01:00Z=5"));
    }

    #[rstest::rstest]
    #[case("Block", "Off", "Warn")]
    #[case("Block", "Members", "Block")]
    #[case("Require", "Off", "Require")]
    #[case("Warn", "Everyone", "Warn")]
    fn without_previews_block_warns(#[case] rule: &str, #[case] preview: &str, #[case] expected: &str) {
        let spec = serde_json::json!({"preview": preview, "guards": {"unreviewedRemovals": rule}});
        assert_eq!(review_of(&spec, &Reviewed::default()), [format!("--unreviewed-removals={expected}")]);
    }

    #[test]
    fn what_does_not_fit_counts_as_not_shown() {
        let long = ("u".to_owned(), vec!["0123456789ab".to_owned(); 5_000]);
        let reviewed = Reviewed { shown: vec![long; 10], ..Reviewed::default() };
        let arguments = review_of(&serde_json::json!({}), &reviewed);
        let bytes: usize = arguments.iter().map(String::len).sum();
        assert!(bytes < 420 * 1024 && arguments.len() > 3, "{bytes} bytes in {} arguments", arguments.len());
        assert!(arguments.iter().all(|argument| argument.len() < 128 * 1024));
    }
}
