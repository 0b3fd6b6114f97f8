//! People who act with tokens of their own, and what their roles let them do.

use std::collections::BTreeMap;

use crate::{
    http::Refusal,
    state::{Level, Login, Org, Repo, RepoRole, Scope, User, World, access::Affiliation},
};

/// A person, as a token of theirs shows them.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) id: u64,
    pub(crate) login: Login,
    /// Whether they own any organization.
    pub(crate) owner: bool,
}

/// The scopes that every person's token has here.
pub(crate) const SCOPES: &str = "admin:org, repo";

/// Tokens that people made, by their text.
#[derive(Debug, Default)]
pub(crate) struct UserTokens {
    by_text: BTreeMap<String, Login>,
}

impl UserTokens {
    /// Gives a person a token.
    pub(crate) fn add(&mut self, token: String, login: Login) {
        self.by_text.insert(token, login);
    }

    pub(crate) fn get(&self, token: &str) -> Option<&Login> {
        self.by_text.get(token)
    }

    /// Tokens stay with whom they were made by, whatever the login becomes.
    pub(crate) fn rename(&mut self, from: &Login, to: &Login) {
        for login in self.by_text.values_mut().filter(|login| *login == from) {
            *login = to.clone();
        }
    }
}

impl Person {
    pub(crate) fn of(world: &World, user: &User) -> Self {
        let owner = world.orgs.values().any(|org| org.is_admin(&user.login));
        Self { id: user.id, login: user.login.clone(), owner }
    }

    /// 404 in an organization that the person is not in, 403 for what only owners may.
    pub(super) fn check_org(&self, org: &Org, scope: Scope, level: Level) -> Result<(), Refusal> {
        if org.is_admin(&self.login) {
            return Ok(());
        }
        if !org.members.contains_key(&self.login) {
            return Err(Refusal::NotFound);
        }
        if level == Level::Read && scope == Scope::Members {
            return Ok(());
        }
        Err(Refusal::Forbidden("You must be an organization owner to do this.".into()))
    }

    /// 403 unless the role on the repository is enough.
    pub(super) fn check_repo(
        &self,
        org: &Org,
        repo: &Repo,
        scope: Scope,
        level: Level,
    ) -> Result<(), Refusal> {
        if scope == Scope::Checks && level > Level::Read {
            return Err(Refusal::Forbidden("You must authenticate via a GitHub App.".into()));
        }
        let (least, needed) = match (scope, level) {
            (Scope::Administration, Level::Write | Level::Admin) => {
                (RepoRole::Admin, "admin rights to Repository")
            }
            (Scope::Administration, Level::Read) | (_, Level::Write | Level::Admin) => {
                (RepoRole::Push, "push access to Repository")
            }
            (_, Level::Read) => (RepoRole::Pull, "access to Repository"),
        };
        if self.role(org, repo).is_some_and(|role| role >= least) {
            return Ok(());
        }
        Err(Refusal::Forbidden(format!("Must have {needed}.")))
    }

    /// What the person may do with a repository.
    pub(super) fn role(&self, org: &Org, repo: &Repo) -> Option<RepoRole> {
        if org.is_admin(&self.login) {
            return Some(RepoRole::Admin);
        }
        org.collaborators(repo, Affiliation::All).get(&self.login).map(|access| access.role)
    }
}
