//! Large organizations. What takes time with the square of something is seen here as a test that does not end.

use std::fmt::Write as _;

use peribolos_org::plan::plan;
use peribolos_org::{Login, Permission, Slug, Snapshot, TeamName, dump};

use crate::support::{access, acme, everything, operations, repo, team};

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
            team.name = TeamName::new(format!("team{number}"));
            team.slug = Slug::new(format!("team{number}"));
            team.parent = (number % 10 > 0).then(|| Slug::new(format!("team{}", number - 1)));
            team.members =
                (0..100).map(|one| Login::new(format!("user{}", (number * 7 + one) % PEOPLE))).collect();
            team.repos = (0..50)
                .map(|one| access(&format!("repo{}", (number * 5 + one) % REPOS), Permission::Read, false))
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
    let nothing = plan(&file, &[], &snapshot, &everything());
    // The lists of this snapshot have nothing of what is inherited, and GitHub's have.
    assert!(nothing.operations.iter().all(|operation| !operation.lasting));
    file.members.clear();
    file.teams.clear();
    for repo in &mut file.repos {
        repo.settings.has_wiki = Some(false.into());
    }
    let plan = plan(&file, &[], &snapshot, &everything());
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
    snapshot.teams = (0..100)
        .map(|number| {
            let mut team = team("x");
            team.name = TeamName::new(format!("team{number}"));
            team.slug = Slug::new(format!("team{number}"));
            team.parent = (number > 0).then(|| Slug::new(format!("team{}", number - 1)));
            team.members.clone_from(&snapshot.members);
            team
        })
        .collect();
    let file = dump(&snapshot).file;
    assert_eq!(plan(&file, &[], &snapshot, &everything()).operations, []);
}
