//! The exit code for what GitHub refused or could not do.

use peribolos_github::{Error, Retry};
use peribolos_vocab::report::StepExit;

/// The exit code for an error of GitHub without which the step can't continue.
pub fn exit(error: &Error) -> StepExit {
    if error.is_rate_limited() {
        StepExit::RateLimited
    } else if error.is_access_blocked() {
        StepExit::AccessBlocked
    } else if error.is_suspended() || error.is_moved() || error.is_unauthorized() {
        // It was suspended temporarily or renamed, or the token is no longer accepted: another attempt may succeed.
        StepExit::GitHubUnavailable
    } else if error.is_forbidden() || error.is_permission_missing() {
        StepExit::PermissionsMissing
    } else if error.retry() != Retry::Never {
        StepExit::GitHubUnavailable
    } else {
        StepExit::Failed
    }
}
