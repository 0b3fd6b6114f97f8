//! Each request of a plan in turn goes wrong in each way: the rest is done, nothing is taken away whose grant failed, the
//! next run completes it, and nothing is done twice that shows.

use peribolos_vocab::report::StepExit;
use serde_json::{Value, json};

use crate::apply::FAST;
use crate::bench::{Bench, ORG};

const FIXTURE: &str = "\
users: [zoe, yan]
orgs:
  acme:
    id: 9001
    settings: {name: Acme, billing_email: bills@acme.example, default_repository_permission: read}
    members: {alice: admin, bob: admin, carol: member, dan: member, erin: member, frank: member, gina: member}
    teams:
      - {name: Core, members: {carol: member, dan: member}, repos: {site: push}}
      - {name: Old, members: {erin: member}, repos: {tools: push}}
    repos:
      .github: {visibility: private, files: {README.md: \"hello\\n\"}}
      site: {visibility: private, files: {README.md: \"hello\\n\"}, collaborators: {eve: push}}
      tools: {visibility: private, files: {README.md: \"hello\\n\"}}
      attic: {visibility: private, files: {README.md: \"hello\\n\"}}
    installation: {id: 1234567}
";

/// A change of nearly every kind.
const FILE: &str = "\
orgs:
  acme:
    name: Acme Inc
    company: Acme
    admins: [alice, bob, carol]
    members: [dan, erin, gina, zoe]
    teams:
      Core: {maintainers: [carol], members: [erin], repos: {site: admin, tools: write}}
      New: {privacy: closed, members: [dan], repos: {site: read}}
    repos:
      site: {description: The site, collaborators: {yan: read}}
      docs: {visibility: private, description: Texts}
      tools: {}
      attic: {archived: true}
";

const RULES: [&str; 4] = [
    "--maximum-removal-percent=100",
    "--allow=RepoArchival",
    "--manage=Org,OrgMembers,Teams,TeamMembers,TeamRepos,Repos,Collaborators",
    FAST,
];

/// One organization that is put back before each case.
struct World {
    bench: Bench,
    begin: Value,
}

impl World {
    async fn new() -> Self {
        let bench = Bench::start_with(FIXTURE, &["--secondary-limits=off"]).await;
        let begin = bench.github.org(ORG).await;
        Self { bench, begin }
    }

    /// The organization as it was at first, with the file pushed.
    async fn reset(&self) -> String {
        let github = &self.bench.github;
        github.call("DELETE", "/_sim/faults", None).await;
        github.call("PUT", &format!("/_sim/orgs/{ORG}"), Some(self.begin.clone())).await;
        let sha = github.push(ORG, json!({"peribolos.yaml": FILE})).await;
        github.call("DELETE", "/_sim/requests", None).await;
        sha
    }

    async fn apply(&self, sha: &str) -> peribolos_vocab::report::StepReport {
        self.bench.apply(sha, &self.bench.token().await, &RULES).output()
    }

    /// The writes that GitHub took, in their order.
    async fn writes(&self) -> Vec<(String, String)> {
        let log = self.bench.github.call("GET", "/_sim/requests", None).await;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let is_write = |request: &&Value| {
            request["actor"] == "installation"
                && request["method"] != "GET"
                && request["path"] != "/graphql"
                && request["status"].as_u64().is_some_and(|status| status < 300)
        };
        let all = log.as_array().unwrap().iter().filter(is_write);
        all.map(|request| (text(&request["method"]), text(&request["path"]))).collect()
    }

    /// The organization without numbers and times.
    async fn state(&self) -> Value {
        shape(&self.bench.github.org(ORG).await)
    }

    /// Applies: the organization is as after a run without faults, and since `before` nothing was done twice.
    async fn ends(
        &self,
        sha: &str,
        before: usize,
        writes: &[(String, String)],
        end: &Value,
        after: &dyn std::fmt::Debug,
    ) {
        let applied = self.apply(sha).await;
        assert_eq!(applied.exit, StepExit::Ok, "{after:?}: {applied:?}");
        assert_eq!(self.state().await, *end, "{after:?}");
        let changes = self.bench.changes().await.split_off(before);
        assert_eq!(changes.len(), writes.len(), "{after:?}: something was done twice: {changes:?}");
    }

    /// What a run without faults writes, and leaves.
    async fn undisturbed(&self) -> (Vec<(String, String)>, Value) {
        let sha = self.reset().await;
        let applied = self.apply(&sha).await;
        assert_eq!(applied.exit, StepExit::Ok, "{applied:?}");
        let writes = self.writes().await;
        assert!(writes.len() >= 15, "{writes:?}");
        (writes, self.state().await)
    }

    async fn fault(&self, write: &(String, String), mut fault: Value) {
        (fault["method"], fault["path"]) = (json!(write.0), json!(write.1));
        self.bench.github.call("POST", "/_sim/faults", Some(fault)).await;
    }
}

fn shape(org: &Value) -> Value {
    let people = |list: &Value| -> Value {
        let each = list.as_array().into_iter().flatten();
        each.map(|it| json!([it["login"], it["role"]])).collect()
    };
    let teams = org["teams"].as_array().into_iter().flatten().map(|team| {
        json!([team["name"], team["slug"], team["privacy"], team["parent"], team["members"], team["repos"]])
    });
    let mut teams: Vec<Value> = teams.collect();
    teams.sort_by_key(ToString::to_string);
    let repos = org["repos"].as_object().into_iter().flatten().map(|(name, repo)| {
        let invited: Vec<&String> =
            repo["invitations"].as_object().into_iter().flatten().map(|it| it.0).collect();
        let about = json!([repo["description"], repo["archived"], repo["visibility"], repo["collaborators"]]);
        (name.clone(), json!([about, invited]))
    });
    json!({
        "settings": [org["settings"]["name"], org["settings"]["company"]],
        "members": org["members"],
        "invitations": people(&org["invitations"]),
        "teams": teams,
        "repos": repos.collect::<serde_json::Map<_, _>>(),
    })
}

/// What is sent again or waited for is done in the same run.
#[rstest::rstest]
#[case::limited_for_a_second(json!({"status": 429, "headers": {"retry-after": "1"}, "count": 1}))]
#[case::failed_once(json!({"status": 502, "count": 1}))]
#[case::failed_after_it_took_effect(json!({"status": 502, "count": 1, "when": "after"}))]
#[case::dropped_before_it_took_effect(json!({"drop": true, "count": 1}))]
#[case::dropped_after_it_took_effect(json!({"drop": true, "count": 1, "when": "after"}))]
#[tokio::test]
async fn a_passing_trouble_changes_nothing(#[case] fault: Value) {
    let world = World::new().await;
    let (writes, end) = world.undisturbed().await;
    for write in &writes {
        let sha = world.reset().await;
        let before = world.bench.changes().await.len();
        world.fault(write, fault.clone()).await;
        world.ends(&sha, before, &writes, &end, write).await;
    }
}

/// What GitHub goes on refusing is that operation's failure, and the next run does it.
#[rstest::rstest]
#[case::forbidden(json!({"status": 403, "body": {"message": "No"}}))]
#[case::not_found(json!({"status": 404, "body": {"message": "Not Found"}}))]
#[case::invalid(json!({"status": 422, "body": {"message": "Validation Failed"}}))]
#[case::failing(json!({"status": 502}))]
#[tokio::test]
async fn a_lasting_trouble_stops_what_depends_on_it_alone(#[case] fault: Value) {
    let world = World::new().await;
    let (writes, end) = world.undisturbed().await;
    for write in &writes {
        let sha = world.reset().await;
        let before = world.bench.changes().await.len();
        world.fault(write, fault.clone()).await;
        let applied = world.apply(&sha).await;
        assert_eq!(applied.exit, StepExit::Incomplete, "{write:?}: {applied:?}");
        let state = world.bench.github.org(ORG).await;
        let old = state["teams"].as_array().unwrap().iter().any(|team| team["name"] == "Old");
        if write.0 == "POST" && write.1.ends_with("/teams") || write.1.ends_with("/core/repos/acme/tools") {
            assert!(old, "{write:?}: what the team has is not replaced");
        }
        if write.1.ends_with("/core/memberships/erin") {
            assert!(state["members"]["erin"] == "member", "{write:?}");
        }
        let changes = applied.changes.unwrap();
        assert!(changes.failed <= 1 && changes.remaining > 0, "{write:?}: {applied:?}");

        world.bench.github.call("DELETE", "/_sim/faults", None).await;
        world.ends(&sha, before, &writes, &end, write).await;
    }
}

#[tokio::test]
async fn killed_at_any_write_and_started_again_it_comes_to_the_same_end() {
    let world = World::new().await;
    let (writes, end) = world.undisturbed().await;
    for done in 0..writes.len() {
        let sha = world.reset().await;
        let before = world.bench.changes().await.len();
        // Slow enough to be killed between two writes.
        let slow = json!({"path": "/**", "delayMs": 50});
        world.bench.github.call("POST", "/_sim/faults", Some(slow)).await;
        let token = world.bench.token().await;
        let running = world.bench.start_apply(&sha, &token, &RULES);
        world.bench.changed(before + done).await;
        running.kill();
        world.bench.github.call("DELETE", "/_sim/faults", None).await;
        world.ends(&sha, before, &writes, &end, &format!("killed after {done}")).await;
    }
}
