//! What an [`Actor`] sees and may do: the checks that every endpoint begins with.

use super::{Actor, Grant};
use crate::{
    http::refusal::Refusal,
    state::{Level, Login, Org, Repo, RepoRole, Scope, World, world::RepoKey},
};

impl Actor {
    /// 403 unless the permissions cover `scope` at `level`. What a person may depends on where:
    /// [`World::org_for`] and [`World::repo_for`] decide it.
    pub(crate) fn need(&self, scope: Scope, level: Level) -> Result<(), Refusal> {
        if matches!(self, Self::Anonymous) {
            return Err(Refusal::RequiresAuthentication);
        }
        if matches!(self, Self::User(_)) {
            return Ok(());
        }
        if self.allows(scope, level) { Ok(()) } else { Err(Refusal::NotAccessible { scope, level }) }
    }

    /// The App itself, or 401: only a JWT opens `/app`.
    pub(crate) fn need_app(&self) -> Result<(), Refusal> {
        match self {
            Self::App | Self::Control { .. } => Ok(()),
            Self::Anonymous | Self::Installation(_) | Self::User(_) => {
                Err(super::jwt::JwtError::Undecodable.into())
            }
        }
    }

    /// An installation token, or 403.
    pub(crate) fn need_installation(&self) -> Result<&Grant, Refusal> {
        match self {
            Self::Installation(grant) => Ok(grant),
            Self::Anonymous => Err(Refusal::RequiresAuthentication),
            Self::App | Self::Control { .. } | Self::User(_) => Err(Refusal::NotForThisToken),
        }
    }

    /// An installation's or a person's token, or 401 or 403.
    pub(crate) fn need_token(&self) -> Result<(), Refusal> {
        match self {
            Self::User(_) => Ok(()),
            other => other.need_installation().map(drop),
        }
    }

    /// Whether the installation is of this organization. `org` is a person's if they own it and the token is for that.
    pub(crate) fn is_of(&self, org: &Org) -> bool {
        match self {
            Self::Control { .. } => true,
            Self::Installation(grant) => grant.org == org.login,
            Self::User(person) => org.is_admin(&person.login) && person.has_scope("admin:org"),
            Self::Anonymous | Self::App => false,
        }
    }

    /// Whether a repository exists, as far as this actor can tell.
    pub(crate) fn sees(&self, org: &Org, repo: &Repo) -> bool {
        repo.is_public() || self.has(org, repo)
    }

    /// Whether a repository can be asked for by itself: an advisory's fork is in lists only.
    pub(crate) fn sees_alone(&self, org: &Org, repo: &Repo) -> bool {
        self.sees(org, repo) && !repo.is_advisory_fork()
    }

    /// Whether this actor may push to a repository, as GitHub judges it before it tells who has access. An installation
    /// may where the repository is among its own.
    pub(crate) fn pushes(&self, org: &Org, repo: &Repo) -> bool {
        match self {
            Self::User(person) => person.role(org, repo) >= Some(RepoRole::Push),
            other => other.has(org, repo),
        }
    }

    /// 403 unless this actor may push.
    pub(crate) fn need_push(&self, org: &Org, repo: &Repo, to: &str) -> Result<(), Refusal> {
        if self.pushes(org, repo) {
            return Ok(());
        }
        Err(Refusal::Forbidden(format!("Must have push access to {to}.")))
    }

    /// Whether a repository is among those the token is for.
    pub(crate) fn has(&self, org: &Org, repo: &Repo) -> bool {
        match self {
            Self::Control { .. } => true,
            Self::Installation(grant) => {
                let selected = || org.installation.as_ref().is_some_and(|i| i.selection.includes(repo.id));
                grant.org == org.login
                    && (grant.workflow || selected())
                    && grant.repos.as_ref().is_none_or(|ids| ids.contains(&repo.id))
            }
            Self::User(person) => person.role(org, repo).is_some(),
            Self::Anonymous | Self::App => false,
        }
    }

    /// Whether this actor may do `level` of `scope` in this very repository.
    pub(crate) fn can(&self, org: &Org, repo: &Repo, scope: Scope, level: Level) -> bool {
        match self {
            Self::User(person) => person.check_repo(org, repo, scope, level).is_ok(),
            other => other.has(org, repo) && other.allows(scope, level),
        }
    }
}

/// Permissions that anybody has to read in a public repository.
fn open_to_all(scope: Scope) -> bool {
    matches!(scope, Scope::Contents | Scope::Issues | Scope::PullRequests | Scope::Checks | Scope::Metadata)
}

impl World {
    /// The organization of a path: 404 unless it is the token's own, 403 without the permission.
    pub(crate) fn org_for(
        &self,
        actor: &Actor,
        login: &str,
        scope: Scope,
        level: Level,
    ) -> Result<Login, Refusal> {
        let org = self.org(&login.into())?;
        if let Actor::User(person) = actor {
            person.check_org(org, scope, level)?;
        }
        if matches!(actor, Actor::Installation(_)) && !actor.is_of(org) {
            return Err(Refusal::NotFound);
        }
        actor.need(scope, level)?;
        Ok(org.login.clone())
    }

    /// The repository of a path: 301 after a rename, 404 where the token can't see it, 403 without the permission,
    /// 403 for any change of an archived one.
    pub(crate) fn repo_for(
        &self,
        actor: &Actor,
        (owner, name): (&str, &str),
        scope: Scope,
        level: Level,
    ) -> Result<RepoKey, Refusal> {
        let key = self.repo_even_archived(actor, (owner, name), scope, level)?;
        if level == Level::Write && self.repo(&key)?.settings.archived {
            return Err(Refusal::archived());
        }
        Ok(key)
    }

    /// The same, where an archived repository may be changed all the same: it is unarchived or deleted.
    pub(crate) fn repo_even_archived(
        &self,
        actor: &Actor,
        (owner, name): (&str, &str),
        scope: Scope,
        level: Level,
    ) -> Result<RepoKey, Refusal> {
        let key = self.find_repo(actor, owner, name)?;
        let (org, repo) = (self.org(&key.org)?, self.repo(&key)?);
        if level == Level::Read && repo.is_public() && open_to_all(scope) {
            return Ok(key);
        }
        actor.need(scope, level)?;
        match actor {
            Actor::User(person) => person.check_repo(org, repo, scope, level)?,
            other if !other.has(org, repo) => return Err(Refusal::NotAccessible { scope, level }),
            _ => {}
        }
        Ok(key)
    }

    fn find_repo(&self, actor: &Actor, owner: &str, name: &str) -> Result<RepoKey, Refusal> {
        let login = Login::from(owner);
        let former = self.former_orgs.get(&login);
        let org = self
            .orgs
            .get(&login)
            .or_else(|| self.orgs.values().find(|o| Some(&o.id) == former))
            .ok_or(Refusal::NotFound)?;
        let current = org.repo(name);
        let renamed = || org.repos.values().find(|r| r.former.contains(&name.into()));
        let repo = current.or_else(renamed).filter(|r| actor.sees_alone(org, r)).ok_or(Refusal::NotFound)?;
        if self.is_unseen(repo.id) {
            return Err(Refusal::NotFound);
        }
        if current.is_none() || org.login != login {
            return Err(Refusal::Moved { repository: repo.id });
        }
        Ok(RepoKey { org: org.login.clone(), id: repo.id })
    }
}
