//! Settings of repositories that the organization decides for all of them.

use peribolos_vocab::RepoName;

use super::{OrgSetting, RepoSettingName};
use crate::file::findings::quoted;
use crate::snapshot::Settings;

/// Where a setting of the organization decides one of all its repositories.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Decided {
    /// The organization's setting.
    pub(crate) by: OrgSetting,
    /// The value of it that decides.
    pub(crate) when: &'static str,
    /// What the setting of every repository is then; none: it stays what it is, and can't be changed.
    pub(crate) to: Option<&'static str>,
}

impl Decided {
    /// Whether an organization with these settings decides.
    pub(crate) fn is_so(&self, organization: &Settings<OrgSetting>) -> bool {
        organization.get(&self.by).is_some_and(|value| value == self.when)
    }

    /// What is wrong with another value of a repository's setting, and what to do about it.
    pub(crate) fn refusal(&self, setting: RepoSettingName, of: &RepoName, value: &str) -> (String, String) {
        let (key, by) = (setting.key(), self.by.key());
        let (state, other) = if self.when == "true" { ("on", "false") } else { ("off", "true") };
        let message = format!(
            "`{key}` of {} can't be `{value}`, because `{by}` of the organization is {state}",
            quoted(of.as_str())
        );
        (message, format!("remove `{key}`, or write `{by}: {other}` for the organization"))
    }
}
