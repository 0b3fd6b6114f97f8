//! What a team may do in which repository.

use peribolos_org::plan::{Kind, Lookups, Question, questions};
use peribolos_org::{Own, Permission, RepoName, Snapshot, SnapshotTeamRepo, parse};

use crate::support::{
    access, acme, below, everything, file, operations, plan_of, plan_with, reaching, redundant, refusals,
    repo, shown, team, usual, warnings, with,
};
use Permission::{Admin, Read, Write};

fn core(repos: &str) -> String {
    file(&format!("    teams: {{Core: {{repos: {{{repos}}}}}}}\n"))
}

fn with_core(repos: &[(&str, Permission)]) -> Snapshot {
    let mut snapshot = acme();
    snapshot.teams = vec![reaching(team("Core"), repos)];
    snapshot
}

/// Core reaches `site` with this; Docs below it has what is given.
fn tree(above: Option<Permission>, docs: SnapshotTeamRepo) -> Snapshot {
    let mut snapshot = with_core(&above.map(|above| vec![("site", above)]).unwrap_or_default());
    let mut below = below("core", team("Docs"));
    below.repos = vec![docs];
    snapshot.teams.push(below);
    snapshot
}

fn files(core: &str, docs: &str) -> String {
    file(&format!(
        "    teams:\n      Core:\n        repos: {{{core}}}\n        teams: {{Docs: {{repos: {{{docs}}}}}}}\n"
    ))
}

#[test]
fn more_is_given_before_less_is_left() {
    let mut snapshot = with_core(&[("site", Read), ("handbook", Admin), ("api", Write)]);
    snapshot.repos.extend([repo("api"), repo("cli")]);
    assert_eq!(
        operations(&core("site: write, handbook: triage, cli: read"), &snapshot),
        [
            "7 team Core in cli: - -> read",
            "7 team Core in site: read -> write",
            "10 team Core in handbook: admin -> triage",
            "10 team Core in api: write -> -",
        ]
    );
}

#[test]
fn what_the_team_above_gives_is_neither_given_nor_taken() {
    let inherited = || access("site", Write, Own::None);
    for docs in ["site: write", "site: read", ""] {
        let plan = plan_of(&files("site: write", docs), &tree(Some(Write), inherited()), &usual());
        assert_eq!(shown(&plan), [""; 0], "{docs}");
        assert_eq!(redundant(&plan).len(), usize::from(!docs.is_empty()));
    }
    let more = files("site: write", "site: admin");
    assert_eq!(operations(&more, &tree(Some(Write), inherited())), ["7 team Docs in site: - -> admin"]);
    // Less than what the team has itself is lowered, whatever it inherits.
    let own = access("site", Admin, Own::Is(Admin));
    let less = files("site: write", "site: read");
    assert_eq!(operations(&less, &tree(Some(Write), own)), ["10 team Docs in site: admin -> read"]);
    let own = access("site", Write, Own::Is(Read));
    assert_eq!(
        operations(&files("site: write", ""), &tree(Some(Write), own)),
        ["10 team Docs in site: read -> -"]
    );
}

#[test]
fn what_was_inherited_is_given_before_it_goes() {
    let inherited = access("site", Write, Own::None);
    assert_eq!(
        operations(&files("", "site: write"), &tree(Some(Write), inherited.clone())),
        ["7 team Docs in site: - -> write since a source goes", "10 team Core in site: write -> -",]
    );
    // A team that moves away waits for it.
    let yaml = file("    teams:\n      Core: {repos: {site: write}}\n      Docs: {repos: {site: read}}\n");
    let plan = plan_of(&yaml, &tree(Some(Write), inherited), &usual());
    assert_eq!(
        shown(&plan),
        ["7 team Docs in site: - -> read since a source goes", "8 edit team Docs, parent \"Core\" -> \"\"",]
    );
    assert_eq!(plan.operations[1].needs, [0]);
}

#[test]
fn what_is_not_known_apart_is_never_taken() {
    // The team above has as much: whether Docs has some of its own does not show, and does not matter.
    let unknown = || access("site", Write, Own::Unknown);
    let plan = plan_of(&files("site: write", ""), &tree(Some(Write), unknown()), &usual());
    assert_eq!((shown(&plan), warnings(&plan)), (vec![], vec![]));
    let said = "GitHub does not show what was given to `Docs` itself in `site` (its access is left as it is)";
    let plan = plan_of(&files("site: write", "site: read"), &tree(Some(Write), unknown()), &usual());
    assert_eq!((shown(&plan), warnings(&plan)), (vec![], vec![format!("8: {said}")]));
    let plan = plan_of(&files("", ""), &tree(Some(Write), unknown()), &usual());
    assert_eq!(shown(&plan), ["10 team Core in site: write -> -"]);
    assert_eq!(warnings(&plan), [format!("8: {said}")]);
    // More than there is can be given, and as much where the rest goes.
    assert_eq!(
        operations(&files("site: write", "site: admin"), &tree(Some(Write), unknown())),
        ["7 team Docs in site: - -> admin"]
    );
    assert_eq!(
        operations(&files("", "site: write"), &tree(Some(Write), unknown())),
        ["7 team Docs in site: - -> write since a source goes", "10 team Core in site: write -> -",]
    );
    // Less, too: then it has what the file says, whatever it had of its own.
    let plan = plan_of(&files("", "site: read"), &tree(Some(Write), unknown()), &usual());
    assert_eq!(
        shown(&plan),
        ["7 team Docs in site: - -> read since a source goes", "10 team Core in site: write -> -",]
    );
    assert_eq!(warnings(&plan), [""; 0]);
    // Where the team above does not account for all of it, something else gives it, and that stays.
    let more = access("site", Admin, Own::Unknown);
    let plan = plan_of(&files("", "site: read"), &tree(Some(Write), more), &usual());
    assert_eq!(shown(&plan), ["10 team Core in site: write -> -"]);
    assert_eq!(warnings(&plan), [format!("8: {said}")]);
}

#[test]
fn access_by_an_organization_role_is_nobodys_to_take() {
    let mut snapshot = with_core(&[]);
    snapshot.teams[0].everywhere = Some(Read);
    snapshot.teams[0].repos = vec![access("site", Read, Own::None), access("handbook", Read, Own::None)];
    assert_eq!(operations(&core(""), &snapshot), [""; 0]);
    assert_eq!(operations(&core("site: read"), &snapshot), [""; 0]);
    assert_eq!(operations(&core("site: write"), &snapshot), ["7 team Core in site: - -> write"]);
}

#[test]
fn what_was_given_beyond_a_role_in_the_organization_is_lowered_to_that() {
    let mut snapshot = with_core(&[("site", Write), ("handbook", Read)]);
    snapshot.teams[0].everywhere = Some(Read);
    snapshot.teams[0].repos[1].custom_role = Some("auditor".to_owned());
    let plan = plan_of(&core(""), &snapshot, &usual());
    assert_eq!(
        shown(&plan),
        ["10 team Core in handbook: read (auditor) -> read", "10 team Core in site: write -> read"]
    );
    assert!(plan.operations.iter().all(|operation| operation.change.takes_away()));
    let after = plan.expected(&snapshot);
    let own = |at: usize| (after.teams[0].repos[at].own, after.teams[0].repos[at].permission);
    assert_eq!([own(0), own(1)], [(Own::None, Read); 2]);
}

#[test]
fn a_custom_role_stays_where_the_file_has_its_base() {
    let mut snapshot = with_core(&[("site", Write)]);
    snapshot.teams[0].repos[0].custom_role = Some("deployer".to_owned());
    let plan = plan_of(&core("site: write"), &snapshot, &usual());
    assert_eq!(shown(&plan), [""; 0]);
    assert_eq!(
        warnings(&plan),
        [
            "5: `Core` has the custom role `deployer` in `site`, which is based on `write` and is left as it is"
        ]
    );
    let plan = plan_of(&core("site: admin"), &snapshot, &usual());
    assert_eq!(shown(&plan), ["7 team Core in site: write (deployer) -> admin"]);
    assert!(plan.operations[0].change.takes_away());
}

#[test]
fn archived_repositories_keep_their_access() {
    let mut snapshot = with_core(&[("old-site", Write), ("older-site", Write)]);
    snapshot.repos.extend(["old-site", "older-site"].map(|name| with(repo(name), "archived", "true")));
    assert_eq!(operations(&core("old-site: write, older-site: write"), &snapshot), [""; 0]);
    let hint = "unarchive it first (in this file), or keep the line as it is";
    let refused =
        |name: &str| format!("5: `{name}` is archived, so that access to it can't be changed ({hint})");
    let plan = plan_of(&core("old-site: admin"), &snapshot, &everything());
    assert_eq!(refusals(&plan), [refused("old-site"), refused("older-site")]);
    // A team that is deleted, and a repository that this file unarchives, are no matter.
    assert_eq!(operations(&file("    teams: {}\n"), &snapshot), ["11 delete team Core (core)"]);
    let yaml = file(
        "    repos: {old-site: {archived: false}}\n    teams: {Core: {repos: {old-site: admin, older-site: write}}}\n",
    );
    let plan = plan_of(&yaml, &snapshot, &everything());
    assert_eq!(
        shown(&plan),
        ["1 edit repo old-site, archived \"true\" -> \"false\"", "7 team Core in old-site: write -> admin",]
    );
    assert_eq!(plan.operations[1].needs, [0]);
}

#[test]
fn a_repository_that_is_not_there_is_refused_with_the_nearest_or_its_new_name() {
    let mut snapshot = with_core(&[]);
    snapshot.repos.push(repo("lwd"));
    let yaml = core("lkwd: read, site: read");
    let refused = |lookups: &Lookups| refusals(&plan_with(&yaml, &snapshot, lookups, &usual()));
    assert_eq!(refused(&Lookups::default()), ["5: `lkwd` does not exist (did you mean `lwd`?)"]);
    let file = parse(&yaml, "peribolos.yaml", None).unwrap().file;
    assert_eq!(questions(&file, &snapshot, &usual()), [Question::NewRepo(RepoName::new("lkwd"))]);
    let renamed = [("lkwd".to_owned(), "acme/lwd".to_owned())].into();
    let lookups = Lookups { renamed, ..Lookups::default() };
    assert_eq!(refused(&lookups), ["5: `lkwd` is called `lwd` now (write `lwd`)"]);
    assert_eq!(
        refusals(&plan_of(&core("somewhere-else: read"), &snapshot, &usual())),
        ["5: `somewhere-else` does not exist (list it under `repos`, or remove the line)"]
    );
}

#[test]
fn repositories_that_the_app_was_not_given_are_left_and_named() {
    let mut snapshot = with_core(&[("site", Write)]);
    snapshot.repos[0].selected = false;
    let plan = plan_of(&core("site: admin, handbook: read"), &snapshot, &usual());
    assert_eq!(shown(&plan), ["7 team Core in handbook: - -> read"]);
    assert_eq!(
        warnings(&plan),
        ["5: `site` is not one of the App's repositories (add it to the App's repositories)"]
    );
}

#[test]
fn access_waits_for_the_team_and_the_repository() {
    let yaml = file(
        "    repos: {fresh: {visibility: private}, web: {previously: [handbook]}}\n    \
         teams: {New: {privacy: closed, repos: {fresh: write, handbook: read}}}\n",
    );
    let plan = plan_of(&yaml, &acme(), &usual());
    assert_eq!(
        shown(&plan),
        [
            "2 create repo fresh visibility=private",
            "2 rename repo handbook -> web",
            "4 create team New closed",
            "7 team New in web: - -> read",
            "7 team New in fresh: - -> write",
        ]
    );
    assert_eq!(plan.operations[3].needs, [1, 2]);
    assert_eq!(plan.operations[4].needs, [0, 2]);
}

#[test]
fn teams_must_be_managed_for_their_repositories_to_be() {
    let mut scope = everything();
    scope.manage.remove(&Kind::Teams);
    assert_eq!(shown(&plan_of(&core("site: read"), &with_core(&[]), &scope)), [""; 0]);
}
