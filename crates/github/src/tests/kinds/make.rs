//! The one request of each change, and its answer.

use peribolos_org::plan::{
    Change, InvitedTeam, RepoSetting, RepoSettingName, SettingChange, TeamRole, TeamSetting,
};
use peribolos_org::{Login, OrgRole, Permission, Privacy, RepoName, Slug, TeamName};
use rstest::rstest;
use serde_json::{Value, json};
use wiremock::Mock;
use wiremock::matchers::path;

use super::support::{self, org_setting, repo_setting};
use super::{acme, addresses, ann, core, github, repo, rest_team, status};
use crate::Error;
use crate::kinds::Made;

fn to<S>(setting: S, to: &str) -> SettingChange<S> {
    SettingChange { setting, from: None, to: to.to_owned() }
}

fn edit_team(setting: TeamSetting, value: &str) -> Change {
    Change::EditTeam { name: core(), slug: Slug::new("core"), changes: vec![to(setting, value)] }
}

fn create_team(parent: Option<TeamName>) -> Change {
    let description = Some("All".to_owned());
    Change::CreateTeam { name: TeamName::new("New"), description, privacy: Privacy::Secret, parent }
}

fn collaborator(to: Permission) -> Change {
    Change::SetCollaborator { repo: repo(), login: ann(), from: None, custom_role: None, to }
}

fn member(state: &str) -> Value {
    json!({"role": "member", "state": state})
}

fn core_team() -> Value {
    rest_team(1, "Core", "core", &json!(null))
}

#[rstest]
#[case::organization(
    Change::EditOrg { changes: vec![to(org_setting("members_can_create_repositories"), "false"), to(org_setting("name"), "")] },
    "PATCH", "/orgs/acme", json!({"members_can_create_repositories": false, "name": ""}), 200, json!({}), Made::Done)]
#[case::invited(
    Change::InviteMember { login: ann(), role: OrgRole::Admin },
    "PUT", "/orgs/acme/memberships/ann", json!({"role": "admin"}), 200, member("pending"), Made::Pending)]
#[case::member_at_once(
    Change::InviteMember { login: ann(), role: OrgRole::Member },
    "PUT", "/orgs/acme/memberships/ann", json!({"role": "member"}), 200, member("active"), Made::Done)]
#[case::role(
    Change::ChangeRole { login: ann(), from: OrgRole::Admin, to: OrgRole::Member },
    "PUT", "/orgs/acme/memberships/ann", json!({"role": "member"}), 200, member("active"), Made::Done)]
#[case::invited_again(
    Change::InviteAgain {
        login: ann(), role: OrgRole::Member, teams: vec![InvitedTeam { id: 1, name: core() }],
    },
    "POST", "/orgs/acme/invitations", json!({"invitee_id": 5, "role": "direct_member", "team_ids": [1]}), 201, json!({"id": 7, "role": "direct_member"}), Made::Pending)]
#[case::removed(
    Change::RemoveMember { login: ann(), role: OrgRole::Member },
    "DELETE", "/orgs/acme/memberships/ann", json!(null), 204, json!(null), Made::Done)]
#[case::invitation(
    Change::CancelInvitation {
        id: 4, login: ann(), role: OrgRole::Member, failed: true, lost_teams: vec![],
    },
    "DELETE", "/orgs/acme/invitations/4", json!(null), 204, json!(null), Made::Done)]
#[case::repository(
    Change::CreateRepo { name: repo(), settings: vec![
        RepoSetting { setting: RepoSettingName::VISIBILITY, value: "private".into() },
        RepoSetting { setting: repo_setting("has_issues"), value: "false".into() },
        RepoSetting { setting: repo_setting("license_template"), value: "mit".into() }] },
    "POST", "/orgs/acme/repos",
    json!({"name": "site", "visibility": "private", "has_issues": false, "license_template": "mit"}),
    201, json!({"id": 9}), Made::Done)]
#[case::renamed(
    Change::RenameRepo { from: repo(), to: RepoName::new("web") },
    "PATCH", "/repos/acme/site", json!({"name": "web"}), 200, json!({"id": 7}), Made::Done)]
#[case::edited(
    Change::EditRepo { name: repo(), changes: vec![to(RepoSettingName::ARCHIVED, "true")] },
    "PATCH", "/repos/acme/site", json!({"archived": true}), 200, json!({}), Made::Done)]
#[case::topics(
    Change::SetTopics { name: repo(), from: None, to: "a, b".into() },
    "PUT", "/repos/acme/site/topics", json!({"names": ["a", "b"]}), 200, json!({}), Made::Done)]
#[case::no_topics(
    Change::SetTopics { name: repo(), from: None, to: String::new() },
    "PUT", "/repos/acme/site/topics", json!({"names": []}), 200, json!({}), Made::Done)]
#[case::collaborator(
    collaborator(Permission::Write),
    "PUT", "/repos/acme/site/collaborators/ann", json!({"permission": "push"}), 204, json!(null), Made::Done)]
#[case::collaborator_invited(
    collaborator(Permission::Maintain),
    "PUT", "/repos/acme/site/collaborators/ann", json!({"permission": "maintain"}), 201, json!({}), Made::Pending)]
#[case::collaborator_removed(
    Change::RemoveCollaborator { repo: repo(), login: ann(), from: Permission::Read },
    "DELETE", "/repos/acme/site/collaborators/ann", json!(null), 204, json!(null), Made::Done)]
#[case::repository_invitation(
    Change::EditRepoInvitation { repo: repo(), id: 5, login: ann(), from: Permission::Read, to: Permission::Write },
    "PATCH", "/repos/acme/site/invitations/5", json!({"permissions": "write"}), 200, json!({}), Made::Pending)]
#[case::repository_invitation_cancelled(
    Change::CancelRepoInvitation { repo: repo(), id: 5, login: ann(), permission: Permission::Read, expired: true },
    "DELETE", "/repos/acme/site/invitations/5", json!(null), 204, json!(null), Made::Done)]
#[case::team(
    create_team(None), "POST", "/orgs/acme/teams",
    json!({"name": "New", "description": "All", "privacy": "secret"}), 201, rest_team(8, "New", "new", &json!(null)),
    Made::Done)]
#[case::nested_team(
    create_team(Some(core())), "POST", "/orgs/acme/teams",
    json!({"name": "New", "description": "All", "privacy": "secret", "parent_team_id": 1}),
    201, rest_team(8, "New", "new", &json!({"id": 1, "slug": "core"})), Made::Done)]
#[case::team_cleared(
    edit_team(TeamSetting::Description, ""),
    "PATCH", "/orgs/acme/teams/core", json!({"description": ""}), 200, core_team(), Made::Done)]
#[case::team_below(
    edit_team(TeamSetting::Parent, "Leaf"),
    "PATCH", "/orgs/acme/teams/core", json!({"parent_team_id": 2}), 200, core_team(), Made::Done)]
#[case::team_to_the_root(
    edit_team(TeamSetting::Parent, ""),
    "PATCH", "/orgs/acme/teams/core", json!({"parent_team_id": null}), 200, core_team(), Made::Done)]
#[case::team_deleted(
    Change::DeleteTeam { name: core(), slug: Slug::new("core") },
    "DELETE", "/orgs/acme/teams/core", json!(null), 204, json!(null), Made::Done)]
#[case::in_a_team(
    Change::SetTeamMember { team: core(), login: ann(), from: None, to: TeamRole::Maintainer },
    "PUT", "/orgs/acme/teams/core/memberships/ann", json!({"role": "maintainer"}),
    200, json!({"role": "maintainer", "state": "pending"}), Made::Pending)]
#[case::out_of_a_team(
    Change::RemoveTeamMember { team: core(), login: ann(), from: TeamRole::Member, invitation: false },
    "DELETE", "/orgs/acme/teams/core/memberships/ann", json!(null), 204, json!(null), Made::Done)]
#[case::team_access(
    Change::SetTeamRepo { team: core(), repo: repo(), from: None, custom_role: None, to: Permission::Read },
    "PUT", "/orgs/acme/teams/core/repos/acme/site", json!({"permission": "pull"}), 204, json!(null), Made::Done)]
#[case::team_access_removed(
    Change::RemoveTeamRepo { team: core(), repo: repo(), from: Permission::Read },
    "DELETE", "/orgs/acme/teams/core/repos/acme/site", json!(null), 204, json!(null), Made::Done)]
#[tokio::test]
async fn a_change_is_one_request(
    #[case] change: Change,
    #[case] verb: &str,
    #[case] at: &str,
    #[case] body: Value,
    #[case] code: u16,
    #[case] answer: Value,
    #[case] expected: Made,
) {
    let server = github(verb, at, status(code, &answer)).await;
    let made = support::client(&server).make(&acme(), &change, &mut addresses()).await.unwrap();
    assert_eq!(made, expected);
    let requests = server.received_requests().await.unwrap();
    let [request] = &requests[..] else { panic!("{requests:#?}") };
    assert_eq!(request.body_json::<Value>().unwrap_or_default(), body);
    // Logs and metrics name the request as the plan does.
    let (planned, route) = change.request();
    assert_eq!((json!(planned), route.split('/').count()), (json!(verb), at.split('/').count()));
}

#[tokio::test]
async fn addresses_follow_what_is_made_renamed_and_deleted() {
    let mut addresses = addresses();
    let server =
        github("POST", "/orgs/acme/teams", status(201, &rest_team(8, "Ünew", "unew", &json!(null)))).await;
    let client = support::client(&server);
    let made = TeamName::new("Ünew");
    let change =
        Change::CreateTeam { name: made.clone(), description: None, privacy: Privacy::Closed, parent: None };
    client.make(&acme(), &change, &mut addresses).await.unwrap();
    assert_eq!(addresses.team(&made).unwrap().slug, Slug::new("unew"));

    let server =
        github("PATCH", "/orgs/acme/teams/unew", status(200, &rest_team(8, "Base", "base", &json!(null))))
            .await;
    let rename = Change::EditTeam {
        name: made.clone(),
        slug: Slug::new("unew"),
        changes: vec![to(TeamSetting::Name, "Base")],
    };
    support::client(&server).make(&acme(), &rename, &mut addresses).await.unwrap();
    let base = TeamName::new("Base");
    assert_eq!((addresses.team(&made), addresses.team(&base).unwrap().id), (None, 8));

    let server = github("DELETE", "/orgs/acme/teams/base", status(204, &json!(null))).await;
    let delete = Change::DeleteTeam { name: base.clone(), slug: Slug::new("base") };
    support::client(&server).make(&acme(), &delete, &mut addresses).await.unwrap();
    assert_eq!(addresses.team(&base), None);

    let server = github("PATCH", "/repos/acme/site", status(200, &json!({"id": 7}))).await;
    let rename = Change::RenameRepo { from: repo(), to: RepoName::new("web") };
    support::client(&server).make(&acme(), &rename, &mut addresses).await.unwrap();
    assert_eq!((addresses.repo(&repo()), addresses.repo(&RepoName::new("web"))), (None, Some(7)));
}

#[tokio::test]
async fn a_team_that_is_not_there_is_named_and_nothing_is_sent() {
    let server = wiremock::MockServer::start().await;
    let client = support::client(&server);
    let team = TeamName::new("Nowhere");
    let change = Change::RemoveTeamRepo { team, repo: repo(), from: Permission::Read };
    let error = client.make(&acme(), &change, &mut addresses()).await.unwrap_err();
    assert!(matches!(error, Error::NoTeam(_)), "{error:?}");
    assert_eq!(error.to_string(), "the team Nowhere is not there");
    assert_eq!(server.received_requests().await.unwrap().len(), 0);
}

/// An invitation that is sent again is for the person of the one before.
#[tokio::test]
async fn nobody_is_invited_again_whose_number_is_not_known() {
    let server = github("GET", "/users/zoe", status(200, &json!({"login": "zoe", "id": 9}))).await;
    let (client, mut addresses) = (support::client(&server), addresses());
    let zoe = || Login::new("zoe");
    let change = Change::InviteAgain { login: zoe(), role: OrgRole::Member, teams: vec![] };
    let error = client.make(&acme(), &change, &mut addresses).await.unwrap_err();
    assert!(matches!(error, Error::NoPerson(_)), "{error:?}");
    assert!(client.find_person(&zoe(), &mut addresses).await.unwrap());
    assert_eq!(addresses.person(&zoe()), Some(9));
    assert!(!client.find_person(&Login::new("nobody"), &mut addresses).await.unwrap());
}

/// A team is gone if no team has its number, whatever it is called.
#[tokio::test]
async fn teams_that_are_gone() {
    let server = github("GET", "/orgs/acme/teams/core", status(200, &core_team())).await;
    let renamed = json!([core_team(), rest_team(2, "Other", "other", &json!(null))]);
    Mock::given(path("/orgs/acme/teams")).respond_with(status(200, &renamed)).mount(&server).await;
    let invited = |id, name: &str| InvitedTeam { id, name: TeamName::new(name) };
    let teams = [invited(1, "Core"), invited(2, "Docs"), invited(3, "Core"), invited(4, "Gone")];
    let gone = support::client(&server).teams_gone(&acme(), &teams).await.unwrap();
    assert_eq!(gone, [3, 4].into());
}
