//! What this GitHub knows: one [`World`] behind one mutex.

pub(crate) mod access;
pub(crate) mod activity;
pub(crate) mod audit;
pub(crate) mod checks;
pub(crate) mod installation;
pub(crate) mod issue;
pub(crate) mod login;
pub(crate) mod org;
pub(crate) mod repo;
pub(crate) mod role;
pub(crate) mod rules;
pub(crate) mod slug;
pub(crate) mod team;
pub(crate) mod world;

pub(crate) use installation::{Installation, Level, Permissions, Scope, Selection};
pub(crate) use login::Login;
pub(crate) use org::{Invitation, Member, Org, Traits};
pub(crate) use repo::{Repo, Visibility};
pub(crate) use role::{Access, CustomRole, OrgRole, OrgWideRole, RepoRole, TeamRole};
pub(crate) use rules::OrgRules;
pub(crate) use team::{Privacy, Team, TeamKind};
pub(crate) use world::{User, World};
