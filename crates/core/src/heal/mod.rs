//! What is found without a webhook: the same that a lost one would have reported.

pub mod deliveries;
pub mod file;
pub mod installations;
pub mod looks;
