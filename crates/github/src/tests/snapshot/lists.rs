//! Lists: pages by half, what comes and goes while they are read, what can't be understood.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use peribolos_org::plan::{Kind, Scope};
use peribolos_org::{ManagedBy, Permission};
use rstest::rstest;
use serde_json::json;
use wiremock::{MockServer, ResponseTemplate};

use super::super::support::{self, json as answer};
use super::{GitHub, acme, member, of_org, page, quick, rest_team, team};
use crate::snapshot::{self, Part, Progress, ReadOptions};
use crate::{Login, Retry};

/// The ways in which GitHub gives up on the amount.
fn too_much(how: &str) -> ResponseTemplate {
    match how {
        "a sentence" => answer(json!({"data": null, "errors": [{"message":
            "Something went wrong while executing your query. This may be the result of a timeout."}]})),
        // With data of which nobody knows what is missing.
        "a type" => answer(json!({
            "data": {"organization": {"membersWithRole": page(&[member("eve", "ADMIN")], None, 1)}},
            "errors": [{"type": "RESOURCE_LIMITS_EXCEEDED", "path": ["organization", "membersWithRole"],
                        "message": "Resource limits for this query exceeded."}]
        })),
        status => {
            ResponseTemplate::new(status.parse::<u16>().unwrap()).set_body_string("<html>Bad Gateway</html>")
        }
    }
}

#[rstest]
#[tokio::test]
async fn a_page_that_is_too_much_is_asked_for_by_half_and_half_again(
    #[values("a sentence", "a type", "502", "504")] how: &'static str,
) {
    let github = GitHub::start(move |kind, variables| match (kind, variables["first"].as_u64()) {
        ("members", Some(13..)) => Some(too_much(how)),
        ("members", _) if variables["after"].is_null() => {
            Some(of_org("membersWithRole", &[member("ann", "ADMIN")], Some("c1"), 2))
        }
        ("members", _) => Some(of_org("membersWithRole", &[member("ben", "MEMBER")], None, 2)),
        _ => None,
    })
    .await;
    let snapshot = github.read().await.unwrap();
    assert_eq!(snapshot.admins, [Login::new("ann")]);
    assert_eq!(snapshot.members, [Login::new("ben")]);
    assert_eq!(github.variables("members", "first"), [100, 50, 25, 12, 12]);
    assert_eq!(github.variables("members", "after")[3..], [json!(null), json!("c1")]);
}

#[tokio::test]
async fn one_item_that_is_too_much_is_an_error_to_come_back_from() {
    let github = GitHub::start(|kind, _| (kind == "teams").then(|| too_much("a type"))).await;
    let error = github.read().await.unwrap_err();
    assert_eq!(error.retry(), Retry::Backoff, "{error}");
    // The last one is tried again, as any failure that may pass.
    assert_eq!(github.variables("teams", "first"), [25, 12, 6, 3, 1, 1, 1]);
}

#[tokio::test]
async fn a_list_that_does_not_fit_its_count_is_read_once_more() {
    let walks = Mutex::new(0);
    let github = GitHub::start(move |kind, _| {
        (kind == "members").then(|| {
            *walks.lock().unwrap() += 1;
            let all = [member("ann", "ADMIN"), member("ben", "MEMBER")];
            // The first time ben is missed, as if he had moved between two pages; the count never fits.
            let seen = if *walks.lock().unwrap() == 1 { &all[..1] } else { &all[..] };
            of_org("membersWithRole", seen, None, 3)
        })
    })
    .await;
    let snapshot = github.read().await.unwrap();
    assert_eq!(snapshot.members, [Login::new("ben")]);
    assert_eq!(github.variables("members", "first").len(), 2);
}

#[tokio::test]
async fn what_is_on_two_pages_is_one() {
    let github = GitHub::start(|kind, variables| {
        let next = variables["after"].is_null().then_some("c1");
        (kind == "members").then(|| of_org("membersWithRole", &[member("ann", "ADMIN")], next, 1))
    })
    .await;
    assert_eq!(github.read().await.unwrap().admins.len(), 1);
}

#[tokio::test]
async fn a_team_that_goes_away_between_pages_is_left_out() {
    let github = GitHub::start(|kind, variables| match kind {
        "teams" => {
            let many = page(&[member("ann", "MEMBER")], Some("c1"), 101);
            let teams = [team(1, &many), team(2, &many)];
            Some(of_org("teams", &teams, None, 2))
        }
        "more members" if variables["id"] == "T_1" => Some(answer(json!({
            "data": {"node": null},
            "errors": [{"type": "NOT_FOUND", "path": ["node"], "message": "Could not resolve to a node"}]
        }))),
        "more members" => {
            let rest = page(&[member("ben", "MAINTAINER")], None, 101);
            Some(answer(json!({"data": {"node": {"members": rest}}})))
        }
        _ => None,
    })
    .await;
    let teams = github.read().await.unwrap().teams;
    assert_eq!(teams.iter().map(|team| team.slug.as_str()).collect::<Vec<_>>(), ["team-2"]);
    assert_eq!((teams[0].members.len(), teams[0].maintainers.len()), (1, 1));
}

#[tokio::test]
async fn a_used_up_limit_ends_the_read_at_once() {
    let github = GitHub::start(|kind, _| match kind {
        // Answers late, and has more.
        "members" => {
            let page = of_org("membersWithRole", &[member("ann", "ADMIN")], Some("c1"), 2);
            Some(page.set_delay(Duration::from_millis(300)))
        }
        "teams" => Some(
            answer(json!({"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]}))
                .insert_header("x-ratelimit-remaining", "0")
                .insert_header("x-ratelimit-reset", "4000000000"),
        ),
        _ => None,
    })
    .await;
    let error = github.read().await.unwrap_err();
    assert!(error.is_rate_limited(), "{error}");
    assert_eq!(error.retry(), Retry::AtReset(jiff::Timestamp::from_second(4_000_000_000).unwrap()));
    assert_eq!(github.variables("members", "after"), [json!(null)], "no page is requested after it");
}

#[tokio::test]
async fn a_team_that_only_rest_lists_is_read_by_rest() {
    let github = GitHub::start(|kind, _| {
        let teams = [team(1, &page(&[], None, 0))];
        (kind == "teams").then(|| of_org("teams", &teams, None, 1))
    })
    .await;
    github.rest("/orgs/Acme/teams", json!([rest_team(1, "organization"), rest_team(2, "enterprise")])).await;
    let ann = json!([{"login": "ann", "role": "maintainer", "inherited": false},
                     {"login": "ben", "role": "member", "inherited": true}]);
    github.rest("/orgs/Acme/teams/team-2/members", ann).await;
    let site = json!({"name": "site", "full_name": "Acme/site", "private": true, "role_name": "write",
                      "permissions": {"pull": true, "triage": true, "push": true}});
    github.rest("/orgs/Acme/teams/team-2/repos", json!([site])).await;
    github.rest("/orgs/Acme/teams/team-2/invitations", json!([])).await;
    let teams = github.read().await.unwrap().teams;
    assert_eq!(
        teams.iter().map(|team| team.managed_by.clone()).collect::<Vec<_>>(),
        [ManagedBy::Organization, ManagedBy::Enterprise]
    );
    assert_eq!((&*teams[1].maintainers, &*teams[1].members), (&[Login::new("ann")][..], &[][..]));
    assert_eq!(teams[1].repos[0].permission, Permission::Write);
}

#[rstest]
#[case::no_role(of_org("membersWithRole", &[json!({"role": null, "node": {"login": "ann"}})], None, 1), "which role ann has")]
#[case::no_end(of_org("membersWithRole", &[member("ann", "ADMIN")], Some("c1"), 2), "goes on and does not say where")]
#[case::another_word(of_org("membersWithRole", &[member("ann", "EMPEROR")], None, 1), "EMPEROR")]
#[tokio::test]
async fn what_can_t_be_understood_is_no_snapshot(#[case] members: ResponseTemplate, #[case] sentence: &str) {
    let github = GitHub::start(move |kind, _| (kind == "members").then(|| members.clone())).await;
    let error = github.read().await.unwrap_err();
    assert!(error.to_string().contains(sentence), "{error}");
}

#[tokio::test]
async fn an_organization_that_is_not_there_is_not_found() {
    let server = MockServer::start().await;
    let error =
        snapshot::read(&support::client(&server), &acme(), &ReadOptions::default()).await.unwrap_err();
    assert!(error.is_not_found(), "{error}");
}

#[test]
fn a_file_says_what_has_to_be_read() {
    let text = "orgs:\n  acme:\n    admins: [ann]\n    repos:\n      Site: {previously: [www], collaborators: {eve: read}}\n";
    let file = peribolos_org::parse(text, "peribolos.yaml", None).unwrap().file;
    let mut scope = Scope::usual();
    let usual = ReadOptions::for_file(&file, &scope);
    assert_eq!(usual.collaborators_of.len(), 0);
    scope.manage.insert(Kind::Collaborators);
    let more = ReadOptions::for_file(&file, &scope);
    assert_eq!(more.collaborators_of.iter().collect::<Vec<_>>(), ["site", "www"]);
}

#[derive(Default)]
struct Recorded(Mutex<Vec<(Part, usize, usize)>>);

impl Progress for Recorded {
    fn read(&self, part: Part, done: usize, total: usize) {
        self.0.lock().unwrap().push((part, done, total));
    }
}

#[tokio::test]
async fn progress_is_told_page_by_page() {
    let github = GitHub::start(|kind, variables| {
        let next = variables["after"].is_null().then_some("c1");
        let who = if next.is_some() { "ann" } else { "ben" };
        (kind == "members").then(|| of_org("membersWithRole", &[member(who, "ADMIN")], next, 2))
    })
    .await;
    github.read().await.unwrap();
    let recorded = Arc::new(Recorded::default());
    let options = ReadOptions { progress: Some(Arc::clone(&recorded) as Arc<dyn Progress>), ..quick() };
    snapshot::read(&support::client(&github.server), &acme(), &options).await.unwrap();
    let recorded: Vec<_> =
        recorded.0.lock().unwrap().iter().filter(|it| it.0 == Part::Members).copied().collect();
    assert_eq!(recorded, [(Part::Members, 1, 2), (Part::Members, 2, 2)]);
}

#[tokio::test]
async fn people_are_looked_up_a_hundred_a_request() {
    let github = GitHub::start(|_, variables| {
        let mut data = serde_json::Map::new();
        for (name, login) in variables.as_object().unwrap() {
            // Half of them exist, and are written in capitals.
            let login = login.as_str().unwrap();
            let exists = login.trim_start_matches("user").parse::<u32>().unwrap() % 2 == 0;
            let user = exists.then(|| json!({"login": login.to_uppercase()}));
            data.insert(name.replace('l', "u"), user.into());
        }
        let missing = json!({"type": "NOT_FOUND", "path": ["u1"], "message": "Could not resolve to a User"});
        Some(answer(json!({"data": data, "errors": [missing]})))
    })
    .await;
    let logins: Vec<Login> = (0..250).map(|n| format!("user{n}").parse().unwrap()).collect();
    let found = support::client(&github.server).find_people(&logins).await.unwrap();
    let shown: Vec<Option<&str>> = found.iter().map(|it| it.as_ref().map(Login::as_str)).collect();
    assert_eq!((shown.len(), shown[0], shown[1], shown[248]), (250, Some("USER0"), None, Some("USER248")));
    assert_eq!(github.received.lock().unwrap().len(), 3);
    assert_eq!(support::client(&github.server).find_people(&[]).await.unwrap(), []);
    assert_eq!(github.received.lock().unwrap().len(), 3, "nobody, nothing asked");
}

#[tokio::test]
async fn a_look_up_that_is_refused_makes_nobody_missing() {
    let github = GitHub::start(|_, _| {
        let refused = json!({"type": "FORBIDDEN", "message": "Resource not accessible by integration"});
        let missing = json!({"type": "NOT_FOUND", "message": "Could not resolve to a User"});
        Some(answer(json!({"data": {"u0": null}, "errors": [missing, refused]})))
    })
    .await;
    let error = support::client(&github.server).find_people(&["ann".parse().unwrap()]).await.unwrap_err();
    assert!(error.to_string().contains("not accessible"), "{error}");
}
