//! What several crates name and must not define twice: accounts, repositories, teams and commits; roles and
//! permissions; the kinds of things that are managed; how a check ends and what it annotates; how a step reports.
//!
//! Types alone: no I/O, and no decisions beyond what makes two names equal.

mod check;
mod ids;
mod managed;
mod names;
pub mod report;
mod roles;
mod slug;
mod words;

pub use check::{Annotation, AnnotationLevel, CheckConclusion};
pub use ids::{AppId, FullName, IdError, InstallationId, Sha};
pub use managed::{Allow, Ignore, Kind};
pub use names::{InvalidName, Login, RepoName, Slug, TeamName, compare_ignoring_case};
pub use roles::{OrgRole, TeamRole};
pub use words::{
    DefaultPermission, MergeMessage, MergeTitle, Permission, Privacy, SquashMessage, SquashTitle, Visibility,
    Word,
};
