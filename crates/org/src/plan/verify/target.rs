//! When two operations are the same.

use peribolos_vocab::Login;

use crate::plan::operation::{Change, SettingChange};

/// What an operation is about.
#[derive(PartialEq, Eq, Hash)]
pub(super) struct Target {
    kind: std::mem::Discriminant<Change>,
    names: (String, String),
}

impl Target {
    pub(super) fn of(change: &Change) -> Self {
        let names = match change {
            Change::EditOrg { .. } => (String::new(), String::new()),
            Change::InviteMember { login, .. }
            | Change::ChangeRole { login, .. }
            | Change::RemoveMember { login, .. }
            | Change::CancelInvitation { login, .. }
            | Change::ClearFailedInvitation { login } => (String::new(), key(login)),
            Change::CreateRepo { name, .. } | Change::EditRepo { name, .. } => (name.key(), String::new()),
            Change::SetCollaborator { repo, login, .. } | Change::RemoveCollaborator { repo, login, .. } => {
                (repo.key(), key(login))
            }
            Change::CreateTeam { name, .. } | Change::EditTeam { name, .. } => {
                (name.to_string(), String::new())
            }
            Change::DeleteTeam { slug, .. } => (slug.to_string(), String::new()),
            Change::SetTeamMember { team, login, .. } | Change::RemoveTeamMember { team, login, .. } => {
                (team.to_string(), key(login))
            }
            Change::SetTeamRepo { team, repo, .. } | Change::RemoveTeamRepo { team, repo, .. } => {
                (team.to_string(), repo.key())
            }
        };
        Self { kind: std::mem::discriminant(change), names }
    }
}

fn key(login: &Login) -> String {
    login.as_str().to_ascii_lowercase()
}

/// Whether a change of one target is still the same one. Of an edit, any setting that remains is enough.
pub(super) fn remains(planned: &Change, open: &Change) -> bool {
    fn shared<S: PartialEq>(planned: &[SettingChange<S>], open: &[SettingChange<S>]) -> bool {
        let same = |one: &SettingChange<S>, other: &SettingChange<S>| {
            one.setting == other.setting && one.to == other.to
        };
        planned.iter().any(|one| open.iter().any(|other| same(one, other)))
    }
    match (planned, open) {
        (Change::EditOrg { changes }, Change::EditOrg { changes: open }) => shared(changes, open),
        (Change::EditRepo { changes, .. }, Change::EditRepo { changes: open, .. }) => shared(changes, open),
        (Change::EditTeam { changes, .. }, Change::EditTeam { changes: open, .. }) => shared(changes, open),
        _ => true,
    }
}
