//! Settings that a file gives, and how they differ from those that are there.
//!
//! Values are texts as the file writes them, so that one comparison serves them all.

use peribolos_vocab::{DefaultPermission, Word};

use super::{OrgSetting, RepoSettingName, SettingChange};
use crate::file::model::{OnCreate, OrgSettings, RepoSettings};
use crate::file::position::Located;

/// A setting that a file gives.
#[derive(Clone, Debug)]
pub(crate) struct Given<S> {
    pub(crate) setting: S,
    pub(crate) value: String,
    pub(crate) line: Option<u32>,
}

impl<S: Copy> Given<S> {
    fn of(setting: S, value: &Located<String>) -> Self {
        Self { setting, value: value.value.clone(), line: value.position.map(|position| position.line) }
    }
}

/// The settings of an organization that a file gives, in the order of the table.
pub(crate) fn of_org(settings: &OrgSettings) -> Vec<Given<OrgSetting>> {
    settings.iter().map(|(setting, value)| Given::of(*setting, value)).collect()
}

/// The settings of a repository that a file gives, in the order of the table.
pub(crate) fn of_repo(settings: &RepoSettings) -> Vec<Given<RepoSettingName>> {
    settings.iter().map(|(setting, value)| Given::of(*setting, value)).collect()
}

/// What a file gives for the moment a repository is made.
pub(crate) fn on_create(on_create: &OnCreate) -> Vec<Given<RepoSettingName>> {
    let auto_init =
        on_create.auto_init.map(|flag| Located { value: flag.value.to_string(), position: flag.position });
    let given = [
        (RepoSettingName::AUTO_INIT, auto_init.as_ref()),
        (RepoSettingName::GITIGNORE_TEMPLATE, on_create.gitignore_template.as_ref()),
        (RepoSettingName::LICENSE_TEMPLATE, on_create.license_template.as_ref()),
    ];
    given.into_iter().filter_map(|(setting, value)| Some(Given::of(setting, value?))).collect()
}

/// Whether a change lowers what every member may do. Where it is not known what was, everything but the highest may be
/// less.
pub(crate) fn lowers_default_permission(change: &SettingChange<OrgSetting>) -> bool {
    if change.setting != OrgSetting::DEFAULT_REPOSITORY_PERMISSION {
        return false;
    }
    let from = change.from.as_deref().and_then(DefaultPermission::from_word);
    DefaultPermission::from_word(&change.to) < Some(from.unwrap_or(DefaultPermission::Admin))
}

/// Whether fewer people see a repository afterwards, or everyone.
pub(crate) fn hides_or_publishes(change: &SettingChange<RepoSettingName>) -> bool {
    change.setting == RepoSettingName::VISIBILITY && (change.to == "public" || !is_seen_by_more(change))
}

/// Whether more people see a repository afterwards.
pub(crate) fn is_seen_by_more(change: &SettingChange<RepoSettingName>) -> bool {
    let audience = |visibility: &str| match visibility {
        "public" => 2,
        "internal" => 1,
        _ => 0,
    };
    change.from.as_deref().is_some_and(|from| audience(from) < audience(&change.to))
}
