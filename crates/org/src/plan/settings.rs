//! Settings by name: what a file wants, and what an organization or a repository has.
//!
//! Values are texts as the file writes them, so that one comparison serves them all.

use peribolos_vocab::{DefaultPermission, SquashMessage, SquashTitle, Visibility, Word};

use super::operation::{OrgSetting, RepoSettingName, SettingChange};
use crate::located::Located;
use crate::model::{OnCreate, OrgSettings, RepoSettings};
use crate::snapshot::{Snapshot, SnapshotRepo};

/// A setting that a file gives.
pub(super) struct Given<S> {
    pub(super) setting: S,
    pub(super) value: String,
    pub(super) line: Option<u32>,
}

/// A set of settings that can be read and written by name.
pub(super) trait Settings {
    /// The names.
    type Name: Copy + PartialEq;

    /// The value; none: the token may not see it.
    fn get(&self, name: Self::Name) -> Option<String>;

    /// Gives it another value. One that the token may not see is still not seen.
    fn set(&mut self, name: Self::Name, value: &str);

    /// What upstream takes a value for that its token may not see: what Go has where nothing is.
    fn unseen(name: Self::Name) -> &'static str;
}

/// What differs of what is given.
pub(super) fn differences<T: Settings>(have: &T, given: &[Given<T::Name>]) -> Vec<SettingChange<T::Name>> {
    let mut changes = Vec::new();
    for wanted in given {
        let from = have.get(wanted.setting);
        if from.as_deref().unwrap_or(T::unseen(wanted.setting)) != wanted.value {
            changes.push(SettingChange { setting: wanted.setting, from, to: wanted.value.clone() });
        }
    }
    changes
}

/// Makes changes; says whether any of them can be seen.
pub(super) fn change<T: Settings>(of: &mut T, changes: &[SettingChange<T::Name>]) -> bool {
    let mut differs = false;
    for change in changes {
        let before = of.get(change.setting);
        of.set(change.setting, &change.to);
        differs |= of.get(change.setting) != before;
    }
    differs
}

/// Collects what a file gives.
struct Collector<S>(Vec<Given<S>>);

impl<S> Collector<S> {
    fn text(&mut self, setting: S, value: Option<&Located<String>>) {
        if let Some(value) = value {
            self.push(setting, value.value.clone(), value);
        }
    }

    fn boolean(&mut self, setting: S, value: Option<&Located<bool>>) {
        if let Some(value) = value {
            self.push(setting, value.value.to_string(), value);
        }
    }

    fn word<W: Word>(&mut self, setting: S, value: Option<&Located<W>>) {
        if let Some(value) = value {
            self.push(setting, value.value.word().to_owned(), value);
        }
    }

    fn push<T>(&mut self, setting: S, value: String, at: &Located<T>) {
        self.0.push(Given { setting, value, line: at.position.map(|position| position.line) });
    }
}

/// The settings of an organization that a file gives.
pub(super) fn of_org(settings: &OrgSettings) -> Vec<Given<OrgSetting>> {
    let mut given = Collector(Vec::new());
    given.text(OrgSetting::Name, settings.name.as_ref());
    given.text(OrgSetting::Description, settings.description.as_ref());
    given.text(OrgSetting::Company, settings.company.as_ref());
    given.text(OrgSetting::Email, settings.email.as_ref());
    given.text(OrgSetting::BillingEmail, settings.billing_email.as_ref());
    given.text(OrgSetting::Location, settings.location.as_ref());
    given.word(OrgSetting::DefaultRepositoryPermission, settings.default_repository_permission.as_ref());
    given
        .boolean(OrgSetting::MembersCanCreateRepositories, settings.members_can_create_repositories.as_ref());
    given.boolean(OrgSetting::HasOrganizationProjects, settings.has_organization_projects.as_ref());
    given.boolean(OrgSetting::HasRepositoryProjects, settings.has_repository_projects.as_ref());
    given.0
}

/// The settings of a repository that a file gives, but for its name.
pub(super) fn of_repo(settings: &RepoSettings) -> Vec<Given<RepoSettingName>> {
    use RepoSettingName as Name;
    let mut given = Collector(Vec::new());
    given.word(Name::Visibility, settings.visibility.as_ref());
    given.boolean(Name::Archived, settings.archived.as_ref());
    given.text(Name::DefaultBranch, settings.default_branch.as_ref());
    given.text(Name::Description, settings.description.as_ref());
    given.text(Name::Homepage, settings.homepage.as_ref());
    given.boolean(Name::HasIssues, settings.has_issues.as_ref());
    given.boolean(Name::HasProjects, settings.has_projects.as_ref());
    given.boolean(Name::HasWiki, settings.has_wiki.as_ref());
    given.boolean(Name::AllowSquashMerge, settings.allow_squash_merge.as_ref());
    given.boolean(Name::AllowMergeCommit, settings.allow_merge_commit.as_ref());
    given.boolean(Name::AllowRebaseMerge, settings.allow_rebase_merge.as_ref());
    given.word(Name::SquashMergeCommitTitle, settings.squash_merge_commit_title.as_ref());
    given.word(Name::SquashMergeCommitMessage, settings.squash_merge_commit_message.as_ref());
    given.0
}

/// What a file gives for the moment a repository is made.
pub(super) fn on_create(on_create: &OnCreate) -> Vec<Given<RepoSettingName>> {
    let mut given = Collector(Vec::new());
    given.boolean(RepoSettingName::AutoInit, on_create.auto_init.as_ref());
    given.text(RepoSettingName::GitignoreTemplate, on_create.gitignore_template.as_ref());
    given.text(RepoSettingName::LicenseTemplate, on_create.license_template.as_ref());
    given.0
}

fn word<W: Word>(value: Option<W>) -> Option<String> {
    value.map(|value| value.word().to_owned())
}

fn set_seen(seen: &mut Option<bool>, value: &str) {
    if seen.is_some() {
        *seen = Some(value == "true");
    }
}

fn set_word<W: Word>(seen: &mut Option<W>, value: &str) {
    if seen.is_some() {
        *seen = W::from_word(value).or(*seen);
    }
}

impl Settings for Snapshot {
    type Name = OrgSetting;

    fn get(&self, name: OrgSetting) -> Option<String> {
        let flag = |value: Option<bool>| value.map(|value| value.to_string());
        match name {
            OrgSetting::Name => Some(self.name.clone()),
            OrgSetting::Description => Some(self.description.clone()),
            OrgSetting::Company => Some(self.company.clone()),
            OrgSetting::Email => Some(self.email.clone()),
            OrgSetting::BillingEmail => self.billing_email.clone(),
            OrgSetting::Location => Some(self.location.clone()),
            OrgSetting::DefaultRepositoryPermission => word(self.default_repository_permission),
            OrgSetting::MembersCanCreateRepositories => flag(self.members_can_create_repositories),
            OrgSetting::HasOrganizationProjects => flag(self.has_organization_projects),
            OrgSetting::HasRepositoryProjects => flag(self.has_repository_projects),
        }
    }

    fn set(&mut self, name: OrgSetting, value: &str) {
        match name {
            OrgSetting::Name => value.clone_into(&mut self.name),
            OrgSetting::Description => value.clone_into(&mut self.description),
            OrgSetting::Company => value.clone_into(&mut self.company),
            OrgSetting::Email => value.clone_into(&mut self.email),
            OrgSetting::BillingEmail => {
                if let Some(email) = &mut self.billing_email {
                    value.clone_into(email);
                }
            }
            OrgSetting::Location => value.clone_into(&mut self.location),
            OrgSetting::DefaultRepositoryPermission => {
                set_word::<DefaultPermission>(&mut self.default_repository_permission, value);
            }
            OrgSetting::MembersCanCreateRepositories => {
                set_seen(&mut self.members_can_create_repositories, value);
            }
            OrgSetting::HasOrganizationProjects => set_seen(&mut self.has_organization_projects, value),
            OrgSetting::HasRepositoryProjects => set_seen(&mut self.has_repository_projects, value),
        }
    }

    fn unseen(name: OrgSetting) -> &'static str {
        match name {
            OrgSetting::MembersCanCreateRepositories
            | OrgSetting::HasOrganizationProjects
            | OrgSetting::HasRepositoryProjects => "false",
            _ => "",
        }
    }
}

impl Settings for SnapshotRepo {
    type Name = RepoSettingName;

    fn get(&self, name: RepoSettingName) -> Option<String> {
        use RepoSettingName as Name;
        let flag = |value: Option<bool>| value.map(|value| value.to_string());
        match name {
            Name::Name => Some(self.name.as_str().to_owned()),
            Name::Visibility => word(Some(self.visibility)),
            Name::Archived => flag(Some(self.archived)),
            Name::DefaultBranch => Some(self.default_branch.clone()),
            Name::Description => Some(self.description.clone()),
            Name::Homepage => Some(self.homepage.clone()),
            Name::HasIssues => flag(Some(self.has_issues)),
            Name::HasProjects => flag(Some(self.has_projects)),
            Name::HasWiki => flag(Some(self.has_wiki)),
            Name::AllowSquashMerge => flag(self.allow_squash_merge),
            Name::AllowMergeCommit => flag(self.allow_merge_commit),
            Name::AllowRebaseMerge => flag(self.allow_rebase_merge),
            Name::SquashMergeCommitTitle => word(self.squash_merge_commit_title),
            Name::SquashMergeCommitMessage => word(self.squash_merge_commit_message),
            // Nothing of these is left once a repository is made.
            Name::AutoInit | Name::GitignoreTemplate | Name::LicenseTemplate => None,
        }
    }

    fn set(&mut self, name: RepoSettingName, value: &str) {
        use RepoSettingName as Name;
        let flag = value == "true";
        match name {
            Name::Name => self.name = peribolos_vocab::RepoName::new(value),
            Name::Visibility => self.visibility = Visibility::from_word(value).unwrap_or(self.visibility),
            Name::Archived => self.archived = flag,
            Name::DefaultBranch => value.clone_into(&mut self.default_branch),
            Name::Description => value.clone_into(&mut self.description),
            Name::Homepage => value.clone_into(&mut self.homepage),
            Name::HasIssues => self.has_issues = flag,
            Name::HasProjects => self.has_projects = flag,
            Name::HasWiki => self.has_wiki = flag,
            Name::AllowSquashMerge => set_seen(&mut self.allow_squash_merge, value),
            Name::AllowMergeCommit => set_seen(&mut self.allow_merge_commit, value),
            Name::AllowRebaseMerge => set_seen(&mut self.allow_rebase_merge, value),
            Name::SquashMergeCommitTitle => {
                set_word::<SquashTitle>(&mut self.squash_merge_commit_title, value);
            }
            Name::SquashMergeCommitMessage => {
                set_word::<SquashMessage>(&mut self.squash_merge_commit_message, value);
            }
            Name::AutoInit | Name::GitignoreTemplate | Name::LicenseTemplate => {}
        }
    }

    fn unseen(name: RepoSettingName) -> &'static str {
        match name {
            RepoSettingName::AllowSquashMerge
            | RepoSettingName::AllowMergeCommit
            | RepoSettingName::AllowRebaseMerge => "false",
            _ => "",
        }
    }
}
