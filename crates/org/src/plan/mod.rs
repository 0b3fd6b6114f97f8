//! What an apply of a file would do: operations in upstream's stages, as upstream peribolos then carries them out.

mod expected;
mod model;
mod operation;
mod planner;
mod scope;
mod settings;
mod stages;
mod verify;
mod words;

#[cfg(feature = "testing")]
pub(crate) use model::{canonical, slug_of};
pub use operation::{
    Change, Named, Operation, OrgSetting, Refusal, RefusalKind, RepoSetting, RepoSettingName, SettingChange,
    TeamSetting, Waiting,
};
pub use peribolos_vocab::{Allow, Ignore, Kind, TeamRole};
pub use planner::plan;
// The names that these had here: for callers that do not name them by `peribolos_vocab` yet.
pub use peribolos_vocab::{Allow as Allowance, Ignore as Ignored, Kind as Stage};
pub use scope::Scope;
pub use verify::{Beyond, Verification, is_done_by_another, verify};

use peribolos_vocab::Login;
use serde::{Deserialize, Serialize};

/// What an apply of a file would do to an organization.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    /// The organization.
    pub org: Login,
    /// What would be written, sorted by stage, and within one by rule.
    pub operations: Vec<Operation>,
    /// What upstream would stop at. With any of these the file is not applied at all.
    pub refusals: Vec<Refusal>,
    /// People who are invited already and have not accepted yet. Nothing is written for them.
    pub waiting: Vec<Waiting>,
    /// Logins that do not exist and were left out.
    pub left_out: Vec<Login>,
    /// `--maximum-removal-delta` for upstream: the larger of the two fractions it compares, in ten-thousandths,
    /// rounded up.
    pub removal_delta: u32,
}
