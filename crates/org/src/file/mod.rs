//! `peribolos.yaml`: its model, how it is read and written, and what is found in it.
//!
//! - [`reading`] reads a file strictly into a [`model`], with the [`position`] of each value; what it can't take is one
//!   of the [`findings`], which [`report`] draws. [`yaml`] is the syntax alone.
//! - [`writing`] writes a model. [`normal_form`] gives it the [`canonical_names`] first: for the plan, and for upstream
//!   peribolos.
//! - [`reference`](mod@reference) has every key, for people and for editors.

pub(crate) mod canonical_names;
pub(crate) mod findings;
pub(crate) mod model;
pub(crate) mod normal_form;
pub(crate) mod position;
pub(crate) mod reading;
pub mod reference;
pub(crate) mod report;
pub(crate) mod writing;
mod yaml;

pub(crate) use yaml::Emitter;
