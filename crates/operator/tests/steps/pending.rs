//! Grants that are in force once somebody accepts: what the same person has is kept until then, and who has accepted by the
//! end does not wait.

use peribolos_vocab::report::{Changes, StepExit, StepReport};
use serde_json::{Value, json};

use crate::apply::FAST;
use crate::bench::{Bench, ORG};

const FIXTURE: &str = "\
users: [zoe]
orgs:
  acme:
    id: 9001
    settings: {name: Acme, billing_email: bills@acme.example, default_repository_permission: none}
    members: {alice: admin, bob: admin, carol: member, frank: member}
    teams:
      - {name: Core, members: {alice: maintainer, carol: member}}
      - {name: Docs, repos: {site: push}}
    repos:
      .github: {visibility: private, files: {README.md: \"hello\\n\"}}
      site: {visibility: private, files: {README.md: \"hello\\n\"}, collaborators: {carol: push}}
    installation: {id: 1234567}
";

const FILE: &str = "\
orgs:
  acme:
    name: Acme
    admins: [alice, bob]
    members: [carol, frank]
    teams:
      Core: {members: [alice, carol]}
      Docs: {repos: {site: write}}
    repos:
      site: {collaborators: {carol: write}}
";

const RULES: [&str; 4] = [
    "--maximum-removal-percent=100",
    "--manage=Org,OrgMembers,Teams,TeamMembers,TeamRepos,Repos,Collaborators",
    "--disclose-file",
    FAST,
];

struct World {
    bench: Bench,
    sha: String,
}

impl World {
    async fn of(file: &str) -> Self {
        let bench = Bench::start_with(FIXTURE, &["--secondary-limits=off"]).await;
        let sha = bench.github.push(ORG, json!({"peribolos.yaml": file})).await;
        Self { bench, sha }
    }

    async fn fault(&self, fault: Value) {
        self.bench.github.call("POST", "/_sim/faults", Some(fault)).await;
    }

    async fn apply(&self) -> StepReport {
        self.bench.apply(&self.sha, &self.bench.token().await, &RULES).output()
    }

    async fn org(&self) -> Value {
        self.bench.github.org(ORG).await
    }
}

const fn changes(planned: u32, applied: u32, remaining: u32) -> Changes {
    Changes { planned, applied: Some(applied), failed: 0, remaining }
}

/// carol is to become an owner, and GitHub only asks her.
#[rstest::rstest]
#[case::alone("Core: {members: [alice, carol]}", "carol: write", changes(1, 1, 1))]
#[case::access_that_it_replaces("Core: {members: [alice, carol]}", "", changes(2, 1, 2))]
#[case::a_place_of_hers("Core: {members: [alice]}", "carol: write", changes(2, 1, 2))]
#[tokio::test]
async fn who_is_asked_to_become_an_owner_keeps_everything(
    #[case] core: &str,
    #[case] access: &str,
    #[case] counts: Changes,
) {
    let file = FILE.replace("alice, bob]", "alice, bob, carol]").replace("[carol, frank]", "[frank]");
    let file = file.replace("Core: {members: [alice, carol]}", core).replace("carol: write", access);
    let world = World::of(&file).await;
    let body = json!({"state": "pending", "role": "admin"});
    let path = "/orgs/acme/memberships/carol";
    world.fault(json!({"method": "PUT", "path": path, "status": 200, "body": body})).await;
    let applied = world.apply().await;
    let org = world.org().await;
    assert_eq!(org["teams"][0]["members"]["carol"], "member", "{org}");
    assert_eq!(org["repos"]["site"]["collaborators"]["carol"], "push", "{org}");
    assert_eq!((applied.exit, applied.cause), (StepExit::Ok, None), "{applied:?}");
    assert_eq!((applied.changes, applied.waiting), (Some(counts), 1), "{applied:?}");
    assert!(applied.check.title.ends_with("1 person has yet to accept"), "{applied:?}");
    let waiting = "**Waiting to be accepted**\n- invitations of `carol`";
    assert!(applied.check.summary.contains(waiting), "{applied:?}");
    let kept = "**Kept until an invitation is accepted**";
    assert_eq!(applied.check.summary.contains(kept), counts.planned > 1, "{applied:?}");
    assert!(!applied.check.summary.contains("Not as the file says yet"), "{applied:?}");
}

/// Who left in the meantime is only invited by a place in a team.
#[tokio::test]
async fn access_is_kept_where_a_place_in_a_team_waits_in_its_stead() {
    let file = FILE.replace("Docs: {repos", "Docs: {members: [carol], repos").replace("carol: write", "");
    let world = World::of(&file).await;
    let body = json!({"state": "pending", "role": "member"});
    let path = "/orgs/acme/teams/docs/memberships/carol";
    world.fault(json!({"method": "PUT", "path": path, "status": 200, "body": body})).await;
    let applied = world.apply().await;
    let org = world.org().await;
    assert_eq!(org["repos"]["site"]["collaborators"]["carol"], "push", "{org}");
    assert_eq!(applied.exit, StepExit::Incomplete, "{applied:?}");
    assert_eq!(applied.changes, Some(changes(2, 1, 2)), "{applied:?}");
}

#[tokio::test]
async fn who_has_accepted_by_the_end_does_not_wait() {
    let world = World::of(&FILE.replace("frank]", "zoe]")).await;
    let path = "/orgs/acme/memberships/frank";
    world.fault(json!({"method": "DELETE", "path": path, "delayMs": 5_000, "count": 1})).await;
    let before = world.bench.changes().await.len();
    let running = world.bench.start_apply(&world.sha, &world.bench.token().await, &RULES);
    world.bench.changed(before + 1).await;
    let mut org = world.org().await;
    org["invitations"] = json!([]);
    org["members"]["zoe"] = json!("member");
    world.bench.github.call("PUT", &format!("/_sim/orgs/{ORG}"), Some(org)).await;
    let applied = running.end().output();
    assert_eq!((applied.exit, applied.cause), (StepExit::Ok, None), "{applied:?}");
    assert_eq!((applied.changes, applied.waiting), (Some(changes(2, 2, 0)), 0), "{applied:?}");
    assert_eq!(applied.check.title, "Applied: 2 of 2");
    assert!(!applied.check.summary.contains("accept"), "{applied:?}");
    assert!(!applied.list.iter().any(|line| line.contains("accept")), "{applied:?}");
}
