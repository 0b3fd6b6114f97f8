//! What teams may do in repositories from all sources, and what of it was given to them.
//!
//! GitHub's lists show neither where access comes from nor, for certain, what comes from above. So what is listed is held
//! against what the team above and the team's organization roles give: more than that, or less, is the team's own; as
//! much as the team above gives may or may not be; and as much as a role gives counts as the role's.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use peribolos_org::{Login, Own, Permission, Slug, SnapshotTeam, SnapshotTeamRepo};

use super::super::teams::{ListedRepo, OwnTeam, Parent};
use super::roles::{CustomRoles, OrgRoles, least};

/// The teams as a snapshot has them: owners as maintainers wherever they are, and repositories with those that come from
/// the team above.
pub(crate) fn complete(
    teams: Vec<OwnTeam>,
    owners: &[Login],
    roles: &OrgRoles,
    custom: &CustomRoles,
) -> Vec<SnapshotTeam> {
    let owners: BTreeSet<&Login> = owners.iter().collect();
    let tree = Tree::of(&teams);
    let repos = tree.repos(roles, custom);
    // Under the name that the list has: one answer may be older than the other.
    let parents: Vec<Option<Slug>> =
        teams.iter().map(|team| team.parent.as_ref().map(|it| tree.slug_of(it).clone())).collect();
    let of = |((team, repos), parent): ((OwnTeam, Vec<SnapshotTeamRepo>), Option<Slug>)| {
        let (promoted, members): (Vec<Login>, Vec<Login>) =
            team.members.into_iter().partition(|login| owners.contains(login));
        SnapshotTeam {
            id: team.id,
            name: team.name,
            slug: team.slug,
            parent,
            description: team.description,
            privacy: team.privacy,
            managed_by: team.managed_by,
            maintainers: team.maintainers.into_iter().chain(promoted).collect(),
            members,
            invitations: team.invitations,
            repos,
            everywhere: roles.of_teams.get(&team.id).copied(),
        }
    };
    teams.into_iter().zip(repos).zip(parents).map(of).collect()
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

    /// For each team its repositories with those of the teams above it.
    fn repos(&self, roles: &OrgRoles, custom: &CustomRoles) -> Vec<Vec<SnapshotTeamRepo>> {
        let mut all: Vec<BTreeMap<String, SnapshotTeamRepo>> = vec![BTreeMap::new(); self.teams.len()];
        for &at in &self.downwards {
            let team = &self.teams[at];
            let above = self.parents[at].map(|parent| &all[parent]);
            let given = of_roles(team, roles);
            let mut repos: BTreeMap<String, SnapshotTeamRepo> = BTreeMap::new();
            for listed in &team.repos {
                let above = above.and_then(|it| it.get(&listed.name.key()));
                repos.insert(listed.name.key(), distinguish(listed, above, given, custom));
            }
            for (key, above) in above.into_iter().flatten() {
                repos.entry(key.clone()).or_insert_with(|| SnapshotTeamRepo {
                    own: Own::None,
                    custom_role: None,
                    ..above.clone()
                });
            }
            all[at] = repos;
        }
        all.into_iter().map(|repos| repos.into_values().collect()).collect()
    }
}

/// What organization roles give a team in every repository.
#[derive(Clone, Copy)]
enum OfRoles {
    /// This much; `none` without such a role.
    Is(Permission),
    /// Perhaps this much.
    MayBe(Permission),
}

fn of_roles(team: &OwnTeam, roles: &OrgRoles) -> OfRoles {
    if roles.unknown.contains(&team.id) {
        return OfRoles::MayBe(least(team).unwrap_or(Permission::None));
    }
    OfRoles::Is(roles.of_teams.get(&team.id).copied().unwrap_or(Permission::None))
}

/// What a team may do in a repository that GitHub lists for it, and what of that is its own.
fn distinguish(
    listed: &ListedRepo,
    above: Option<&SnapshotTeamRepo>,
    roles: OfRoles,
    custom: &CustomRoles,
) -> SnapshotTeamRepo {
    let from_above = above.map_or(Permission::None, |it| it.permission);
    let (role, role_is_known) = match roles {
        OfRoles::Is(role) => (role, true),
        OfRoles::MayBe(role) => (role, false),
    };
    let elsewhere = from_above.max(role);
    let role_above = above.and_then(|it| it.custom_role.as_deref());
    let own_role = listed.custom_role.as_deref().filter(|name| above.is_none() || role_above != Some(*name));
    let own = if let Some(name) = own_role {
        Own::Is(custom.base(name).unwrap_or(listed.permission))
    } else if listed.permission > elsewhere {
        Own::Is(listed.permission)
    } else if above.is_some() && listed.permission < from_above && role == Permission::None {
        // Not what it may do from all sources, so what was given to it.
        Own::Is(listed.permission)
    } else if above.is_some() && listed.permission == from_above {
        Own::Unknown
    } else if role_is_known {
        Own::None
    } else {
        Own::Unknown
    };
    SnapshotTeamRepo {
        name: listed.name.clone(),
        permission: listed.permission.max(elsewhere),
        own,
        custom_role: own_role.map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use peribolos_org::{ManagedBy, Privacy, RepoName, TeamName};

    use super::*;

    use Permission::{Admin, Maintain, Read, Triage, Write};

    fn listed(name: &str, permission: Permission) -> ListedRepo {
        ListedRepo { name: RepoName::new(name), permission, custom_role: None }
    }

    fn team(id: u64, parent: u64, members: &[&str], repos: &[(&str, Permission)]) -> OwnTeam {
        OwnTeam {
            id,
            parent: (parent != 0).then(|| Parent { id: parent, slug: Slug::new(format!("old-t{parent}")) }),
            name: TeamName::new(format!("T{id}")),
            slug: Slug::new(format!("t{id}")),
            description: String::new(),
            privacy: Privacy::Closed,
            managed_by: ManagedBy::Organization,
            maintainers: Vec::new(),
            members: members.iter().copied().map(Login::new).collect(),
            invitations: Vec::new(),
            repos: repos.iter().map(|(name, permission)| listed(name, *permission)).collect(),
        }
    }

    fn shown(team: &SnapshotTeam) -> String {
        let logins = |all: &[Login]| all.iter().map(Login::as_str).collect::<Vec<_>>().join(",");
        let repo = |it: &SnapshotTeamRepo| {
            let own = match it.own {
                Own::Is(own) => own.as_str(),
                Own::None => "-",
                Own::Unknown => "?",
            };
            let role = it.custom_role.as_deref().map(|role| format!("({role})")).unwrap_or_default();
            format!("{}={}/{own}{role}", it.name, it.permission.as_str())
        };
        let repos = team.repos.iter().map(repo).collect::<Vec<_>>().join(",");
        let parent = team.parent.as_ref().map_or("", Slug::as_str);
        format!("{parent}<{}|{}|{repos}", logins(&team.maintainers), logins(&team.members))
    }

    fn none() -> CustomRoles {
        CustomRoles::Are(BTreeMap::new())
    }

    fn completed(teams: Vec<OwnTeam>, roles: &OrgRoles) -> Vec<String> {
        complete(teams, &[Login::new("OWNER")], roles, &none()).iter().map(shown).collect()
    }

    fn plain(teams: Vec<OwnTeam>) -> Vec<String> {
        completed(teams, &OrgRoles::default())
    }

    /// The list spells a parent as it is; what the child said of it may be older. People are where they are themselves.
    #[test]
    fn repositories_come_from_above_and_people_from_nowhere() {
        let teams = vec![
            team(3, 2, &["ann", "owner"], &[("b", Admin)]),
            team(1, 0, &["ann", "ben"], &[("a", Write), ("b", Read)]),
            team(2, 1, &["cy", "owner"], &[]),
        ];
        let expected = [
            "t2<owner|ann|a=write/-,b=admin/admin",
            "<|ann,ben|a=write/write,b=read/read",
            "t1<owner|cy|a=write/-,b=read/-",
        ];
        assert_eq!(plain(teams), expected);
    }

    #[rstest::rstest]
    #[case::more("c", Admin, "admin/admin")]
    #[case::as_much("a", Write, "write/?")]
    #[case::less("a", Triage, "write/triage")]
    #[case::in_capitals("A", Write, "write/?")]
    fn what_a_nested_team_lists(#[case] name: &str, #[case] permission: Permission, #[case] expected: &str) {
        let above = team(1, 0, &[], &[("a", Write), ("c", Read)]);
        let all =
            complete(vec![above, team(2, 1, &[], &[(name, permission)])], &[], &OrgRoles::default(), &none());
        let repo = all[1].repos.iter().find(|repo| repo.name.key() == name.to_lowercase()).unwrap();
        let shown = shown(&SnapshotTeam { repos: vec![repo.clone()], ..all[1].clone() });
        assert!(shown.ends_with(&format!("={expected}")), "{shown}");
    }

    #[test]
    fn what_a_role_gives_is_not_the_team_s_own() {
        let roles = OrgRoles { of_teams: [(1, Read)].into(), ..OrgRoles::default() };
        let teams = vec![team(1, 0, &[], &[("a", Read), ("b", Maintain)]), team(2, 0, &[], &[("a", Read)])];
        assert_eq!(completed(teams, &roles), ["<||a=read/-,b=maintain/maintain", "<||a=read/read"]);
    }

    #[test]
    fn what_may_come_from_a_role_is_unknown() {
        let roles = OrgRoles { unknown: vec![1], ..OrgRoles::default() };
        let teams = vec![team(1, 0, &[], &[("a", Triage), ("b", Maintain), ("c", Triage)])];
        assert_eq!(completed(teams, &roles), ["<||a=triage/?,b=maintain/maintain,c=triage/?"]);
    }

    #[test]
    fn a_custom_role_is_named_where_it_was_given() {
        let custom = CustomRoles::Are([("Release engineer".to_owned(), Triage)].into());
        let role = |name: &str| ListedRepo { custom_role: Some(name.into()), ..listed("a", Triage) };
        let with = |id, parent, repo| OwnTeam { repos: vec![repo], ..team(id, parent, &[], &[]) };
        let teams = vec![
            with(1, 0, role("Release engineer")),
            with(2, 1, role("Release engineer")),
            with(3, 1, role("Auditor")),
        ];
        let all: Vec<_> = complete(teams, &[], &OrgRoles::default(), &custom).iter().map(shown).collect();
        let expected =
            ["<||a=triage/triage(Release engineer)", "t1<||a=triage/?", "t1<||a=triage/triage(Auditor)"];
        assert_eq!(all, expected);
    }

    #[test]
    fn a_parent_that_was_not_read_gives_nothing() {
        assert_eq!(plain(vec![team(2, 1, &["ann"], &[("a", Read)])]), ["old-t1<|ann|a=read/read"]);
    }

    #[test]
    fn teams_in_each_other_give_each_other_nothing() {
        let teams = vec![
            team(1, 2, &["ann"], &[("a", Read)]),
            team(2, 1, &["ben"], &[("b", Read)]),
            team(3, 1, &["cy"], &[]),
        ];
        assert_eq!(plain(teams), ["t2<|ann|a=read/read", "t1<|ben|b=read/read", "t1<|cy|"]);
    }

    #[test]
    fn a_hundred_levels_are_no_matter() {
        let teams = (1..=100).map(|id| team(id, id - 1, &[&format!("m{id}")], &[(&format!("r{id}"), Read)]));
        let all = complete(teams.collect(), &[], &OrgRoles::default(), &none());
        assert_eq!((all[0].members.len(), all[0].repos.len()), (1, 1));
        assert_eq!((all[99].members.len(), all[99].repos.len()), (1, 100));
    }
}
