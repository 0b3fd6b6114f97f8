//! Removals that are withheld, because a grant that was to replace what they take away is not in force.

use std::collections::BTreeSet;

use peribolos_vocab::{Login, OrgRole, Permission, RepoName, TeamName, TeamRole};

use super::model::{Model, RepoId, TeamId};
use super::{Change, Expected, OrgSetting, Outcome, Plan, TeamSetting, Waiting, Withheld, settings};

/// Something that a grant which is not in force was to give.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Target {
    /// Somebody a place in a team.
    Place(Login, TeamId),
    /// Somebody access to a repository.
    Access(Login, RepoId),
    /// A team access to a repository.
    TeamAccess(TeamId, RepoId),
}

/// What somebody or a team has of a target.
#[derive(Default)]
struct Has {
    /// A place in a team, …
    role: Option<TeamRole>,
    /// … or an invitation to it.
    is_invited: bool,
    /// Access to a repository.
    permission: Option<Permission>,
    /// Access by the teams to which somebody is invited.
    once_accepted: Option<Permission>,
}

/// Why a removal must not be done now; none: it may be. `outcomes` are those of the operations before it, `now` is the
/// organization as they left it.
///
/// It is withheld where it takes from a person or a team what a grant of the plan was to give, and that grant failed, was
/// skipped, or waits for somebody to accept; where a team loses a repository that another team was to get; and where a
/// team is deleted although another one could not be made. It is never withheld because of another person. Whether enough
/// owners are left is not looked at here.
pub fn withheld(plan: &Plan, index: usize, outcomes: &[Outcome], now: &Expected) -> Option<Withheld> {
    let change = &plan.operations.get(index)?.change;
    if !change.takes_away() && !moves(change) {
        return None;
    }
    let missing: Vec<(Withheld, &Change)> = plan.operations[..index]
        .iter()
        .zip(outcomes)
        .enumerate()
        .filter(|(_, (operation, outcome))| **outcome != Outcome::Done && gives(&operation.change))
        .map(|(operation, (missing, _))| (Withheld::Grant { operation }, &missing.change))
        .collect();
    if missing.is_empty() && plan.waiting.is_empty() {
        return None;
    }
    let mut model = now.model.clone();
    if let Some((because, _)) = missing.iter().find(|(_, grant)| replaces(&model, change, grant)) {
        return Some(because.clone());
    }
    // What grants were to give is seen where all of them are in force, and the change is made, too: it may be what puts a
    // team where it would get something.
    let mut granted = model.clone();
    for grant in missing.iter().map(|(_, grant)| *grant).chain([change]) {
        granted.apply(grant);
    }
    let mut targets: Vec<(Withheld, BTreeSet<Target>)> =
        missing.iter().map(|(because, grant)| (because.clone(), targets(&granted, grant, change))).collect();
    for (waiting, invited) in plan.waiting.iter().enumerate() {
        let mut wanted = BTreeSet::new();
        if let Some(id) = invited.team.as_ref().and_then(|team| granted.team_named(team)) {
            place(&granted, &invited.login, id, &mut wanted);
        }
        if let Some(id) = invited.repo.as_ref().and_then(|repo| granted.repo_named(repo)) {
            wanted.insert(Target::Access(invited.login.clone(), id));
        }
        if let Waiting { login, team: None, repo: None } = invited
            && let Some(invitation) = granted.pending().get(login)
        {
            membership(&granted, login, invitation.role, &mut wanted);
        }
        targets.push((Withheld::Invitation { waiting }, wanted));
    }
    let mut after = model.clone();
    after.apply(change);
    let mut loses = |because: &Withheld, wanted: &BTreeSet<Target>| {
        // What waits to be accepted makes up for nothing that somebody has now, and what they have once they accept waits, too.
        // Nor does a team keep what it has because of somebody who is only invited to it.
        let now = because.awaits_acceptance(outcomes) || !is_about_one_person(change);
        wanted.iter().any(|target| has(&mut after, target).is_less_than(&has(&mut model, target), now))
    };
    targets.into_iter().find(|(because, wanted)| loses(because, wanted)).map(|(because, _)| because)
}

/// Whether a change takes something from one person alone.
const fn is_about_one_person(change: &Change) -> bool {
    matches!(
        change,
        Change::RemoveTeamMember { .. }
            | Change::SetTeamMember { .. }
            | Change::RemoveCollaborator { .. }
            | Change::SetCollaborator { .. }
            | Change::CancelRepoInvitation { .. }
            | Change::EditRepoInvitation { .. }
    )
}

/// Whether a change moves a team, which takes what it has from the teams above it.
fn moves(change: &Change) -> bool {
    let Change::EditTeam { changes, .. } = change else { return false };
    changes.iter().any(|change| change.setting == TeamSetting::Parent)
}

/// Whether a change gives somebody or a team something that may replace what they have.
fn gives(change: &Change) -> bool {
    match change {
        Change::ChangeRole { to, .. } => *to == OrgRole::Admin,
        Change::SetTeamMember { from, to, .. } => Some(*to) > *from,
        Change::SetTeamRepo { from, to, .. } | Change::SetCollaborator { from, to, .. } => Some(*to) > *from,
        Change::EditRepoInvitation { from, to, .. } => to > from,
        Change::EditOrg { changes } => changes.iter().any(|change| {
            change.setting == OrgSetting::DEFAULT_REPOSITORY_PERMISSION
                && !settings::lowers_default_permission(change)
        }),
        // Names that were not given are in what comes after them.
        Change::CreateTeam { .. }
        | Change::EditTeam { .. }
        | Change::CreateRepo { .. }
        | Change::RenameRepo { .. }
        | Change::InviteMember { .. }
        | Change::InviteAgain { .. } => true,
        _ => false,
    }
}

/// Whether a missing grant was to replace a team, or what a team has in a repository.
fn replaces(model: &Model, removal: &Change, grant: &Change) -> bool {
    let reaches = |team: &TeamName, repo: &RepoName| {
        let ids = model.team_named(team).zip(model.repo_named(repo));
        ids.is_some_and(|(team, repo)| model.team_access(team, repo).is_some())
    };
    match (removal, grant) {
        (Change::DeleteTeam { .. }, Change::CreateTeam { .. }) => true,
        (Change::DeleteTeam { name, .. }, Change::SetTeamRepo { repo, .. }) => reaches(name, repo),
        (
            Change::RemoveTeamRepo { repo, .. } | Change::SetTeamRepo { repo, .. },
            Change::SetTeamRepo { repo: wanted, .. },
        ) => repo == wanted,
        _ => false,
    }
}

/// What a grant was to give.
fn targets(model: &Model, grant: &Change, removal: &Change) -> BTreeSet<Target> {
    let mut targets = BTreeSet::new();
    match grant {
        Change::SetTeamMember { team, login, .. } => {
            if let Some(id) = model.team_named(team) {
                place(model, login, id, &mut targets);
            }
        }
        Change::InviteMember { login, role } => membership(model, login, *role, &mut targets),
        Change::InviteAgain { login, role, teams } => {
            membership(model, login, *role, &mut targets);
            for id in teams.iter().filter_map(|team| model.team_numbered(team.id)) {
                place(model, login, id, &mut targets);
            }
        }
        Change::SetCollaborator { repo, login, .. } | Change::EditRepoInvitation { repo, login, .. } => {
            targets.extend(model.repo_named(repo).map(|id| Target::Access(login.clone(), id)));
        }
        Change::SetTeamRepo { team, repo, .. } => {
            if let Some((team, repo)) = model.team_named(team).zip(model.repo_named(repo)) {
                for id in model.subtree(team) {
                    targets.insert(Target::TeamAccess(id, repo));
                    let people = model.team(id).into_iter().flat_map(|team| team.members.keys());
                    targets.extend(people.map(|login| Target::Access(login.clone(), repo)));
                }
            }
        }
        Change::EditTeam { name, .. } if moves(grant) => {
            for id in model.team_named(name).map(|id| model.subtree(id)).unwrap_or_default() {
                let repos: Vec<RepoId> = model.team_repos(id).into_keys().collect();
                targets.extend(repos.iter().map(|repo| Target::TeamAccess(id, *repo)));
                for login in model.team(id).into_iter().flat_map(|team| team.members.keys()) {
                    place(model, login, id, &mut targets);
                }
            }
        }
        // It was to give something to everybody: here only those matter from whom something is taken.
        Change::EditOrg { .. } => {
            for login in losers(model, removal) {
                targets.extend(model.all_repos().map(|(id, _)| Target::Access(login.clone(), id)));
            }
        }
        Change::ChangeRole { login, .. } => {
            targets.extend(model.all_repos().map(|(id, _)| Target::Access(login.clone(), id)));
            // An owner may do everything in every team. Other people's teams wait for nobody.
            if let Change::RemoveTeamMember { team, login: loser, .. }
            | Change::SetTeamMember { team, login: loser, .. } = removal
                && loser == login
            {
                targets.extend(model.team_named(team).map(|id| Target::Place(login.clone(), id)));
            }
        }
        _ => {}
    }
    targets
}

/// The people from whom a change takes something.
fn losers(model: &Model, removal: &Change) -> BTreeSet<Login> {
    match removal {
        Change::RemoveTeamMember { login, .. }
        | Change::ChangeRole { login, .. }
        | Change::RemoveCollaborator { login, .. }
        | Change::SetCollaborator { login, .. } => BTreeSet::from([login.clone()]),
        Change::RemoveTeamRepo { team, .. }
        | Change::SetTeamRepo { team, .. }
        | Change::DeleteTeam { name: team, .. }
        | Change::EditTeam { name: team, .. } => {
            model.team_named(team).map(|id| model.people_in(id)).unwrap_or_default()
        }
        _ => BTreeSet::new(),
    }
}

/// What being in the organization was to give: an owner everything, a member what all members have.
fn membership(model: &Model, login: &Login, role: OrgRole, targets: &mut BTreeSet<Target>) {
    let reaches_all = match role {
        OrgRole::Admin => true,
        OrgRole::Member => model.members_may_have_access(),
        OrgRole::BillingManager => false,
    };
    if reaches_all {
        targets.extend(model.all_repos().map(|(id, _)| Target::Access(login.clone(), id)));
    }
}

/// What a place in a team was to give: the place, and the team's repositories.
fn place(model: &Model, login: &Login, id: TeamId, targets: &mut BTreeSet<Target>) {
    targets.extend(model.upwards(id).map(|id| Target::Place(login.clone(), id)));
    targets.extend(model.team_repos(id).into_keys().map(|repo| Target::Access(login.clone(), repo)));
}

fn has(model: &mut Model, target: &Target) -> Has {
    match target {
        Target::Place(login, team) => {
            let is_invited = model.team(*team).is_some_and(|team| team.pending.contains(login));
            Has { role: model.team_role(*team, login), is_invited, ..Has::default() }
        }
        Target::Access(login, repo) => Has {
            permission: model.person_access(login, *repo),
            once_accepted: model.invited_access(login, *repo),
            ..Has::default()
        },
        Target::TeamAccess(team, repo) => {
            Has { permission: model.team_access(*team, *repo), ..Has::default() }
        }
    }
}

impl Has {
    /// Whether it is less than `before`; with `now` only what they have already counts.
    fn is_less_than(&self, before: &Self, now: bool) -> bool {
        let is_less_later =
            self.once_accepted < before.once_accepted || (before.is_invited && !self.is_invited);
        self.role < before.role || self.permission < before.permission || (!now && is_less_later)
    }
}
