//! Looks up the repository that holds an organization's file. Everything here only reads.

mod checked;
mod strangers;

use std::sync::Arc;

use peribolos_api::{GitHubInstallation, Reason};
use peribolos_core::{
    adopt::{Origin, was_applied},
    config::{self, CANDIDATES, Candidate, Chosen, ConfigFound, ConfigRepository, choose},
};
use peribolos_github::{
    AppId, Client, Error as GitHubError, FileAnswer, FullName, IdError, client::Repository,
};
use peribolos_vocab::Visibility;

pub(crate) use self::{
    checked::{checked_commits, ours},
    strangers::strangers,
};

/// Why the repository could not be looked up.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// GitHub.
    #[error(transparent)]
    GitHub(#[from] GitHubError),
    /// A name from GitHub is not valid where it is needed.
    #[error("GitHub's answer can't be used: {0}")]
    Name(#[from] IdError),
}

/// A lookup of an installation's config repository.
#[derive(Clone, Copy)]
pub struct Lookup<'a> {
    /// A client with the installation's token.
    pub github: &'a Client,
    /// The App.
    pub app: AppId,
    /// The login of the organization.
    pub login: &'a str,
    /// The installation.
    pub installation: &'a GitHubInstallation,
}

impl Lookup<'_> {
    /// Looks the repository up: by its id if it was found before, by its name if the spec names it, and otherwise it is chosen,
    /// unless one of `others`, the other objects of the organization, has found it.
    ///
    /// # Errors
    /// If GitHub can't be asked.
    pub async fn find(self, others: &[Arc<GitHubInstallation>]) -> Result<ConfigFound, ConfigError> {
        if let Some(chosen) = config::chosen(self.installation)
            && let Some(id) = chosen.id
        {
            return self.kept(chosen.name, id).await;
        }
        if let Some(theirs) = config::inherited(self.installation, others.iter().map(AsRef::as_ref)) {
            return self.kept(&theirs.repository, theirs.repository_id).await;
        }
        match config::chosen(self.installation) {
            Some(Chosen { name, .. }) => self.named(name).await,
            None => self.chosen().await,
        }
    }

    /// A repository that was found before. One that has another id by now is another one.
    async fn kept(self, name: &str, id: i64) -> Result<ConfigFound, ConfigError> {
        match self.github.get_repo(&self.full_name(name)?).await {
            Ok(found) if number(found.id) == id => return Ok(ConfigFound::Here(repository(found))),
            Ok(_) => {}
            Err(error) if error.is_not_found() || error.is_moved() => {}
            Err(error) => return Err(error.into()),
        }
        self.by_id(name, id).await
    }

    /// The repository of that id, whatever its name. No redirect is followed: it may lead to another host, and the token is for
    /// this one.
    async fn by_id(self, name: &str, id: i64) -> Result<ConfigFound, ConfigError> {
        let Some(all) = self.repositories().await? else {
            return Ok(ConfigFound::OtherOrganization(self.login.to_owned()));
        };
        let found = all.into_iter().find(|found| number(found.id) == id);
        Ok(found.map_or_else(
            || ConfigFound::unusable(Reason::ConfigMissing, config::gone(self.login, name)),
            |found| ConfigFound::Here(repository(found)),
        ))
    }

    /// The organization's repositories. None: there is no organization of this name.
    async fn repositories(self) -> Result<Option<Vec<Repository>>, ConfigError> {
        match self.github.list_org_repos(&self.login.parse()?).await {
            Ok(all) => Ok(Some(all)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The repository that the spec names, which was not found before.
    async fn named(self, name: &str) -> Result<ConfigFound, ConfigError> {
        match self.github.get_repo(&self.full_name(name)?).await {
            Ok(found) => Ok(ConfigFound::Here(repository(found))),
            Err(error) if error.is_not_found() && self.may_create() => {
                Ok(ConfigFound::Absent(name.to_owned()))
            }
            Err(error) if error.is_not_found() => {
                Ok(ConfigFound::unusable(Reason::ConfigMissing, config::absent(self.login, name)))
            }
            Err(error) if error.is_moved() => self.by_id(name, error.moved_to().map_or(0, number)).await,
            Err(error) => Err(error.into()),
        }
    }

    /// One of the candidates.
    async fn chosen(self) -> Result<ConfigFound, ConfigError> {
        let mut candidates = Vec::new();
        for name in CANDIDATES {
            match self.github.get_repo(&self.full_name(name)?).await {
                Ok(found) => candidates.push(self.candidate(repository(found)).await?),
                Err(error) if error.is_not_found() => {}
                // A renamed repository is not one of this name; but it may be the organization that was renamed.
                Err(error) if error.is_moved() => {
                    if self.repositories().await?.is_none() {
                        return Ok(ConfigFound::OtherOrganization(self.login.to_owned()));
                    }
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(choose(self.login, &candidates, self.may_create()))
    }

    async fn candidate(self, repository: ConfigRepository) -> Result<Candidate, ConfigError> {
        let place = self.full_name(&repository.name)?;
        let file = (self.branch(&repository), self.installation.spec.config.path.as_str());
        let commits = checked_commits(self.github, self.app, &place, file).await?;
        let is_applied = match Origin::of(self.installation, repository.id) {
            Some(origin) => {
                let ours = ours(self.github, &place, (origin, file.1), &commits).await?;
                was_applied(&commits, &ours)
            }
            None => false,
        };
        let has_file = self.has_file(&repository).await?;
        // Whoever controls a public one without the file does not matter: it is not chosen.
        let matters = !is_applied && (has_file || repository.visibility == Visibility::Private);
        let strangers = if matters { strangers(self.github, &place).await? } else { Vec::new() };
        Ok(Candidate { repository, has_file, is_applied, strangers })
    }

    /// Who can administer the repository and is no owner, if it does not have the file yet.
    ///
    /// # Errors
    /// If GitHub can't be asked.
    pub async fn strangers(self, repository: &ConfigRepository) -> Result<Vec<String>, ConfigError> {
        if self.has_file(repository).await? {
            return Ok(Vec::new());
        }
        strangers(self.github, &self.full_name(&repository.name)?).await
    }

    async fn has_file(self, repository: &ConfigRepository) -> Result<bool, ConfigError> {
        let (place, path) = (self.full_name(&repository.name)?, &self.installation.spec.config.path);
        let found = self.github.file(&place, path, self.branch(repository), None).await?;
        Ok(matches!(found, FileAnswer::Found { .. }))
    }

    fn branch<'b>(self, repository: &'b ConfigRepository) -> &'b str
    where
        Self: 'b,
    {
        self.installation.spec.config.branch_or(&repository.default_branch)
    }

    fn full_name(self, name: &str) -> Result<FullName, ConfigError> {
        Ok(FullName::new(self.login.parse()?, name)?)
    }

    fn may_create(self) -> bool {
        self.installation.spec.onboarding.create_repository
    }
}

/// A repository of GitHub's as decisions see it.
pub(crate) fn repository(found: Repository) -> ConfigRepository {
    ConfigRepository {
        id: number(found.id),
        visibility: found.seen_by(),
        name: found.name,
        default_branch: found.default_branch.unwrap_or_else(|| "main".to_owned()),
        archived: found.archived,
    }
}

/// An id as Kubernetes takes it; none is that large.
fn number(id: u64) -> i64 {
    i64::try_from(id).unwrap_or(i64::MAX)
}
