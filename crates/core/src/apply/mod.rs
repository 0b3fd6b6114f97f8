//! Applying a plan: when the next request may be sent, what follows from GitHub's answer to it, which removals of owners
//! have to wait, and with which exit code the step ends. The requests themselves are made elsewhere.

pub mod afterwards;
pub mod answer;
pub mod deadline;
pub mod exit;
pub mod invitations;
pub mod owners;
pub mod pace;
pub mod streak;
pub mod wait;
