//! What is read before a change is made, and what follows from it.

use peribolos_org::plan::{
    Change, Expected, InvitedTeam, OrgSetting, RepoSetting, RepoSettingName, SettingChange, TeamRole,
    TeamSetting,
};
use peribolos_org::{Login, OrgRole, Permission, Privacy, RepoName, Slug, Snapshot, TeamName};
use rstest::rstest;
use serde_json::{Value, json};
use wiremock::matchers::path;
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::{acme, ann, core, github, repo, rest_team, snapshot, status, support};
use crate::kinds::{Addresses, Made, Standing};

async fn standing(change: &Change, verb: &str, at: &str, answer: ResponseTemplate) -> Standing {
    of(&github(verb, at, answer).await, change).await
}

async fn of(server: &MockServer, change: &Change) -> Standing {
    and_addresses(server, change).await.0
}

/// How it is, and what is known of addresses then.
async fn and_addresses(server: &MockServer, change: &Change) -> (Standing, Addresses) {
    in_organization(&snapshot(), server, change).await
}

/// The same in an organization as this snapshot has it.
async fn in_organization(snapshot: &Snapshot, server: &MockServer, change: &Change) -> (Standing, Addresses) {
    let (expected, mut addresses) = (Expected::of(snapshot), Addresses::of(snapshot));
    let standing = support::client(server).standing(&acme(), change, &expected, &mut addresses).await;
    (standing.unwrap(), addresses)
}

fn different(sentence: &str) -> Standing {
    Standing::Different(sentence.to_owned())
}

fn membership(role: &str, state: &str) -> Value {
    json!({"role": role, "state": state})
}

const DONE: Standing = Standing::Already(Made::Done);
const PENDING: Standing = Standing::Already(Made::Pending);

fn invite(role: OrgRole) -> Change {
    Change::InviteMember { login: ann(), role }
}

fn promote() -> Change {
    Change::ChangeRole { login: ann(), from: OrgRole::Member, to: OrgRole::Admin }
}

fn remove_member() -> Change {
    Change::RemoveMember { login: ann(), role: OrgRole::Member }
}

fn demote() -> Change {
    Change::ChangeRole { login: ann(), from: OrgRole::Admin, to: OrgRole::Member }
}

#[rstest]
#[case::as_planned(remove_member(), status(200, &membership("member", "active")), Standing::AsPlanned)]
#[case::promoted(remove_member(), status(200, &membership("admin", "active")), different("the role is `admin` now"))]
#[case::gone(remove_member(), status(404, &json!({"message": "Not Found"})), Standing::Gone)]
#[case::only_invited(
    remove_member(), status(200, &membership("member", "pending")), different("it is an invitation now"))]
#[case::an_owner(demote(), status(200, &membership("admin", "active")), Standing::AsPlanned)]
#[case::no_owner(demote(), status(200, &membership("member", "active")), DONE)]
#[case::promoted_already(promote(), status(200, &membership("admin", "active")), DONE)]
#[case::left(promote(), status(404, &json!({"message": "Not Found"})), Standing::Gone)]
#[case::new(invite(OrgRole::Member), status(404, &json!({"message": "Not Found"})), Standing::AsPlanned)]
#[case::invited(invite(OrgRole::Member), status(200, &membership("member", "pending")), PENDING)]
#[case::a_member(invite(OrgRole::Member), status(200, &membership("member", "active")), DONE)]
#[case::made_an_owner(
    invite(OrgRole::Member), status(200, &membership("admin", "active")), different("the role is `admin` now"))]
#[case::invited_as_an_owner(
    invite(OrgRole::Member), status(200, &membership("admin", "pending")),
    different("the role of the invitation is `admin` now"))]
#[case::a_member_to_be_an_owner(
    invite(OrgRole::Admin), status(200, &membership("member", "active")), Standing::AsPlanned)]
#[tokio::test]
async fn a_member(#[case] change: Change, #[case] answer: ResponseTemplate, #[case] expected: Standing) {
    assert_eq!(standing(&change, "GET", "/orgs/acme/memberships/ann", answer).await, expected);
}

/// A removal means the person who had the login when the organization was read, a promotion whoever has the login of the file.
#[rstest]
#[case::the_same(Some(5), Some("ann"), None)]
#[case::in_another_case(Some(5), Some("Ann"), None)]
#[case::taken_by_another(
    Some(6),
    Some("amy"),
    Some("somebody else has the login now, and the person is called `amy`")
)]
#[case::deleted_and_taken(Some(6), None, Some("somebody else has the login now"))]
#[case::renamed(None, Some("amy"), Some("the person is called `amy` now"))]
#[tokio::test]
async fn a_person_of_another_number(
    #[case] number: Option<u64>,
    #[case] called: Option<&str>,
    #[case] expected: Option<&str>,
) {
    let server = MockServer::start().await;
    let mount = async |at: &str, answer: Option<Value>| {
        let answer =
            answer.map_or_else(|| status(404, &json!({"message": "Not Found"})), |it| status(200, &it));
        Mock::given(path(at)).respond_with(answer).mount(&server).await;
    };
    let shown = |role: &str| number.map(|id| json!({"role": role, "state": "active", "user": {"id": id}}));
    mount("/user/5", called.map(|login| json!({"login": login}))).await;
    mount("/orgs/acme/memberships/ann", shown("admin")).await;
    let granted = number.map(|id| {
        let mut edge = granted("ann", "write");
        edge["node"]["databaseId"] = json!(id);
        edge
    });
    let edges: Vec<Value> = granted.into_iter().collect();
    Mock::given(path("/graphql")).respond_with(people("acme/site", &edges)).mount(&server).await;
    let removal = Change::RemoveMember { login: ann(), role: OrgRole::Admin };
    for change in [removal, demote(), revoke(), give(Some(Permission::Write), Permission::Read)] {
        let expected = expected.map_or(Standing::AsPlanned, different);
        assert_eq!(of(&server, &change).await, expected, "{change:?}");
    }
    let client = support::client(&server);
    let another = client.another_person(&acme(), &ann(), &super::addresses()).await.unwrap();
    assert_eq!(another.as_deref(), expected);
    let whoever = of(&server, &promote()).await;
    assert_eq!(whoever, if number.is_some() { DONE } else { Standing::Gone });
}

/// The new invitation is the one that is wanted if it is to the teams, too.
#[rstest]
#[case::to_both("member", "pending", &[1, 2], PENDING)]
#[case::to_one("member", "pending", &[1], Standing::Partly("another invitation was sent".to_owned()))]
#[case::as_an_owner("admin", "pending", &[1, 2], different("the role of the invitation is `admin` now"))]
#[case::accepted("member", "active", &[1, 2], different("the person is a member now"))]
#[tokio::test]
async fn an_invitation_that_is_sent_again(
    #[case] role: &str,
    #[case] state: &str,
    #[case] teams: &[u64],
    #[case] expected: Standing,
) {
    let server = github("GET", "/orgs/acme/memberships/ann", status(200, &membership(role, state))).await;
    let open = json!([{"id": 4, "login": "ann", "role": "direct_member"}]);
    Mock::given(path("/orgs/acme/invitations")).respond_with(status(200, &open)).mount(&server).await;
    let teams: Vec<Value> = teams.iter().map(|id| json!({"id": id})).collect();
    let teams = status(200, &json!(teams));
    Mock::given(path("/orgs/acme/invitations/4/teams")).respond_with(teams).mount(&server).await;
    let invited = |id, name: &str| InvitedTeam { id, name: TeamName::new(name) };
    let teams = vec![invited(1, "Core"), invited(2, "Leaf")];
    let again = Change::InviteAgain { login: ann(), role: OrgRole::Member, teams };
    assert_eq!(of(&server, &again).await, expected);
}

#[rstest]
#[case::as_planned(json!([{"id": 4, "login": "ann", "role": "direct_member"}]), Standing::AsPlanned)]
#[case::as_owner(json!([{"id": 4, "login": "ann", "role": "admin"}]), different("the role is `admin` now"))]
#[case::sent_anew(
    json!([{"id": 5, "login": "ann", "role": "direct_member"}]), different("another invitation was sent"))]
#[case::of_others(json!([{"id": 5, "login": "ben", "role": "direct_member"}]), Standing::Gone)]
#[case::of_somebody_else(
    json!([{"id": 4, "login": "ben", "role": "direct_member"}]), different("the invitation is for somebody else now"))]
#[tokio::test]
async fn an_invitation(#[case] all: Value, #[case] expected: Standing) {
    for (failed, at) in [(false, "/orgs/acme/invitations"), (true, "/orgs/acme/failed_invitations")] {
        let change = cancel(failed);
        assert_eq!(standing(&change, "GET", at, status(200, &all)).await, expected);
    }
}

/// An invitation that is not listed any more was accepted, if the person is a member.
#[tokio::test]
async fn an_accepted_invitation() {
    let server = github("GET", "/orgs/acme/invitations", status(200, &json!([]))).await;
    let member = status(200, &membership("member", "active"));
    Mock::given(path("/orgs/acme/memberships/ann")).respond_with(member).mount(&server).await;
    assert_eq!(of(&server, &cancel(false)).await, different("the invitation was accepted"));
}

fn cancel(failed: bool) -> Change {
    Change::CancelInvitation { id: 4, login: ann(), role: OrgRole::Member, failed, lost_teams: vec![] }
}

fn place() -> Change {
    Change::SetTeamMember { team: core(), login: ann(), from: None, to: TeamRole::Member }
}

fn leave(invitation: bool) -> Change {
    Change::RemoveTeamMember { team: core(), login: ann(), from: TeamRole::Member, invitation }
}

fn take() -> Change {
    Change::RemoveTeamRepo { team: core(), repo: repo(), from: Permission::Write }
}

fn lower() -> Change {
    let from = Some(TeamRole::Maintainer);
    Change::SetTeamMember { team: core(), login: ann(), from, to: TeamRole::Member }
}

#[rstest]
#[case::as_planned(leave(false), status(200, &membership("member", "active")), Standing::AsPlanned)]
#[case::promoted(
    leave(false), status(200, &membership("maintainer", "active")), different("the role is `maintainer` now"))]
#[case::accepted(leave(true), status(200, &membership("member", "active")), different("the invitation was accepted"))]
#[case::invited(leave(true), status(200, &membership("member", "pending")), Standing::AsPlanned)]
#[case::maintainer(lower(), status(200, &membership("maintainer", "active")), Standing::AsPlanned)]
#[case::member(lower(), status(200, &membership("member", "active")), DONE)]
#[case::placed(place(), status(200, &membership("member", "active")), DONE)]
#[case::invited_to_it(place(), status(200, &membership("member", "pending")), PENDING)]
#[case::made_a_maintainer(
    place(), status(200, &membership("maintainer", "active")), different("the role is `maintainer` now"))]
#[case::nowhere(place(), status(404, &json!({"message": "Not Found"})), Standing::AsPlanned)]
#[tokio::test]
async fn a_place_in_a_team(
    #[case] change: Change,
    #[case] answer: ResponseTemplate,
    #[case] expected: Standing,
) {
    let mut snapshot = snapshot();
    // No team is below it.
    snapshot.teams.truncate(1);
    let server = github("GET", "/orgs/acme/teams/core/memberships/ann", answer).await;
    assert_eq!(in_organization(&snapshot, &server, &change).await.0, expected);
}

/// Who is in a team below is shown in the team above, so where there is one, what is shown need not be a place of their own,
/// whoever was known to be in it. It is given to them, which takes nothing away, and nobody who is a maintainer by themselves
/// becomes a member.
#[rstest]
#[case::shown_from_below("ann", None, TeamRole::Member, membership("member", "active"), Standing::AsPlanned)]
#[case::lowered_or_from_below(
    "ann",
    Some(TeamRole::Maintainer),
    TeamRole::Member,
    membership("member", "active"),
    Standing::AsPlanned
)]
#[case::not_known_to_be_in_it(
    "new",
    None,
    TeamRole::Member,
    membership("member", "active"),
    Standing::AsPlanned
)]
#[case::made_a_maintainer(
    "ann",
    None,
    TeamRole::Member,
    membership("maintainer", "active"),
    different("the role is `maintainer` now")
)]
#[case::a_maintainer_s_place_is_their_own(
    "ann",
    None,
    TeamRole::Maintainer,
    membership("maintainer", "active"),
    DONE
)]
#[case::an_owner_is_shown_as_a_maintainer_from_below(
    "own",
    None,
    TeamRole::Maintainer,
    membership("maintainer", "active"),
    Standing::AsPlanned
)]
#[case::an_invitation_is_their_own("ann", None, TeamRole::Member, membership("member", "pending"), PENDING)]
#[tokio::test]
async fn a_place_of_somebody_in_a_team_below(
    #[case] login: &str,
    #[case] from: Option<TeamRole>,
    #[case] to: TeamRole,
    #[case] now: Value,
    #[case] expected: Standing,
) {
    let mut snapshot = snapshot();
    snapshot.teams[0].members.clear();
    snapshot.teams[1].members = vec![ann()];
    snapshot.teams[1].maintainers = vec![Login::new("own")];
    let at = format!("/orgs/acme/teams/core/memberships/{login}");
    let server = github("GET", &at, status(200, &now)).await;
    let change = Change::SetTeamMember { team: core(), login: Login::new(login), from, to };
    assert_eq!(in_organization(&snapshot, &server, &change).await.0, expected);
}

/// Whether somebody whose place as a maintainer goes has it still, where a team below shows them as a member.
#[rstest]
#[case::as_planned("ann", membership("maintainer", "active"), Standing::AsPlanned)]
#[case::gone_or_lowered("ann", membership("member", "active"), Standing::Gone)]
#[case::not_known_to_be_in_it("new", membership("member", "active"), Standing::Gone)]
#[case::an_invitation("ann", membership("member", "pending"), different("it is an invitation now"))]
#[tokio::test]
async fn a_maintainer_s_place_above_a_team(
    #[case] login: &str,
    #[case] now: Value,
    #[case] expected: Standing,
) {
    let at = format!("/orgs/acme/teams/core/memberships/{login}");
    let server = github("GET", &at, status(200, &now)).await;
    let (login, from) = (Login::new(login), TeamRole::Maintainer);
    let change = Change::RemoveTeamMember { team: core(), login, from, invitation: false };
    assert_eq!(of(&server, &change).await, expected);
}

#[rstest]
#[case::as_planned(
    status(200, &json!({"id": 7, "permissions": {"push": true, "pull": true}, "role_name": "write"})), Standing::AsPlanned)]
#[case::another(
    status(200, &json!({"id": 8, "permissions": {"push": true, "pull": true}, "role_name": "write"})),
    different("another repository has its name now"))]
#[case::more(
    status(200, &json!({"id": 7, "permissions": {"admin": true, "push": true}, "role_name": "admin"})),
    different("the access is `admin` now"))]
#[tokio::test]
async fn a_team_s_access(#[case] answer: ResponseTemplate, #[case] expected: Standing) {
    // A team below has the same access, from above.
    for (team, slug) in [("Core", "core"), ("Leaf", "leaf")] {
        let change =
            Change::RemoveTeamRepo { team: TeamName::new(team), repo: repo(), from: Permission::Read };
        let at = format!("/orgs/acme/teams/{slug}/repos/acme/site");
        assert_eq!(standing(&change, "GET", &at, answer.clone()).await, expected);
    }
}

/// What GitHub does not show in a team: gone, unless the team or the repository is another one.
#[rstest]
#[case::gone(1, &[(1, "core")], Standing::Gone)]
#[case::another_team(9, &[(9, "core")], different("another team has its name now"))]
#[case::no_team(0, &[], Standing::Gone)]
#[case::a_team_that_is_not_shown(0, &[(1, "core")], Standing::Gone)]
#[case::a_renamed_team(0, &[(1, "base")], different("it has another name now"))]
#[case::another_team_that_is_not_shown(0, &[(9, "core")], different("another team has its name now"))]
#[tokio::test]
async fn what_is_not_shown_in_a_team(
    #[case] at_address: u64,
    #[case] all: &[(u64, &str)],
    #[case] expected: Standing,
) {
    let team = |id: u64, slug: &str| rest_team(id, "Core", slug, &json!(null));
    let listed: Vec<Value> = all.iter().map(|(id, slug)| team(*id, slug)).collect();
    let server = github("GET", "/orgs/acme/teams", status(200, &json!(listed))).await;
    if at_address > 0 {
        let found = status(200, &team(at_address, "core"));
        Mock::given(path("/orgs/acme/teams/core")).respond_with(found).mount(&server).await;
    }
    let site = status(200, &json!({"id": 7, "name": "site"}));
    Mock::given(path("/repos/acme/site")).respond_with(site).mount(&server).await;
    for change in [leave(false), take()] {
        assert_eq!(of(&server, &change).await, expected, "{change:?}");
    }
}

#[rstest]
#[case::gone(status(404, &json!({"message": "Not Found"})), Standing::Gone)]
#[case::not_shown(status(200, &json!({"id": 7, "name": "site"})), Standing::Gone)]
#[case::another(status(200, &json!({"id": 8, "name": "site"})), different("another repository has its name now"))]
#[tokio::test]
async fn a_repository_that_is_not_shown(#[case] repository: ResponseTemplate, #[case] expected: Standing) {
    let core = status(200, &rest_team(1, "Core", "core", &json!(null)));
    let server = github("GET", "/orgs/acme/teams/core", core).await;
    Mock::given(path("/repos/acme/site")).respond_with(repository).mount(&server).await;
    assert_eq!(of(&server, &take()).await, expected);
}

/// GraphQL does not show the repository, or not at first.
#[rstest]
#[case::gone(status(404, &json!({"message": "Not Found"})), false, Standing::Gone)]
#[case::another(
    status(200, &json!({"id": 8, "name": "site"})), false, different("another repository has its name now"))]
#[case::hidden(
    status(200, &json!({"id": 7, "name": "site"})), false, different("GitHub does not show who has access to it"))]
#[case::shown_again(status(200, &json!({"id": 7, "name": "site"})), true, Standing::AsPlanned)]
#[tokio::test]
async fn a_collaborator_of_a_repository_that_is_not_shown(
    #[case] repository: ResponseTemplate,
    #[case] again: bool,
    #[case] expected: Standing,
) {
    let server = github("GET", "/repos/acme/site", repository).await;
    let missing = json!({"type": "NOT_FOUND", "path": ["repository"], "message": "Could not resolve"});
    let missing = status(200, &json!({"data": {"repository": null}, "errors": [missing]}));
    let mock = Mock::given(path("/graphql")).respond_with(missing);
    if again {
        mock.up_to_n_times(1).mount(&server).await;
    } else {
        mock.mount(&server).await;
    }
    let shown = people("acme/site", &[granted("ann", "write")]);
    Mock::given(path("/graphql")).respond_with(shown).mount(&server).await;
    assert_eq!(of(&server, &revoke()).await, expected);
}

#[rstest]
#[case::as_planned(json!({"id": 7, "name": "site", "archived": false}), Standing::AsPlanned)]
#[case::done(json!({"id": 7, "name": "site", "archived": true}), DONE)]
#[case::another(json!({"id": 8, "name": "site", "archived": false}), different("another repository has its name now"))]
#[tokio::test]
async fn archiving(#[case] now: Value, #[case] expected: Standing) {
    let archive = SettingChange {
        setting: RepoSettingName::ARCHIVED,
        from: Some("false".to_owned()),
        to: "true".to_owned(),
    };
    let change = Change::EditRepo { name: repo(), changes: vec![archive] };
    assert_eq!(standing(&change, "GET", "/repos/acme/site", status(200, &now)).await, expected);
}

#[rstest]
#[case::as_planned("private", Standing::AsPlanned)]
#[case::done("public", DONE)]
#[case::otherwise("internal", different("`visibility` is `internal` now"))]
#[tokio::test]
async fn publishing(#[case] now: &str, #[case] expected: Standing) {
    let publish = SettingChange {
        setting: RepoSettingName::VISIBILITY,
        from: Some("private".to_owned()),
        to: "public".to_owned(),
    };
    let change = Change::EditRepo { name: repo(), changes: vec![publish] };
    let answer = status(200, &json!({"id": 7, "name": "site", "visibility": now}));
    assert_eq!(standing(&change, "GET", "/repos/acme/site", answer).await, expected);
}

#[tokio::test]
async fn the_organization_s_settings() {
    let lower = SettingChange {
        setting: OrgSetting::DEFAULT_REPOSITORY_PERMISSION,
        from: Some("write".to_owned()),
        to: "read".to_owned(),
    };
    let change = Change::EditOrg { changes: vec![lower] };
    for (now, expected) in [
        ("write", Standing::AsPlanned),
        ("read", DONE),
        ("none", different("`default_repository_permission` is `none` now")),
    ] {
        let answer = status(200, &json!({"login": "acme", "default_repository_permission": now}));
        assert_eq!(standing(&change, "GET", "/orgs/acme", answer).await, expected);
    }
}

#[rstest]
#[case::as_planned(rest_team(2, "Leaf", "leaf", &json!({"id": 1, "slug": "core"})), Standing::AsPlanned)]
#[case::moved(rest_team(2, "Leaf", "leaf", &json!({"id": 9, "slug": "x"})), different("it is below another team now"))]
#[case::moved_already(rest_team(2, "Leaf", "leaf", &json!(null)), DONE)]
#[case::another(rest_team(3, "Leaf", "leaf", &json!({"id": 1, "slug": "core"})), different("another team has its name now"))]
#[tokio::test]
async fn a_team_that_moves(#[case] now: Value, #[case] expected: Standing) {
    let changes = vec![SettingChange {
        setting: TeamSetting::Parent,
        from: Some("Core".to_owned()),
        to: String::new(),
    }];
    let change = Change::EditTeam { name: TeamName::new("Leaf"), slug: Slug::new("leaf"), changes };
    assert_eq!(standing(&change, "GET", "/orgs/acme/teams/leaf", status(200, &now)).await, expected);
}

fn list(edges: &[Value]) -> Value {
    json!({"pageInfo": {"hasNextPage": false, "endCursor": null}, "nodes": edges})
}

/// `Core` as GitHub has it.
fn details(id: u64, children: &[&str], members: &[(&str, &str)], repos: &[&str]) -> ResponseTemplate {
    let children: Vec<Value> = children.iter().map(|name| json!({"name": name})).collect();
    let members: Vec<Value> =
        members.iter().map(|(login, role)| json!({"role": role, "node": {"login": login}})).collect();
    let repos: Vec<Value> =
        repos.iter().map(|name| json!({"permission": "WRITE", "node": {"name": name}})).collect();
    let team = json!({"databaseId": id, "name": "Core", "parentTeam": null, "childTeams": list(&children),
                      "members": list(&members), "repositories": list(&repos)});
    status(200, &json!({"data": {"organization": {"team": team}}}))
}

#[rstest]
#[case::as_planned(details(1, &["Leaf"], &[("ann", "MEMBER")], &["site"]), Standing::AsPlanned)]
#[case::less(details(1, &[], &[], &[]), Standing::AsPlanned)]
#[case::another(details(9, &["Leaf"], &[], &[]), different("another team has its name now"))]
#[case::child(details(1, &["Leaf", "Twig"], &[], &[]), different("there are teams below it now"))]
#[case::member(
    details(1, &[], &[("ann", "MEMBER"), ("ben", "MEMBER")], &[]),
    different("1 of its members came, or changed their role, since"))]
#[case::role(
    details(1, &[], &[("ann", "MAINTAINER")], &[]), different("1 of its members came, or changed their role, since"))]
#[case::repository(details(1, &[], &[], &["site", "docs"]), different("it has access to 1 more repositories now"))]
#[tokio::test]
async fn a_team_that_is_deleted(#[case] now: ResponseTemplate, #[case] expected: Standing) {
    let change = Change::DeleteTeam { name: core(), slug: Slug::new("core") };
    assert_eq!(standing(&change, "POST", "/graphql", now).await, expected);
}

#[rstest]
#[case::gone(json!([]), Standing::Gone)]
#[case::renamed(json!([rest_team(1, "Base", "base", &json!(null))]), different("it has another name now"))]
#[case::another(
    json!([rest_team(9, "Core", "core", &json!(null))]), different("another team has its name now"))]
#[case::hidden(
    json!([rest_team(1, "Core", "core", &json!(null))]), different("GitHub does not show what it has"))]
#[tokio::test]
async fn a_team_that_is_not_at_its_address(#[case] all: Value, #[case] expected: Standing) {
    let nothing = status(200, &json!({"data": {"organization": {"team": null}}}));
    let server = github("POST", "/graphql", nothing).await;
    Mock::given(path("/orgs/acme/teams")).respond_with(status(200, &all)).mount(&server).await;
    let change = Change::DeleteTeam { name: core(), slug: Slug::new("core") };
    assert_eq!(of(&server, &change).await, expected);
}

/// The answer to a rename was lost: the team is found at its new address.
#[rstest]
#[case::renamed(1, "Base", DONE)]
#[case::another(3, "Base", Standing::Gone)]
#[tokio::test]
async fn a_team_that_has_its_new_name(#[case] id: u64, #[case] name: &str, #[case] expected: Standing) {
    let server =
        github("GET", "/orgs/acme/teams/base", status(200, &rest_team(id, name, "base", &json!(null)))).await;
    Mock::given(path("/orgs/acme/teams")).respond_with(status(200, &json!([]))).mount(&server).await;
    let setting = TeamSetting::Name;
    let changes = vec![SettingChange { setting, from: Some("Core".to_owned()), to: "Base".to_owned() }];
    let change = Change::EditTeam { name: core(), slug: Slug::new("core"), changes };
    let (standing, addresses) = and_addresses(&server, &change).await;
    assert_eq!(standing, expected);
    assert_eq!(addresses.team(&TeamName::new("Base")).is_some(), expected == DONE);
}

/// The answer to a rename was lost: the repository is found under its new name.
#[rstest]
#[case::renamed(7, DONE)]
#[case::another(8, Standing::Gone)]
#[tokio::test]
async fn a_repository_that_has_its_new_name(#[case] id: u64, #[case] expected: Standing) {
    let found = json!({"id": id, "name": "website", "full_name": "acme/website"});
    let server = github("GET", "/repos/acme/website", status(200, &found)).await;
    let change = Change::RenameRepo { from: repo(), to: RepoName::new("website") };
    assert_eq!(of(&server, &change).await, expected);
}

fn create_repo() -> Change {
    let visibility = RepoSetting { setting: RepoSettingName::VISIBILITY, value: "private".into() };
    Change::CreateRepo { name: RepoName::new("docs"), settings: vec![visibility] }
}

fn found(name: &str, visibility: &str) -> Value {
    json!({"id": 9, "name": name, "full_name": format!("acme/{name}"), "visibility": visibility})
}

#[rstest]
#[case::there(status(200, &found("Docs", "private")), DONE)]
#[case::otherwise(
    status(200, &found("docs", "public")),
    different("it was made in the meantime, and its visibility is `public`"))]
#[case::nothing(status(404, &json!({"message": "Not Found"})), Standing::AsPlanned)]
#[tokio::test]
async fn a_repository_that_is_made(#[case] answer: ResponseTemplate, #[case] expected: Standing) {
    assert_eq!(standing(&create_repo(), "GET", "/repos/acme/docs", answer).await, expected);
}

#[rstest]
#[case::there(rest_team(8, "New", "new", &json!({"id": 1, "slug": "core"})), None)]
#[case::elsewhere(rest_team(8, "New", "new", &json!({"id": 9, "slug": "x"})), Some("it is below another team"))]
#[case::at_the_top(rest_team(8, "New", "new", &json!(null)), Some("it is below no team"))]
#[case::of_another_name(rest_team(8, "new!", "new", &json!({"id": 1, "slug": "core"})), Some("it has another name"))]
#[case::secret(
    json!({"id": 8, "name": "New", "slug": "new", "privacy": "secret", "parent": null}),
    Some("it is below no team, and it is secret"))]
#[tokio::test]
async fn a_team_that_is_made(#[case] now: Value, #[case] otherwise: Option<&str>) {
    let name = TeamName::new("New");
    let (privacy, parent) = (Privacy::Closed, Some(core()));
    let change = Change::CreateTeam { name: name.clone(), description: None, privacy, parent };
    let server = github("GET", "/orgs/acme/teams/new", status(200, &now)).await;
    let (standing, addresses) = and_addresses(&server, &change).await;
    let made = |how: &str| different(&format!("a team was made at its address in the meantime: {how}"));
    assert_eq!(standing, otherwise.map_or(DONE, made));
    assert_eq!(addresses.team(&name).is_some(), otherwise.is_none());
}

fn people(full_name: &str, edges: &[Value]) -> ResponseTemplate {
    people_of(7, full_name, edges)
}

fn people_of(id: u64, full_name: &str, edges: &[Value]) -> ResponseTemplate {
    let repository = json!({"databaseId": id, "nameWithOwner": full_name, "collaborators": list(edges)});
    status(200, &json!({"data": {"repository": repository}}))
}

fn granted(login: &str, role: &str) -> Value {
    let own = json!([{"roleName": role, "source": {"__typename": "Repository"}}]);
    json!({"permission": "ADMIN", "permissionSources": own, "node": {"login": login}})
}

fn revoke() -> Change {
    Change::RemoveCollaborator { repo: repo(), login: ann(), from: Permission::Write }
}

fn give(from: Option<Permission>, to: Permission) -> Change {
    Change::SetCollaborator { repo: repo(), login: ann(), from, custom_role: None, to }
}

#[rstest]
#[case::as_planned(
    people("acme/site", &[granted("ben", "admin"), granted("Ann", "write")]), Standing::AsPlanned, Standing::AsPlanned)]
#[case::lowered(people("acme/site", &[granted("ann", "read")]), different("the access is `read` now"), DONE)]
#[case::raised(
    people("acme/site", &[granted("ann", "admin")]),
    different("the access is `admin` now"), different("the access is `admin` now"))]
#[case::custom(
    people("acme/site", &[granted("ann", "Auditor")]),
    different("the access is the role `Auditor` now"), different("the access is the role `Auditor` now"))]
#[case::hidden(
    people("acme/site", &[json!({"permission": "ADMIN", "permissionSources": null, "node": {"login": "ann"}})]),
    different("GitHub does not show any more where the access comes from"),
    different("GitHub does not show any more where the access comes from"))]
#[case::gone(people("acme/site", &[]), DONE, Standing::Gone)]
#[case::another(
    people_of(8, "acme/site", &[granted("ann", "write")]),
    different("another repository has its name now"), different("another repository has its name now"))]
#[tokio::test]
async fn a_collaborator_who_loses_something(
    #[case] now: ResponseTemplate,
    #[case] revoked: Standing,
    #[case] lowered: Standing,
) {
    assert_eq!(standing(&revoke(), "POST", "/graphql", now.clone()).await, revoked);
    let lower = give(Some(Permission::Write), Permission::Read);
    assert_eq!(standing(&lower, "POST", "/graphql", now).await, lowered);
}

#[rstest]
#[case::as_planned("triage", Standing::AsPlanned)]
#[case::given("write", DONE)]
#[case::given_more("maintain", different("the access is `maintain` now"))]
#[case::given_less("read", Standing::AsPlanned)]
#[tokio::test]
async fn a_member_who_is_given_access(#[case] now: &str, #[case] expected: Standing) {
    let now = people("acme/site", &[granted("ann", now)]);
    let raise = give(Some(Permission::Triage), Permission::Write);
    assert_eq!(standing(&raise, "POST", "/graphql", now).await, expected);
}

#[rstest]
#[case::invited(json!([{"id": 5, "permissions": "write", "invitee": {"login": "eve"}}]), PENDING)]
#[case::with_more(
    json!([{"id": 5, "permissions": "admin", "invitee": {"login": "eve"}}]), different("the invitation is `admin` now"))]
#[case::expired(
    json!([{"id": 5, "permissions": "write", "expired": true, "invitee": {"login": "eve"}}]), Standing::AsPlanned)]
#[case::nobody(json!([]), Standing::AsPlanned)]
#[tokio::test]
async fn a_stranger_who_is_given_access(#[case] invited: Value, #[case] expected: Standing) {
    let server = github("GET", "/repos/acme/site/invitations", status(200, &invited)).await;
    Mock::given(path("/graphql")).respond_with(people("acme/site", &[])).mount(&server).await;
    let (login, to) = (Login::new("eve"), Permission::Write);
    let change = Change::SetCollaborator { repo: repo(), login, from: None, custom_role: None, to };
    assert_eq!(of(&server, &change).await, expected);
}

#[rstest]
#[case::as_planned(json!([{"id": 5, "permissions": "write", "invitee": {"login": "ann"}}]), &[], Standing::AsPlanned)]
#[case::other(
    json!([{"id": 5, "permissions": "admin", "invitee": {"login": "ann"}}]), &[], different("the invitation is `admin` now"))]
#[case::gone(json!([]), &[], Standing::Gone)]
#[case::accepted(json!([]), &["ann"], different("the invitation was accepted"))]
#[tokio::test]
async fn an_invitation_to_a_repository(
    #[case] all: Value,
    #[case] collaborators: &[&str],
    #[case] expected: Standing,
) {
    let permission = Permission::Write;
    let change =
        Change::CancelRepoInvitation { repo: repo(), id: 5, login: ann(), permission, expired: false };
    let server = github("GET", "/repos/acme/site/invitations", status(200, &all)).await;
    let there: Vec<Value> = collaborators.iter().map(|login| granted(login, "write")).collect();
    Mock::given(path("/graphql")).respond_with(people("acme/site", &there)).mount(&server).await;
    assert_eq!(of(&server, &change).await, expected);
}

#[rstest]
#[case::as_planned(json!({"pull": true}), Standing::AsPlanned)]
#[case::given_already(json!({"push": true}), Standing::AsPlanned)]
#[case::given_more(json!({"admin": true}), different("the access is `admin` now"))]
#[tokio::test]
async fn a_team_that_is_given_access(#[case] permissions: Value, #[case] expected: Standing) {
    let grant = Change::SetTeamRepo {
        team: TeamName::new("New"),
        repo: repo(),
        from: None,
        custom_role: None,
        to: Permission::Write,
    };
    let answer = status(200, &json!({"id": 7, "permissions": permissions}));
    let server = github("GET", "/orgs/acme/teams/new/repos/acme/site", answer).await;
    let mut snapshot = snapshot();
    snapshot.teams.push(super::a_team(3, "New", "new", None));
    let (client, mut addresses) = (support::client(&server), Addresses::of(&snapshot));
    let standing = client.standing(&acme(), &grant, &Expected::of(&snapshot), &mut addresses).await;
    assert_eq!(standing.unwrap(), expected);
}

/// What can take nothing away, and can be made twice without harm, is not read for.
#[tokio::test]
async fn settings_that_take_nothing_away_are_as_planned() {
    let topics = Change::SetTopics { name: repo(), from: None, to: "rust".to_owned() };
    assert_eq!(standing(&topics, "GET", "/nothing", status(500, &json!({}))).await, Standing::AsPlanned);
}
