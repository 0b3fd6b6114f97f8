//! A generated organization.

use peribolos_vocab::Login;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use super::names::{REPOS, TEAMS};
use super::people::{self, Standing};
use super::{repos, teams, values};
use crate::plan::canonical;
use crate::settings::OrgSetting;
use crate::snapshot::{Settings, Snapshot};

/// An organization as GitHub may have it and as a reader with every permission sees it: each list has what
/// GitHub's has, with what is inherited. It is called `acme`.
///
/// What the simulator or an older upstream can't do is not in it: teams of the enterprise, internal repositories,
/// roles of the organization's own making, billing managers.
pub fn snapshot() -> impl Strategy<Value = Snapshot> {
    let settings = vec(any::<Index>(), OrgSetting::all().count());
    let parts =
        (people::standings(), vec(repos::seed(), 0..=REPOS.len()), vec(teams::seed(), 0..=TEAMS.len()));
    (settings, parts).prop_map(|(choices, (standings, repos, teams))| {
        let settings: Settings<OrgSetting> = OrgSetting::all()
            .zip(choices)
            .map(|(setting, index)| (setting, values::value(setting, index)))
            .collect();
        let repos = repos::build(&repos, &standings, &settings);
        let teams = teams::build(&teams, &standings, &repos);
        let own = Snapshot {
            org: Login::new("acme"),
            settings,
            admins: people::of(&standings, |standing| standing == Standing::Owner),
            members: people::of(&standings, |standing| standing == Standing::Member),
            concealed: Vec::new(),
            accounts: [].into(),
            invitations: people::invitations(&standings),
            managed_users: false,
            teams,
            repos,
            unread: Vec::new(),
        };
        canonical(&own)
    })
}
