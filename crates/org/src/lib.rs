//! The organization as a file and as GitHub has it, without any I/O.
//!
//! - [`parse`] reads a `peribolos.yaml` strictly: what it can't take to the letter is a
//!   [`Diagnostic`] with file, line, column and the nearest valid word.
//! - [`settle`] writes the YAML that upstream peribolos gets: GitHub's spelling of every name,
//!   nothing that upstream would read in another way.
//! - [`dump`] turns a [`Snapshot`] of what GitHub has into a [`ConfigFile`], [`Dumped::to_yaml`]
//!   writes that for the organization's owners.
//! - [`plan`] is what an apply of a file would do. Around it: [`removals`], [`guard`] (limits on those), [`review`] (those
//!   that nobody has seen before), [`show`] (plans and results for people).
//!
//! Facts about upstream peribolos that this crate works around are named where it does so.

mod diagnostic;
mod dump;
pub mod guard;
mod kinds;
mod located;
mod model;
mod parse;
pub mod plan;
pub mod reference;
pub mod removals;
mod report;
pub mod review;
mod settings;
mod settle;
pub mod show;
mod snapshot;
mod spelling;
#[cfg(feature = "testing")]
pub mod testing;
mod text;
mod unknown;
mod write;
mod yaml;

pub use diagnostic::{Code, Diagnostic, Severity};
pub use dump::{DumpNote, Dumped, dump};
pub use located::{Located, Position};
pub use model::{Collaborator, ConfigFile, OnCreate, OrgSettings, Repo, RepoSettings, Team, TeamRepo};
pub use parse::{MAX_BYTES, Parsed, decode, parse, parse_managed};
pub use peribolos_vocab::{
    DefaultPermission, InvalidName, Login, OrgRole, Permission, Privacy, RepoName, Slug, SquashMessage,
    SquashTitle, TeamName, Visibility,
};
pub use report::{Style, render_diagnostic};
pub use settings::{OrgSetting, RepoSettingName, Request};
pub use settle::{Settled, settle};
pub use snapshot::{
    Invitation, InvitationState, ManagedBy, Own, RepoInvitation, Settings, Snapshot, SnapshotCollaborator,
    SnapshotRepo, SnapshotTeam, SnapshotTeamRepo, Unread,
};
pub use spelling::Spelling;
pub use unknown::unknown_logins;
pub use write::render;
