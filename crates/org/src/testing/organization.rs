//! A generated organization.

use peribolos_vocab::Login;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::names::{REPOS, TEAMS, TEXTS, pick};
use super::people::{self, Standing};
use super::values::DEFAULTS;
use super::{repos, teams};
use crate::plan::canonical;
use crate::snapshot::Snapshot;

/// An organization as GitHub may have it and as a reader with every permission sees it: each list has what
/// GitHub's has, with what is inherited. It is called `acme`.
///
/// What the simulator or an older upstream can't do is not in it: teams of the enterprise, internal repositories,
/// roles of the organization's own making, billing managers.
pub fn snapshot() -> impl Strategy<Value = Snapshot> {
    let settings = (any::<[Index; 5]>(), any::<[bool; 3]>(), select(DEFAULTS));
    let parts =
        (people::standings(), vec(repos::seed(), 0..=REPOS.len()), vec(teams::seed(), 0..=TEAMS.len()));
    (settings, parts).prop_map(|((texts, flags, permission), (standings, repos, teams))| {
        let repos = repos::build(&repos, &standings);
        let teams = teams::build(&teams, &standings, &repos);
        let text = |at: usize| pick(texts[at], TEXTS).to_owned();
        canonical(&Snapshot {
            org: Login::new("acme"),
            name: text(0),
            description: text(1),
            company: text(2),
            email: pick(texts[3], &["", "hello@acme.example"]).to_owned(),
            billing_email: Some("billing@acme.example".to_owned()),
            location: text(4),
            default_repository_permission: Some(permission),
            members_can_create_repositories: Some(flags[0]),
            has_organization_projects: Some(flags[1]),
            has_repository_projects: Some(flags[2]),
            admins: people::of(&standings, |standing| standing == Standing::Owner),
            members: people::of(&standings, |standing| standing == Standing::Member),
            concealed: Vec::new(),
            invitations: people::invitations(&standings),
            teams,
            repos,
        })
    })
}
