//! The flags of upstream peribolos that apply the same plan, for the Task `peribolos-upstream`.

use std::path::Path;

use peribolos_github::Client;
use peribolos_org::{guard::Limits, plan::Scope};
use peribolos_vocab::{Allow, Ignore, Kind};

use super::StepError;

/// The part of the remaining requests that a run may use; the rest is for people and other runs.
const SHARE_OF_LIMIT_PERCENT: u64 = 70;

/// Writes the flags as a JSON array, which Tekton takes as the step's result.
///
/// # Errors
/// [`StepError`] if GitHub does not report the rest of its limit, or the file can't be written.
pub(super) async fn write(
    path: &Path,
    client: &Client,
    scope: &Scope,
    limits: &Limits,
    removal_delta: u32,
) -> Result<(), StepError> {
    let flags = flags(scope, limits, requests_left(client).await?, removal_delta);
    let text = serde_json::to_string(&flags).map_err(std::io::Error::other);
    text.and_then(|text| std::fs::write(path, text)).map_err(|source| StepError::File {
        path: path.to_owned(),
        what: "written",
        source,
    })
}

/// What is left of the token's hourly limit. None: GitHub Enterprise Server has its limits turned off.
async fn requests_left(client: &Client) -> Result<Option<u64>, StepError> {
    match client.rate_limit().await {
        Ok(limit) => Ok(Some(limit.remaining)),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The flags, in a fixed order.
///
/// Those that only newer versions of peribolos know (`--fix-collaborators`, `--ignore-enterprise-teams`) are there only
/// when their feature is requested, so that an older image works for everyone else.
fn flags(scope: &Scope, limits: &Limits, requests_left: Option<u64>, removal_delta: u32) -> Vec<String> {
    let mut flags: Vec<String> = scope.manage.iter().map(|kind| fix(*kind).to_owned()).collect();
    flags.extend(scope.allow.iter().map(|allow| allowed(*allow).to_owned()));
    flags.extend(scope.ignore.iter().map(|ignore| ignored(*ignore).to_owned()));
    flags.push(format!("--min-admins={}", limits.minimum_admins));
    flags.extend(limits.required_admins.iter().map(|login| format!("--required-admins={login}")));
    // Upstream takes 0 for "no throttle".
    let hourly = requests_left.map_or(0, |left| (left * SHARE_OF_LIMIT_PERCENT / 100).max(1));
    flags.push(format!("--github-hourly-tokens={hourly}"));
    flags.push(format!("--github-allowed-burst={hourly}"));
    flags.push(format!("--maximum-removal-delta={}", fraction(removal_delta)));
    flags
}

/// A fraction in ten-thousandths, as upstream reads it.
fn fraction(ten_thousandths: u32) -> String {
    format!("{}.{:04}", ten_thousandths / 10_000, ten_thousandths % 10_000)
}

const fn fix(kind: Kind) -> &'static str {
    match kind {
        Kind::Org => "--fix-org",
        Kind::OrgMembers => "--fix-org-members",
        Kind::Teams => "--fix-teams",
        Kind::TeamMembers => "--fix-team-members",
        Kind::TeamRepos => "--fix-team-repos",
        Kind::Repos => "--fix-repos",
        Kind::Collaborators => "--fix-collaborators",
    }
}

const fn allowed(allow: Allow) -> &'static str {
    match allow {
        Allow::RepoArchival => "--allow-repo-archival",
        Allow::RepoPublish => "--allow-repo-publish",
    }
}

const fn ignored(ignore: Ignore) -> &'static str {
    match ignore {
        Ignore::Invitees => "--ignore-invitees",
        Ignore::SecretTeams => "--ignore-secret-teams",
        Ignore::EnterpriseTeams => "--ignore-enterprise-teams",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_usual_needs_no_newer_version() {
        assert_eq!(
            flags(&Scope::usual(), &Limits::default(), Some(5000), 2_500),
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
                "--maximum-removal-delta=0.2500",
            ]
        );
    }

    #[test]
    fn every_choice_becomes_its_flag() {
        let scope = Scope {
            manage: [Kind::Collaborators, Kind::Teams].into(),
            allow: [Allow::RepoArchival, Allow::RepoPublish].into(),
            ignore: [Ignore::Invitees, Ignore::SecretTeams, Ignore::EnterpriseTeams].into(),
            ..Scope::default()
        };
        let required_admins = ["alice", "bob"].map(|login| login.parse().unwrap()).into();
        let limits = Limits { minimum_admins: 3, required_admins, ..Limits::default() };
        let mut flags = flags(&scope, &limits, Some(1), 0);
        flags.sort();
        assert_eq!(
            flags,
            [
                "--allow-repo-archival",
                "--allow-repo-publish",
                "--fix-collaborators",
                "--fix-teams",
                "--github-allowed-burst=1",
                "--github-hourly-tokens=1",
                "--ignore-enterprise-teams",
                "--ignore-invitees",
                "--ignore-secret-teams",
                "--maximum-removal-delta=0.0000",
                "--min-admins=3",
                "--required-admins=alice",
                "--required-admins=bob",
            ]
        );
    }

    #[test]
    fn without_a_limit_there_is_no_throttle() {
        let flags = flags(&Scope::usual(), &Limits::default(), None, 0);
        assert!(flags.contains(&"--github-hourly-tokens=0".to_owned()), "{flags:?}");
        assert!(flags.contains(&"--github-allowed-burst=0".to_owned()), "{flags:?}");
    }

    #[rstest::rstest]
    #[case(0, "0.0000")]
    #[case(1, "0.0001")]
    #[case(2_500, "0.2500")]
    #[case(10_000, "1.0000")]
    fn a_fraction_is_written_as_upstream_reads_it(#[case] ten_thousandths: u32, #[case] text: &str) {
        assert_eq!(fraction(ten_thousandths), text);
    }
}
