//! What became of a plan, as people read it.
#![allow(clippy::panic, clippy::indexing_slicing, reason = "tests end by panicking")]

mod support;

use peribolos_org::plan::{
    Beyond, Cause, Change, Failure, InvitedTeam, Kind, Lost, NotSentReason, Outcome, Plan, Renamed, Stays,
    TeamRole, Verification, Waiting, Withheld,
};
use peribolos_org::removals::Removals;
use peribolos_org::review::Judgement;
use peribolos_org::show::{
    Applied, Applier, Disclosure, MAX_SUMMARY_BYTES, Namer, PlanReport, Refused, remedy,
};
use peribolos_org::{Extent, OrgRole, Permission, Privacy, RepoName, Style, TeamName, Unread, UnreadCause};
use support::{
    cancel_invitation, delete_team, file, login, numbered, operation, plan, removals, remove_member,
    remove_team_member, set_collaborator, set_team_repo,
};

/// A plan that was applied.
struct Run {
    plan: Plan,
    removals: Removals,
    judgement: Judgement,
    outcomes: Vec<Outcome>,
    verification: Verification,
}

impl Run {
    fn of(ends: Vec<(Change, Outcome)>) -> Self {
        let (changes, outcomes): (Vec<Change>, Vec<Outcome>) = ends.into_iter().unzip();
        let waits = changes.iter().zip(&outcomes).filter(|(_, outcome)| **outcome == Outcome::Waiting);
        let waiting = waits.filter_map(|(change, _)| Some(waiting(change.invitee()?.as_str()))).collect();
        let plan = plan(changes);
        Self {
            removals: removals(&plan),
            plan,
            judgement: Judgement::Shown,
            outcomes,
            verification: Verification {
                remaining: Vec::new(),
                beyond: Vec::new(),
                lost: Vec::new(),
                renamed: Vec::new(),
                waiting,
                unread: Vec::new(),
            },
        }
    }

    fn applied(&self) -> Applied<'_> {
        let Self { plan, removals, judgement, outcomes, verification } = self;
        let report = PlanReport { plan, removals, trips: &[], judgement, file: "peribolos.yaml" };
        Applied { report, outcomes, verification: Some(verification), unread: &[], stays: &[] }
    }

    fn title(&self) -> String {
        self.applied().title(&Namer::markdown())
    }
}

/// Somebody who is invited to the organization.
fn waiting(name: &str) -> Waiting {
    Waiting { login: login(name), team: None, repo: None }
}

fn failed(change: &Change, status: Option<u16>, sentence: &str, cause: Cause) -> Outcome {
    let what_to_do = remedy(Refused::Line(change), Applier::Cluster, status, sentence);
    Outcome::Failed(Failure { sentence: sentence.to_owned(), status, cause, what_to_do })
}

fn unread(extent: Extent, why: &str) -> Unread {
    Unread { kind: Kind::Collaborators, extent, cause: UnreadCause::Permission, why: why.to_owned() }
}

fn not_sent(change: Change, reason: NotSentReason, status: Option<u16>, sentence: &str) -> (Change, Outcome) {
    let Outcome::Failed(failure) = failed(&change, status, sentence, Cause::Refused) else {
        unreachable!("it is a failure")
    };
    (change, Outcome::NotSent { reason, failure })
}

fn refused(change: Change, status: u16, sentence: &str) -> (Change, Outcome) {
    let outcome = failed(&change, Some(status), sentence, Cause::Refused);
    (change, outcome)
}

fn invite(name: &str) -> Change {
    Change::InviteMember { login: login(name), role: OrgRole::Member }
}

fn place(team: &str, name: &str) -> Change {
    Change::SetTeamMember { team: TeamName::new(team), login: login(name), from: None, to: TeamRole::Member }
}

fn create_team(name: &str) -> Change {
    Change::CreateTeam {
        name: TeamName::new(name),
        description: None,
        privacy: Privacy::Closed,
        parent: None,
    }
}

/// One whom GitHub refuses, and a team that is made all the same.
fn one_refused() -> Run {
    Run::of(vec![
        (create_team("New"), Outcome::Done),
        refused(invite("flagged"), 422, "User is blocked by this organization"),
        (invite("fine"), Outcome::Waiting),
        (place("New", "dee"), Outcome::Done),
        (place("New", "fine"), Outcome::Waiting),
    ])
}

#[test]
fn one_whom_github_refuses_is_named_with_what_can_be_done() {
    let run = one_refused();
    assert_eq!(run.title(), "Applied: 4 of 5. `flagged` could not be invited");
    insta::assert_snapshot!("one_refused", run.applied().summary(&Namer::markdown()));
}

#[test]
fn a_refused_person_whom_no_file_names_is_not_named() {
    let run = one_refused();
    let disclosure = Disclosure::of([&file("orgs: {acme: {admins: [dee]}}")]);
    let namer = Namer::disclosed(&disclosure);
    let posted = run.applied().title(&namer) + &run.applied().summary(&namer);
    assert!(!posted.contains("flagged") && !posted.contains("fine") && !posted.contains("New"), "{posted}");
    assert!(posted.contains("somebody whom the file does not name could not be invited"), "{posted}");
}

#[test]
fn a_title_says_what_is_not_in_force() {
    let withheld = Outcome::Withheld(Withheld::RequiredOwner);
    let left = Outcome::Left("bob is an owner now".to_owned());
    let failed = |change: Change| failed(&change, None, "The connection was lost", Cause::Transient);
    let table = [
        (vec![(create_team("New"), Outcome::Done)], "Applied: 1 of 1"),
        (Vec::new(), "Nothing to change"),
        (vec![(invite("dave"), Outcome::Waiting)], "Applied: 1 of 1. 1 person has yet to accept"),
        (
            vec![(invite("a"), failed(invite("a"))), (invite("b"), failed(invite("b")))],
            "Applied: 0 of 2. 2 changes failed",
        ),
        (
            vec![(remove_member("bob"), withheld), (invite("dave"), Outcome::Waiting)],
            "Applied: 1 of 2. 1 removal was withheld",
        ),
        (
            vec![(remove_member("bob"), left)],
            "Applied: 0 of 1. 1 change was left out: something changed in the meantime",
        ),
        (vec![(remove_member("bob"), Outcome::NotTried)], "Applied: 0 of 1. 1 change was not tried"),
        (
            vec![not_sent(remove_member("bob"), NotSentReason::Unread, Some(403), "No")],
            "Applied: 0 of 1. 1 change was not sent",
        ),
    ];
    for (ends, title) in table {
        assert_eq!(Run::of(ends).title(), title);
    }
    let mut run = Run::of(vec![(create_team("New"), Outcome::Done)]);
    run.verification.beyond = vec![Beyond::Member { login: login("carol") }];
    let mut again = Run::of(Vec::new());
    again.plan.waiting = vec![waiting("dave")];
    assert_eq!(again.title(), "Nothing to change", "dave has accepted");
    again.verification.waiting = vec![waiting("dave")];
    assert_eq!(again.title(), "Nothing to change. 1 person has yet to accept");
    assert_eq!(run.title(), "Applied: 1 of 1. 1 thing is gone that should have stayed");
    run.verification.beyond = Vec::new();
    run.verification.unread = vec![unread(Extent::Whole, "GitHub does not show the organization's teams")];
    assert_eq!(run.title(), "Applied: 1 of 1. 1 part could not be read again");
}

/// An apply in which everything happened that can.
fn everything() -> Run {
    let site = || RepoName::new("site");
    let replaced = set_team_repo("Core", "site", None, Permission::Write);
    let mut run = Run::of(vec![
        (create_team("Docs"), Outcome::Done),
        (invite("fine"), Outcome::Waiting),
        refused(create_team("New"), 422, "Name must be unique for this org"),
        (place("New", "dee"), Outcome::Skipped { because: 2 }),
        (set_team_repo("New", "site", None, Permission::Read), Outcome::Skipped { because: 3 }),
        refused(replaced, 403, "Repository was archived so is read-only."),
        refused(set_collaborator("site", "eve", None, Permission::Read), 422, "No seats available"),
        (remove_team_member("Core", "dee"), Outcome::Left("the place is a maintainer's now".to_owned())),
        (delete_team("Old"), Outcome::Withheld(Withheld::Grant { operation: 2 })),
        (
            Change::RemoveTeamRepo { team: TeamName::new("Old"), repo: site(), from: Permission::Read },
            Outcome::Withheld(Withheld::Grant { operation: 1 }),
        ),
        (
            Change::RemoveCollaborator { repo: site(), login: login("trent"), from: Permission::Read },
            Outcome::Withheld(Withheld::Invitation { waiting: 0 }),
        ),
        (
            Change::ChangeRole { login: login("bo"), from: OrgRole::Admin, to: OrgRole::Member },
            Outcome::Withheld(Withheld::Owners { left: 1, minimum: 2 }),
        ),
        (remove_member("ann"), Outcome::Withheld(Withheld::RequiredOwner)),
        (remove_member("carol"), Outcome::Done),
        (remove_member("zed"), Outcome::NotTried),
        not_sent(
            place("Core", "gus"),
            NotSentReason::Unread,
            Some(403),
            "Resource not accessible by integration",
        ),
        not_sent(remove_member("hal"), NotSentReason::HeadUnread, Some(502), "Server Error"),
        not_sent(remove_member("ida"), NotSentReason::PermissionMissing, Some(403), "Must have admin rights"),
        not_sent(invite("jon"), NotSentReason::InvitationLimit, None, "GitHub spoke of a limit"),
    ]);
    run.plan.waiting = vec![waiting("trent")];
    run.verification.waiting.push(waiting("trent"));
    run.judgement = Judgement::Warn(run.removals.list[..1].to_vec());
    run.verification.beyond = vec![Beyond::TeamMember { team: TeamName::new("Core"), login: login("eli") }];
    run.verification.unread = vec![
        unread(
            Extent::Whole,
            "GitHub does not show the organization's teams: Resource not accessible by integration",
        ),
        unread(
            Extent::Of((&RepoName::new("site")).into()),
            "GitHub does not show who is invited to `site`: Not Found",
        ),
        unread(
            Extent::Of((&RepoName::new("hidden")).into()),
            "GitHub does not show who is invited to `hidden`: No",
        ),
    ];
    // One that failed and is known, and one that is not in force although it was done.
    run.verification.remaining = vec![operation(create_team("New"), 3), operation(create_team("Docs"), 1)];
    run
}

#[test]
fn a_check_says_what_is_in_force_and_what_is_not() {
    insta::assert_snapshot!("everything", everything().applied().summary(&Namer::markdown()));
}

#[test]
fn a_terminal_says_what_is_in_force_and_what_is_not() {
    let run = everything();
    insta::assert_snapshot!("terminal", run.applied().text(Style::Plain));
    let coloured = run.applied().text(Style::Colour);
    assert!(coloured.contains("\u{1b}[1mFailed\u{1b}[0m"), "{coloured}");
}

#[test]
fn the_list_of_a_run_is_bounded_and_begins_with_what_failed() {
    insta::assert_snapshot!("list", everything().applied().list().join("\n"));
    let long = "x".repeat(200);
    let mut ends: Vec<(Change, Outcome)> =
        numbered("person", 40).iter().map(|name| (invite(name), Outcome::Done)).collect();
    ends.push(refused(invite("flagged"), 422, &long));
    let list = Run::of(ends).applied().list();
    assert_eq!(list.len(), 20);
    assert!(list[0].starts_with("+ member: flagged: failed, xxx"), "{list:?}");
    assert_eq!(list[19], "and 22 more");
    assert!(list.iter().all(|line| line.chars().count() <= 120), "{list:?}");
}

/// What is left out because it is otherwise by now remains to be done, otherwise than it was planned: that is one thing.
#[test]
fn what_was_left_out_is_not_said_again() {
    let of = |role: OrgRole| Change::RemoveMember { login: login("carol"), role };
    let mut run = Run::of(vec![(of(OrgRole::Member), Outcome::Left("the role is `admin` now".to_owned()))]);
    run.verification.remaining = vec![operation(of(OrgRole::Admin), 1), operation(remove_member("dan"), 1)];
    let text = run.applied().text(Style::Plain);
    let again = "Not as the file says yet\n  dan is not removed from the organization yet\n";
    assert!(text.ends_with(again), "{text}");
    // Two who may not be named are not one.
    let disclosure = Disclosure::of([&file("orgs: {acme: {admins: [dee]}}")]);
    let hidden = run.applied().summary(&Namer::disclosed(&disclosure));
    assert!(hidden.contains("is not removed from the organization yet"), "{hidden}");
}

#[test]
fn access_that_is_to_be_lowered_is_not_said_to_be_missing() {
    let mut run = Run::of(Vec::new());
    run.verification.remaining = vec![
        operation(set_team_repo("Core", "site", Some(Permission::Write), Permission::Read), 1),
        operation(set_collaborator("site", "eve", Some(Permission::Admin), Permission::Write), 1),
        operation(set_team_repo("Docs", "site", Some(Permission::Read), Permission::Write), 1),
    ];
    let text = run.applied().text(Style::Plain);
    for line in [
        "the access of the team Core to the repository site is not lowered to read yet",
        "the access of eve to the repository site is not lowered to write yet",
        "the team Docs is not given write in the repository site yet",
    ] {
        assert!(text.contains(line), "{text}");
    }
}

/// The next apply does not know which teams an invitation was to, so this one names them.
#[test]
fn places_that_are_lost_with_an_invitation_are_named_until_another_one_is_sent() {
    let cancelled = || cancel_invitation("zoe", OrgRole::Member);
    let invited = |id, name: &str| InvitedTeam { id, name: TeamName::new(name) };
    let teams = || vec![invited(1, "Core"), invited(2, "Docs")];
    let again = || Change::InviteAgain { login: login("zoe"), role: OrgRole::Admin, teams: teams() };
    let left = || Outcome::Left("another invitation was sent".to_owned());
    let table = [
        (Outcome::Done, Outcome::Waiting, false),
        (Outcome::Done, Outcome::NotTried, true),
        (Outcome::Done, left(), true),
        (left(), Outcome::Skipped { because: 0 }, false),
        (Outcome::NotTried, Outcome::NotTried, false),
    ];
    for (cancel, sent, is_lost) in table {
        let run = Run::of(vec![(cancelled(), cancel), (again(), sent)]);
        let not_read_again = Applied { verification: None, ..run.applied() };
        let text = not_read_again.text(Style::Plain);
        let lost = "Places in teams that are lost with an invitation\n  zoe: the teams Core, Docs\n";
        assert_eq!(text.contains(lost), is_lost, "{text}");
        assert_eq!(text.contains("name them in the file, or give them on GitHub"), is_lost, "{text}");
    }
    let mut cancelled_meanwhile = Run::of(vec![(again(), Outcome::Waiting)]);
    assert_eq!(cancelled_meanwhile.title(), "Applied: 1 of 1. 1 person has yet to accept");
    cancelled_meanwhile.verification.remaining = vec![operation(invite("zoe"), 1)];
    cancelled_meanwhile.verification.waiting = Vec::new();
    assert_eq!(cancelled_meanwhile.title(), "Applied: 1 of 1");
}

/// What GitHub answered and what it shows afterwards may differ: what it shows counts.
#[test]
fn places_are_lost_that_the_organization_does_not_show_afterwards() {
    let teams = vec![InvitedTeam { id: 1, name: TeamName::new("Core") }];
    let again = Change::InviteAgain { login: login("zoe"), role: OrgRole::Admin, teams: teams.clone() };
    for sent in [Outcome::Waiting, Outcome::NotTried] {
        let cancelled = (cancel_invitation("zoe", OrgRole::Member), Outcome::Done);
        let mut run = Run::of(vec![cancelled, (again.clone(), sent)]);
        assert!(!run.applied().text(Style::Plain).contains("are lost"), "{:?}", run.outcomes);
        run.verification.lost = vec![Lost { login: login("zoe"), teams: teams.clone() }];
        assert!(
            run.applied().text(Style::Plain).contains("are lost with an invitation\n  zoe: the team Core\n")
        );
    }
}

#[test]
fn who_could_not_be_taken_out_of_a_new_team_is_named() {
    let run = Run::of(vec![(create_team("Q"), Outcome::Done)]);
    let (_, Outcome::Failed(failure)) = refused(create_team("Q"), 422, "not now") else {
        unreachable!("it is a failure")
    };
    let stays = [Stays { team: TeamName::new("Q"), login: login("ann"), failure }];
    let applied = Applied { stays: &stays, ..run.applied() };
    let title = "Applied: 1 of 1. 1 new team could not be left by the owner of the token";
    assert_eq!(applied.title(&Namer::markdown()), title);
    let line = "ann could not be taken out of the new team Q, of which GitHub has made them a maintainer: not now. What to do: take \
                them out on GitHub";
    assert!(applied.text(Style::Plain).contains(line), "{}", applied.text(Style::Plain));
}

/// Of a member who is asked to become an owner GitHub shows nothing until they have accepted.
#[test]
fn who_waits_is_who_waits_at_the_end() {
    let (from, to) = (OrgRole::Member, OrgRole::Admin);
    let promotion = || Change::ChangeRole { login: login("carol"), from, to };
    let mut run = Run::of(vec![(invite("dave"), Outcome::Waiting), (promotion(), Outcome::Waiting)]);
    run.verification.remaining = vec![operation(promotion(), 1)];
    assert_eq!(run.title(), "Applied: 2 of 2. 2 people have yet to accept");
    run.verification.remaining = Vec::new();
    assert_eq!(run.title(), "Applied: 2 of 2. 1 person has yet to accept");
    run.verification.waiting = Vec::new();
    assert_eq!(
        (run.title().as_str(), run.applied().text(Style::Plain).contains("accept")),
        ("Applied: 2 of 2", false)
    );
    run.verification.unread =
        vec![Unread { kind: Kind::OrgMembers, ..unread(Extent::Parts, "GitHub does not show invitations") }];
    assert!(run.applied().text(Style::Plain).contains("invitations of dave"), "that is not known");
}

#[test]
fn who_was_renamed_is_named_by_both_logins_where_both_may_be_shown() {
    let mut run = Run::of(vec![(invite("dave"), Outcome::Done)]);
    run.verification.renamed = vec![renamed("carol", "carla", true)];
    let text = run.applied().text(Style::Plain);
    let renamed = "Renamed in the meantime\n  carol is called carla now\n  Change the login in the file.\n";
    assert!(text.contains(renamed), "{text}");
}

/// With the new login, the file would keep somebody that it removes.
#[test]
fn a_login_that_the_file_does_not_name_is_not_to_be_changed_there() {
    let mut run = Run::of(vec![(invite("dave"), Outcome::Done)]);
    run.verification.renamed = vec![renamed("oscar", "otto", false)];
    let text = run.applied().text(Style::Plain);
    assert!(text.contains("Renamed in the meantime\n  oscar is called otto now\n"), "{text}");
    assert!(!text.contains("in the file"), "{text}");
    run.verification.renamed.push(renamed("carol", "carla", true));
    let text = run.applied().text(Style::Plain);
    let both = "  oscar is called otto now, and the file does not name them\n  carol is called carla now\n  Change the login";
    assert!(text.contains(both), "{text}");
}

fn renamed(before: &str, now: &str, in_file: bool) -> Renamed {
    Renamed { login: login(before), now: login(now), in_file }
}

#[test]
fn a_check_of_many_failures_is_bounded() {
    let long = "GitHub says a lot ".repeat(30);
    let people = numbered("somebody-with-a-long-name-", 2_000);
    let ends = people.iter().map(|name| refused(invite(name), 422, &long));
    let summary = Run::of(ends.collect()).applied().summary(&Namer::markdown());
    assert!(summary.len() <= MAX_SUMMARY_BYTES, "{}", summary.len());
    assert!(summary.contains("1970 more"), "{summary}");
}

#[test]
fn what_github_says_stays_on_its_line() {
    let run = Run::of(vec![refused(invite("flagged"), 500, "<html>\n\n`x`\n\u{1b}[31mBad\u{202e}")]);
    let summary = run.applied().summary(&Namer::markdown());
    assert!(summary.contains("GitHub answered 500, <html> 'x' \\u{1b}[31mBad\\u{202e}."), "{summary}");
}
