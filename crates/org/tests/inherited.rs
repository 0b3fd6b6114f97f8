//! What teams lose because a team above them loses it, or because they move.
#![allow(clippy::panic, clippy::indexing_slicing, reason = "tests end by panicking")]

mod support;

use peribolos_org::guard::{Limits, Trip, trips};
use peribolos_org::plan::{Lookups, Scope, plan as make_plan};
use peribolos_org::removals::{Removal, RemovalGroup, RemovalKind, Removals, Subject};
use peribolos_org::{Permission, Slug, Snapshot, SnapshotTeam, Visibility};
use support::{file, inherited, logins, nobody, repo, team, team_repo};

/// `Upper` has `site`, `blog` and `docs`; `Lower` and, below it, `Lowest` inherit them. `Lower` has `write` in `blog` of its
/// own.
fn nested() -> Snapshot {
    let below = |name: &str, parent: &str| SnapshotTeam {
        parent: Some(Slug::new(parent)),
        repos: vec![
            inherited("site", Permission::Admin),
            inherited("blog", Permission::Write),
            inherited("docs", Permission::Read),
        ],
        ..team(name, &["alice"], &["carol"])
    };
    let mut lower = below("Lower", "upper");
    lower.repos[1] = team_repo("blog", Permission::Write);
    let upper = SnapshotTeam {
        repos: vec![
            team_repo("site", Permission::Admin),
            team_repo("blog", Permission::Read),
            team_repo("docs", Permission::Read),
        ],
        ..team("Upper", &["alice"], &[])
    };
    Snapshot {
        admins: logins(&["alice", "bob"]),
        members: logins(&["carol"]),
        teams: vec![upper, lower, below("Lowest", "lower")],
        repos: ["site", "blog", "docs"].map(|name| repo(name, Visibility::Private)).into(),
        ..nobody()
    }
}

/// The file of that organization, with other lines for its teams.
fn yaml(teams: &str) -> String {
    format!("orgs:\n  acme:\n    admins: [alice, bob]\n    members: [carol]\n    teams:\n{teams}")
}

const AS_IT_IS: &str = "      Upper:
        privacy: closed
        maintainers: [alice]
        repos: {site: admin, blog: read, docs: read}
        teams:
          Lower:
            privacy: closed
            maintainers: [alice]
            members: [carol]
            repos: {blog: write}
            teams:
              Lowest: {privacy: closed, maintainers: [alice], members: [carol], repos: {}}
";

fn removed(teams: &str) -> Vec<Removal> {
    let (snapshot, scope) = (nested(), Scope::usual());
    let plan = make_plan(&file(&yaml(teams)), &snapshot, &Lookups::default(), &scope);
    assert_eq!(plan.refusals, [], "{teams}");
    Removals::of(&plan, &snapshot, &scope).list
}

/// `Team/repository` with what is left, and whether it is inherited.
fn lost(removals: &[Removal]) -> Vec<String> {
    let mut lost: Vec<String> = removals
        .iter()
        .map(|removal| {
            let way = if removal.operation.is_none() { "inherited " } else { "" };
            match &removal.subject {
                Subject::TeamRepo { team, repo, left } => {
                    let left = left.map_or("nothing", Permission::as_str);
                    format!("{way}{team}/{repo} {left}")
                }
                other => format!("{way}{other:?}"),
            }
        })
        .collect();
    lost.sort();
    lost
}

#[test]
fn what_stays_is_not_lost() {
    assert_eq!(lost(&removed(AS_IT_IS)), [] as [String; 0]);
}

#[test]
fn a_team_above_that_loses_access_takes_it_from_those_below() {
    let gone = AS_IT_IS.replace("site: admin, blog: read, docs: read", "blog: read, docs: read");
    assert_eq!(
        lost(&removed(&gone)),
        ["Upper/site nothing", "inherited Lower/site nothing", "inherited Lowest/site nothing"]
    );
    let lowered = AS_IT_IS.replace("site: admin", "site: read");
    assert_eq!(
        lost(&removed(&lowered)),
        ["Upper/site read", "inherited Lower/site read", "inherited Lowest/site read"]
    );
    // What the team has of its own stays.
    let other = AS_IT_IS.replace("blog: read, ", "");
    assert_eq!(lost(&removed(&other)), ["Upper/blog nothing"]);
}

#[test]
fn a_team_that_moves_loses_what_it_inherited() {
    let moved = "      Upper:
        privacy: closed
        maintainers: [alice]
        repos: {site: admin, blog: read, docs: read}
      Lower:
        privacy: closed
        maintainers: [alice]
        members: [carol]
        repos: {blog: write, docs: read}
        teams:
          Lowest: {privacy: closed, maintainers: [alice], members: [carol], repos: {}}
";
    assert_eq!(
        lost(&removed(moved)),
        ["inherited Lower/site nothing", "inherited Lowest/site nothing"],
        "what it gets of its own in the same plan is not lost"
    );
}

#[test]
fn a_team_whose_team_above_goes_loses_what_it_inherited() {
    let alone = "      Lower:
        privacy: closed
        maintainers: [alice]
        members: [carol]
        repos: {blog: write}
";
    let removals = removed(alone);
    let kinds: Vec<RemovalKind> = removals.iter().map(|removal| removal.kind).collect();
    assert_eq!(kinds.iter().filter(|kind| **kind == RemovalKind::TeamDeleted).count(), 2, "{removals:?}");
    let access: Vec<String> = lost(&removals).into_iter().filter(|text| text.contains('/')).collect();
    assert_eq!(access, ["inherited Lower/docs nothing", "inherited Lower/site nothing"]);
}

#[test]
fn names_that_change_in_the_same_plan_are_no_loss() {
    let renamed = AS_IT_IS
        .replace("      Upper:\n", "      Above:\n        previously: [Upper]\n")
        .replace("          Lower:\n", "          Below:\n            previously: [Lower]\n");
    assert_eq!(lost(&removed(&renamed)), [] as [String; 0]);
    // A team that changes is what makes it look at what teams inherit.
    let and_a_repository = renamed.replace("site: admin", "website: admin")
        + "    repos:\n      website: {previously: [site]}\n";
    assert_eq!(lost(&removed(&and_a_repository)), [] as [String; 0]);
}

#[test]
fn guards_count_what_is_inherited() {
    let gone =
        file(&yaml(&AS_IT_IS.replace("site: admin, blog: read, docs: read", "blog: read, docs: read")));
    let (snapshot, scope) = (nested(), Scope::usual());
    let plan = make_plan(&gone, &snapshot, &Lookups::default(), &scope);
    let removals = Removals::of(&plan, &snapshot, &scope);
    let tripped = trips(&gone, &plan, &snapshot, &removals, &scope, &Limits::default());
    let [Trip::TooMany { group, count, there, allowed, .. }] = tripped[..] else { panic!("{tripped:?}") };
    assert_eq!((group, count, there, allowed), (RemovalGroup::TeamRepos, 3, 9, 2));
}
