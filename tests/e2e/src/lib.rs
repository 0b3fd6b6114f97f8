//! What the tests with pods stand on: the cluster, the simulated GitHub, an organization of a test's own.
//!
//! Nothing here sleeps for a fixed time: everything is awaited by [`until`]. The tests are in `tests/e2e/`.

pub mod cluster;
pub mod operator;
pub mod org;
pub mod secrets;
pub mod sim;
pub mod wait;

pub use cluster::{Cluster, Kind};
pub use org::{Comment, Org};
pub use sim::Sim;
pub use wait::{say, until};

use anyhow::Result;

/// The namespace of the operator itself.
pub const SYSTEM: &str = "peribolos-system";
/// The namespace of installations, runs, TaskRuns and tokens.
pub const OBJECTS: &str = "peribolos-system-installations";

/// The environment that `scripts/environment up` made.
#[derive(Clone)]
pub struct World {
    /// The cluster.
    pub cluster: Cluster,
    /// The simulated GitHub.
    pub sim: Sim,
}

impl World {
    /// Connects to the environment that `KUBECONFIG` and `SIM` name.
    ///
    /// # Errors
    /// When one of them is not set or leads nowhere.
    pub async fn connect() -> Result<Self> {
        Ok(Self { cluster: Cluster::connect().await?, sim: Sim::connect()? })
    }
}
