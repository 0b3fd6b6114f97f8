//! What teams lose without an operation of their own: what they inherit no more from the teams above them.

use std::collections::{HashMap, HashSet};

use super::{Removal, RemovalKind, Subject};
use crate::plan::{Change, Plan};
use crate::{Permission, RepoName, Snapshot, SnapshotTeam};

/// What each team that stays can reach less than before, but for what `own` operations take from it.
pub(super) fn removals(plan: &Plan, before: &Snapshot, own: &[Removal]) -> Vec<Removal> {
    if !plan.operations.iter().any(|operation| may_end_inheritance(&operation.change)) {
        return Vec::new();
    }
    let after = plan.expected(before);
    let renamed = renamed_repos(plan);
    let after: HashMap<u64, &SnapshotTeam> = after.teams.iter().map(|team| (team.id, team)).collect();
    let counted: HashSet<(String, String)> = own.iter().filter_map(team_and_repo).collect();
    let mut removals = Vec::new();
    for team in &before.teams {
        // A team that goes is one removal.
        let Some(now) = after.get(&team.id) else { continue };
        let reaches: HashMap<String, Permission> =
            now.repos.iter().map(|access| (access.name.key(), access.permission)).collect();
        for access in &team.repos {
            let repo = renamed.get(&access.name.key()).unwrap_or(&access.name);
            let left = reaches.get(&repo.key()).copied().filter(|left| *left > Permission::None);
            let is_counted = [&team.name, &now.name].into_iter().any(|team| {
                [&access.name, repo].into_iter().any(|repo| counted.contains(&(team.key(), repo.key())))
            });
            if left < Some(access.permission) && !is_counted {
                removals.push(removal(now, repo, left));
            }
        }
    }
    removals
}

fn removal(team: &SnapshotTeam, repo: &RepoName, left: Option<Permission>) -> Removal {
    let kind = if left.is_some() { RemovalKind::TeamRepoLowered } else { RemovalKind::TeamRepoRemoved };
    let subject = Subject::TeamRepo { team: team.name.clone(), repo: repo.clone(), left };
    Removal { kind, subject, operation: None }
}

/// Whether teams below the one that changes, or the one that moves, may inherit less.
fn may_end_inheritance(change: &Change) -> bool {
    matches!(
        change,
        Change::EditTeam { .. }
            | Change::DeleteTeam { .. }
            | Change::SetTeamRepo { .. }
            | Change::RemoveTeamRepo { .. }
    )
}

fn team_and_repo(removal: &Removal) -> Option<(String, String)> {
    match &removal.subject {
        Subject::TeamRepo { team, repo, .. } => Some((team.key(), repo.key())),
        _ => None,
    }
}

/// The names that repositories have after a plan, by the keys of those that they have before it.
fn renamed_repos(plan: &Plan) -> HashMap<String, RepoName> {
    // By the name of now: a repository may be renamed twice, where two swap their names.
    let mut first: HashMap<String, String> = HashMap::new();
    let mut renamed = HashMap::new();
    for operation in &plan.operations {
        if let Change::RenameRepo { from, to } = &operation.change {
            let original = first.remove(&from.key()).unwrap_or_else(|| from.key());
            renamed.insert(original.clone(), to.clone());
            first.insert(to.key(), original);
        }
    }
    renamed
}
