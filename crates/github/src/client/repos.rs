//! Repositories and their settings.

use http::Method;
use peribolos_vocab::{Visibility, Word};
use serde::{Deserialize, Serialize};

use super::Client;
use crate::account::User;
use crate::call::Call;
use crate::error::Error;
use crate::{FullName, Login};

/// A repository. Lists leave most settings out; [`Client::get_repo`] has them, as far as the token may see them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Repository {
    /// Its number, which survives a rename.
    pub id: u64,
    /// Its name without the owner.
    pub name: String,
    /// Its name with the owner.
    pub full_name: FullName,
    /// Whom it belongs to.
    pub owner: User,
    /// Whether it is not public.
    pub private: bool,
    /// `public`, `private` or `internal`.
    pub visibility: Option<String>,
    /// The branch shown first. An empty repository has a name here and no such branch.
    pub default_branch: Option<String>,
    /// Whether it is read-only.
    #[serde(default)]
    pub archived: bool,
    /// Whether it is a copy of another one.
    #[serde(default)]
    pub fork: bool,
}

/// A repository to be made in an organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewRepository {
    /// Its name without the owner.
    pub name: String,
    /// Whether it is not public.
    pub private: bool,
    /// What it is.
    pub description: String,
    /// Whether GitHub makes a first commit with a README.
    pub auto_init: bool,
}

impl Repository {
    /// Who can see it. A server that does not say so has no internal ones.
    pub fn seen_by(&self) -> Visibility {
        let reported = self.visibility.as_deref().and_then(Visibility::from_word);
        reported.unwrap_or(if self.private { Visibility::Private } else { Visibility::Public })
    }
}

impl Client {
    /// Every repository of the organization that the token may see.
    pub async fn list_org_repos(&self, org: &Login) -> Result<Vec<Repository>, Error> {
        self.all(Call::get("/orgs/{org}/repos", &[org.as_str()])?.query("type", "all")).await
    }

    /// A repository with its settings.
    ///
    /// # Errors
    /// [`Error::is_not_found`] where there is none, or none this token may see.
    pub async fn get_repo(&self, repo: &FullName) -> Result<Repository, Error> {
        self.read(Call::get("/repos/{owner}/{repo}", &[repo.owner.as_str(), &repo.name])?).await
    }

    /// Who can administer the repository, by whatever grant: owners of the organization, teams and collaborators.
    pub async fn administrators(&self, repo: &FullName) -> Result<Vec<Login>, Error> {
        #[derive(Deserialize)]
        struct Collaborator {
            login: Login,
            permissions: Option<Permissions>,
        }
        #[derive(Deserialize)]
        struct Permissions {
            admin: bool,
        }
        let call = Call::get("/repos/{owner}/{repo}/collaborators", &[repo.owner.as_str(), &repo.name])?
            .query("affiliation", "all")
            .query("permission", "admin");
        let found: Vec<Collaborator> = self.all(call).await?;
        // A server that does not know the filter lists everybody.
        let can = |one: &Collaborator| one.permissions.as_ref().is_none_or(|permissions| permissions.admin);
        Ok(found.into_iter().filter(can).map(|one| one.login).collect())
    }

    /// Makes a repository.
    ///
    /// # Errors
    /// [`Error::is_unprocessable`] where the name is taken.
    pub async fn create_org_repo(&self, org: &Login, new: &NewRepository) -> Result<Repository, Error> {
        self.write(Method::POST, "/orgs/{org}/repos", &[org.as_str()], new).await
    }
}
