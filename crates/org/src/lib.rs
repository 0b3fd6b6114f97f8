//! The organization as a file and as GitHub has it, without any I/O.
//!
//! - [`parse`] reads a `peribolos.yaml` strictly: what it can't take to the letter is a
//!   [`Diagnostic`] with file, line, column and the nearest valid word.
//! - [`normalize`] writes the YAML that upstream peribolos gets: with the canonical name of everything, and nothing that
//!   upstream would read in another way.
//! - [`dump`] turns a [`Snapshot`] of what GitHub has into a [`ConfigFile`], [`Dumped::to_yaml`]
//!   writes that for the organization's owners.
//! - [`plan`] is what an apply of a file would do. Around it: [`removals`], [`guard`] (limits on those), [`review`] (those
//!   that nobody has seen before), [`show`] (plans and results for people).
//! - [`merge`] is what merging a branch makes of the file.
//!
//! Facts about upstream peribolos that this crate works around are named where it does so.

mod dump;
mod file;
pub mod guard;
mod kinds;
pub mod merge;
pub mod plan;
pub mod removals;
pub mod review;
mod settings;
pub mod show;
mod snapshot;
#[cfg(feature = "testing")]
pub mod testing;
mod text;
mod unknown;

pub use dump::{DumpNote, Dumped, dump};
pub use file::canonical_names::CanonicalNames;
pub use file::findings::{Code, Diagnostic, Severity};
pub use file::model::{Collaborator, ConfigFile, OnCreate, OrgSettings, Repo, RepoSettings, Team, TeamRepo};
pub use file::normal_form::{Normalized, normalize};
pub use file::position::{Located, Position};
pub use file::reading::{MAX_BYTES, Parsed, decode, parse, parse_managed};
pub use file::reference;
pub use file::report::{Style, render_diagnostic};
pub use file::writing::render;
pub use peribolos_vocab::{
    DefaultPermission, InvalidName, Login, OrgRole, Permission, Privacy, RepoName, Slug, SquashMessage,
    SquashTitle, TeamName, Visibility,
};
pub use settings::{OrgSetting, RepoSettingName, Request};
pub use snapshot::{
    Extent, Invitation, InvitationState, ManagedBy, Own, RepoInvitation, Settings, Snapshot,
    SnapshotCollaborator, SnapshotRepo, SnapshotTeam, SnapshotTeamRepo, Unread, UnreadCause,
};
pub use unknown::unknown_logins;
