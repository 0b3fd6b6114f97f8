//! The arguments that follow from an installation's spec: those of upstream peribolos, and those of the plan step.

use peribolos_api::{
    GitHubInstallationSpec,
    installation::{Preview, UnreviewedRemovals},
};
use peribolos_vocab::{Allow, Ignore, Kind};

/// The part of the remaining requests that a run may use; the rest is for people and other runs.
const SHARE_OF_LIMIT_PERCENT: u64 = 70;

/// The arguments of upstream peribolos for an apply, in a fixed order. `requests_left` is what is left of the token's
/// hourly limit; none: there is no limit.
///
/// Flags that only newer versions of peribolos know (`--fix-collaborators`, `--ignore-enterprise-teams`) are there only
/// when their feature is asked for, so that an older image serves everyone else. `--maximum-removal-delta` comes from
/// the plan.
pub fn for_apply(spec: &GitHubInstallationSpec, requests_left: Option<u32>) -> Vec<String> {
    let mut manage = spec.run.manage.clone();
    manage.sort_unstable();
    let mut arguments: Vec<String> = manage.into_iter().map(|part| fix_flag(part).to_owned()).collect();
    arguments.extend(spec.run.allow.iter().map(|allow| allow_flag(*allow).to_owned()));
    arguments.extend(spec.run.ignore.iter().map(|ignore| ignore_flag(*ignore).to_owned()));
    arguments.push(format!("--min-admins={}", spec.guards.minimum_admins));
    arguments.extend(spec.guards.required_admins.iter().map(|login| format!("--required-admins={login}")));
    // Upstream takes 0 for "no throttle".
    let hourly = requests_left.map_or(0, |left| (u64::from(left) * SHARE_OF_LIMIT_PERCENT / 100).max(1));
    arguments.push(format!("--github-hourly-tokens={hourly}"));
    arguments.push(format!("--github-allowed-burst={hourly}"));
    arguments
}

/// What the plan step is told beside the spec.
#[derive(Clone, Copy, Debug, Default)]
pub struct PlanFacts<'a> {
    /// Whether names in the file itself may be posted: it is on the base, or by a verified member.
    pub discloses_file: bool,
    /// Commits of the base branch whose file's names may be posted, too.
    pub disclose: &'a [&'a str],
    /// The salt of the digests of removals: the run's UID. None: they are not recorded.
    pub salt: Option<&'a str>,
    /// What the previews of the merged pull requests showed. None: the rule of unreviewed removals does not apply.
    pub reviewed: Option<&'a Reviewed>,
}

/// What previews showed of the commits that an Apply brings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reviewed {
    /// For each run that showed them the salt and the digests of its removals.
    pub shown: Vec<(String, Vec<String>)>,
    /// The commits.
    pub history: History,
}

/// The commits that an Apply brings, and what was applied before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// The commits that changed the file, oldest first.
    pub commits: Vec<Commit>,
    /// The commit that was applied last.
    pub applied: Option<String>,
}

/// A commit that changed the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// Its id.
    pub sha: String,
    /// The commits before it: a branch's first one has none, a merge two or more.
    pub before: Vec<String>,
    /// Whether it came without a pull request.
    pub direct: bool,
}

impl History {
    /// As flags. It only matters where some commits came without a pull request.
    fn arguments(&self) -> Vec<String> {
        if self.commits.iter().all(|commit| !commit.direct) {
            return Vec::new();
        }
        let commit = |Commit { sha, before, direct }: &Commit| {
            let way = if *direct { "direct" } else { "merged" };
            format!("--commit={way}:{}..{sha}", before.join(","))
        };
        let commits = self.commits.iter().map(commit);
        commits.chain(self.applied.iter().map(|sha| format!("--applied={sha}"))).collect()
    }
}

/// The longest `--shown`, in bytes. Linux takes 128 KiB for one argument.
const MAX_SHOWN_BYTES: usize = 120 * 1024;
/// The most bytes of all `--shown`: a TaskRun and its pod must stay below etcd's 1.5 MiB.
const MAX_ALL_SHOWN_BYTES: usize = 400 * 1024;

/// The arguments of the plan step, in a fixed order.
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
    arguments.extend(facts.disclose.iter().map(|sha| format!("--disclose={sha}")));
    arguments.extend(facts.salt.map(|salt| format!("--salt={salt}")));
    if let Some(reviewed) = facts.reviewed {
        arguments.extend(review(spec, reviewed));
    }
    arguments
}

fn review(spec: &GitHubInstallationSpec, reviewed: &Reviewed) -> Vec<String> {
    let rule = match (spec.guards.unreviewed_removals, spec.preview) {
        // Nobody could have seen a preview.
        (UnreviewedRemovals::Block, Preview::Off) => UnreviewedRemovals::Warn,
        (rule, _) => rule,
    };
    let mut arguments = vec![format!("--unreviewed-removals={rule:?}")];
    arguments.extend(reviewed.history.arguments());
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

const fn fix_flag(part: Kind) -> &'static str {
    match part {
        Kind::Org => "--fix-org",
        Kind::OrgMembers => "--fix-org-members",
        Kind::Teams => "--fix-teams",
        Kind::TeamMembers => "--fix-team-members",
        Kind::TeamRepos => "--fix-team-repos",
        Kind::Repos => "--fix-repos",
        Kind::Collaborators => "--fix-collaborators",
    }
}

const fn allow_flag(allow: Allow) -> &'static str {
    match allow {
        Allow::RepoArchival => "--allow-repo-archival",
        Allow::RepoPublish => "--allow-repo-publish",
    }
}

const fn ignore_flag(ignore: Ignore) -> &'static str {
    match ignore {
        Ignore::Invitees => "--ignore-invitees",
        Ignore::SecretTeams => "--ignore-secret-teams",
        Ignore::EnterpriseTeams => "--ignore-enterprise-teams",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(json: &serde_json::Value) -> GitHubInstallationSpec {
        serde_json::from_value(json.clone()).unwrap()
    }

    #[test]
    fn the_default_spec_asks_for_no_newer_feature() {
        let arguments = for_apply(&spec(&serde_json::json!({"installationId": 1})), Some(5000));
        assert_eq!(
            arguments,
            [
                "--fix-org",
                "--fix-org-members",
                "--fix-repos",
                "--fix-teams",
                "--fix-team-members",
                "--fix-team-repos",
                "--min-admins=2",
                "--github-hourly-tokens=3500",
                "--github-allowed-burst=3500",
            ]
        );
    }

    #[test]
    fn every_choice_becomes_its_flag() {
        let spec = spec(&serde_json::json!({
            "installationId": 1,
            "run": {
                "manage": ["Collaborators", "Teams"],
                "allow": ["RepoArchival", "RepoPublish"],
                "ignore": ["Invitees", "SecretTeams", "EnterpriseTeams"],
            },
            "guards": {"minimumAdmins": 3, "requiredAdmins": ["alice", "bob"], "maximumRemovalPercent": 0},
        }));
        assert_eq!(
            for_apply(&spec, Some(1)),
            [
                "--fix-collaborators",
                "--fix-teams",
                "--allow-repo-archival",
                "--allow-repo-publish",
                "--ignore-invitees",
                "--ignore-secret-teams",
                "--ignore-enterprise-teams",
                "--min-admins=3",
                "--required-admins=alice",
                "--required-admins=bob",
                "--github-hourly-tokens=1",
                "--github-allowed-burst=1",
            ]
        );
    }

    #[test]
    fn without_a_limit_there_is_no_throttle() {
        let spec = spec(&serde_json::json!({"installationId": 1}));
        let arguments = for_apply(&spec, None);
        assert!(arguments.contains(&"--github-hourly-tokens=0".to_owned()), "{arguments:?}");
        assert!(arguments.contains(&"--github-allowed-burst=0".to_owned()), "{arguments:?}");
    }

    #[test]
    fn the_plan_is_told_the_spec() {
        let spec = spec(&serde_json::json!({
            "installationId": 1,
            "run": {"manage": ["Teams", "Org"], "allow": ["RepoPublish"], "ignore": ["SecretTeams"]},
            "guards": {"requiredAdmins": ["alice", "bob"], "maximumRemovalPercent": 10},
        }));
        let facts = PlanFacts { discloses_file: true, disclose: &["abc"], salt: Some("uid"), reviewed: None };
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

    fn review_of(spec: &serde_json::Value, reviewed: &Reviewed) -> Vec<String> {
        let mut spec = spec.clone();
        spec["installationId"] = 1.into();
        let spec = self::spec(&spec);
        let facts = PlanFacts { reviewed: Some(reviewed), ..PlanFacts::default() };
        for_plan(&spec, &facts).split_off(6)
    }

    #[test]
    fn what_was_shown_goes_to_the_plan() {
        let reviewed = Reviewed {
            shown: vec![("u1".into(), vec!["aa".into(), "bb".into()]), ("u2".into(), vec![])],
            history: History {
                commits: vec![commit(None, "a", false), commit(Some("b"), "c", true)],
                applied: Some("b".into()),
            },
        };
        assert_eq!(
            review_of(&serde_json::json!({}), &reviewed),
            [
                "--unreviewed-removals=Block",
                "--commit=merged:..a",
                "--commit=direct:b..c",
                "--applied=b",
                "--shown=u1:aa,bb",
                "--shown=u2:"
            ]
        );
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

    fn commit(before: Option<&str>, sha: &str, direct: bool) -> Commit {
        Commit { sha: sha.into(), before: before.into_iter().map(str::to_owned).collect(), direct }
    }

    #[test]
    fn where_all_came_by_pull_requests_the_commits_do_not_matter() {
        let history = History { commits: vec![commit(None, "a", false)], applied: Some("0".into()) };
        let reviewed = Reviewed { history, ..Reviewed::default() };
        assert_eq!(review_of(&serde_json::json!({}), &reviewed), ["--unreviewed-removals=Block"]);
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
