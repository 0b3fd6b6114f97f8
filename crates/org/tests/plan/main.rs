//! The plan of a file: each kind by itself, the order of applying, and what holds for every organization.

mod effect;
mod properties;
mod support;
