//! One read of an organization says what plain calls of REST say, in a fraction of their number, with a token that only
//! reads.

use std::fmt::Debug;

use peribolos_github::snapshot::{self, ReadOptions};
use peribolos_github::{AppId, Client, GitHubConfig};
use peribolos_org::{RepoName, Snapshot};
use serde_json::json;

use crate::bench::{Bench, ORG};
use crate::organizations as o;
use crate::rest::Rest;
use crate::support::eventually;

#[rstest::rstest]
#[case::acme(o::ACME)]
#[case::teams(o::TEAMS)]
#[case::names(o::NAMES)]
#[case::repositories(o::REPOSITORIES)]
#[case::invitations(o::INVITATIONS)]
#[case::bare(o::BARE)]
#[tokio::test]
async fn it_says_what_rest_says(#[case] fixture: &str) {
    let bench = Bench::start(fixture).await;
    let theirs = Rest::new(&bench).await.snapshot(false).await;
    let ours = read(&bench, &ReadOptions::default()).await;
    same(ours, theirs);
    let theirs = Rest::new(&bench).await.snapshot(true).await;
    let collaborators_of = theirs.repos.iter().map(|repo| repo.name.key()).collect();
    let ours = read(&bench, &ReadOptions { collaborators_of, ..ReadOptions::default() }).await;
    same(ours, theirs);
}

#[tokio::test]
async fn it_says_what_rest_says_of_more_than_a_page_of_everything() {
    let bench = Bench::start(&o::many()).await;
    bench.github.call("DELETE", "/_sim/requests", None).await;
    let theirs = Rest::new(&bench).await.snapshot(false).await;
    let asked_plainly = bench.asked().await;
    bench.github.call("DELETE", "/_sim/requests", None).await;
    let ours = read(&bench, &ReadOptions::default()).await;
    let asked = bench.asked().await;
    for (what, count) in [
        ("members", ours.members.len()),
        ("concealed", ours.concealed.len()),
        ("invitations", ours.invitations.len()),
        ("teams", ours.teams.len()),
        ("repositories", ours.repos.len()),
        ("members of a team", ours.teams.iter().map(|it| it.members.len()).max().unwrap()),
        ("invitations to a team", ours.teams.iter().map(|it| it.invitations.len()).max().unwrap()),
        ("repositories of a team", ours.teams.iter().map(|it| it.repos.len()).max().unwrap()),
    ] {
        assert!(count > 100, "{count} {what} are one page");
    }
    same(ours, theirs);
    assert!(asked * 10 <= asked_plainly, "{asked} requests where plain REST needs {asked_plainly}");
}

#[tokio::test]
async fn collaborators_are_read_where_they_are_wanted() {
    let bench = Bench::start(&o::many()).await;
    let theirs = Rest::new(&bench).await.snapshot(true).await;
    let all: Vec<RepoName> = theirs.repos.iter().map(|repo| repo.name.clone()).collect();
    assert!(theirs.repos.iter().any(|it| it.collaborators.as_ref().is_some_and(|people| people.len() > 100)));
    let collaborators_of = all.iter().map(RepoName::key).collect();
    let ours = read(&bench, &ReadOptions { collaborators_of, ..ReadOptions::default() }).await;
    same(ours, theirs);
    // Of one alone: nothing is asked about the others.
    bench.github.call("DELETE", "/_sim/requests", None).await;
    let collaborators_of = [RepoName::new("R007").key()].into();
    let ours = read(&bench, &ReadOptions { collaborators_of, ..ReadOptions::default() }).await;
    let read: Vec<&str> =
        ours.repos.iter().filter(|it| it.collaborators.is_some()).map(|it| it.name.as_str()).collect();
    assert_eq!(read, ["r007"]);
    let all = bench.github.requests("GET", "/invitations").await;
    let of_the_organization = bench.github.requests("GET", &format!("/orgs/{ORG}/invitations")).await;
    assert_eq!(all - of_the_organization, 1);
}

/// A team goes away after it was listed, and before all of its members were.
#[tokio::test]
async fn a_read_while_the_organization_changes_is_no_failure() {
    let bench = Bench::start(&o::many()).await;
    let mut state = bench.github.org(ORG).await;
    state["teams"].as_array_mut().unwrap().retain(|team| team["name"] != "Everybody");
    let slow = json!({"method": "POST", "path": "/graphql", "delayMs": 150});
    bench.github.call("POST", "/_sim/faults", Some(slow)).await;
    let change = async {
        eventually("the first pages", async || match bench.github.requests("POST", "/graphql").await {
            0..4 => Err("too few were asked for".to_owned()),
            _ => Ok(()),
        })
        .await;
        bench.github.call("PUT", &format!("/_sim/orgs/{ORG}"), Some(state)).await;
    };
    let options = ReadOptions::default();
    let (ours, ()) = tokio::join!(read(&bench, &options), change);
    // On a slow machine it may go away too late.
    if let Some(team) = ours.teams.iter().find(|team| team.name.as_str() == "Everybody") {
        assert_eq!(team.maintainers.len() + team.members.len(), o::MANY_MEMBERS, "whole, or not there");
    }
    assert_eq!(ours.teams.iter().filter(|team| team.name.as_str() != "Everybody").count(), 130);
}

/// With the token that DryRuns and Dumps have.
async fn read(bench: &Bench, options: &ReadOptions) -> Snapshot {
    let token = std::fs::read_to_string(bench.read_token().await).unwrap().trim().to_owned();
    let config = GitHubConfig::new(AppId(1), bench.github.url().parse().unwrap());
    let client = Client::connect(&config, token.into()).unwrap();
    snapshot::read(&client, &ORG.parse().unwrap(), options).await.unwrap()
}

/// Part by part, so that a difference can be read.
fn same(mut ours: Snapshot, mut theirs: Snapshot) {
    for snapshot in [&mut ours, &mut theirs] {
        sort(snapshot);
    }
    each(&ours.teams, &theirs.teams);
    each(&ours.repos, &theirs.repos);
    each(&ours.invitations, &theirs.invitations);
    assert_eq!(ours, theirs);
}

fn each<T: PartialEq + Debug>(ours: &[T], theirs: &[T]) {
    for (ours, theirs) in ours.iter().zip(theirs) {
        assert_eq!(ours, theirs);
    }
}

fn sort(snapshot: &mut Snapshot) {
    for logins in [&mut snapshot.admins, &mut snapshot.members, &mut snapshot.concealed] {
        logins.sort();
    }
    snapshot.invitations.sort_by_key(|it| (it.login.clone(), it.state));
    snapshot.teams.sort_by_key(|team| team.slug.clone());
    for team in &mut snapshot.teams {
        for logins in [&mut team.maintainers, &mut team.members, &mut team.invitations] {
            logins.sort();
        }
        team.repos.sort_by_key(|repo| repo.name.key());
    }
    snapshot.repos.sort_by_key(|repo| repo.name.key());
    for repo in &mut snapshot.repos {
        repo.invitations.sort_by_key(|invitation| invitation.id);
        repo.collaborators.iter_mut().for_each(|people| people.sort_by_key(|person| person.login.clone()));
    }
}
