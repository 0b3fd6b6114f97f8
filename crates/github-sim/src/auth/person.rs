//! People who act with tokens of their own, and what their roles let them do.

use std::collections::BTreeMap;

use super::oauth::{MissingScope, OauthScopes, accepted};
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
    /// What the token is for.
    pub(crate) scopes: Option<OauthScopes>,
}

/// A token that a person made.
#[derive(Clone, Debug)]
pub(crate) struct UserToken {
    /// Its author.
    pub(crate) login: Login,
    /// The scopes of a classic token; none: a fine-grained one, which may do here whatever the person may.
    pub(crate) scopes: Option<OauthScopes>,
}

/// Tokens that people made, by their text.
#[derive(Debug, Default)]
pub(crate) struct UserTokens {
    by_text: BTreeMap<String, UserToken>,
}

impl UserTokens {
    /// Gives a person a token.
    pub(crate) fn add(&mut self, text: String, token: UserToken) {
        self.by_text.insert(text, token);
    }

    pub(crate) fn get(&self, text: &str) -> Option<&UserToken> {
        self.by_text.get(text)
    }

    /// Tokens stay with whom they were made by, whatever the login becomes.
    pub(crate) fn rename(&mut self, from: &Login, to: &Login) {
        for token in self.by_text.values_mut().filter(|token| token.login == *from) {
            token.login = to.clone();
        }
    }
}

impl Person {
    pub(crate) fn of(world: &World, user: &User, token: &UserToken) -> Self {
        let owner = world.orgs.values().any(|org| org.is_admin(&user.login));
        Self { id: user.id, login: user.login.clone(), owner, scopes: token.scopes.clone() }
    }

    /// Whether the token has this scope, if it is of a kind that has scopes.
    pub(super) fn has_scope(&self, scope: &str) -> bool {
        self.scopes.as_ref().is_none_or(|scopes| scopes.cover(scope))
    }

    /// 404 in an organization that the person is not in and where the token lacks a scope, 403 for what only owners may.
    pub(super) fn check_org(&self, org: &Org, scope: Scope, level: Level) -> Result<(), Refusal> {
        if !org.members.contains_key(&self.login) {
            return Err(Refusal::NotFound);
        }
        let accepted = accepted(scope, level);
        if !accepted.iter().any(|scope| self.has_scope(scope)) {
            return Err(MissingScope { accepted, sentence: None }.into());
        }
        if org.is_admin(&self.login) {
            return Ok(());
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

    /// What the person may do with a repository by this token.
    pub(super) fn role(&self, org: &Org, repo: &Repo) -> Option<RepoRole> {
        if !repo.is_public() && !self.has_scope("repo") {
            return None;
        }
        let role = if org.is_admin(&self.login) {
            RepoRole::Admin
        } else {
            org.collaborators(repo, Affiliation::All).get(&self.login)?.role
        };
        Some(if self.has_scope("public_repo") { role } else { role.min(RepoRole::Pull) })
    }
}
