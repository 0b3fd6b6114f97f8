//! A setting by its place in the table.

use std::fmt;
use std::marker::PhantomData;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::decided::Decided;
use super::organization::Organization;
use super::repository::Repository;
use super::row::{Dumped, New, Request, Row};

/// What the settings of a table are settings of.
pub trait Table: Copy + Ord + 'static {
    /// The rows, in the order in which people would write them.
    #[doc(hidden)]
    const ROWS: &'static [Row];
}

/// A setting: a row of the table of organizations or of repositories.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Setting<T>(u8, PhantomData<T>);

/// A setting of an organization.
pub type OrgSetting = Setting<Organization>;
/// A setting of a repository; what is used once when it is made is among them.
pub type RepoSettingName = Setting<Repository>;

impl<T: Table> Setting<T> {
    /// The settings that a file gives, in the order of the table.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::rows().filter(|setting| setting.request() != Request::CreateOnly)
    }

    fn rows() -> impl Iterator<Item = Self> {
        (0..).zip(T::ROWS).map(|(index, _)| Self(index, PhantomData))
    }

    /// The setting of that key; what is used once when a repository is made is found, too.
    pub fn of_key(key: &str) -> Option<Self> {
        Self::rows().find(|setting| setting.key() == key)
    }

    /// The setting of that key, for a constant.
    #[expect(clippy::panic, reason = "only evaluated while this program is compiled")]
    const fn named(key: &str) -> Self {
        let mut index = 0;
        while index < T::ROWS.len() {
            if is_same(T::ROWS[index].key, key) {
                #[expect(clippy::cast_possible_truncation, reason = "the table has fewer rows")]
                return Self(index as u8, PhantomData);
            }
            index += 1;
        }
        panic!("the table has no such key")
    }

    pub(crate) const fn row(self) -> &'static Row {
        &T::ROWS[self.0 as usize]
    }

    /// Its key in the file, and in GitHub's REST API.
    pub const fn key(self) -> &'static str {
        self.row().key
    }

    /// By which request it is written.
    pub const fn request(self) -> Request {
        self.row().request
    }

    /// Whether upstream peribolos knows it.
    pub const fn is_known_upstream(self) -> bool {
        self.row().upstream
    }

    /// Of the message of merges, the setting of its title, which GitHub wants beside it.
    pub fn title_of_message(self) -> Option<Self> {
        Self::of_key(self.row().together_with?.title)
    }

    /// Whether GitHub changes it by itself when another one is changed.
    pub(crate) fn changes_with(self, other: Self) -> bool {
        self.row().changes_with.contains(&other.key())
    }

    /// What GitHub gives a new organization or repository; none where that is not known. `is_public` is whether the
    /// repository is public.
    pub const fn new_value(self, is_public: bool) -> Option<&'static str> {
        match self.row().new {
            New::Is(value) => Some(value),
            New::Varies => None,
            New::Public { public, other } => Some(if is_public { public } else { other }),
        }
    }

    /// Whether a dump has this value.
    pub(crate) fn is_dumped(self, value: &str, is_public: bool) -> bool {
        self.row().dumped == Dumped::Always || self.new_value(is_public) != Some(value)
    }
}

const fn is_same(left: &str, right: &str) -> bool {
    let (left, right) = (left.as_bytes(), right.as_bytes());
    if left.len() != right.len() {
        return false;
    }
    let mut index = 0;
    while index < left.len() {
        if left[index] != right[index] {
            return false;
        }
        index += 1;
    }
    true
}

impl Setting<Organization> {
    /// What every member may do in each repository.
    pub const DEFAULT_REPOSITORY_PERMISSION: Self = Self::named("default_repository_permission");
    /// Whether members may make repositories at all.
    pub const MEMBERS_CAN_CREATE_REPOSITORIES: Self = Self::named("members_can_create_repositories");
    /// Whether members may make public repositories.
    pub const MEMBERS_CAN_CREATE_PUBLIC_REPOSITORIES: Self =
        Self::named("members_can_create_public_repositories");
    /// Whether members may fork repositories that are not public.
    pub const MEMBERS_CAN_FORK_PRIVATE_REPOSITORIES: Self =
        Self::named("members_can_fork_private_repositories");
    /// Whether commits on the web need a sign-off in every repository.
    pub const WEB_COMMIT_SIGNOFF_REQUIRED: Self = Self::named("web_commit_signoff_required");
    /// Whether repositories may have projects.
    pub const HAS_REPOSITORY_PROJECTS: Self = Self::named("has_repository_projects");
}

impl Setting<Repository> {
    /// Who can see it.
    pub const VISIBILITY: Self = Self::named("visibility");
    /// Whether it is read-only.
    pub const ARCHIVED: Self = Self::named("archived");
    /// The branch that is shown first.
    pub const DEFAULT_BRANCH: Self = Self::named("default_branch");
    /// What it is about.
    pub const TOPICS: Self = Self::named("topics");
    /// Whether it may be forked.
    pub const ALLOW_FORKING: Self = Self::named("allow_forking");
    /// Whether it gets a first commit when it is made.
    pub const AUTO_INIT: Self = Self::named("auto_init");
    /// The `.gitignore` template of its first commit.
    pub const GITIGNORE_TEMPLATE: Self = Self::named("gitignore_template");
    /// The license of its first commit.
    pub const LICENSE_TEMPLATE: Self = Self::named("license_template");
    /// The ways to merge, of which GitHub wants at least one.
    pub const MERGE_METHODS: [Self; 3] = [
        Self::named("allow_squash_merge"),
        Self::named("allow_merge_commit"),
        Self::named("allow_rebase_merge"),
    ];

    /// Where the organization decides it for all repositories.
    pub(crate) const fn decided(self) -> Option<Decided> {
        self.row().decided
    }
}

impl<T: Table> fmt::Debug for Setting<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}

impl<T: Table> Serialize for Setting<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.key())
    }
}

impl<'de, T: Table> Deserialize<'de> for Setting<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let key = String::deserialize(deserializer)?;
        Self::of_key(&key).ok_or_else(|| D::Error::custom(format!("there is no setting {key:?}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys<T: Table>() -> Vec<&'static str> {
        T::ROWS.iter().map(|row| row.key).collect()
    }

    #[test]
    fn every_key_stands_once_and_is_found() {
        for keys in [keys::<Organization>(), keys::<Repository>()] {
            let unique: std::collections::BTreeSet<_> = keys.iter().collect();
            assert_eq!(unique.len(), keys.len());
        }
        for key in keys::<Repository>() {
            let setting = RepoSettingName::of_key(key).unwrap();
            assert_eq!(setting.key(), key);
            let json = serde_json::to_value(setting).unwrap();
            assert_eq!(json, key);
            assert_eq!(serde_json::from_value::<RepoSettingName>(json).unwrap(), setting);
        }
        assert_eq!(OrgSetting::of_key("visibility"), None);
    }

    #[test]
    fn what_is_used_once_is_no_setting_of_a_file() {
        assert!(!RepoSettingName::all().any(|setting| setting == RepoSettingName::AUTO_INIT));
        assert!(RepoSettingName::all().any(|setting| setting == RepoSettingName::TOPICS));
        assert_eq!(OrgSetting::all().count(), Organization::ROWS.len());
    }

    #[test]
    fn a_message_wants_its_title() {
        let title = |key| RepoSettingName::of_key(key).unwrap().title_of_message().map(Setting::key);
        assert_eq!(title("merge_commit_message"), Some("merge_commit_title"));
        assert_eq!(title("squash_merge_commit_message"), Some("squash_merge_commit_title"));
        assert_eq!(title("squash_merge_commit_title"), None);
    }

    #[test]
    fn a_constant_is_the_row_of_its_key() {
        assert_eq!(RepoSettingName::ARCHIVED.key(), "archived");
        assert_eq!(OrgSetting::HAS_REPOSITORY_PROJECTS.key(), "has_repository_projects");
    }
}
