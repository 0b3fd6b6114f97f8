//! Large organizations. What takes time with the square of something is seen here as a test that does not end.

use std::fmt::Write as _;

use peribolos_org::plan::{Lookups, plan};
use peribolos_org::{Login, Own, Permission, Slug, Snapshot, TeamName, dump};

use crate::support::{access, acme, everything, key, operations, repo, team};

const PEOPLE: usize = 10_000;
const TEAMS: usize = 1_000;
const REPOS: usize = 5_000;

/// 10,000 members, 1,000 teams in trees of ten, each with 100 people and 50 repositories, and 5,000 repositories.
fn large() -> Snapshot {
    let mut snapshot = acme();
    snapshot.members = (0..PEOPLE).map(|number| Login::new(format!("user{number}"))).collect();
    snapshot.repos = (0..REPOS).map(|number| repo(&format!("repo{number}"))).collect();
    snapshot.teams = (0..TEAMS)
        .map(|number| {
            let mut team = team("x");
            team.id = number as u64 + 1;
            team.name = TeamName::new(format!("team{number}"));
            team.slug = Slug::new(format!("team{number}"));
            team.parent = (number % 10 > 0).then(|| Slug::new(format!("team{}", number - 1)));
            team.members =
                (0..100).map(|one| Login::new(format!("user{}", (number * 7 + one) % PEOPLE))).collect();
            team.repos = (0..50)
                .map(|one| {
                    access(
                        &format!("repo{}", (number * 5 + one) % REPOS),
                        Permission::Read,
                        Own::Is(Permission::Read),
                    )
                })
                .collect();
            team
        })
        .collect();
    snapshot
}

#[test]
fn a_large_organization_is_planned() {
    let snapshot = large();
    let mut file = dump(&snapshot).file;
    let lookups = Lookups::default();
    assert_eq!(plan(&file, &snapshot, &lookups, &everything()).operations, []);
    file.members.clear();
    file.teams.clear();
    for repo in &mut file.repos {
        repo.settings.insert(key("has_wiki"), "false".to_owned().into());
    }
    let plan = plan(&file, &snapshot, &lookups, &everything());
    assert_eq!(plan.operations.len(), PEOPLE + TEAMS + REPOS);
    let after = plan.expected(&snapshot);
    assert_eq!((after.members.len(), after.teams.len(), after.repos.len()), (0, 0, REPOS));
}

#[test]
fn everything_is_made_anew() {
    let mut yaml = String::from("orgs:\n  acme:\n    admins: [alice, bob]\n    members:\n");
    for number in 0..PEOPLE {
        let _ = writeln!(yaml, "    - user{number}");
    }
    yaml.push_str("    teams:\n");
    for number in 0..TEAMS {
        let _ =
            writeln!(yaml, "      team{number}: {{members: [user{number}], repos: {{repo{number}: read}}}}");
    }
    yaml.push_str("    repos:\n");
    for number in 0..REPOS {
        let _ = writeln!(yaml, "      repo{number}: {{}}");
    }
    let mut snapshot = acme();
    snapshot.members.clear();
    assert_eq!(operations(&yaml, &snapshot).len(), PEOPLE + 3 * TEAMS + REPOS);
}

#[test]
fn a_chain_of_teams_with_everybody_in_it_is_planned() {
    let mut snapshot = acme();
    snapshot.members = (0..2_000).map(|number| Login::new(format!("user{number}"))).collect();
    snapshot.teams = (0_u64..100)
        .map(|number| {
            let mut team = team("x");
            team.id = number + 1;
            team.name = TeamName::new(format!("team{number}"));
            team.slug = Slug::new(format!("team{number}"));
            team.parent = (number > 0).then(|| Slug::new(format!("team{}", number - 1)));
            team.members.clone_from(&snapshot.members);
            team
        })
        .collect();
    let file = dump(&snapshot).file;
    assert_eq!(plan(&file, &snapshot, &Lookups::default(), &everything()).operations, []);
}

#[test]
fn a_tree_of_teams_is_turned_upside_down() {
    const DEEP: usize = 60;
    let mut snapshot = acme();
    snapshot.teams = (0..DEEP)
        .map(|number| {
            let mut team = team("x");
            team.id = number as u64 + 1;
            team.name = TeamName::new(format!("team{number}"));
            team.slug = Slug::new(format!("team{number}"));
            team.parent = (number > 0).then(|| Slug::new(format!("team{}", number - 1)));
            team
        })
        .collect();
    let mut teams = "{}".to_owned();
    for number in 0..DEEP {
        teams = format!("{{teams: {{team{number}: {teams}}}}}");
    }
    let teams = teams.strip_prefix("{teams: ").and_then(|teams| teams.strip_suffix('}')).unwrap_or_default();
    let yaml = format!(
        "orgs:\n  acme:\n    admins: [alice, bob]\n    members: [carol, oscar]\n    teams: {teams}\n"
    );
    assert_eq!(operations(&yaml, &snapshot).len(), DEEP);
}
