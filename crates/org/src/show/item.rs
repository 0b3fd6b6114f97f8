//! One change in words, as far as it may be shown: the same for a check, a comment, a terminal and a log.

use super::Namer;
use super::category::{Category, Mark};
use super::text::counted;
use crate::plan::{
    Because, Change, InvitedTeam, Operation, OrgSetting, Plan, RepoSettingName, SettingChange, TeamRole,
    TeamSetting,
};
use crate::removals::{Removal, RemovalKind, Removals, Subject};
use crate::{Login, OrgRole, Permission, RepoName, TeamName};

/// One change, as far as it may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Item {
    pub(super) category: Category,
    /// The team or the repository it is in.
    pub(super) place: Place,
    /// What changes; none: it may not be named.
    pub(super) name: Option<String>,
    /// What else is to be known about it, shown only with its name.
    pub(super) notes: Vec<String>,
    /// Settings that change with it, likewise.
    pub(super) settings: Vec<String>,
    /// What distinguishes it from others of its category and place. Never shown.
    pub(super) subject: String,
    /// The removal that it is, by its index in [`Removals::list`].
    pub(super) removal: Option<usize>,
    /// The line of the file.
    pub(super) line: Option<u32>,
}

/// Where a change is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    /// In the organization itself.
    Org,
    /// In a team; none: it may not be named.
    Team(Option<String>),
    /// In a repository; none: it may not be named.
    Repo(Option<String>),
}

impl Place {
    /// Whether something in it may be named.
    pub(super) const fn is_named(&self) -> bool {
        !matches!(self, Self::Team(None) | Self::Repo(None))
    }
}

impl Item {
    /// All changes of a plan, each operation's in its order, and last what teams inherit no more.
    pub(super) fn of_plan(plan: &Plan, removals: &Removals, namer: &Namer<'_>) -> Vec<Self> {
        let operations = plan.operations.iter().enumerate();
        let mut items: Vec<Self> = operations
            .flat_map(|(index, operation)| {
                let done = removals.list.iter().enumerate();
                let done = done.filter(|(_, removal)| removal.operation == Some(index));
                Self::of_operation(operation, &done.collect::<Vec<_>>(), namer)
            })
            .collect();
        let inherited = removals.list.iter().enumerate().filter(|(_, removal)| removal.operation.is_none());
        items.extend(inherited.map(|(index, removal)| Self::of_removal(removal, Some(index), namer)));
        items
    }

    /// One operation: one item, or more where it is several things at once. `removals` are its own, with their indexes.
    pub(super) fn of_operation(
        operation: &Operation,
        removals: &[(usize, &Removal)],
        namer: &Namer<'_>,
    ) -> Vec<Self> {
        if let Change::EditOrg { changes } = &operation.change {
            let lowered = removals.first().map(|(index, _)| *index);
            let item = |change| Self { line: operation.line, ..org_setting(change, lowered, namer) };
            return changes.iter().map(item).collect();
        }
        let mut item = Self::of_change(&operation.change, namer);
        item.line = operation.line;
        item.notes.extend(operation.because.map(|because| reason(because).to_owned()));
        if operation.awaits_acceptance {
            item.notes.push("once an invitation is accepted".to_owned());
        }
        let (places, own): (Vec<_>, Vec<_>) = removals
            .iter()
            .copied()
            .partition(|(_, removal)| goes_with_invitation(&operation.change, removal));
        let of = |(index, removal): &(usize, &Removal)| {
            let category = Category::of_removal(removal.kind);
            let settings = settings(&operation.change, Some(removal.kind), namer);
            Self { category, settings, removal: Some(*index), ..item.clone() }
        };
        let mut items: Vec<Self> = own.iter().map(of).collect();
        if items.is_empty() {
            items.push(item);
        }
        items.extend(places.into_iter().map(|(index, removal)| Self {
            notes: vec!["invited".to_owned()],
            line: operation.line,
            ..Self::of_removal(removal, Some(index), namer)
        }));
        items
    }

    /// A removal without the operation that does it.
    pub(super) fn of_removal(removal: &Removal, index: Option<usize>, namer: &Namer<'_>) -> Self {
        let kept = |left: &Option<Permission>| {
            left.map(|left| format!("to {}", namer.quote(left.as_str()))).into_iter().collect::<Vec<_>>()
        };
        let (place, name, mut notes) = match &removal.subject {
            Subject::Person(login) => (Place::Org, namer.login(login), Vec::new()),
            Subject::Team { name, .. } => (Place::Org, namer.team(name), Vec::new()),
            Subject::TeamMember { team, login } => {
                (Place::Team(namer.team(team)), namer.login(login), Vec::new())
            }
            Subject::TeamRepo { team, repo, left } => {
                (Place::Team(namer.team(team)), namer.repo(repo), kept(left))
            }
            Subject::Collaborator { repo, login, left } => {
                (Place::Repo(namer.repo(repo)), namer.login(login), kept(left))
            }
            Subject::Repo(repo) => (Place::Org, namer.repo(repo), Vec::new()),
            Subject::DefaultPermission(to) => {
                let setting = OrgSetting::DEFAULT_REPOSITORY_PERMISSION;
                let value = namer.org_value(setting, to).map(|value| format!("to {value}"));
                (Place::Org, Some(namer.quote(setting.key())), value.into_iter().collect())
            }
        };
        if removal.operation.is_none() {
            notes.push("inherited until now".to_owned());
        }
        let category = Category::of_removal(removal.kind);
        let (subject, settings) = (removal.key(), Vec::new());
        Self { category, place, name, notes, settings, subject, removal: index, line: None }
    }

    /// A change as if it removed nothing.
    fn of_change(change: &Change, namer: &Namer<'_>) -> Self {
        let (place, name, subject) = target(change, namer);
        let (category, settings) = (Category::of_change(change), settings(change, None, namer));
        let notes = notes(change, namer);
        Self { category, place, name, notes, settings, subject, removal: None, line: None }
    }

    /// Its sign.
    pub(super) const fn mark(&self) -> Mark {
        self.category.words().0
    }

    /// Its name with what is to be known about it; none: it may not be named.
    pub(super) fn described(&self, with_settings: bool) -> Option<String> {
        let settings = self.settings.iter().filter(|_| with_settings);
        let notes: Vec<&str> = self.notes.iter().chain(settings).map(String::as_str).collect();
        let name = self.name.as_ref().filter(|_| self.place.is_named())?;
        Some(if notes.is_empty() { name.clone() } else { format!("{name} ({})", notes.join(", ")) })
    }
}

/// Whether it is a place in a team that is lost with an invitation, beside what becomes of the invitation itself.
const fn goes_with_invitation(change: &Change, removal: &Removal) -> bool {
    matches!((change, &removal.subject), (Change::CancelInvitation { .. }, Subject::TeamMember { .. }))
}

/// What a category is in, in words: ` of `Core``, or nothing in the organization itself.
pub(super) fn of_place(place: &Place) -> String {
    match place {
        Place::Org => String::new(),
        Place::Team(Some(name)) | Place::Repo(Some(name)) => format!(" of {name}"),
        Place::Team(None) => " of teams that the file does not name".to_owned(),
        Place::Repo(None) => " of repositories that the file does not name".to_owned(),
    }
}

fn reason(because: Because) -> &'static str {
    match because {
        Because::SourceGoes => "needed because another source of it goes",
        Because::LeavesOrganization => "given again after leaving the organization",
        Because::Demoted => "as an owner becomes a member",
    }
}

/// The place and the object of a change, and what distinguishes it from others.
fn target(change: &Change, namer: &Namer<'_>) -> (Place, Option<String>, String) {
    let person = |login: &Login| (namer.login(login), login.as_str().to_ascii_lowercase());
    let team = |name: &TeamName| (namer.team(name), name.key());
    let repo = |name: &RepoName| (namer.repo(name), name.key());
    let in_team = |name: &TeamName| (Place::Team(namer.team(name)), name.key());
    let in_repo = |name: &RepoName| (Place::Repo(namer.repo(name)), name.key());
    let org = (Place::Org, String::new());
    let ((place, place_key), (name, key)) = match change {
        Change::EditOrg { .. } => (org, (None, String::new())),
        Change::InviteMember { login, .. }
        | Change::InviteAgain { login, .. }
        | Change::ChangeRole { login, .. }
        | Change::RemoveMember { login, .. }
        | Change::CancelInvitation { login, .. } => (org, person(login)),
        Change::CreateRepo { name, .. }
        | Change::EditRepo { name, .. }
        | Change::SetTopics { name, .. }
        | Change::RenameRepo { from: name, .. } => (org, repo(name)),
        Change::SetCollaborator { repo, login, .. }
        | Change::RemoveCollaborator { repo, login, .. }
        | Change::EditRepoInvitation { repo, login, .. }
        | Change::CancelRepoInvitation { repo, login, .. } => (in_repo(repo), person(login)),
        Change::CreateTeam { name, .. } | Change::EditTeam { name, .. } | Change::DeleteTeam { name, .. } => {
            (org, team(name))
        }
        Change::SetTeamMember { team, login, .. } | Change::RemoveTeamMember { team, login, .. } => {
            (in_team(team), person(login))
        }
        Change::SetTeamRepo { team, repo: name, .. } | Change::RemoveTeamRepo { team, repo: name, .. } => {
            (in_team(team), repo(name))
        }
    };
    (place, name, format!("{place_key}/{key}"))
}

fn notes(change: &Change, namer: &Namer<'_>) -> Vec<String> {
    // What GitHub has is no name, but it is more than the file says.
    let had = |word: String| namer.is_full().then_some(word);
    let becomes = |from: Option<&str>, to: &str| match from {
        Some(from) if namer.is_full() => format!("{} → {}", namer.quote(from), namer.quote(to)),
        Some(_) => format!("to {}", namer.quote(to)),
        None => namer.quote(to),
    };
    let permission = |from: &Option<Permission>, role: &Option<String>, to: &Permission| match role {
        Some(role) if namer.is_full() => {
            format!("custom role {} → {}", namer.quote(role), namer.quote(to.as_str()))
        }
        Some(_) => format!("a custom role → {}", namer.quote(to.as_str())),
        None => becomes(from.map(Permission::as_str), to.as_str()),
    };
    let invited = || "invited".to_owned();
    match change {
        Change::InviteAgain { role: OrgRole::Admin, teams, .. } => {
            vec![format!("again, with {}", of_teams(teams, namer))]
        }
        // GitHub does not list what somebody who is invited is to be in a team, and the new invitation can't say it.
        Change::InviteAgain { teams, .. } => {
            vec![format!("again, as a member of {}", of_teams(teams, namer))]
        }
        Change::CancelInvitation { role, failed, .. } => {
            let teams = failed.then(|| "GitHub does not show its teams".to_owned());
            had(format!("as {}", a(role.as_str()))).into_iter().chain(teams).collect()
        }
        Change::SetCollaborator { from, custom_role, to, .. }
        | Change::SetTeamRepo { from, custom_role, to, .. } => vec![permission(from, custom_role, to)],
        Change::RemoveCollaborator { from, .. } | Change::RemoveTeamRepo { from, .. } => {
            had(format!("had {}", namer.quote(from.as_str()))).into_iter().collect()
        }
        Change::EditRepoInvitation { from, to, .. } => {
            vec![becomes(Some(from.as_str()), to.as_str()), invited()]
        }
        Change::CancelRepoInvitation { permission, expired, .. } => {
            let word = if *expired { "expired invitation" } else { "invited" };
            let with = had(format!("with {}", namer.quote(permission.as_str())));
            std::iter::once(word.to_owned()).chain(with).collect()
        }
        Change::SetTeamMember { from: None, to, .. } => vec![format!("as {}", a(to.as_str()))],
        // The category says it.
        Change::SetTeamMember { from: Some(TeamRole::Maintainer), to: TeamRole::Member, .. } => Vec::new(),
        Change::SetTeamMember { from, to, .. } => {
            vec![becomes(from.map(TeamRole::as_str), to.as_str())]
        }
        Change::RemoveTeamMember { from, invitation, .. } => {
            let was = had(format!("was {}", a(from.as_str())));
            if *invitation { vec![invited()] } else { was.into_iter().collect() }
        }
        _ => Vec::new(),
    }
}

/// Teams that somebody is invited to: those that may be named, and how many others there are.
pub(super) fn of_teams(teams: &[InvitedTeam], namer: &Namer<'_>) -> String {
    let shown: Vec<String> = teams.iter().filter_map(|team| namer.team(&team.name)).collect();
    let others = teams.len() - shown.len();
    let first = format!("the {} {}", if shown.len() == 1 { "team" } else { "teams" }, shown.join(", "));
    let last = format!("{} that the file does not name", counted(others, "team", "teams"));
    match (shown.len(), others) {
        (_, 0) => first,
        (0, _) => last,
        _ => format!("{first} and {last}"),
    }
}

/// A role with its article.
pub(super) fn a(role: &str) -> String {
    format!("{} {role}", if role == OrgRole::Admin.as_str() { "an" } else { "a" })
}

/// The settings that a change gives. `shown` is the removal that is named beside them already.
fn settings(change: &Change, shown: Option<RemovalKind>, namer: &Namer<'_>) -> Vec<String> {
    match change {
        Change::EditRepo { name, changes } => {
            // A title that GitHub wants beside its message does not change.
            let stays = |change: &SettingChange<_>| change.from.as_ref() == Some(&change.to);
            let others = changes.iter().filter(|change| !stays(change) && !is_about(shown, change));
            others
                .map(|change| {
                    let value = |value: &str| namer.repo_value(name, change.setting, value);
                    changed(change.setting.key(), change.from.as_deref(), &change.to, namer, value)
                })
                .collect()
        }
        Change::SetTopics { name, from, to } => {
            let topics = RepoSettingName::TOPICS;
            let value = |value: &str| namer.repo_value(name, topics, value);
            vec![changed(topics.key(), from.as_deref(), to, namer, value)]
        }
        Change::CreateRepo { name, settings } => settings
            .iter()
            .map(|given| {
                let value = |value: &str| namer.repo_value(name, given.setting, value);
                changed(given.setting.key(), None, &given.value, namer, value)
            })
            .collect(),
        Change::RenameRepo { from, to } => {
            let value = |value: &str| namer.repo(&RepoName::new(value));
            vec![changed("name", Some(from.as_str()), to.as_str(), namer, value)]
        }
        Change::EditTeam { name, changes, .. } => changes
            .iter()
            .map(|change| {
                let value = |value: &str| namer.team_value(name, change.setting, value);
                changed(change.setting.key(), change.from.as_deref(), &change.to, namer, value)
            })
            .collect(),
        Change::CreateTeam { name, description, privacy, parent } => {
            let given = [
                (TeamSetting::Description, description.clone()),
                (TeamSetting::Privacy, Some(privacy.as_str().to_owned())),
                (TeamSetting::Parent, parent.as_ref().map(|parent| parent.as_str().to_owned())),
            ];
            let shown = given.into_iter().filter_map(|(setting, to)| {
                let value = |value: &str| namer.team_value(name, setting, value);
                to.map(|to| changed(setting.key(), None, &to, namer, value))
            });
            shown.collect()
        }
        _ => Vec::new(),
    }
}

fn org_setting(change: &SettingChange<OrgSetting>, lowered: Option<usize>, namer: &Namer<'_>) -> Item {
    let value = |value: &str| namer.org_value(change.setting, value);
    let name = changed(change.setting.key(), change.from.as_deref(), &change.to, namer, value);
    let is_removal = change.setting == OrgSetting::DEFAULT_REPOSITORY_PERMISSION;
    let removal = lowered.filter(|_| is_removal);
    let category = if removal.is_some() { Category::DefaultPermissionLowered } else { Category::OrgSetting };
    Item {
        category,
        place: Place::Org,
        name: Some(name),
        notes: Vec::new(),
        settings: Vec::new(),
        subject: change.setting.key().to_owned(),
        removal,
        line: None,
    }
}

/// Whether an item's category says already what a setting does.
fn is_about(shown: Option<RemovalKind>, change: &SettingChange<RepoSettingName>) -> bool {
    match shown {
        Some(RemovalKind::RepoArchived) => change.setting == RepoSettingName::ARCHIVED,
        Some(RemovalKind::RepoPublished) => change.setting == RepoSettingName::VISIBILITY,
        _ => false,
    }
}

/// A setting that changes, with its values as far as they may be shown.
fn changed(
    key: &str,
    from: Option<&str>,
    to: &str,
    namer: &Namer<'_>,
    value: impl Fn(&str) -> Option<String>,
) -> String {
    let key = namer.quote(key);
    match (from.and_then(&value), value(to)) {
        (_, None) => key,
        (Some(from), Some(to)) => format!("{key}: {from} → {to}"),
        (None, Some(to)) => format!("{key}: {to}"),
    }
}
