//! What may be told where the public reads along.
//!
//! The repository with the file may be public; secret teams, private repositories and concealed members are not. So
//! what is posted on GitHub names what the file names already, and counts the rest.

use std::collections::HashSet;

use peribolos_vocab::{Login, RepoName, TeamName};

use crate::model::{ConfigFile, OrgSettings, RepoSettings, Team};
use crate::plan::{Named, OrgSetting, RepoSettingName, TeamSetting};

/// The names and values that files give, compared as GitHub compares them.
#[derive(Clone, Debug, Default)]
pub struct Disclosure {
    logins: HashSet<Login>,
    teams: HashSet<String>,
    repos: HashSet<String>,
    values: HashSet<(Setting, String)>,
}

/// A setting of something.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Setting {
    Org(OrgSetting),
    Team(String, TeamSetting),
    Repo(String, RepoSettingName),
}

impl Disclosure {
    /// What these files give: that of the base and, where a verified member proposes it, that of the head. Without any
    /// file nothing may be named.
    pub fn of<'f>(files: impl IntoIterator<Item = &'f ConfigFile>) -> Self {
        let mut disclosure = Self::default();
        for file in files {
            disclosure.file(file);
        }
        disclosure
    }

    /// Whether a file names somebody.
    pub fn names_login(&self, login: &Login) -> bool {
        self.logins.contains(login)
    }

    /// Whether a file names a team, also by a former name. Two names of one address are two: the other says more than
    /// the file does.
    pub fn names_team(&self, team: &TeamName) -> bool {
        self.teams.contains(&team_key(team))
    }

    /// Whether a file names a repository, also by a former name or as a team's.
    pub fn names_repo(&self, repo: &RepoName) -> bool {
        self.repos.contains(&repo.key())
    }

    /// Whether a file names this.
    pub(crate) fn names(&self, named: &Named) -> bool {
        match named {
            Named::Team(name) => self.names_team(name),
            Named::Repo(name) => self.names_repo(name),
        }
    }

    /// Whether a file gives the organization's setting this value.
    pub(super) fn gives_org(&self, setting: OrgSetting, value: &str) -> bool {
        self.gives(Setting::Org(setting), value)
    }

    /// Whether a file gives a team's setting this value.
    pub(super) fn gives_team(&self, team: &TeamName, setting: TeamSetting, value: &str) -> bool {
        match setting {
            // Names; none is no secret.
            TeamSetting::Name | TeamSetting::Parent => {
                value.is_empty() || self.names_team(&TeamName::new(value))
            }
            TeamSetting::Description | TeamSetting::Privacy => {
                self.gives(Setting::Team(team_key(team), setting), value)
            }
        }
    }

    /// Whether a file gives a repository's setting this value.
    pub(super) fn gives_repo(&self, repo: &RepoName, setting: RepoSettingName, value: &str) -> bool {
        match setting {
            RepoSettingName::Name => self.names_repo(&RepoName::new(value)),
            _ => self.gives(Setting::Repo(repo.key(), setting), value),
        }
    }

    fn gives(&self, setting: Setting, value: &str) -> bool {
        self.values.contains(&(setting, value.to_owned()))
    }

    fn file(&mut self, file: &ConfigFile) {
        self.logins.extend(file.logins().into_iter().cloned());
        self.org_settings(&file.settings);
        for team in &file.teams {
            self.team(team);
        }
        for repo in &file.repos {
            let names = std::iter::once(&repo.name).chain(&repo.previously);
            for key in names.map(|name| name.key()) {
                self.repo_settings(&key, &repo.settings);
                if let Some(on_create) = &repo.on_create {
                    let mut give = |setting, value| self.give(Setting::Repo(key.clone(), setting), value);
                    give(RepoSettingName::AutoInit, on_create.auto_init.map(|on| on.value.to_string()));
                    give(RepoSettingName::GitignoreTemplate, text(on_create.gitignore_template.as_ref()));
                    give(RepoSettingName::LicenseTemplate, text(on_create.license_template.as_ref()));
                }
                self.repos.insert(key);
            }
        }
    }

    fn give(&mut self, setting: Setting, value: Option<String>) {
        if let Some(value) = value {
            self.values.insert((setting, value));
        }
    }

    fn org_settings(&mut self, settings: &OrgSettings) {
        use OrgSetting::{
            BillingEmail, Company, DefaultRepositoryPermission, Description, Email, HasOrganizationProjects,
            HasRepositoryProjects, Location, MembersCanCreateRepositories, Name,
        };
        let mut give = |setting, value| self.give(Setting::Org(setting), value);
        give(Name, text(settings.name.as_ref()));
        give(Description, text(settings.description.as_ref()));
        give(Company, text(settings.company.as_ref()));
        give(Email, text(settings.email.as_ref()));
        give(BillingEmail, text(settings.billing_email.as_ref()));
        give(Location, text(settings.location.as_ref()));
        let permission = settings.default_repository_permission;
        give(DefaultRepositoryPermission, permission.map(|permission| permission.as_str().to_owned()));
        give(MembersCanCreateRepositories, settings.members_can_create_repositories.map(flag));
        give(HasOrganizationProjects, settings.has_organization_projects.map(flag));
        give(HasRepositoryProjects, settings.has_repository_projects.map(flag));
    }

    fn team(&mut self, team: &Team) {
        let names = std::iter::once(&team.name).chain(&team.previously);
        for key in names.map(|name| team_key(name)) {
            self.give(Setting::Team(key.clone(), TeamSetting::Description), text(team.description.as_ref()));
            let privacy = team.privacy.map(|privacy| privacy.as_str().to_owned());
            self.give(Setting::Team(key.clone(), TeamSetting::Privacy), privacy);
            self.teams.insert(key);
        }
        self.repos.extend(team.repos.iter().map(|repo| repo.name.key()));
        for child in &team.teams {
            self.team(child);
        }
    }

    fn repo_settings(&mut self, key: &str, settings: &RepoSettings) {
        use RepoSettingName::{
            AllowMergeCommit, AllowRebaseMerge, AllowSquashMerge, Archived, DefaultBranch, Description,
            HasIssues, HasProjects, HasWiki, Homepage, SquashMergeCommitMessage, SquashMergeCommitTitle,
            Visibility,
        };
        let mut give = |setting, value| self.give(Setting::Repo(key.to_owned(), setting), value);
        give(Description, text(settings.description.as_ref()));
        give(Homepage, text(settings.homepage.as_ref()));
        give(Visibility, settings.visibility.map(|visibility| visibility.as_str().to_owned()));
        give(HasIssues, settings.has_issues.map(flag));
        give(HasProjects, settings.has_projects.map(flag));
        give(HasWiki, settings.has_wiki.map(flag));
        give(AllowSquashMerge, settings.allow_squash_merge.map(flag));
        give(AllowMergeCommit, settings.allow_merge_commit.map(flag));
        give(AllowRebaseMerge, settings.allow_rebase_merge.map(flag));
        give(SquashMergeCommitTitle, settings.squash_merge_commit_title.map(|word| word.as_str().to_owned()));
        give(
            SquashMergeCommitMessage,
            settings.squash_merge_commit_message.map(|word| word.as_str().to_owned()),
        );
        give(DefaultBranch, text(settings.default_branch.as_ref()));
        give(Archived, settings.archived.map(flag));
    }
}

fn team_key(name: &TeamName) -> String {
    name.as_str().to_lowercase()
}

fn text(value: Option<&crate::Located<String>>) -> Option<String> {
    value.map(|text| text.value.clone())
}

fn flag(value: crate::Located<bool>) -> String {
    value.value.to_string()
}
