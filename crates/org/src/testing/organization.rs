//! A generated organization.

use peribolos_vocab::Login;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::names::{REPOS, TEAMS, TEXTS, pick};
use super::people::{self, Standing};
use super::values::DEFAULTS;
use super::{repos, teams};
use crate::plan::{OrgSetting, canonical};
use crate::snapshot::{Settings, Snapshot};

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
        let own = Snapshot {
            org: Login::new("acme"),
            settings: Settings::from([
                (OrgSetting::Name, text(0)),
                (OrgSetting::Description, text(1)),
                (OrgSetting::Company, text(2)),
                (OrgSetting::Email, pick(texts[3], &["", "hello@acme.example"]).to_owned()),
                (OrgSetting::BillingEmail, "billing@acme.example".to_owned()),
                (OrgSetting::Location, text(4)),
                (OrgSetting::DefaultRepositoryPermission, permission.as_str().to_owned()),
                (OrgSetting::MembersCanCreateRepositories, flags[0].to_string()),
                (OrgSetting::HasOrganizationProjects, flags[1].to_string()),
                (OrgSetting::HasRepositoryProjects, flags[2].to_string()),
            ]),
            admins: people::of(&standings, |standing| standing == Standing::Owner),
            members: people::of(&standings, |standing| standing == Standing::Member),
            concealed: Vec::new(),
            invitations: people::invitations(&standings),
            teams,
            repos,
            unread: Vec::new(),
        };
        canonical(&own)
    })
}
