//! The spec of the objects that the operator makes by itself: the same for the receiver and the healer.

use std::sync::Arc;

use peribolos_api::{GitHubInstallation, GitHubInstallationSpec};

use crate::ownership::made_by_operator;

/// The spec of installations that the operator creates, except their id. Cheap to clone.
#[derive(Clone, Debug, PartialEq)]
pub struct InstallationDefaults(Arc<GitHubInstallationSpec>);

impl InstallationDefaults {
    /// The defaults of this spec; its `installationId` stands for none.
    pub fn new(spec: GitHubInstallationSpec) -> Self {
        Self(Arc::new(spec))
    }

    /// The spec with the id of an installation.
    pub fn for_installation(&self, id: i64) -> GitHubInstallationSpec {
        GitHubInstallationSpec { installation_id: id, ..(*self.0).clone() }
    }

    /// The spec of a new object for an installation on `login`, given what objects there are.
    ///
    /// It is suspended when a person's object stands for the same account with an older id, as after a reinstall:
    /// somebody must say which of the two it is to be (`DuplicateAccount`).
    pub fn for_new<'a>(
        &self,
        id: i64,
        login: &str,
        there: impl IntoIterator<Item = &'a GitHubInstallation>,
    ) -> GitHubInstallationSpec {
        let mut spec = self.for_installation(id);
        spec.suspend |= there.into_iter().any(|object| is_older_of_account(object, id, login));
        spec
    }
}

/// Whether a person's object stands for this account with an older id.
fn is_older_of_account(object: &GitHubInstallation, id: i64, login: &str) -> bool {
    let account = object.status.as_ref().and_then(|status| status.account.as_ref());
    !made_by_operator(object)
        && object.spec.installation_id < id
        && account.is_some_and(|account| account.login.eq_ignore_ascii_case(login))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(id: i64, login: &str, labels: &str) -> GitHubInstallation {
        serde_json::from_str(&format!(
            r#"{{"apiVersion":"peribolos.dev/v1alpha1","kind":"GitHubInstallation","metadata":{{"name":"x","labels":{labels}}},
               "spec":{{"installationId":{id}}},"status":{{"account":{{"login":"{login}","id":9,"type":"Organization"}}}}}}"#
        ))
        .unwrap()
    }

    #[rstest::rstest]
    #[case::a_persons_older_one(object(1, "Acme", "{}"), true)]
    #[case::the_operators(object(1, "acme", r#"{"peribolos.dev/created-by":"operator"}"#), false)]
    #[case::newer(object(3, "acme", "{}"), false)]
    #[case::the_same(object(2, "acme", "{}"), false)]
    #[case::another_account(object(1, "other", "{}"), false)]
    fn a_reinstall_waits_for_a_person(#[case] there: GitHubInstallation, #[case] suspend: bool) {
        let defaults = InstallationDefaults::new(object(1, "", "{}").spec);
        let spec = defaults.for_new(2, "acme", [&there]);
        assert_eq!((spec.installation_id, spec.suspend), (2, suspend));
    }
}
