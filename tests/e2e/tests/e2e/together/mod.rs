//! Tests that may run at once: each has an organization of its own.

mod commands;
mod ends;
mod isolation;
mod plans;
mod queue;
mod refusals;
mod tekton;
mod tokens;
