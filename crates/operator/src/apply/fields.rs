//! Splits a change of several fields into one change per field.

use std::collections::BTreeSet;

use peribolos_org::plan::{Change, Failure, RepoSettingName, SettingChange, TeamSetting};

/// The same change, one field at a time. Fields that GitHub only accepts together stay together; a new name comes last, because
/// the other requests use the old one.
pub(super) fn each(change: &Change) -> Vec<Change> {
    match change {
        Change::EditOrg { changes } => {
            changes.iter().map(|one| Change::EditOrg { changes: vec![one.clone()] }).collect()
        }
        Change::EditRepo { name, changes } => repo_fields(changes)
            .into_iter()
            .map(|changes| Change::EditRepo { name: name.clone(), changes })
            .collect(),
        Change::EditTeam { name, slug, changes } => {
            let mut changes = changes.clone();
            changes.sort_by_key(|change| change.setting == TeamSetting::Name);
            let one = |one| Change::EditTeam { name: name.clone(), slug: slug.clone(), changes: vec![one] };
            changes.into_iter().map(one).collect()
        }
        other => vec![other.clone()],
    }
}

/// Each field, a message of merges with its title.
fn repo_fields(changes: &[SettingChange<RepoSettingName>]) -> Vec<Vec<SettingChange<RepoSettingName>>> {
    let titles: BTreeSet<RepoSettingName> =
        changes.iter().filter_map(|change| change.setting.title_of_message()).collect();
    changes
        .iter()
        .filter(|change| !titles.contains(&change.setting))
        .map(|change| {
            let title = change.setting.title_of_message();
            let title = changes.iter().find(|other| Some(other.setting) == title);
            title.into_iter().chain([change]).cloned().collect()
        })
        .collect()
}

/// The keys of the fields that a change changes, for a sentence.
pub(super) fn keys(change: &Change) -> String {
    let keys: Vec<&str> = match change {
        Change::EditOrg { changes } => changes.iter().map(|change| change.setting.key()).collect(),
        Change::EditRepo { changes, .. } => changes.iter().map(|change| change.setting.key()).collect(),
        Change::EditTeam { changes, .. } => changes.iter().map(|change| change.setting.key()).collect(),
        _ => Vec::new(),
    };
    keys.into_iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(" and ")
}

/// Merges several failures, each with its fields; none if there are none.
pub(super) fn together(failures: Vec<(String, Failure)>) -> Option<Failure> {
    let sentences: Vec<String> =
        failures.iter().map(|(keys, failure)| format!("{keys}: {}", failure.sentence)).collect();
    let first = failures.into_iter().map(|(_, failure)| failure).min_by_key(|failure| failure.cause)?;
    Some(Failure { sentence: sentences.join("; "), ..first })
}

#[cfg(test)]
mod tests {
    use peribolos_org::plan::Cause;
    use peribolos_org::{RepoName, Slug, TeamName};

    use super::*;

    fn change<S>(setting: S, to: &str) -> SettingChange<S> {
        SettingChange { setting, from: None, to: to.to_owned() }
    }

    #[test]
    fn a_title_and_its_message_stay_together() {
        let setting = |key: &str| serde_json::from_value::<RepoSettingName>(key.into()).unwrap();
        let keys_of = |keys: &[&str]| {
            let changes = keys.iter().map(|key| change(setting(key), "x")).collect();
            let parts = each(&Change::EditRepo { name: RepoName::new("site"), changes });
            parts.iter().map(super::keys).collect::<Vec<_>>()
        };
        let (title, message) = ("squash_merge_commit_title", "squash_merge_commit_message");
        assert_eq!(
            keys_of(&[title, "description", message]),
            ["`description`".to_owned(), format!("`{title}` and `{message}`")]
        );
        assert_eq!(keys_of(&[title, "description"]), [format!("`{title}`"), "`description`".to_owned()]);
    }

    #[test]
    fn a_team_gets_its_new_name_last() {
        let changes = vec![change(TeamSetting::Name, "New"), change(TeamSetting::Description, "d")];
        let (name, slug) = (TeamName::new("Old"), Slug::new("old"));
        let parts = each(&Change::EditTeam { name, slug, changes });
        assert_eq!(parts.iter().map(keys).collect::<Vec<_>>(), ["`description`", "`name`"]);
    }

    #[test]
    fn failures_are_one_that_names_the_fields() {
        let failure = |sentence: &str, cause| Failure {
            sentence: sentence.to_owned(),
            status: Some(422),
            cause,
            what_to_do: sentence.to_owned(),
        };
        let one = together(vec![
            ("`a`".to_owned(), failure("no", Cause::Refused)),
            ("`b`".to_owned(), failure("down", Cause::Transient)),
        ])
        .unwrap();
        assert_eq!((one.sentence.as_str(), one.cause), ("`a`: no; `b`: down", Cause::Transient));
        assert_eq!(one.what_to_do, "down", "another try may help");
        assert_eq!(together(Vec::new()), None);
    }
}
