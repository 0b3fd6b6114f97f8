//! The arguments of upstream peribolos that follow from an installation's spec.

use peribolos_api::{
    GitHubInstallationSpec,
    installation::{Allow, Ignore, Manage},
};

/// What the arguments depend on besides the spec.
#[derive(Clone, Copy, Debug)]
pub struct Facts {
    /// How many members (owners among them) the organization has now.
    pub members: usize,
    /// How many requests are left of the token's hourly limit. None: there is no limit.
    pub requests_left: Option<u32>,
}

/// The part of the remaining requests that a run may use; the rest is for people and other runs.
const SHARE_OF_LIMIT_PERCENT: u64 = 70;

/// The arguments for an apply, in a fixed order.
///
/// Flags that only newer versions of peribolos know (`--fix-collaborators`, `--ignore-enterprise-teams`) are there only
/// when their feature is asked for, so that an older image serves everyone else.
pub fn for_apply(spec: &GitHubInstallationSpec, facts: Facts) -> Vec<String> {
    let mut manage = spec.run.manage.clone();
    manage.sort_unstable();
    let mut arguments: Vec<String> = manage.into_iter().map(|part| fix_flag(part).to_owned()).collect();
    arguments.extend(spec.run.allow.iter().map(|allow| allow_flag(*allow).to_owned()));
    arguments.extend(spec.run.ignore.iter().map(|ignore| ignore_flag(*ignore).to_owned()));
    arguments.push(format!("--min-admins={}", spec.guards.minimum_admins));
    arguments.extend(spec.guards.required_admins.iter().map(|login| format!("--required-admins={login}")));
    arguments.push(format!(
        "--maximum-removal-delta={}",
        removal_delta(spec.guards.maximum_removal_percent, facts.members)
    ));
    // Upstream takes 0 for "no throttle".
    let hourly =
        facts.requests_left.map_or(0, |left| (u64::from(left) * SHARE_OF_LIMIT_PERCENT / 100).max(1));
    arguments.push(format!("--github-hourly-tokens={hourly}"));
    arguments.push(format!("--github-allowed-burst={hourly}"));
    arguments
}

const fn fix_flag(part: Manage) -> &'static str {
    match part {
        Manage::Org => "--fix-org",
        Manage::OrgMembers => "--fix-org-members",
        Manage::Teams => "--fix-teams",
        Manage::TeamMembers => "--fix-team-members",
        Manage::TeamRepos => "--fix-team-repos",
        Manage::Repos => "--fix-repos",
        Manage::Collaborators => "--fix-collaborators",
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

/// The larger of the percentage and one member, rounded up in the fourth digit: upstream compares
/// `removals / members` with it, for team deletions too.
///
/// The one is a member, not a team: in an organization with one team a limit that lets that team go would let every
/// member go.
fn removal_delta(percent: i32, members: usize) -> String {
    let percent = u64::try_from(percent.clamp(0, 100)).unwrap_or(0) * 100;
    let one = 10_000_u64.div_ceil(u64::try_from(members.max(1)).unwrap_or(u64::MAX));
    let delta = percent.max(one).min(10_000);
    format!("{}.{:04}", delta / 10_000, delta % 10_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(json: &serde_json::Value) -> GitHubInstallationSpec {
        serde_json::from_value(json.clone()).unwrap()
    }

    #[test]
    fn the_default_spec_asks_for_no_newer_feature() {
        let arguments = for_apply(
            &spec(&serde_json::json!({"installationId": 1})),
            Facts { members: 40, requests_left: Some(5000) },
        );
        assert_eq!(
            arguments,
            [
                "--fix-org",
                "--fix-org-members",
                "--fix-teams",
                "--fix-team-members",
                "--fix-team-repos",
                "--fix-repos",
                "--min-admins=2",
                "--maximum-removal-delta=0.2500",
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
            for_apply(&spec, Facts { members: 3, requests_left: Some(1) }),
            [
                "--fix-teams",
                "--fix-collaborators",
                "--allow-repo-archival",
                "--allow-repo-publish",
                "--ignore-invitees",
                "--ignore-secret-teams",
                "--ignore-enterprise-teams",
                "--min-admins=3",
                "--required-admins=alice",
                "--required-admins=bob",
                "--maximum-removal-delta=0.3334",
                "--github-hourly-tokens=1",
                "--github-allowed-burst=1",
            ]
        );
    }

    #[test]
    fn without_a_limit_there_is_no_throttle() {
        let spec = spec(&serde_json::json!({"installationId": 1}));
        let arguments = for_apply(&spec, Facts { members: 3, requests_left: None });
        assert!(arguments.contains(&"--github-hourly-tokens=0".to_owned()), "{arguments:?}");
        assert!(arguments.contains(&"--github-allowed-burst=0".to_owned()), "{arguments:?}");
    }

    #[rstest::rstest]
    #[case(25, 100, "0.2500")]
    #[case(25, 3, "0.3334")]
    #[case(0, 10_000, "0.0001")]
    #[case(100, 5, "1.0000")]
    #[case(25, 0, "1.0000")]
    fn one_member_may_always_go(#[case] percent: i32, #[case] members: usize, #[case] delta: &str) {
        assert_eq!(removal_delta(percent, members), delta);
    }
}
