//! One change as a check shows it: with the names that may be told.

use peribolos_vocab::{Login, OrgRole, Permission, RepoName, TeamName};

use super::category::Category;
use super::disclosure::Disclosure;
use super::text::code;
use crate::loss::{Loss, Subject};
use crate::plan::{Change, Operation, OrgSetting, RepoSettingName, SettingChange};

/// One change, as far as it may be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Item {
    pub(super) category: Category,
    /// The team or the repository it is in.
    pub(super) place: Place,
    /// What changes, with words about it; none: it may not be named.
    pub(super) name: Option<String>,
}

/// Where a change is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    /// In the organization itself.
    Org,
    /// In a team or repository of this name.
    Told(String),
    /// In a team that may not be named.
    UntoldTeam,
    /// In a repository that may not be named.
    UntoldRepo,
}

/// Names as far as they may be told.
struct Teller<'d>(&'d Disclosure);

impl Teller<'_> {
    fn login(&self, login: &Login) -> Option<String> {
        self.0.names_login(login).then(|| code(login.as_str()))
    }

    fn team(&self, team: &TeamName) -> Option<String> {
        self.0.names_team(team).then(|| code(team.as_str()))
    }

    fn repo(&self, repo: &RepoName) -> Option<String> {
        self.0.names_repo(repo).then(|| code(repo.as_str()))
    }

    fn in_team(&self, team: &TeamName) -> Place {
        self.team(team).map_or(Place::UntoldTeam, Place::Told)
    }

    fn in_repo(&self, repo: &RepoName) -> Place {
        self.repo(repo).map_or(Place::UntoldRepo, Place::Told)
    }
}

impl Item {
    /// A loss.
    pub(super) fn of_loss(loss: &Loss, disclosure: &Disclosure) -> Self {
        let tell = Teller(disclosure);
        let kept = |name: Option<String>, left: &Option<Permission>| match left {
            Some(left) => name.map(|name| format!("{name} (to {})", code(left.as_str()))),
            None => name,
        };
        let (place, name) = match &loss.subject {
            Subject::Person(login) => (Place::Org, tell.login(login)),
            Subject::Team { name, .. } => (Place::Org, tell.team(name)),
            Subject::TeamMember { team, login } => (tell.in_team(team), tell.login(login)),
            Subject::TeamRepo { team, repo, left } => (tell.in_team(team), kept(tell.repo(repo), left)),
            Subject::Collaborator { repo, login, left } => {
                (tell.in_repo(repo), kept(tell.login(login), left))
            }
            Subject::Repo(repo) => (Place::Org, tell.repo(repo)),
            Subject::DefaultPermission(to) => {
                let setting = OrgSetting::DefaultRepositoryPermission;
                let value = disclosure.gives_org(setting, to).then(|| format!(" (to {})", code(to)));
                let key = code("default_repository_permission");
                (Place::Org, Some(format!("{key}{}", value.unwrap_or_default())))
            }
        };
        Self { category: Category::of_loss(loss.kind), place, name }
    }

    /// An operation: one item, or more where it is several things at once.
    pub(super) fn of(operation: &Operation, disclosure: &Disclosure) -> Vec<Self> {
        let change = &operation.change;
        if let Change::EditOrg { changes } = change {
            return org(changes, disclosure);
        }
        let losses: Vec<Self> = Loss::of(change).iter().map(|loss| Self::of_loss(loss, disclosure)).collect();
        if !losses.is_empty() {
            return losses.into_iter().map(|item| item.with_settings(change, disclosure)).collect();
        }
        let (place, name) = named(change, &Teller(disclosure));
        let category = Category::of(operation).first().copied();
        let item = category.map(|category| Self { category, place, name });
        item.into_iter().map(|item| item.with_settings(change, disclosure)).collect()
    }

    /// Adds what else changes of a repository or team that is named.
    fn with_settings(mut self, change: &Change, disclosure: &Disclosure) -> Self {
        let settings: Vec<String> = match change {
            Change::EditRepo { name, changes } => {
                let shown = changes.iter().filter(|change| !self.is_about(change));
                shown
                    .map(|change| {
                        let gives = |value: &str| disclosure.gives_repo(name, change.setting, value);
                        setting(change.setting.key(), change.from.as_deref(), &change.to, gives)
                    })
                    .collect()
            }
            Change::EditTeam { name, changes } => changes
                .iter()
                .map(|change| {
                    let gives = |value: &str| disclosure.gives_team(name, change.setting, value);
                    setting(change.setting.key(), change.from.as_deref(), &change.to, gives)
                })
                .collect(),
            _ => Vec::new(),
        };
        if !settings.is_empty() {
            self.name = self.name.map(|name| format!("{name} ({})", settings.join(", ")));
        }
        self
    }

    /// Whether the item's category says already what a change does.
    fn is_about(&self, change: &SettingChange<RepoSettingName>) -> bool {
        match self.category {
            Category::RepoArchived => change.setting == RepoSettingName::Archived,
            Category::RepoPublished => change.setting == RepoSettingName::Visibility,
            _ => false,
        }
    }
}

fn org(changes: &[SettingChange<OrgSetting>], disclosure: &Disclosure) -> Vec<Item> {
    let item = |change: &SettingChange<OrgSetting>| {
        let alone = Change::EditOrg { changes: vec![change.clone()] };
        if let Some(loss) = Loss::of(&alone).first() {
            return Item::of_loss(loss, disclosure);
        }
        let gives = |value: &str| disclosure.gives_org(change.setting, value);
        let name = setting(change.setting.key(), change.from.as_deref(), &change.to, gives);
        Item { category: Category::OrgSetting, place: Place::Org, name: Some(name) }
    };
    changes.iter().map(item).collect()
}

/// Where a change without a loss is, and of what.
fn named(change: &Change, tell: &Teller<'_>) -> (Place, Option<String>) {
    let to = |name: Option<String>, word: &str| name.map(|name| format!("{name} (to {})", code(word)));
    match change {
        Change::EditOrg { .. } => (Place::Org, None),
        Change::InviteMember { login, role: OrgRole::BillingManager } => {
            (Place::Org, tell.login(login).map(|name| format!("{name} (as a billing manager)")))
        }
        Change::InviteMember { login, .. }
        | Change::ChangeRole { login, .. }
        | Change::RemoveMember { login, .. }
        | Change::CancelInvitation { login, .. }
        | Change::ClearFailedInvitation { login } => (Place::Org, tell.login(login)),
        Change::CreateRepo { name, .. } | Change::EditRepo { name, .. } => (Place::Org, tell.repo(name)),
        Change::SetCollaborator { repo, login, to: permission, .. } => {
            (tell.in_repo(repo), to(tell.login(login), permission.as_str()))
        }
        Change::RemoveCollaborator { repo, login, .. } => (tell.in_repo(repo), tell.login(login)),
        Change::CreateTeam { name, .. } | Change::EditTeam { name, .. } | Change::DeleteTeam { name, .. } => {
            (Place::Org, tell.team(name))
        }
        Change::SetTeamMember { team, login, to: role, .. } => {
            (tell.in_team(team), to(tell.login(login), role.as_str()))
        }
        Change::RemoveTeamMember { team, login, .. } => (tell.in_team(team), tell.login(login)),
        Change::SetTeamRepo { team, repo, to: permission, .. } => {
            (tell.in_team(team), to(tell.repo(repo), permission.as_str()))
        }
        Change::RemoveTeamRepo { team, repo, .. } => (tell.in_team(team), tell.repo(repo)),
    }
}

/// A setting that changes, with its values as far as the file gives them.
fn setting(key: &str, from: Option<&str>, to: &str, gives: impl Fn(&str) -> bool) -> String {
    let shown = |value: &str| if value.is_empty() { "empty".to_owned() } else { code(value) };
    let key = code(key);
    match from.filter(|from| gives(from)) {
        _ if !gives(to) => key,
        Some(from) => format!("{key}: {} → {}", shown(from), shown(to)),
        None => format!("{key}: {}", shown(to)),
    }
}
