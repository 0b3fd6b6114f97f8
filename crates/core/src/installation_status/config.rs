//! What the conditions report about the repository that holds the file.

use peribolos_api::{GitHubInstallation, GitHubInstallationStatus, Reason, installation::Disclosure};

use super::Finding;

/// Why it can't be used, if a person has to act.
pub fn config_problem(status: &GitHubInstallationStatus) -> Option<Finding> {
    let problem = status.config_problem.as_ref()?;
    Some(Finding::new(Reason::parse(&problem.reason).unwrap_or(Reason::ConfigMissing), &problem.message))
}

/// That it is not private any more.
pub fn config_public(installation: &GitHubInstallation) -> Option<Finding> {
    let config = installation.status.as_ref()?.config.as_ref()?;
    let since = config.public_since.as_ref()?;
    let consequence = match installation.spec.disclosure {
        Disclosure::Full => "checks and issues still name everything, as spec.disclosure says, and they",
        Disclosure::Auto | Disclosure::FileOnly => {
            "checks and issues now name only what the file names, but what was posted before"
        }
    };
    let message = format!(
        "the repository {} holds the organization's file and is {} since about {since}: {consequence} and the history of the file can \
         be read there; make it private again, or let the owners know",
        config.repository, config.visibility
    );
    Some(Finding::new(Reason::ConfigPublic, message))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::run::testing::at;

    #[rstest::rstest]
    #[case("Auto", "now name only what the file names")]
    #[case("FileOnly", "now name only what the file names")]
    #[case("Full", "still name everything, as spec.disclosure says")]
    fn a_repository_that_turned_public_is_reported_with_what_is_named_there(
        #[case] disclosure: &str,
        #[case] expected: &str,
    ) {
        let mut installation = crate::run::testing::installation();
        installation.spec =
            serde_json::from_value(json!({"installationId": 1, "disclosure": disclosure})).unwrap();
        let mut config = json!({"repository": ".github", "repositoryId": 5, "visibility": "private"});
        let mut found = |config: &serde_json::Value| {
            installation.status = Some(serde_json::from_value(json!({"config": config})).unwrap());
            config_public(&installation)
        };
        assert_eq!(found(&config), None);
        config["visibility"] = json!("public");
        assert_eq!(found(&config), None, "it was public when it was chosen");
        config["publicSince"] = json!(at(0).to_string());
        let message = found(&config).unwrap().message;
        assert!(message.contains(expected) && message.contains(".github"), "{message}");
    }
}
