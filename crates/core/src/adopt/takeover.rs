//! Of two objects of one installation or account the one that comes first takes over what the other one knows.

use peribolos_api::GitHubInstallation;
use serde_json::{Map, Value, json};

use super::FIELDS;
use crate::ownership::{owner, precedes};

/// What an object that knows of no Apply does about the others of its installation or account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Takeover {
    /// Nothing: none of them comes after it and knows more.
    Nothing,
    /// One of them applies something: what it will leave is taken over then.
    Wait,
    /// The status is to say this; [`FIELDS`] that are left out are to be absent.
    From {
        /// The other object's name.
        name: String,
        /// The fields.
        fields: Map<String, Value>,
    },
}

/// Decides that for `object`; `others` are as the API server has them.
pub fn takeover(object: &GitHubInstallation, others: &[GitHubInstallation]) -> Takeover {
    let is_active =
        |other: &&GitHubInstallation| other.status.as_ref().is_some_and(|status| status.active_run.is_some());
    if others.iter().any(|other| is_active(&other)) {
        return Takeover::Wait;
    }
    // Of another file it says nothing about this one.
    let behind = others.iter().filter(|other| {
        precedes(object, other) && is_of_same_file(object, other) && !known(other).is_empty()
    });
    owner(behind).map_or(Takeover::Nothing, |other| Takeover::From {
        name: other.metadata.name.clone().unwrap_or_default(),
        fields: of_here(object, other),
    })
}

fn config_id(object: &GitHubInstallation) -> Option<i64> {
    Some(object.status.as_ref()?.config.as_ref()?.repository_id)
}

/// Whether both objects are about one file, as far as is known.
fn is_of_same_file(object: &GitHubInstallation, other: &GitHubInstallation) -> bool {
    let ids = config_id(object).zip(config_id(other));
    other.spec.config == object.spec.config && ids.is_none_or(|(one, other)| one == other)
}

/// What the other object knows. One of an earlier version kept no id: what it has applied was in this repository.
fn of_here(object: &GitHubInstallation, other: &GitHubInstallation) -> Map<String, Value> {
    let mut fields = known(other);
    if let (None, Some(id), Some(Value::Object(last))) =
        (config_id(other), config_id(object), fields.get_mut("lastApply"))
    {
        last.insert("repositoryId".to_owned(), json!(id));
    }
    fields
}

/// What an object knows of what was applied. Empty: of nothing.
fn known(object: &GitHubInstallation) -> Map<String, Value> {
    let Some(status) = &object.status else { return Map::new() };
    if status.last_apply.is_none() && status.last_applied_sha.is_none() && status.declined.is_none() {
        return Map::new();
    }
    let Ok(Value::Object(mut fields)) = serde_json::to_value(status) else { return Map::new() };
    fields.retain(|field, _| FIELDS.contains(&field.as_str()));
    fields
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object(name: &str, more: Value) -> GitHubInstallation {
        let mut object = json!({
            "apiVersion": "peribolos.dev/v1alpha1", "kind": "GitHubInstallation",
            "metadata": {"name": name, "uid": name, "creationTimestamp": "2026-01-01T00:00:00Z"},
            "spec": {"installationId": 1},
        });
        for (key, value) in more.as_object().unwrap() {
            match object[key].as_object_mut() {
                Some(there) => there.extend(value.as_object().unwrap().clone()),
                None => object[key] = value.clone(),
            }
        }
        serde_json::from_value(object).unwrap()
    }

    fn operators(status: Value) -> GitHubInstallation {
        let labels = json!({"peribolos.dev/created-by": "operator"});
        object("operators", json!({"metadata": {"labels": labels}, "status": status}))
    }

    fn last() -> Value {
        json!({"run": "r", "uid": "u", "phase": "Succeeded", "blob": "b"})
    }

    #[test]
    fn who_comes_first_takes_over_all_that_decides() {
        let mine = object("mine", json!({}));
        let status = json!({"lastApply": last(), "lastAppliedSha": "s", "lastReviewedSha": "r", "healSequence": 7,
            "lastRun": {"name": "r", "phase": "Succeeded"}, "declined": {"blob": "d", "reason": "Cancelled"}});
        let Takeover::From { name, fields } = takeover(&mine, &[operators(status.clone())]) else {
            panic!("nothing is taken over")
        };
        assert_eq!(name, "operators");
        let names: Vec<&String> = fields.keys().collect();
        assert_eq!(names, ["declined", "lastAppliedSha", "lastApply", "lastReviewedSha"]);
        // The other way round nothing is.
        assert_eq!(
            takeover(&operators(json!({})), &[object("mine", json!({"status": status}))]),
            Takeover::Nothing
        );
    }

    #[rstest::rstest]
    #[case::it_knows_nothing(json!({}), Takeover::Nothing)]
    #[case::nobody_asked(json!({"baselineBlob": "b"}), Takeover::Nothing)]
    #[case::it_applies(json!({"activeRun": {"name": "r", "uid": "u", "attempt": 1}}), Takeover::Wait)]
    fn what_the_other_is_at(#[case] status: Value, #[case] expected: Takeover) {
        assert_eq!(takeover(&object("mine", json!({})), &[operators(status)]), expected);
    }

    #[test]
    fn an_object_of_another_file_knows_nothing_of_this_one() {
        let mine = object("mine", json!({"spec": {"config": {"path": "other.yaml"}}}));
        assert_eq!(takeover(&mine, &[operators(json!({"lastApply": last()}))]), Takeover::Nothing);
    }
}
