//! What integration tests stand on: a real API server, one for each test binary, and a namespace for each test.
//!
//! `make test` builds the programs; `KUBEBUILDER_ASSETS` may name others.
#![allow(dead_code, unused_imports, reason = "each test binary uses a part of it")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests end by panicking")]

pub mod control_plane;
pub mod github;
pub mod kubelet;
pub mod operator;
mod pem;
mod port;
mod process;
mod programs;
pub mod resources;
mod wait;

pub use control_plane::ControlPlane;
pub use github::GitHub;
pub use kubelet::Kubelet;
pub use operator::Controller;
pub use port::free_port;
pub use process::Process;
pub use resources::namespace;
pub use wait::eventually;
