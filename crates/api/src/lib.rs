//! The custom resources of `peribolos.dev/v1alpha1`: [`GitHubInstallation`] and [`PeribolosRun`],
//! with their conditions and reasons. Types and rules only: no client, no runtime.
//!
//! Everything a user may get wrong is refused by the schema or by a CEL rule with a sentence that
//! says why; what the rules let through, the controller can rely on.

pub mod condition;
pub mod crds;
mod duration;
pub mod installation;
pub mod names;
pub mod run;

pub use condition::{ConditionType, Reason};
pub use duration::{GoDuration, ParseDurationError};
pub use installation::{GitHubInstallation, GitHubInstallationSpec, GitHubInstallationStatus};
pub use run::{PeribolosRun, PeribolosRunSpec, PeribolosRunStatus};

/// The API group of both resources.
pub const GROUP: &str = "peribolos.dev";
/// The only version so far.
pub const VERSION: &str = "v1alpha1";
