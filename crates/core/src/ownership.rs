//! Which of several objects of one `installationId`, or of one account, comes first.

use peribolos_api::{
    GitHubInstallation,
    names::{CREATED_BY_OPERATOR, LABEL_CREATED_BY},
};

/// Whether the operator made this object by itself; people and GitOps made the others.
pub fn made_by_operator(object: &GitHubInstallation) -> bool {
    let labels = object.metadata.labels.as_ref();
    labels.and_then(|labels| labels.get(LABEL_CREATED_BY)).is_some_and(|by| by == CREATED_BY_OPERATOR)
}

/// The owner among objects of one `installationId`; the others own nothing (`DuplicateInstallation`).
///
/// One that is being deleted loses to any other; one that people made wins over the operator's, then the older, then the lower uid. `None` only for no objects.
pub fn owner<'a>(
    objects: impl IntoIterator<Item = &'a GitHubInstallation>,
) -> Option<&'a GitHubInstallation> {
    objects.into_iter().min_by_key(|object| {
        let meta = &object.metadata;
        // An object that was never stored has neither; it loses against any that was.
        let created = meta.creation_timestamp.as_ref().map_or(jiff::Timestamp::MAX, |time| time.0);
        let is_deleted = meta.deletion_timestamp.is_some();
        (is_deleted, made_by_operator(object), created, meta.uid.as_deref().unwrap_or("~"))
    })
}

/// Whether `one` comes before `other`.
pub fn precedes(one: &GitHubInstallation, other: &GitHubInstallation) -> bool {
    owner([one, other]).is_some_and(|owner| owner.metadata.uid == one.metadata.uid)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(uid: &str, created: &str, by_operator: bool) -> GitHubInstallation {
        let labels = if by_operator { r#""peribolos.dev/created-by":"operator""# } else { "" };
        serde_json::from_str(&format!(
            r#"{{"apiVersion":"peribolos.dev/v1alpha1","kind":"GitHubInstallation","spec":{{"installationId":1}},
               "metadata":{{"name":"x","uid":"{uid}","creationTimestamp":"{created}","labels":{{{labels}}}}}}}"#
        ))
        .unwrap()
    }

    #[rstest::rstest]
    #[case::person_over_operator(("b", "2026-01-02T00:00:00Z", false), ("a", "2026-01-01T00:00:00Z", true))]
    #[case::older(("b", "2026-01-01T00:00:00Z", false), ("a", "2026-01-02T00:00:00Z", false))]
    #[case::older_of_the_operators(("b", "2026-01-01T00:00:00Z", true), ("a", "2026-01-02T00:00:00Z", true))]
    #[case::lower_uid(("a", "2026-01-01T00:00:00Z", false), ("b", "2026-01-01T00:00:00Z", false))]
    fn the_first_owns(#[case] first: (&str, &str, bool), #[case] second: (&str, &str, bool)) {
        let (first, second) = (object(first.0, first.1, first.2), object(second.0, second.1, second.2));
        assert_eq!(owner([&first, &second]).unwrap().metadata.uid, first.metadata.uid);
        assert_eq!(owner([&second, &first]).unwrap().metadata.uid, first.metadata.uid);
    }

    #[test]
    fn one_that_is_being_deleted_loses_to_any_other() {
        let other = object("b", "2026-01-02T00:00:00Z", true);
        let mut deleted = object("a", "2026-01-01T00:00:00Z", false);
        assert!(precedes(&deleted, &other));
        deleted.metadata.deletion_timestamp = other.metadata.creation_timestamp.clone();
        assert!(precedes(&other, &deleted) && !precedes(&deleted, &other));
    }

    #[test]
    fn nothing_owns_nothing() {
        assert_eq!(owner([]), None);
    }
}
