//! Organizations and files by chance: those of `peribolos_org::testing`, on the simulator and with a scope.

use peribolos_org::plan::{Allow, Ignore, Kind, Scope};
use peribolos_org::testing::{Case, case};
use proptest::prelude::*;
use proptest::sample::subsequence;

/// The kinds that the upstream that is run here knows: it has no collaborators.
const KINDS: &[Kind] =
    &[Kind::Org, Kind::OrgMembers, Kind::Repos, Kind::Teams, Kind::TeamMembers, Kind::TeamRepos];
const ALLOWANCES: &[Allow] = &[Allow::RepoArchival, Allow::RepoPublish];
/// Nor does it know the enterprise's teams.
const IGNORED: &[Ignore] = &[Ignore::Invitees, Ignore::SecretTeams];

/// An organization, a file for it, and what of it is managed.
pub fn scoped_case() -> impl Strategy<Value = (Case, Scope)> {
    (case(), scope())
}

/// What is managed: mostly everything, at times anything.
fn scope() -> impl Strategy<Value = Scope> {
    let manage = prop_oneof![
        3 => Just(KINDS.to_vec()),
        1 => subsequence(KINDS, 0..=KINDS.len()),
    ];
    let allow = prop_oneof![3 => Just(ALLOWANCES.to_vec()), 1 => subsequence(ALLOWANCES, 0..=2)];
    let ignore = prop_oneof![3 => Just(Vec::new()), 1 => subsequence(IGNORED, 0..=2)];
    (manage, allow, ignore).prop_map(|(manage, allow, ignore)| {
        let mut scope = Scope {
            manage: manage.into_iter().collect(),
            allow: allow.into_iter().collect(),
            ignore: ignore.into_iter().collect(),
            config_repository: None,
        };
        if !scope.manages(Kind::Teams) {
            scope.manage.remove(&Kind::TeamMembers);
            scope.manage.remove(&Kind::TeamRepos);
        }
        scope
    })
}
