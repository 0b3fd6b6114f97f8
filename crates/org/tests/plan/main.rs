//! The plan of a file: each kind by itself, the order of applying, and what holds for every organization.

mod collaborators;
mod effect;
mod expected;
mod github;
mod members;
mod order;
mod organization;
mod properties;
mod repositories;
mod size;
mod support;
mod team_members;
mod team_repositories;
mod teams;
mod verify;
mod withheld;
