//! `peribolos.yaml` as a model: one organization, as its file wants it.
//!
//! Fields that are not given are `None`: they are left as GitHub has them. Lists keep the order of
//! the file; what is written from them is sorted.

use std::collections::BTreeSet;

use peribolos_vocab::{
    DefaultPermission, Login, Permission, Privacy, RepoName, SquashMessage, SquashTitle, TeamName, Visibility,
};

use crate::located::Located;

/// One organization as its file wants it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigFile {
    /// The organization's login.
    pub org: Located<Login>,
    /// Its settings.
    pub settings: OrgSettings,
    /// Its owners.
    pub admins: Vec<Located<Login>>,
    /// Its other members.
    pub members: Vec<Located<Login>>,
    /// Its top-level teams.
    pub teams: Vec<Team>,
    /// The repositories whose settings it manages. Those it does not name are left alone.
    pub repos: Vec<Repo>,
}

impl ConfigFile {
    /// Everybody whom the file names anywhere, each once: those whose existence is to be looked up
    /// for [`Spelling::missing`](crate::Spelling::missing).
    pub fn logins(&self) -> BTreeSet<&Login> {
        let mut logins: BTreeSet<&Login> = BTreeSet::new();
        logins.extend(self.admins.iter().chain(&self.members).map(|login| &login.value));
        let mut teams: Vec<&Team> = self.teams.iter().collect();
        while let Some(team) = teams.pop() {
            logins.extend(team.maintainers.iter().chain(&team.members).map(|login| &login.value));
            teams.extend(&team.teams);
        }
        let collaborators = self.repos.iter().flat_map(|repo| repo.collaborators.iter().flatten());
        logins.extend(collaborators.map(|person| &person.login.value));
        logins
    }
}

/// Settings of the organization itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrgSettings {
    /// The name people see.
    pub name: Option<Located<String>>,
    /// A sentence about it.
    pub description: Option<Located<String>>,
    /// The company's name.
    pub company: Option<Located<String>>,
    /// The public e-mail address.
    pub email: Option<Located<String>>,
    /// Where bills go.
    pub billing_email: Option<Located<String>>,
    /// Where it is.
    pub location: Option<Located<String>>,
    /// What every member may do in each repository.
    pub default_repository_permission: Option<Located<DefaultPermission>>,
    /// Whether members may make repositories.
    pub members_can_create_repositories: Option<Located<bool>>,
    /// Whether the organization has projects.
    pub has_organization_projects: Option<Located<bool>>,
    /// Whether its repositories may have projects.
    pub has_repository_projects: Option<Located<bool>>,
}

/// A team and the teams below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Team {
    /// The name people see, unique in the organization.
    pub name: Located<TeamName>,
    /// A sentence about it.
    pub description: Option<Located<String>>,
    /// Who can see it.
    pub privacy: Option<Located<Privacy>>,
    /// Names it had: a team of that name is renamed.
    pub previously: Vec<Located<TeamName>>,
    /// Members who may manage it.
    pub maintainers: Vec<Located<Login>>,
    /// Its other members.
    pub members: Vec<Located<Login>>,
    /// What it may do in which repository; access to others is taken away.
    pub repos: Vec<TeamRepo>,
    /// The teams below it.
    pub teams: Vec<Team>,
}

/// What a team may do in a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeamRepo {
    /// The repository.
    pub name: Located<RepoName>,
    /// What the team may do there.
    pub permission: Located<Permission>,
}

/// A repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repo {
    /// Its name, without the owner.
    pub name: Located<RepoName>,
    /// Names it had: a repository of that name is renamed.
    pub previously: Vec<Located<RepoName>>,
    /// Its settings.
    pub settings: RepoSettings,
    /// People with access of their own; its place is the key's. `None`: the key is not given.
    pub collaborators: Option<Located<Vec<Collaborator>>>,
    /// What is used once, when it is made.
    pub on_create: Option<OnCreate>,
}

/// Settings of a repository.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RepoSettings {
    /// A sentence about it.
    pub description: Option<Located<String>>,
    /// Its web page.
    pub homepage: Option<Located<String>>,
    /// Who can see it. The deprecated `private` is read as this.
    pub visibility: Option<Located<Visibility>>,
    /// Whether it has issues.
    pub has_issues: Option<Located<bool>>,
    /// Whether it has projects.
    pub has_projects: Option<Located<bool>>,
    /// Whether it has a wiki.
    pub has_wiki: Option<Located<bool>>,
    /// Whether pull requests may be squashed.
    pub allow_squash_merge: Option<Located<bool>>,
    /// Whether pull requests may be merged by a merge commit.
    pub allow_merge_commit: Option<Located<bool>>,
    /// Whether pull requests may be rebased.
    pub allow_rebase_merge: Option<Located<bool>>,
    /// The default title of a squash merge.
    pub squash_merge_commit_title: Option<Located<SquashTitle>>,
    /// The default message of a squash merge.
    pub squash_merge_commit_message: Option<Located<SquashMessage>>,
    /// The branch that is shown first.
    pub default_branch: Option<Located<String>>,
    /// Whether it is read-only.
    pub archived: Option<Located<bool>>,
}

/// A person with access of their own to a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collaborator {
    /// Who.
    pub login: Located<Login>,
    /// What they may do there.
    pub permission: Located<Permission>,
}

/// What is used once, when a repository is made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OnCreate {
    /// Whether it gets a first commit.
    pub auto_init: Option<Located<bool>>,
    /// The name of a `.gitignore` template.
    pub gitignore_template: Option<Located<String>>,
    /// The keyword of a license, such as `apache-2.0`.
    pub license_template: Option<Located<String>>,
}
