//! What upstream peribolos would do, stage by stage, and each of its traps.

mod collaborators;
mod expected;
mod fulfilled;
mod org;
mod people;
mod properties;
mod repos;
mod size;
mod support;
mod team_members;
mod team_repos;
mod teams;
mod verify;
