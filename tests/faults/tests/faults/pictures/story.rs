//! An owner installs the App, and people of the organization work with it.

use serde_json::{Value, json};

use super::page::Page;
use crate::story::{Missed, Teller};

/// An organization as there are many, without the App.
pub const FIXTURE: &str = "
users: [erin]
user_tokens: {ghp_alice: alice}
orgs:
  acme:
    id: 9001
    settings: {name: Acme, billing_email: billing@acme.example, default_repository_permission: read}
    members: {alice: admin, bob: admin, carol: member, dave: member}
    teams:
      - {name: Core, description: Keeps the site up, privacy: closed, members: {alice: maintainer, carol: member, dave: member}, repos: {site: admin}}
      - {name: Docs, description: Writes the handbook, privacy: closed, members: {dave: member}, repos: {handbook: push}}
    repos:
      .github: {visibility: private, files: {README.md: hello}}
      handbook: {visibility: private, files: {README.md: hello}}
      site: {visibility: public, files: {README.md: hello}}
";

/// The check of a pull request.
const PREVIEW: &str = "peribolos / preview";

/// Tells it; the pages that people have seen on the way.
pub async fn tells(teller: &Teller<'_>) -> Result<Vec<Page>, Missed> {
    teller.has_found_installations().await?;
    teller.installs().await;
    let head = |org: &Value| org["pulls"][0]["head_sha"].as_str().map(str::to_owned);
    let head = teller.github_has("the onboarding pull request", head).await?;
    teller.names(&head, "head of the onboarding pull request");
    let org = previewed(teller, &head, "success").await?;
    let onboarding = Page::new("onboarding").pull_request(pull(&org, 1)).checks(&[check(&org, &head)]);
    applied(teller, 1).await?;

    let file = joined(&file(teller).await);
    let (number, head) = teller.opens("alice", "erin-joins-core", &file).await;
    let org = previewed(teller, &head, "success").await?;
    let seen = comments(&org, number).len();
    let preview = Page::new("preview").comments(comments(&org, number)).checks(&[check(&org, &head)]);
    let org = applied(teller, number).await?;
    let result = Page::new("result").comments(&comments(&org, number)[seen..]);

    let mistake = refused(teller, "mistake", &mistaken(&file)).await?;
    let guard = refused(teller, "guard", &without_teams(&file)).await?;
    let owners = refused(teller, "owners", &with_one_owner(&file)).await?;

    // Somebody takes access away by hand, and an owner wants it as the file says.
    let (path, less) = ("/orgs/acme/teams/docs/repos/acme/handbook", json!({"permission": "pull"}));
    teller.world.github.call_by("ghp_alice", "PUT", path, Some(less)).await;
    let drift = Page::new("drift").issue(&found_by_comparison(teller).await?);
    let answer = answered(teller, "answer", number, ("alice", "/peribolos apply")).await?;
    let help = answered(teller, "help", number, ("bob", "/peribolos aply")).await?;

    let pages = [onboarding, preview, result, mistake, guard, owners, drift, answer, help];
    Ok(pages.map(|page| page.stable(teller)).into())
}

/// Waits for the preview of a pull request's head, and all that follows from it.
async fn previewed(teller: &Teller<'_>, head: &str, conclusion: &str) -> Result<Value, Missed> {
    teller.check_is(head, PREVIEW, conclusion).await?;
    teller.rest().await?;
    Ok(teller.world.github.org("acme").await)
}

/// Merges a pull request and waits until it is applied.
async fn applied(teller: &Teller<'_>, number: i64) -> Result<Value, Missed> {
    let merge = teller.merges(number).await;
    teller.check_is(&merge, "peribolos", "success").await?;
    teller.rest().await?;
    Ok(teller.world.github.org("acme").await)
}

/// Proposes a file that can't be applied; the page of its check.
async fn refused(teller: &Teller<'_>, name: &'static str, file: &str) -> Result<Page, Missed> {
    let (_, head) = teller.opens("carol", name, file).await;
    let org = previewed(teller, &head, "failure").await?;
    let check = check(&org, &head);
    let path = format!("/repos/acme/.github/check-runs/{}/annotations", check["id"]);
    let annotations = teller.world.github.call_by("ghp_alice", "GET", &path, None).await;
    Ok(Page::new(name).check(check, &annotations))
}

/// Compares the organization with the file, as is done once a day; the issue that comes of it.
async fn found_by_comparison(teller: &Teller<'_>) -> Result<Value, Missed> {
    teller.creates_run("comparison", "DryRun").await?;
    let open = |org: &Value| org["issues"].as_array()?.iter().find(|issue| issue["state"] == "open").cloned();
    let issue = teller.github_has("the issue about what differs", open).await?;
    teller.rest().await?;
    Ok(issue)
}

/// Writes a command on a pull request and waits for the answer.
async fn answered(
    teller: &Teller<'_>,
    name: &'static str,
    number: i64,
    (who, command): (&str, &str),
) -> Result<Page, Missed> {
    let seen = comments(&teller.world.github.org("acme").await, number).len();
    teller.comments(who, number, command).await;
    let is_there = |org: &Value| (comments(org, number).len() > seen + 1).then_some(());
    teller.github_has("the answer to a command", is_there).await?;
    teller.rest().await?;
    let org = teller.world.github.org("acme").await;
    Ok(Page::new(name).comments(&comments(&org, number)[seen..]))
}

/// The file of the branch.
async fn file(teller: &Teller<'_>) -> String {
    let org = teller.world.github.org("acme").await;
    org["repos"][".github"]["files"]["peribolos.yaml"].as_str().unwrap().to_owned()
}

/// Erin comes and takes dave's place in Core; Docs may write to the site.
fn joined(file: &str) -> String {
    let members = "\n    members:\n    - carol\n    - dave\n";
    edited(
        file,
        &[
            (members, &format!("{members}    - erin\n")),
            ("\n        - carol\n        - dave\n", "\n        - carol\n        - erin\n"),
            ("\n          handbook: write\n", "\n          handbook: write\n          site: write\n"),
        ],
    )
}

/// A key and a permission with letters in the wrong order.
fn mistaken(file: &str) -> String {
    edited(
        file,
        &[
            ("_permission:", "_permision:"),
            ("\n          handbook: write\n", "\n          handbook: wirte\n"),
        ],
    )
}

/// No team is listed any more.
fn without_teams(file: &str) -> String {
    let (before, teams) = file.split_once("\n    teams:\n").unwrap();
    let (_, after) = teams.split_once("\n    repos:\n").unwrap();
    format!("{before}\n    teams: {{}}\n    repos:\n{after}")
}

/// Bob is no owner any more.
fn with_one_owner(file: &str) -> String {
    edited(file, &[("\n    - bob\n", "\n")])
}

/// Each of these places, of which there is one, is replaced.
fn edited(file: &str, changes: &[(&str, &str)]) -> String {
    changes.iter().fold(file.to_owned(), |file, (before, after)| {
        assert_eq!(file.matches(before).count(), 1, "{before:?} in {file}");
        file.replace(before, after)
    })
}

fn pull(org: &Value, number: i64) -> &Value {
    let pulls = org["pulls"].as_array().unwrap();
    pulls.iter().find(|pull| pull["number"] == number).unwrap()
}

fn comments(org: &Value, number: i64) -> &[Value] {
    pull(org, number)["comments"].as_array().unwrap()
}

/// The preview's check on a commit.
fn check<'a>(org: &'a Value, head: &str) -> &'a Value {
    let checks = org["checks"].as_array().unwrap();
    checks.iter().rfind(|check| check["head_sha"] == head && check["name"] == PREVIEW).unwrap()
}
