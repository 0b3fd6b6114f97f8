//! What GitHub does not show is unknown, and what it lacks is none.

use peribolos_org::OrgRole;
use peribolos_org::plan::{OrgSetting, RepoSettingName};
use serde_json::json;
use wiremock::ResponseTemplate;

use super::super::support::{json as answer, org_setting, repo_setting};
use super::{GitHub, all, page, quick, repository, team};
use crate::Login;
use crate::snapshot::ReadOptions;

#[tokio::test]
async fn settings_that_github_leaves_out_are_unknown_and_null_is_empty() {
    let github = GitHub::start(|_, _| None).await;
    let shown = json!({"login": "Acme", "id": 1, "name": "Acme Corp", "description": null, "has_repository_projects": true});
    github.rest("/orgs/acme", shown).await;
    let settings = github.read().await.unwrap().settings;
    let of = |setting| settings.get(&setting).map(String::as_str);
    assert_eq!(of(org_setting("name")), Some("Acme Corp"));
    assert_eq!(of(org_setting("description")), Some(""));
    assert_eq!(of(OrgSetting::HAS_REPOSITORY_PROJECTS), Some("true"));
    assert_eq!(of(org_setting("billing_email")), None);
    assert_eq!(of(OrgSetting::DEFAULT_REPOSITORY_PERMISSION), None);
}

#[tokio::test]
async fn settings_of_a_repository_are_as_the_file_writes_them() {
    let github = GitHub::start(|kind, _| {
        (kind == "repositories").then(|| all("repositories", &[repository(7, "site")]))
    })
    .await;
    let repo = github.read().await.unwrap().repos.remove(0);
    let of = |setting| repo.settings.get(&setting).map(String::as_str);
    assert_eq!((repo.id, repo.selected, repo.is_empty), (7, true, false));
    assert_eq!(of(RepoSettingName::VISIBILITY), Some("internal"));
    assert_eq!(of(RepoSettingName::DEFAULT_BRANCH), Some("main"));
    assert_eq!(of(repo_setting("homepage")), Some(""));
    assert_eq!(of(repo_setting("has_issues")), Some("false"));
    assert_eq!(of(repo_setting("squash_merge_commit_title")), Some("COMMIT_OR_PR_TITLE"));
}

#[tokio::test]
async fn the_branch_of_an_empty_repository_is_rest_s() {
    let github = GitHub::start(|kind, _| {
        let mut empty = repository(7, "site");
        empty["isEmpty"] = json!(true);
        empty["defaultBranchRef"] = json!(null);
        (kind == "repositories").then(|| all("repositories", &[empty, repository(8, "docs")]))
    })
    .await;
    let owner = json!({"login": "Acme", "id": 1, "type": "Organization"});
    let listed = |id: u64, name: &str, branch: &str| {
        json!({"id": id, "name": name, "full_name": format!("Acme/{name}"), "owner": owner, "private": true,
               "default_branch": branch})
    };
    github.rest("/orgs/Acme/repos", json!([listed(7, "site", "trunk"), listed(8, "docs", "other")])).await;
    let repos = github.read().await.unwrap().repos;
    let branches: Vec<_> = repos.iter().map(|it| &*it.settings[&RepoSettingName::DEFAULT_BRANCH]).collect();
    assert_eq!((branches, repos[0].is_empty), (vec!["trunk", "main"], true));
}

#[tokio::test]
async fn invitations_have_their_numbers_and_roles() {
    let github = GitHub::start(|_, _| None).await;
    let invited = |id: u64, login: Option<&str>, role: &str| json!({"id": id, "login": login, "email": null, "role": role});
    let pending = json!([invited(1, Some("ann"), "direct_member"), invited(2, None, "billing_manager")]);
    github.rest("/orgs/Acme/invitations", pending).await;
    github.rest("/orgs/Acme/failed_invitations", json!([invited(3, Some("cy"), "admin")])).await;
    let all = github.read().await.unwrap().invitations;
    let shown: Vec<_> = all.iter().map(|it| (it.id, it.login.clone(), it.role)).collect();
    let expected = [
        (1, Some(Login::new("ann")), OrgRole::Member),
        (2, None, OrgRole::BillingManager),
        (3, Some(Login::new("cy")), OrgRole::Admin),
    ];
    assert_eq!(shown, expected);
}

/// GitHub Enterprise Server and organizations of managed users.
#[tokio::test]
async fn where_nobody_can_be_invited_nobody_is() {
    let github = GitHub::start(|kind, _| {
        let mut team = team(1, &page(&[], None, 0));
        team["invitations"] = json!(null);
        (kind == "teams").then(|| all("teams", &[team]))
    })
    .await;
    for list in ["invitations", "failed_invitations", "teams/team-1/invitations"] {
        github.answers(&format!("/orgs/Acme/{list}"), ResponseTemplate::new(404)).await;
    }
    let snapshot = github.read().await.unwrap();
    assert_eq!(
        (snapshot.invitations.len(), snapshot.teams.len(), snapshot.teams[0].invitations.len()),
        (0, 1, 0)
    );
}

#[tokio::test]
async fn forks_of_advisories_are_nowhere() {
    let fork = "site-ghsa-2345-cfgh-jmpq";
    let github = GitHub::start(move |kind, _| match kind {
        "repositories" => Some(all("repositories", &[repository(7, "site"), repository(8, fork)])),
        "teams" => Some(all("teams", &[super::team_with(1, &[("site", "READ"), (fork, "READ")])])),
        _ => None,
    })
    .await;
    github.rest("/orgs/Acme/organization-roles", json!({"total_count": 0, "roles": []})).await;
    let snapshot = github.read().await.unwrap();
    assert_eq!(snapshot.repos.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["site"]);
    assert_eq!(snapshot.teams[0].repos.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["site"]);
}

#[tokio::test]
async fn what_an_app_was_not_given_is_listed_and_not_read() {
    let github = GitHub::start(|kind, variables| match kind {
        "repositories" => Some(all("repositories", &[repository(7, "site"), repository(8, "docs")])),
        "collaborators" => {
            assert_eq!(variables["ids"], json!(["R_7"]));
            let none = page(&[], None, 0);
            Some(answer(json!({"data": {"nodes": [{"id": "R_7", "collaborators": none}]}})))
        }
        _ => None,
    })
    .await;
    let given = json!({"total_count": 1, "repository_selection": "selected", "repositories": [{"id": 7, "name": "site"}]});
    github.rest("/installation/repositories", given).await;
    github.rest("/repos/Acme/site/invitations", json!([])).await;
    let options = ReadOptions { collaborators_of: ["site".into(), "docs".into()].into(), ..quick() };
    let snapshot = github.read_with(&options).await.unwrap();
    let shown: Vec<_> = snapshot.repos.iter().map(|it| (it.selected, it.collaborators.is_some())).collect();
    assert_eq!(shown, [(true, true), (false, false)]);
    assert_eq!(snapshot.unread.len(), 1);
    assert!(snapshot.unread[0].why.contains("was not given the repository `docs`"), "{:?}", snapshot.unread);
}
