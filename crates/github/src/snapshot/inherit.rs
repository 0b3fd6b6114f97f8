//! What teams have from other teams: people from those below, repositories from the one above.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use peribolos_org::{Login, Slug, SnapshotTeam, SnapshotTeamRepo};

use super::teams::{OwnRepo, OwnTeam, Parent};

/// The teams as upstream reads them: members with those of the teams below, repositories with those of the team above
/// and the larger permission, owners as maintainers wherever they are a member by themselves.
pub(super) fn complete(teams: Vec<OwnTeam>, owners: &[Login]) -> Vec<SnapshotTeam> {
    let owners: BTreeSet<&Login> = owners.iter().collect();
    let tree = Tree::of(&teams);
    let people = tree.people_below();
    let repos = tree.repos_from_above();
    let mut completed: Vec<SnapshotTeam> = Vec::with_capacity(teams.len());
    for (at, (people, repos)) in people.into_iter().zip(repos).enumerate() {
        let team = &teams[at];
        let (promoted, members): (Vec<&Login>, Vec<&Login>) =
            team.members.iter().partition(|login| owners.contains(login));
        let own: BTreeSet<&Login> = team.maintainers.iter().chain(&team.members).collect();
        let inherited: Vec<Login> =
            people.into_iter().filter(|login| !own.contains(login)).cloned().collect();
        completed.push(SnapshotTeam {
            name: team.name.clone(),
            slug: team.slug.clone(),
            // Under the name that the list has: one answer may be older than the other.
            parent: team.parent.as_ref().map(|it| tree.slug_of(it).clone()),
            description: team.description.clone(),
            privacy: team.privacy,
            kind: team.kind,
            maintainers: team.maintainers.iter().chain(promoted).cloned().collect(),
            members: members.into_iter().chain(&inherited).cloned().collect(),
            inherited_members: inherited,
            invitations: team.invitations.clone(),
            repos,
        });
    }
    completed
}

/// Which team is in which, by their places in the list.
struct Tree<'t> {
    teams: &'t [OwnTeam],
    places: HashMap<u64, usize>,
    parents: Vec<Option<usize>>,
    /// Every team after the one above it.
    downwards: Vec<usize>,
}

impl<'t> Tree<'t> {
    fn of(teams: &'t [OwnTeam]) -> Self {
        let places: HashMap<u64, usize> = teams.iter().enumerate().map(|(at, team)| (team.id, at)).collect();
        let mut parents: Vec<Option<usize>> =
            teams.iter().map(|team| places.get(&team.parent.as_ref()?.id).copied()).collect();
        let mut children: Vec<Vec<usize>> = vec![Vec::new(); teams.len()];
        for (child, parent) in parents.iter().enumerate() {
            if let Some(parent) = parent {
                children[*parent].push(child);
            }
        }
        let mut downwards: Vec<usize> = (0..teams.len()).filter(|&at| parents[at].is_none()).collect();
        let mut next = 0;
        while let Some(&at) = downwards.get(next) {
            downwards.extend(&children[at]);
            next += 1;
        }
        // Two teams that swapped places while they were read look as if each were in the other: neither gives anything.
        let reached: BTreeSet<usize> = downwards.iter().copied().collect();
        for at in (0..teams.len()).filter(|at| !reached.contains(at)) {
            parents[at] = None;
            downwards.push(at);
        }
        Self { teams, places, parents, downwards }
    }

    /// The name of a team that is above another one.
    fn slug_of<'p>(&self, parent: &'p Parent) -> &'p Slug
    where
        't: 'p,
    {
        self.places.get(&parent.id).map_or(&parent.slug, |&at| &self.teams[at].slug)
    }

    /// For each team everybody who is in a team below it, at any depth.
    fn people_below(&self) -> Vec<BTreeSet<&'t Login>> {
        let mut below: Vec<BTreeSet<&Login>> = vec![BTreeSet::new(); self.teams.len()];
        for &at in self.downwards.iter().rev() {
            let Some(parent) = self.parents[at] else { continue };
            let mut people = below[at].clone();
            people.extend(self.teams[at].maintainers.iter().chain(&self.teams[at].members));
            below[parent].extend(people);
        }
        below
    }

    /// For each team its repositories with those of the teams above it.
    fn repos_from_above(&self) -> Vec<Vec<SnapshotTeamRepo>> {
        let mut all: Vec<BTreeMap<String, SnapshotTeamRepo>> = vec![BTreeMap::new(); self.teams.len()];
        for &at in &self.downwards {
            let mut repos: BTreeMap<String, SnapshotTeamRepo> =
                self.teams[at].repos.iter().map(|repo| (repo.name.key(), own(repo))).collect();
            let above = self.parents[at].map(|parent| &all[parent]);
            for (key, given) in above.into_iter().flatten() {
                let covered = repos.get(key).is_some_and(|own| own.permission > given.permission);
                if !covered {
                    repos.insert(key.clone(), SnapshotTeamRepo { inherited: true, ..given.clone() });
                }
            }
            all[at] = repos;
        }
        all.into_iter().map(|repos| repos.into_values().collect()).collect()
    }
}

fn own(repo: &OwnRepo) -> SnapshotTeamRepo {
    SnapshotTeamRepo {
        name: repo.name.clone(),
        permission: repo.permission,
        inherited: false,
        custom_role: repo.custom_role.clone(),
    }
}

#[cfg(test)]
mod tests {
    use peribolos_org::{Permission, Privacy, RepoName, TeamKind, TeamName};

    use super::*;

    fn team(id: u64, parent: u64, members: &[&str], repos: &[(&str, Permission)]) -> OwnTeam {
        let own = |(name, permission): &(&str, Permission)| OwnRepo {
            name: RepoName::new(*name),
            permission: *permission,
            custom_role: None,
        };
        OwnTeam {
            id,
            parent: (parent != 0).then(|| Parent { id: parent, slug: Slug::new(format!("old-t{parent}")) }),
            name: TeamName::new(format!("T{id}")),
            slug: Slug::new(format!("t{id}")),
            description: String::new(),
            privacy: Privacy::Closed,
            kind: TeamKind::Organization,
            maintainers: Vec::new(),
            members: members.iter().copied().map(Login::new).collect(),
            invitations: Vec::new(),
            repos: repos.iter().map(own).collect(),
        }
    }

    fn told(team: &SnapshotTeam) -> String {
        let logins = |all: &[Login]| all.iter().map(Login::as_str).collect::<Vec<_>>().join(",");
        let repo = |it: &SnapshotTeamRepo| {
            format!("{}={}{}", it.name, it.permission.as_str(), if it.inherited { "^" } else { "" })
        };
        let repos = team.repos.iter().map(repo).collect::<Vec<_>>().join(",");
        let parent = team.parent.as_ref().map_or("", Slug::as_str);
        let [maintainers, members, below] =
            [&team.maintainers, &team.members, &team.inherited_members].map(|all| logins(all));
        format!("{parent}<{maintainers}|{members}|{below}|{repos}")
    }

    fn complete_and_tell(teams: Vec<OwnTeam>) -> Vec<String> {
        complete(teams, &[Login::new("OWNER")]).iter().map(told).collect()
    }

    use Permission::{Admin, Read, Triage, Write};

    /// The list spells a parent as it is; what the child said of it may be older.
    #[test]
    fn people_come_from_below_and_repositories_from_above() {
        let teams = vec![
            team(3, 2, &["ann", "owner"], &[("b", Admin)]),
            team(1, 0, &["ann", "ben"], &[("a", Write), ("b", Read)]),
            team(2, 1, &["cy", "owner"], &[("a", Triage)]),
        ];
        let expected = [
            "t2<owner|ann||a=write^,b=admin",
            "<|ann,ben,cy,owner|cy,owner|a=write,b=read",
            "t1<owner|cy,ann|ann|a=write^,b=read^",
        ];
        assert_eq!(complete_and_tell(teams), expected);
    }

    /// GitHub does not say whether a team's list has what comes from above: both make the same.
    #[test]
    fn a_list_that_has_what_comes_from_above_is_taken_the_same() {
        let above = || team(1, 0, &[], &[("a", Write), ("b", Read), ("c", Read)]);
        let alone = vec![above(), team(2, 1, &[], &[("a", Triage), ("c", Admin)])];
        let together = vec![above(), team(2, 1, &[], &[("A", Write), ("b", Read), ("c", Admin)])];
        let expected = "t1<|||a=write^,b=read^,c=admin";
        assert_eq!(complete_and_tell(alone)[1], expected);
        assert_eq!(complete_and_tell(together)[1], expected);
    }

    #[test]
    fn a_parent_that_was_not_read_gives_nothing() {
        assert_eq!(complete_and_tell(vec![team(2, 1, &["ann"], &[("a", Read)])]), ["old-t1<|ann||a=read"]);
    }

    #[test]
    fn teams_in_each_other_give_each_other_nothing() {
        let teams = vec![
            team(1, 2, &["ann"], &[("a", Read)]),
            team(2, 1, &["ben"], &[("b", Read)]),
            team(3, 1, &["cy"], &[]),
        ];
        assert_eq!(complete_and_tell(teams), ["t2<|ann||a=read", "t1<|ben||b=read", "t1<|cy||"]);
    }

    #[test]
    fn a_hundred_levels_are_no_matter() {
        let teams = (1..=100).map(|id| team(id, id - 1, &[&format!("m{id}")], &[(&format!("r{id}"), Read)]));
        let all = complete(teams.collect(), &[]);
        assert_eq!((all[0].members.len(), all[0].repos.len()), (100, 1));
        assert_eq!((all[99].members.len(), all[99].repos.len()), (1, 100));
    }
}
