//! The difference between a file and an organization, as operations in the order of applying.

mod awaiting;
mod change;
mod draft;
mod expected;
mod keys;
mod lookups;
mod maker;
pub(crate) mod model;
mod operation;
mod outcome;
mod planner;
mod scope;
pub(crate) mod settings;
mod verify;
mod withheld;

pub use crate::settings::{OrgSetting, RepoSettingName, Request};
pub use change::{Change, InvitedTeam, Method, RepoSetting, SettingChange};
pub use expected::{Expected, ExpectedTeam};
pub use keys::TeamSetting;
pub use lookups::{Lookups, Question};
pub use maker::Stays;
pub use operation::{Because, Named, Operation, Place, Refusal, RefusalClass, Waiting, Warning};
pub use outcome::{Cause, Failure, NotSentReason, Outcome, Withheld};
pub use peribolos_vocab::{Allow, Ignore, Kind, TeamRole};
pub use planner::{plan, questions};
pub use scope::Scope;
pub use verify::{Beyond, Lost, Renamed, Verification, verify};
pub use withheld::withheld;

pub(crate) use draft::{Draft, Fact};
pub(crate) use model::{RepoId, TeamId};
#[cfg(feature = "testing")]
pub(crate) use model::{address, canonical};
pub(crate) use planner::{NameNow, Planner, line_of, sorted};

use peribolos_vocab::Login;
use serde::{Deserialize, Serialize};

/// What an apply of a file does to an organization.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    /// The organization.
    pub org: Login,
    /// What is done, in the order of applying.
    pub operations: Vec<Operation>,
    /// What can't be done, or is not allowed. With any of these nothing of the file is applied.
    pub refusals: Vec<Refusal>,
    /// What is not planned although the file differs, or is not known. The rest is applied.
    pub warnings: Vec<Warning>,
    /// Lines of the file that say what is so anyway, such as who is in a team by a team below it. A dump has them, since
    /// GitHub's lists do: nothing is wrong about them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub redundant: Vec<Warning>,
    /// People who are invited already and have not accepted yet. Nothing is done for them.
    pub waiting: Vec<Waiting>,
    /// Logins that nobody has and that were left out.
    pub left_out: Vec<Login>,
}

impl Plan {
    /// The invitations that are sent again and whose predecessors were cancelled, each with its index, the person and the teams.
    pub(crate) fn sent_again<'p>(
        &'p self,
        outcomes: &'p [Outcome],
    ) -> impl Iterator<Item = (usize, &'p Login, &'p [InvitedTeam])> {
        self.operations.iter().enumerate().filter_map(move |(index, operation)| {
            let Change::InviteAgain { login, teams, .. } = &operation.change else { return None };
            self.replaces_what_is_cancelled(index, outcomes).then_some((index, login, teams.as_slice()))
        })
    }

    /// Whether the operation is an invitation that is sent again, and the one that it replaces was cancelled: until it is
    /// sent, places in teams are lost.
    pub fn replaces_what_is_cancelled(&self, index: usize, outcomes: &[Outcome]) -> bool {
        let Some(Change::InviteAgain { login: invited, .. }) =
            self.operations.get(index).map(|operation| &operation.change)
        else {
            return false;
        };
        let cancels =
            |change: &Change| matches!(change, Change::CancelInvitation { login, .. } if login == invited);
        let before = self.operations[..index].iter().zip(outcomes);
        before.into_iter().any(|(operation, outcome)| *outcome == Outcome::Done && cancels(&operation.change))
    }
}
