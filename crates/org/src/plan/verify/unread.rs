//! What could be read before a plan was applied, and can't be read afterwards.

use peribolos_vocab::{RepoName, TeamName};

use crate::plan::Named;
use crate::snapshot::{Extent, Snapshot, Unread};

/// What of `after` can't be read and could be in `before`. Teams and repositories are found again by GitHub's numbers: of
/// what was made since, nothing was known.
pub(super) fn any_more(before: &Snapshot, after: &Snapshot) -> Vec<Unread> {
    let was_known = |unread: &&Unread| {
        let Some(extent) = extent_before(before, after, &unread.extent) else { return false };
        let is_same = |known: &Unread| known.extent == extent || !matches!(known.extent, Extent::Of(_));
        !before.unread.iter().any(|known| known.kind == unread.kind && is_same(known))
    };
    after.unread.iter().filter(was_known).cloned().collect()
}

/// The same part by its name before; none: it was not there.
fn extent_before(before: &Snapshot, after: &Snapshot, extent: &Extent) -> Option<Extent> {
    Some(Extent::Of(match extent {
        Extent::Of(Named::Team(name)) => Named::Team(team_before(before, after, name)?),
        Extent::Of(Named::Repo(name)) => Named::Repo(repo_before(before, after, name)?),
        other => return Some(other.clone()),
    }))
}

fn team_before(before: &Snapshot, after: &Snapshot, name: &TeamName) -> Option<TeamName> {
    let id = after.teams.iter().find(|team| team.name == *name)?.id;
    Some(before.teams.iter().find(|team| team.id == id)?.name.clone())
}

fn repo_before(before: &Snapshot, after: &Snapshot, name: &RepoName) -> Option<RepoName> {
    let id = after.repos.iter().find(|repo| repo.name == *name)?.id;
    Some(before.repos.iter().find(|repo| repo.id == id)?.name.clone())
}
