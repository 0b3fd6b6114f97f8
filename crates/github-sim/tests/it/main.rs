//! The simulator, asked over a real socket.
#![expect(clippy::expect_used, clippy::panic, reason = "helpers of tests fail as tests do")]

mod access;
mod auth;
mod checks;
mod deliveries;
mod faults;
mod git;
mod limits;
mod managed;
mod members;
mod pages;
mod people;
mod pulls;
mod repos;
mod roles;
mod settings;
mod state;
mod support;
mod teams;
mod tokens;
mod transport;
mod upstream;
