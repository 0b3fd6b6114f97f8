//! What the conditions report about the repository that holds the file.

use peribolos_api::{GitHubInstallationStatus, Reason};

use super::Finding;

/// Why it can't be used, if a person has to act.
pub fn config_problem(status: &GitHubInstallationStatus) -> Option<Finding> {
    let problem = status.config_problem.as_ref()?;
    Some(Finding::new(Reason::parse(&problem.reason).unwrap_or(Reason::ConfigMissing), &problem.message))
}

/// That it is not private any more.
pub fn config_public(status: &GitHubInstallationStatus) -> Option<Finding> {
    let config = status.config.as_ref()?;
    let since = config.public_since.as_ref()?;
    let message = format!(
        "the repository {} holds the organization's file and is {} since about {since}: checks and issues now name only what the \
         file names, but what was posted before and the history of the file can be read there; make it private again, or let the \
         owners know",
        config.repository, config.visibility
    );
    Some(Finding::new(Reason::ConfigPublic, message))
}
