//! A person who changes the login: everything that names the person follows, the old login is nobody's.

use crate::{
    http::Refusal,
    state::{Login, Org, Repo, World},
};

impl World {
    /// Gives a user another login.
    pub(crate) fn rename_user(&mut self, from: &Login, to: &Login) -> Result<(), Refusal> {
        if to != from && (self.users.contains_key(to) || self.orgs.contains_key(to)) {
            return Err(Refusal::Conflict(format!("{to} is taken")));
        }
        let mut user = self.users.remove(from).ok_or(Refusal::NotFound)?;
        user.login = to.clone();
        self.users.insert(to.clone(), user);
        self.user_tokens.rename(from, to);
        for org in self.orgs.values_mut() {
            in_organization(org, from, to);
        }
        Ok(())
    }
}

fn follow(login: &mut Login, from: &Login, to: &Login) {
    if *login == *from {
        *login = to.clone();
    }
}

/// Moves what a map has under the old login.
fn rekey<T>(map: &mut std::collections::BTreeMap<Login, T>, from: &Login, to: &Login) {
    if let Some(value) = map.remove(from) {
        map.insert(to.clone(), value);
    }
}

fn in_organization(org: &mut Org, from: &Login, to: &Login) {
    rekey(&mut org.members, from, to);
    for invitation in &mut org.invitations {
        follow(&mut invitation.login, from, to);
        follow(&mut invitation.inviter, from, to);
    }
    if org.traits.blocked.remove(from) {
        org.traits.blocked.insert(to.clone());
    }
    for team in org.teams.values_mut() {
        rekey(&mut team.members, from, to);
        rekey(&mut team.pending, from, to);
    }
    if let Some((_, by)) = org.installation.as_mut().and_then(|it| it.suspended.as_mut()) {
        follow(by, from, to);
    }
    for repo in org.repos.values_mut() {
        in_repository(repo, from, to);
    }
}

fn in_repository(repo: &mut Repo, from: &Login, to: &Login) {
    rekey(&mut repo.collaborators, from, to);
    for invitation in &mut repo.invitations {
        follow(&mut invitation.login, from, to);
        follow(&mut invitation.inviter, from, to);
    }
    for issue in repo.issues.values_mut() {
        follow(&mut issue.author, from, to);
        issue.closed_by.iter_mut().for_each(|login| follow(login, from, to));
        issue.reactions.iter_mut().for_each(|it| follow(&mut it.user, from, to));
        let merged = issue.pull.iter_mut().filter_map(|pull| pull.merged.as_mut());
        merged.for_each(|it| follow(&mut it.by, from, to));
    }
    for comment in repo.comments.values_mut() {
        follow(&mut comment.author, from, to);
        comment.reactions.iter_mut().for_each(|it| follow(&mut it.user, from, to));
    }
}
