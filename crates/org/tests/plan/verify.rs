//! What an apply left to do, and what is gone that it did not take away.

use peribolos_org::plan::{Beyond, Kind, Outcome, Plan, Verification, Waiting, verify};
use peribolos_org::{
    Extent, Login, OrgRole, Own, Permission, RepoName, Snapshot, SnapshotRepo, TeamName, Unread, UnreadCause,
    parse,
};

use crate::support::{
    acme, below, collaborator, everything, file, invited, logins, of, org_key, people, plan_of, reaching,
    repo, shown, team,
};

/// One of everything that can go.
fn full() -> Snapshot {
    let mut snapshot = acme();
    snapshot.invitations = vec![invited(1, "dave", OrgRole::Member)];
    let core = reaching(of(team("Core"), &["carol"]), &[("site", Permission::Read)]);
    snapshot.teams = vec![core, below("core", of(team("Docs"), &["oscar"]))];
    snapshot.repos[0].collaborators = Some(vec![collaborator("eve", Permission::Write)]);
    snapshot
}

fn described(mut snapshot: Snapshot) -> Snapshot {
    snapshot.settings.insert(org_key("description"), "Better".to_owned());
    snapshot
}

/// What `full` is, with another description.
fn wish() -> String {
    people(
        "alice, bob",
        "carol, oscar, dave",
        "    description: Better\n    teams:\n      Core:\n        members: [carol]\n        repos: {site: read}\n        \
         teams: {Docs: {members: [oscar], repos: {}}}\n    repos: {site: {collaborators: {eve: write}}}\n",
    )
}

fn dave_waits() -> Waiting {
    Waiting { login: Login::new("dave"), team: None, repo: None }
}

fn done(plan: &Plan) -> Vec<Outcome> {
    vec![Outcome::Done; plan.operations.len()]
}

fn verified(after: &Snapshot) -> Verification {
    let (before, scope) = (full(), everything());
    let planned = plan_of(&wish(), &before, &scope);
    assert_eq!(shown(&planned), ["3 edit org, description \"Rockets\" -> \"Better\""]);
    verify(&before, &planned, after, &plan_of(&wish(), after, &scope), &done(&planned))
}

#[test]
fn what_was_done_does_not_remain_and_what_was_not_does() {
    assert_eq!(
        verified(&described(full())),
        Verification {
            remaining: vec![],
            beyond: vec![],
            lost: vec![],
            renamed: vec![],
            waiting: vec![dave_waits()],
            unread: vec![]
        }
    );
    let verified = verified(&full());
    assert_eq!((verified.remaining.len(), verified.beyond), (1, vec![]));
}

/// A kind that a token may not see any more is not gone, and it is said that it is not known.
#[test]
fn what_could_not_be_read_again_is_not_gone() {
    let unread = |kind| unread(kind, Extent::Whole, UnreadCause::Permission);
    let mut after = described(full());
    after.teams.clear();
    after.invitations.clear();
    after.unread = vec![unread(Kind::OrgMembers), unread(Kind::Teams)];
    let verified = verified(&after);
    assert_eq!((verified.beyond, &verified.unread), (vec![], &after.unread));
    // What was not known before is not named again.
    let plan = plan_of(&wish(), &after, &everything());
    assert_eq!(verify(&after, &plan, &after, &plan, &[]).unread, []);
}

fn unread(kind: Kind, extent: Extent, cause: UnreadCause) -> Unread {
    Unread { kind, extent, cause, why: "GitHub does not show it".to_owned() }
}

/// What could not be read of the repository before, by whatever name and for whatever reason, and of one that was made since,
/// is not said to be unread now.
#[test]
fn only_what_could_be_read_before_could_not_be_read_again() {
    let of = |name: &str| {
        unread(Kind::Collaborators, Extent::Of((&RepoName::new(name)).into()), UnreadCause::Hidden)
    };
    let before = Snapshot { repos: vec![numbered(1, "docs"), numbered(2, "site")], ..acme() };
    let after = Snapshot {
        repos: vec![numbered(1, "docs"), numbered(2, "website"), numbered(3, "new")],
        unread: vec![of("docs"), of("website"), of("new")],
        ..acme()
    };
    let unread_after = |known: Vec<Unread>| {
        let before = Snapshot { unread: known, ..before.clone() };
        let plan = plan_of(&wish(), &before, &everything());
        verify(&before, &plan, &after, &plan, &[]).unread
    };
    assert_eq!(unread_after(vec![]), [of("docs"), of("website")]);
    let site = Unread { cause: UnreadCause::Permission, ..of("site") };
    assert_eq!(unread_after(vec![site]), [of("docs")]);
    let all = unread(Kind::Collaborators, Extent::Parts, UnreadCause::Permission);
    assert_eq!(unread_after(vec![all]), []);
    let other = unread(Kind::TeamMembers, Extent::Whole, UnreadCause::Permission);
    assert_eq!(unread_after(vec![other]).len(), 2);
}

fn numbered(id: u64, name: &str) -> SnapshotRepo {
    SnapshotRepo { id, ..repo(name) }
}

fn beyond(change: impl FnOnce(&mut Snapshot)) -> Vec<Beyond> {
    let mut after = described(full());
    change(&mut after);
    verified(&after).beyond
}

#[test]
fn everything_that_is_gone_beyond_the_plan_is_named() {
    let login = |name: &str| Login::new(name);
    let core = || TeamName::new("Core");
    let member = beyond(|after| {
        after.members.retain(|login| login.as_str() != "carol");
        after.teams[0].members.clear();
    });
    // What she had in teams is not listed.
    assert_eq!(member, [Beyond::Member { login: login("carol") }]);
    let owner = beyond(|after| {
        after.admins = logins(&["alice"]);
        after.members.push(login("bob"));
    });
    assert_eq!(owner, [Beyond::Owner { login: login("bob") }]);
    assert_eq!(beyond(|after| after.invitations.clear()), [Beyond::Invitation { login: login("dave") }]);
    let accepted = beyond(|after| {
        after.invitations.clear();
        after.members.push(login("dave"));
    });
    assert_eq!(accepted, []);
    assert_eq!(beyond(|after| drop(after.teams.pop())), [Beyond::Team { name: TeamName::new("Docs") }]);
    assert_eq!(
        beyond(|after| after.teams[0].members.clear()),
        [Beyond::TeamMember { team: core(), login: login("carol") }]
    );
    assert_eq!(
        beyond(|after| after.teams[0].repos.clear()),
        [Beyond::TeamRepo { team: core(), repo: RepoName::new("site") }]
    );
    assert_eq!(beyond(|after| after.teams[0].repos[0].own = Own::Unknown), []);
    assert_eq!(
        beyond(|after| after.repos[0].collaborators = Some(vec![])),
        [Beyond::Collaborator { repo: RepoName::new("site"), login: login("eve") }]
    );
    assert_eq!(beyond(|after| after.repos[0].collaborators = None), [], "not read is not gone");
}

/// Who has another login has what they had.
#[test]
fn who_was_renamed_is_not_gone() {
    let mut before = full();
    before.accounts =
        [("carol", 3), ("eve", 5), ("oscar", 6)].map(|(login, id)| (Login::new(login), id)).into();
    let mut after = described(full());
    after.accounts = [("carla", 3), ("eva", 5)].map(|(login, id)| (Login::new(login), id)).into();
    let rename = |people: &mut Vec<Login>| {
        for login in people.iter_mut().filter(|login| login.as_str() == "carol") {
            *login = Login::new("carla");
        }
    };
    rename(&mut after.members);
    rename(&mut after.teams[0].members);
    after.members.retain(|login| login.as_str() != "oscar");
    after.teams[1].members = vec![];
    after.repos[0].collaborators = Some(vec![collaborator("eva", Permission::Write)]);
    let scope = everything();
    let planned = plan_of(&wish(), &before, &scope);
    let verified = verify(&before, &planned, &after, &plan_of(&wish(), &after, &scope), &done(&planned));
    assert_eq!(verified.beyond, [Beyond::Member { login: Login::new("oscar") }]);
    let renamed: Vec<String> = verified.renamed.iter().map(|it| format!("{} {}", it.login, it.now)).collect();
    assert_eq!(renamed, ["carol carla", "eve eva"]);
    let in_file = |members: &str| {
        let file = parse(&people("alice, bob", members, ""), "peribolos.yaml", None).unwrap().file;
        let mut renamed = verified.renamed.clone();
        for it in &mut renamed {
            it.look_into(&file);
        }
        renamed.iter().map(|it| it.in_file).collect::<Vec<_>>()
    };
    assert_eq!(in_file("CAROL"), [true, false]);
    assert_eq!(in_file("carla, eve"), [false, true]);
}

#[test]
fn what_was_planned_to_go_is_not_beyond_and_what_was_renamed_is_found() {
    let before = full();
    let yaml = people(
        "alice, bob",
        "carol, oscar",
        "    teams: {New: {previously: [Core], members: [carol], repos: {web: read}}}\n    \
         repos: {web: {previously: [site], collaborators: {eve: write}}}\n",
    );
    let planned = plan_of(&yaml, &before, &everything());
    let after = planned.expected(&before);
    let remaining = plan_of(&yaml, &after, &everything());
    let verified = verify(&before, &planned, &after, &remaining, &done(&planned));
    assert_eq!(
        verified,
        Verification {
            remaining: vec![],
            beyond: vec![],
            lost: vec![],
            renamed: vec![],
            waiting: vec![],
            unread: vec![]
        }
    );
    // Nor is anything gone where nothing was done.
    let nothing = vec![Outcome::NotTried; planned.operations.len()];
    assert_eq!(verify(&before, &planned, &before, &planned, &nothing).beyond, []);
    let mut lost = after.clone();
    lost.teams[0].repos.clear();
    lost.repos.iter_mut().for_each(|repo| repo.collaborators = Some(vec![]));
    assert_eq!(
        verify(&before, &planned, &lost, &remaining, &done(&planned)).beyond,
        [
            Beyond::TeamRepo { team: TeamName::new("New"), repo: RepoName::new("site") },
            Beyond::Collaborator { repo: RepoName::new("site"), login: Login::new("eve") },
        ]
    );
}

#[test]
fn a_removal_of_the_plan_is_beyond_where_it_was_not_done_by_it() {
    let before = full();
    let yaml = people("alice, bob", "carol, oscar, dave", "    teams: {}\n");
    let planned = plan_of(&yaml, &before, &everything());
    assert_eq!(shown(&planned), ["11 delete team Docs (docs)", "11 delete team Core (core)"]);
    let after = planned.expected(&before);
    let verified = verify(
        &before,
        &planned,
        &after,
        &plan_of(&yaml, &after, &everything()),
        &[Outcome::Done, Outcome::NotTried],
    );
    assert_eq!(verified.beyond, [Beyond::Team { name: TeamName::new("Core") }]);
}

#[test]
fn what_was_left_and_is_gone_all_the_same_is_as_planned() {
    let before = full();
    let yaml = people("alice, bob", "carol, dave", "    teams: {Docs: {members: [], repos: {}}}\n");
    let planned = plan_of(&yaml, &before, &everything());
    let left = vec![Outcome::Left("another has its name now".to_owned()); planned.operations.len()];
    let beyond = |after: &Snapshot| {
        verify(&before, &planned, after, &plan_of(&yaml, after, &everything()), &left).beyond
    };
    let mut after = before.clone();
    after.members.retain(|login| login.as_str() != "oscar");
    after.teams.retain(|team| team.name != TeamName::new("Core"));
    after.teams[0].parent = None;
    after.teams[0].members.clear();
    assert_eq!(beyond(&after), []);
    after.teams.clear();
    assert_eq!(beyond(&after), [Beyond::Team { name: TeamName::new("Docs") }]);
}

/// An invitation is cancelled only for a new one.
#[test]
fn an_invitation_that_was_left_and_is_gone_is_beyond() {
    let before = full();
    let yaml = people("alice, bob, dave", "carol, oscar", "");
    let planned = plan_of(&yaml, &before, &everything());
    let mut outcomes = vec![Outcome::NotTried; planned.operations.len()];
    outcomes[0] = Outcome::Left("the role is `admin` now".to_owned());
    outcomes[1] = Outcome::Skipped { because: 0 };
    assert_eq!(shown(&planned)[..2], ["5 cancel invitation 1 of dave as member", "5 invite dave as owner"]);
    let mut after = before.clone();
    after.invitations.clear();
    let remaining = plan_of(&yaml, &after, &everything());
    let beyond = verify(&before, &planned, &after, &remaining, &outcomes).beyond;
    assert_eq!(beyond, [Beyond::Invitation { login: Login::new("dave") }]);
}

#[test]
fn a_deleted_team_is_not_found_again_in_one_that_took_its_name() {
    let mut before = acme();
    before.teams = vec![team("Core"), of(team("Ops & Tools"), &["carol"])];
    let yaml = file("    teams: {ops-tools: {previously: [Core]}}\n");
    let planned = plan_of(&yaml, &before, &everything());
    assert_eq!(planned.refusals, []);
    let after = planned.expected(&before);
    let remaining = plan_of(&yaml, &after, &everything());
    assert_eq!(verify(&before, &planned, &after, &remaining, &done(&planned)).beyond, []);
}
