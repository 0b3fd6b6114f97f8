//! Upstream's stages, in its order: `configureOrg` of its `cmd/peribolos/main.go`.

mod collaborators;
mod org;
mod org_members;
mod repos;
mod team;
mod team_members;
mod team_repos;
mod teams;

pub(super) use collaborators::collaborators;
pub(super) use org::org;
pub(super) use org_members::org_members;
pub(super) use repos::repos;
pub(super) use teams::teams;
