//! The kinds of things that a file describes: how each differs from GitHub, and which places its operations get.
//!
//! They are gone through in the order of this list: a kind may look at what those before it planned.

mod collaborators;
mod members;
mod organization;
pub(crate) mod repositories;
mod team_members;
pub(crate) mod team_repositories;
pub(crate) mod teams;

use crate::plan::Planner;

/// Plans one kind.
type Differ = fn(&mut Planner<'_>);

/// All kinds. What a team or a person needs of their own depends on what they get from elsewhere, so people come before
/// teams, teams before their members and repositories, and collaborators last.
pub(crate) const ALL: [Differ; 7] = [
    repositories::differ,
    organization::differ,
    members::differ,
    teams::differ,
    team_members::differ,
    team_repositories::differ,
    collaborators::differ,
];
