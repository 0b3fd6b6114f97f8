//! Settings that a file gives, and how they differ from those that are there.
//!
//! Values are texts as the file writes them, so that one comparison serves them all.

use peribolos_vocab::{DefaultPermission, Word};

use super::{OrgSetting, RepoSettingName, SettingChange};
use crate::located::Located;
use crate::model::{OnCreate, OrgSettings, RepoSettings};

/// A setting that a file gives.
#[derive(Clone, Debug)]
pub(crate) struct Given<S> {
    pub(crate) setting: S,
    pub(crate) value: String,
    pub(crate) line: Option<u32>,
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
pub(crate) fn of_org(settings: &OrgSettings) -> Vec<Given<OrgSetting>> {
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

/// The settings of a repository that a file gives.
pub(crate) fn of_repo(settings: &RepoSettings) -> Vec<Given<RepoSettingName>> {
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
pub(crate) fn on_create(on_create: &OnCreate) -> Vec<Given<RepoSettingName>> {
    let mut given = Collector(Vec::new());
    given.boolean(RepoSettingName::AutoInit, on_create.auto_init.as_ref());
    given.text(RepoSettingName::GitignoreTemplate, on_create.gitignore_template.as_ref());
    given.text(RepoSettingName::LicenseTemplate, on_create.license_template.as_ref());
    given.0
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
